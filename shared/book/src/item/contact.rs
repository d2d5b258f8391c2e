//! Contacts, what is left of them, and the records of their joins.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    AlsoKnown, Channel, Conflict, Contact, ContactId, CustomValue, Email, Entry, Field, Handle, Join, Name, Number,
    Phone, Record, STUB_SPAN, SourceRef, Stamp, Stub, Value, Workspace,
};

use super::{Attributes as _, Decoded, Item, MalformedItem, id_in, key_of, moment, number, optional, put_list, text};
use crate::keys::{
    self, CONTACT_ID, DELETED_AT, EMAIL, EXPIRES_AT, INDEX_SHARD, Key, MERGED_INTO, PHONE, RECENT, UNCLEARED, VERSION,
};

/// About the most attributes that most contacts have, and a stamp with what it is of.
const CONTACT_ATTRIBUTES: usize = 14;
const STAMP_ATTRIBUTES: usize = 3;

/// The item of a record. Only a live contact has index attributes.
pub(crate) fn record(workspace: &Workspace, record: &Record, shards: u32) -> Item {
    let mut item = match record {
        Record::Live(contact) => {
            let mut item = contact_attributes(contact);
            let shard = keys::shard_of(contact.id, shards);
            item.insert(INDEX_SHARD.to_owned(), text(keys::index_shard(workspace, shard)));
            item.insert(RECENT.to_owned(), text(keys::recent(contact.last_activity(), contact.id)));
            if let Some(phone) = contact.phone() {
                item.insert(PHONE.to_owned(), text(phone.as_str()));
            }
            if let Some(email) = contact.email() {
                item.insert(EMAIL.to_owned(), text(email.match_key()));
            }
            item
        }
        Record::Joined { contact, into } => {
            let mut item = contact_attributes(contact);
            item.insert(MERGED_INTO.to_owned(), text(into.to_string()));
            item
        }
        Record::Deleted(stub) => stub_attributes(stub),
    };
    item.extend(key_of(Key::contact(workspace, record.id())));
    item
}

pub(crate) fn read_record(item: &Item) -> Decoded<Record> {
    if item.contains_key(DELETED_AT) {
        return Ok(Record::Deleted(Stub {
            id: id_in(item, "id")?,
            at: item.moment(DELETED_AT)?,
            version: item.number(VERSION)?,
            cleared: !item.contains_key(UNCLEARED),
            joined: ids(item.list("joined")?)?,
        }));
    }
    let contact = read_contact(item)?;
    Ok(match optional(item, MERGED_INTO, id_in)? {
        Some(into) => Record::Joined { contact, into },
        None => Record::Live(contact),
    })
}

fn stub_attributes(stub: &Stub) -> Item {
    let mut item = Item::new();
    item.insert("id".to_owned(), text(stub.id.to_string()));
    item.insert(DELETED_AT.to_owned(), moment(stub.at));
    item.insert(VERSION.to_owned(), number(stub.version));
    if stub.cleared {
        item.insert(EXPIRES_AT.to_owned(), number((stub.at + STUB_SPAN).as_second()));
    } else {
        // It must not expire before what hangs on it is cleared away.
        item.insert(UNCLEARED.to_owned(), AttributeValue::Bool(true));
    }
    put_list(&mut item, "joined", stub.joined.iter().map(|id| text(id.to_string())));
    item
}

pub(super) fn contact_attributes(contact: &Contact) -> Item {
    // With room for keys, index attributes and the mark of the write, so that it does not grow step by step.
    let mut item = Item::with_capacity(CONTACT_ATTRIBUTES);
    item.insert("id".to_owned(), text(contact.id.to_string()));
    item.insert("source".to_owned(), text(contact.source.to_string()));
    item.insert("created_at".to_owned(), moment(contact.created_at));
    item.insert("updated_at".to_owned(), moment(contact.updated_at));
    if let Some(at) = contact.last_seen_at {
        item.insert("last_seen_at".to_owned(), moment(at));
    }
    item.insert(VERSION.to_owned(), number(contact.version));
    let values = contact.values.iter().map(|(field, entry)| {
        let mut map = stamp(&entry.stamp, contact);
        if let Some(value) = &entry.value {
            map.insert("v".to_owned(), value_attribute(value));
        }
        if let Some(at) = entry.edited_at {
            map.insert("edited_at".to_owned(), moment(at));
        }
        (field.to_string(), AttributeValue::M(map))
    });
    item.insert("values".to_owned(), AttributeValue::M(values.collect()));
    put_list(
        &mut item,
        "also_known_by",
        contact.also_known_by.iter().map(|known| {
            let mut map = stamp(&known.stamp, contact);
            map.insert("f".to_owned(), text(known.channel.as_str()));
            map.insert("v".to_owned(), value_attribute(&known.value));
            AttributeValue::M(map)
        }),
    );
    put_list(
        &mut item,
        "conflicts",
        contact.conflicts.iter().map(|conflict| {
            AttributeValue::M(HashMap::from([
                ("f".to_owned(), text(conflict.field.to_string())),
                (CONTACT_ID.to_owned(), text(conflict.contact.to_string())),
                ("at".to_owned(), moment(conflict.at)),
            ]))
        }),
    );
    put_list(&mut item, "joined", contact.joined.iter().map(|id| text(id.to_string())));
    if let Some(request) = &contact.request {
        item.insert("request".to_owned(), text(request));
    }
    item
}

pub(super) fn read_contact(item: &Item) -> Decoded<Contact> {
    let source = item.parsed("source", SourceRef::parse)?;
    let mut values = BTreeMap::new();
    for (name, entry) in item.map("values")? {
        let field = Field::parse(name).map_err(|_| MalformedItem("values"))?;
        let entry = entry.as_m().map_err(|_| MalformedItem("values"))?;
        let value = entry.get("v").map(|value| read_value(&field, value)).transpose()?;
        let edited_at = optional(entry, "edited_at", Item::moment)?;
        values.insert(field, Entry { value, stamp: read_stamp(entry, &source)?, edited_at });
    }
    let mut also_known_by = Vec::new();
    for known in item.list("also_known_by")? {
        let known = known.as_m().map_err(|_| MalformedItem("also_known_by"))?;
        let channel = known.parsed("f", |text| Channel::parse(text).ok())?;
        let value = known.get("v").ok_or(MalformedItem("also_known_by"))?;
        let value = read_value(&Field::Channel(channel), value)?;
        also_known_by.push(AlsoKnown { channel, value, stamp: read_stamp(known, &source)? });
    }
    let mut conflicts = Vec::new();
    for conflict in item.list("conflicts")? {
        let conflict = conflict.as_m().map_err(|_| MalformedItem("conflicts"))?;
        conflicts.push(Conflict {
            field: conflict.parsed("f", |text| Field::parse(text).ok())?,
            contact: id_in(conflict, CONTACT_ID)?,
            at: conflict.moment("at")?,
        });
    }
    Ok(Contact {
        id: id_in(item, "id")?,
        source,
        created_at: item.moment("created_at")?,
        updated_at: item.moment("updated_at")?,
        last_seen_at: optional(item, "last_seen_at", Item::moment)?,
        version: item.number(VERSION)?,
        values,
        also_known_by,
        conflicts,
        joined: ids(item.list("joined")?)?,
        request: optional(item, "request", |item, name| item.text(name).map(str::to_owned))?,
    })
}

fn value_attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Custom(CustomValue::Number(digits)) => number(digits.as_str()),
        other => text(other.as_str()),
    }
}

fn read_value(field: &Field, value: &AttributeValue) -> Decoded<Value> {
    let shown = || value.as_s().map(String::as_str).map_err(|_| MalformedItem("v"));
    let value = match field {
        Field::Name => Name::parse(shown()?).ok().map(Value::Name),
        Field::Channel(Channel::Telephone | Channel::Whatsapp) => Phone::from_e164(shown()?).ok().map(Value::Phone),
        Field::Channel(Channel::Email) => Email::parse(shown()?).ok().map(Value::Email),
        Field::Channel(_) => Handle::parse(shown()?).ok().map(Value::Handle),
        Field::Custom(_) => match value {
            AttributeValue::N(digits) => Number::parse(digits).ok().map(CustomValue::Number),
            AttributeValue::S(text) => Some(CustomValue::Text(text.clone())),
            _ => None,
        }
        .map(Value::Custom),
    };
    value.ok_or(MalformedItem("v"))
}

/// What the contact's own source has told, most values of most contacts, does not name it again.
fn stamp(stamp: &Stamp, contact: &Contact) -> Item {
    let mut map = Item::with_capacity(STAMP_ATTRIBUTES);
    map.insert("at".to_owned(), moment(stamp.at));
    if stamp.source != contact.source {
        map.insert("by".to_owned(), text(stamp.source.to_string()));
    }
    map.insert("n".to_owned(), number(stamp.place));
    map
}

fn read_stamp(map: &Item, own: &SourceRef) -> Decoded<Stamp> {
    let source = optional(map, "by", |map, name| map.parsed(name, SourceRef::parse))?;
    let source = source.unwrap_or_else(|| own.clone());
    Ok(Stamp { at: map.moment("at")?, source, place: map.number("n")? })
}

pub(crate) fn join(key: Key, join: &Join) -> Item {
    let mut item = key_of(key);
    item.insert("at".to_owned(), moment(join.at));
    item.insert("other".to_owned(), text(join.other.to_string()));
    item.insert("before".to_owned(), AttributeValue::M(contact_attributes(&join.before)));
    item
}

pub(crate) fn read_join(item: &Item) -> Decoded<Join> {
    let before = read_contact(item.map("before")?)?;
    Ok(Join { at: item.moment("at")?, other: id_in(item, "other")?, before })
}

fn ids(values: &[AttributeValue]) -> Decoded<Vec<ContactId>> {
    let read = |value: &AttributeValue| ContactId::parse(value.as_s().ok()?).ok();
    values.iter().map(read).collect::<Option<_>>().ok_or(MalformedItem("joined"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contacts::ImportId;
    use contacts::time;

    #[test]
    fn a_contact_reads_back_and_names_its_own_source_once() {
        let source = SourceRef::Import { id: ImportId::new(), line: 17 };
        let told = |source: &SourceRef| Stamp { at: time::from_millis(5), source: source.clone(), place: 1 };
        let name = |text| Some(Value::Name(Name::parse(text).unwrap()));
        let email = |text| Value::Email(Email::parse(text).unwrap());
        let mut contact = Contact::new(ContactId::new(), source.clone(), time::from_millis(9));
        let edited = Entry { value: name("Ada"), stamp: told(&SourceRef::Edit), edited_at: None };
        let imported = Entry { value: Some(email("a@b.co")), stamp: told(&source), edited_at: None };
        let known = |text, source| AlsoKnown { channel: Channel::Email, value: email(text), stamp: told(source) };
        contact.values = BTreeMap::from([(Field::Name, edited), (Field::Channel(Channel::Email), imported)]);
        contact.also_known_by = vec![known("c@d.co", &source), known("e@f.co", &SourceRef::Manual)];

        let item = contact_attributes(&contact);
        assert_eq!(read_contact(&item), Ok(contact));
        let by = |map: &AttributeValue| map.as_m().unwrap().get("by").map(|by| by.as_s().unwrap().clone());
        let values = item.map("values").unwrap();
        assert_eq!((by(&values["name"]), by(&values["email"])), (Some("manual/edit".to_owned()), None));
        let known: Vec<_> = item.list("also_known_by").unwrap().iter().map(by).collect();
        assert_eq!(known, [None, Some("manual".to_owned())]);
    }
}
