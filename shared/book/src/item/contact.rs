//! How contacts, tombstones and records of joins are stored.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Channel, Conflict, Contact, ContactId, CustomValue, Email, Field, FieldValue, Handle, HeldIdentifier, Identifiers,
    Join, Name, Number, Phone, Record, SourceRef, Stamp, TOMBSTONE_SPAN, Tombstone, Value, Workspace,
};
use jiff::Timestamp;

use super::cause::read_cause;
use super::{
    Attributes as _, Decoded, Item, MalformedItem, cause, id_in, item_at, moment, number, optional, put_list, text,
};
use crate::keys::{
    self, CAUSE, CONTACT_ID, DELETED_AT, EMAIL, EXPIRES_AT, INDEX_SHARD, Key, MERGED_INTO, PHONE, RECENT, UNCLEARED,
    VERSION,
};

/// The fields that have or had a value, by name.
pub(super) const VALUES: &str = "values";
/// The secondary identifiers.
pub(super) const ALSO_KNOWN_BY: &str = "also_known_by";
pub(super) const CONFLICTS: &str = "conflicts";
/// The attributes of a contact that this build understands, in addition to those of every item.
pub(super) const ATTRIBUTES: [&str; 18] = [
    "id",
    "source",
    "created_at",
    "updated_at",
    "last_seen_at",
    VERSION,
    CAUSE,
    VALUES,
    ALSO_KNOWN_BY,
    CONFLICTS,
    "joined",
    "request",
    MERGED_INTO,
    INDEX_SHARD,
    RECENT,
    PHONE,
    EMAIL,
    EXPIRES_AT,
];
/// The attributes of a value that this build understands.
pub(super) const ENTRY_ATTRIBUTES: [&str; 6] = ["f", "v", "at", "by", "n", EDITED_AT];
/// The attributes of a conflict that this build understands.
pub(super) const CONFLICT_ATTRIBUTES: [&str; 3] = ["f", CONTACT_ID, "at"];
const EDITED_AT: &str = "edited_at";

/// The approximate maximum number of attributes of most contacts, and of a stamp with its value.
const CONTACT_ATTRIBUTES: usize = 16;
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
        Record::Deleted(tombstone) => tombstone_attributes(tombstone),
    };
    item.extend(item_at(Key::contact(workspace, record.id())));
    item
}

pub(crate) fn read_record(item: &Item) -> Decoded<Record> {
    if item.contains_key(DELETED_AT) {
        return Ok(Record::Deleted(Tombstone {
            id: id_in(item, "id")?,
            at: item.moment(DELETED_AT)?,
            version: item.number(VERSION)?,
            cause: read_cause(item),
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

fn tombstone_attributes(tombstone: &Tombstone) -> Item {
    let mut item = Item::new();
    item.insert("id".to_owned(), text(tombstone.id.to_string()));
    item.insert(DELETED_AT.to_owned(), moment(tombstone.at));
    item.insert(VERSION.to_owned(), number(tombstone.version));
    if let Some(by) = &tombstone.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    if tombstone.cleared {
        item.insert(EXPIRES_AT.to_owned(), number((tombstone.at + TOMBSTONE_SPAN).as_second()));
    } else {
        // The tombstone must not expire before the items that depend on it are removed.
        item.insert(UNCLEARED.to_owned(), AttributeValue::Bool(true));
    }
    put_list(&mut item, "joined", tombstone.joined.iter().map(|id| text(id.to_string())));
    item
}

pub(super) fn contact_attributes(contact: &Contact) -> Item {
    // Reserves space for keys, index attributes and the mark of the write, to avoid growing step by step.
    let mut item = Item::with_capacity(CONTACT_ATTRIBUTES);
    item.insert("id".to_owned(), text(contact.id.to_string()));
    item.insert("source".to_owned(), text(contact.source.to_string()));
    item.insert("created_at".to_owned(), moment(contact.created_at));
    item.insert("updated_at".to_owned(), moment(contact.updated_at));
    if let Some(at) = contact.last_seen_at {
        item.insert("last_seen_at".to_owned(), moment(at));
    }
    item.insert(VERSION.to_owned(), number(contact.version));
    if let Some(by) = &contact.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    item.insert(VALUES.to_owned(), AttributeValue::M(value_entries(contact)));
    put_list(
        &mut item,
        ALSO_KNOWN_BY,
        contact.identifiers.secondary().iter().map(|held| {
            let mut map = entry(&held.value, &held.stamp, contact);
            map.insert("f".to_owned(), text(held.channel.as_str()));
            AttributeValue::M(map)
        }),
    );
    put_list(
        &mut item,
        CONFLICTS,
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

/// The values of all fields, and the times at which fields were cleared.
fn value_entries(contact: &Contact) -> Item {
    let values = contact.all_stamped().map(|(field, value, stamp)| (field, entry(value, stamp, contact)));
    let mut entries: BTreeMap<Field, Item> = values.collect();
    for (field, at) in &contact.edited {
        let cleared = || stamp(&Stamp { at: *at, source: SourceRef::Edit, place: 0 }, contact);
        entries.entry(field.clone()).or_insert_with(cleared).insert(EDITED_AT.to_owned(), moment(*at));
    }
    entries.into_iter().map(|(field, entry)| (field.to_string(), AttributeValue::M(entry))).collect()
}

/// The state of a field, as an entry of the values describes it.
pub(super) struct Entry {
    field: Field,
    value: Option<(Value, Stamp)>,
    edited_at: Option<Timestamp>,
}

/// Leaves out entries that this build does not understand; every write preserves them: see [`super::unknown`].
pub(super) fn read_contact(item: &Item) -> Decoded<Contact> {
    let source = item.parsed("source", |text| Some(SourceRef::parse(text)))?;
    let (mut values, mut identifiers, mut edited) = (BTreeMap::new(), Identifiers::default(), BTreeMap::new());
    for entry in item.map(VALUES)?.iter().filter_map(|(field, entry)| read_entry(field, entry, &source)) {
        if let Some(at) = entry.edited_at {
            edited.insert(entry.field.clone(), at);
        }
        match (entry.field, entry.value) {
            (_, None) => {}
            (Field::Channel(channel), Some((value, stamp))) => {
                let held = HeldIdentifier::new(channel, value, stamp).ok_or(MalformedItem(VALUES))?;
                identifiers.promote(held);
            }
            (field, Some((value, stamp))) => {
                values.insert(field, FieldValue { value, stamp });
            }
        }
    }
    for held in item.list(ALSO_KNOWN_BY)?.iter().filter_map(|entry| read_secondary(entry, &source)) {
        identifiers.add_secondary(held);
    }
    Ok(Contact {
        id: id_in(item, "id")?,
        created_at: item.moment("created_at")?,
        updated_at: item.moment("updated_at")?,
        last_seen_at: optional(item, "last_seen_at", Item::moment)?,
        version: item.number(VERSION)?,
        cause: read_cause(item),
        values,
        identifiers,
        edited,
        conflicts: item.list(CONFLICTS)?.iter().filter_map(read_conflict).collect(),
        joined: ids(item.list("joined")?)?,
        request: optional(item, "request", |item, name| item.text(name).map(str::to_owned))?,
        source,
    })
}

/// An entry of the values; `None` if this build does not understand it.
pub(super) fn read_entry(field: &str, entry: &AttributeValue, own: &SourceRef) -> Option<Entry> {
    let field = Field::parse(field).ok()?;
    let entry = entry.as_m().ok()?;
    let edited_at = optional(entry, EDITED_AT, Item::moment).ok()?;
    let value = match entry.get("v") {
        Some(value) => Some((read_value(&field, value)?, read_stamp(entry, own).ok()?)),
        None => None,
    };
    Some(Entry { field, value, edited_at })
}

/// A secondary identifier; `None` if this build does not understand it.
pub(super) fn read_secondary(entry: &AttributeValue, own: &SourceRef) -> Option<HeldIdentifier> {
    let entry = entry.as_m().ok()?;
    let channel = entry.parsed("f", |text| Channel::parse(text).ok()).ok()?;
    let value = read_value(&Field::Channel(channel), entry.get("v")?)?;
    HeldIdentifier::new(channel, value, read_stamp(entry, own).ok()?)
}

/// A conflict; `None` if this build does not understand it.
pub(super) fn read_conflict(entry: &AttributeValue) -> Option<Conflict> {
    let entry = entry.as_m().ok()?;
    Some(Conflict {
        field: entry.parsed("f", |text| Field::parse(text).ok()).ok()?,
        contact: id_in(entry, CONTACT_ID).ok()?,
        at: entry.moment("at").ok()?,
    })
}

fn read_value(field: &Field, value: &AttributeValue) -> Option<Value> {
    let shown = || value.as_s().map(String::as_str).ok();
    match field {
        // Stored values were accepted once, perhaps by other rules.
        Field::Name => Name::from_stored(shown()?).ok().map(Value::Name),
        Field::Channel(Channel::Telephone | Channel::Whatsapp) => Phone::from_e164(shown()?).ok().map(Value::Phone),
        Field::Channel(Channel::Email) => Email::from_stored(shown()?).ok().map(Value::Email),
        Field::Channel(Channel::WhatsappUserId | Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams) => {
            Handle::from_stored(shown()?).ok().map(Value::Handle)
        }
        Field::Custom(_) => match value {
            AttributeValue::N(digits) => Number::parse(digits).ok().map(CustomValue::Number),
            AttributeValue::S(text) => Some(CustomValue::Text(text.clone())),
            _ => None,
        }
        .map(Value::Custom),
    }
}

fn entry(value: &Value, of: &Stamp, contact: &Contact) -> Item {
    let mut map = stamp(of, contact);
    let value = match value {
        Value::Custom(CustomValue::Number(digits)) => number(digits.as_str()),
        other => text(other.as_str()),
    };
    map.insert("v".to_owned(), value);
    map
}

/// A stamp. Most values of most contacts come from the source that created the contact; their stamps omit the source.
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
    let source = optional(map, "by", |map, name| map.text(name).map(SourceRef::parse))?;
    let source = source.unwrap_or_else(|| own.clone());
    Ok(Stamp { at: map.moment("at")?, source, place: map.number("n")? })
}

pub(crate) fn join(key: Key, join: &Join) -> Item {
    let mut item = item_at(key);
    item.insert("at".to_owned(), moment(join.at));
    item.insert("other".to_owned(), text(join.other.to_string()));
    item.insert(BEFORE.to_owned(), AttributeValue::M(contact_attributes(&join.before)));
    item
}

/// The survivor's attributes before a join.
pub(crate) const BEFORE: &str = "before";

pub(crate) fn read_join(item: &Item) -> Decoded<Join> {
    let before = read_contact(item.map(BEFORE)?)?;
    Ok(Join { at: item.moment("at")?, other: id_in(item, "other")?, before })
}

fn ids(values: &[AttributeValue]) -> Decoded<Vec<ContactId>> {
    let read = |value: &AttributeValue| ContactId::parse(value.as_s().ok()?).ok();
    values.iter().map(read).collect::<Option<_>>().ok_or(MalformedItem("joined"))
}

#[cfg(test)]
mod tests {
    use contacts::{ImportId, time};

    use super::*;

    #[test]
    fn a_contact_reads_back_and_names_its_own_source_once() {
        let source = SourceRef::Import { id: ImportId::new(), line: 17 };
        let stamp = |source: &SourceRef| Stamp { at: time::from_millis(5), source: source.clone(), place: 1 };
        let email = |text, source| {
            let value = Value::Email(Email::parse(text).unwrap());
            HeldIdentifier::new(Channel::Email, value, stamp(source)).unwrap()
        };
        let mut contact = Contact::new(ContactId::new(), source.clone(), time::from_millis(9));
        let name = Value::Name(Name::parse("Ada").unwrap());
        contact.values.insert(Field::Name, FieldValue { value: name, stamp: stamp(&SourceRef::Edit) });
        contact.identifiers.promote(email("a@b.co", &source));
        contact.identifiers.add_secondary(email("c@d.co", &source));
        contact.identifiers.add_secondary(email("e@f.co", &SourceRef::Manual));
        contact.edited = BTreeMap::from([
            (Field::Name, time::from_millis(5)),
            (Field::Channel(Channel::Slack), time::from_millis(6)),
        ]);

        let item = contact_attributes(&contact);
        assert_eq!(read_contact(&item), Ok(contact));
        let by = |map: &AttributeValue| map.as_m().unwrap().get("by").map(|by| by.as_s().unwrap().clone());
        let values = item.map(VALUES).unwrap();
        assert_eq!((by(&values["name"]), by(&values["email"])), (Some("manual/edit".to_owned()), None));
        let known: Vec<_> = item.list(ALSO_KNOWN_BY).unwrap().iter().map(by).collect();
        assert_eq!(known, [None, Some("manual".to_owned())]);
    }
}
