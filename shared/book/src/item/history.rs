//! How the history of a contact is stored: of each write what differs, before and after, as it is in the contact's item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Contact, ContactEvent, HistoryEntry, Record, Workspace, diff};
use jiff::Timestamp;

use super::cause::read_cause;
use super::contact::{
    ALSO_KNOWN_BY, JOINED, KEPT_APART, LAST_CONVERSATION, LAST_SEEN_AT, REVIEWED_AT, SHARED, VALUES,
    contact_attributes, read_contact,
};
use super::unsettled::{CONFLICTS, UNCONFIRMED};
use super::{Attributes as _, Decoded, Item, cause, id_in, item_at, moment, number, text};
use crate::keys::{CAUSE, EXPIRES_AT, Key, VERSION};

const EVENT: &str = "event";
const BEFORE: &str = "before";
const AFTER: &str = "after";
/// The attributes of a contact that its history keeps.
const KEPT: [&str; 10] = [
    VALUES,
    ALSO_KNOWN_BY,
    SHARED,
    UNCONFIRMED,
    REVIEWED_AT,
    CONFLICTS,
    KEPT_APART,
    JOINED,
    LAST_SEEN_AT,
    LAST_CONVERSATION,
];

/// The item of an entry, which says what a write made of `before`.
pub(crate) fn history(
    workspace: &Workspace,
    entry: &HistoryEntry,
    before: Option<&Record>,
    after: &Record,
    expires_at: Timestamp,
) -> Item {
    let mut item = item_at(Key::history(workspace, entry.contact, entry.version));
    item.insert("id".to_owned(), text(entry.contact.to_string()));
    item.insert(VERSION.to_owned(), number(entry.version));
    item.insert("at".to_owned(), moment(entry.at));
    item.insert(EVENT.to_owned(), text(entry.event.as_str()));
    if let Some(by) = &entry.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    if let Some(contact) = after.contact().filter(|_| !entry.changes.is_empty()) {
        item.insert("source".to_owned(), text(contact.source.to_string()));
        item.insert("created_at".to_owned(), moment(contact.created_at));
        let mut before = before.and_then(Record::contact).map(contact_attributes).unwrap_or_default();
        let mut after = contact_attributes(contact);
        keep_differences(&mut before, &mut after);
        item.insert(BEFORE.to_owned(), AttributeValue::M(before));
        item.insert(AFTER.to_owned(), AttributeValue::M(after));
    }
    item.insert(EXPIRES_AT.to_owned(), number(expires_at.as_second()));
    item
}

/// Removes what is equal, and what the history does not keep.
fn keep_differences(before: &mut Item, after: &mut Item) {
    if let (Some(AttributeValue::M(before)), Some(AttributeValue::M(after))) =
        (before.get_mut(VALUES), after.get_mut(VALUES))
    {
        before.retain(|field, entry| {
            let is_equal = after.get(field) == Some(entry);
            if is_equal {
                after.remove(field);
            }
            !is_equal
        });
    }
    let differs = |name: &str| KEPT.contains(&name) && before.get(name) != after.get(name);
    let names: Vec<&str> = KEPT.into_iter().filter(|name| differs(name)).collect();
    before.retain(|name, _| names.contains(&name.as_str()));
    after.retain(|name, _| names.contains(&name.as_str()));
}

pub(crate) fn read_history(item: &Item) -> Decoded<HistoryEntry> {
    let changes = match (item.get(BEFORE), item.get(AFTER)) {
        (Some(AttributeValue::M(before)), Some(AttributeValue::M(after))) => {
            diff(&in_part(item, before)?, &in_part(item, after)?)
        }
        _ => Vec::new(),
    };
    Ok(HistoryEntry {
        contact: id_in(item, "id")?,
        version: item.number(VERSION)?,
        at: item.moment("at")?,
        event: item.parsed(EVENT, ContactEvent::parse)?,
        cause: read_cause(item),
        changes,
    })
}

/// A contact of which only some attributes are known.
fn in_part(item: &Item, known: &Item) -> Decoded<Contact> {
    let mut part: HashMap<String, AttributeValue> = known.clone();
    for name in ["id", "source", "created_at", VERSION] {
        part.insert(name.to_owned(), item.get(name).cloned().unwrap_or_else(|| AttributeValue::Null(true)));
    }
    part.insert("updated_at".to_owned(), moment(item.moment("created_at")?));
    part.entry(VALUES.to_owned()).or_insert_with(|| AttributeValue::M(HashMap::new()));
    read_contact(&part)
}

#[cfg(test)]
mod tests {
    use contacts::{
        Caller, Change, Channel, ContactId, Field, FieldValue, HeldIdentifier, Name, Phone, Proof, SourceRef, Stamp,
        Tombstone, Value, time,
    };

    use super::*;

    fn stamp(seconds: i64) -> Stamp {
        Stamp { at: time::from_millis(seconds * 1000), sequence: 0, source: SourceRef::Edit, place: 0 }
    }

    fn contact() -> Contact {
        let mut contact = Contact::new(ContactId::new(), SourceRef::Manual, time::from_millis(5_000));
        let name = Value::Name(Name::parse("Ada").unwrap());
        contact.values.insert(Field::Name, FieldValue::new(name, stamp(1), Proof::Person));
        contact.version = 1;
        contact
    }

    fn stored(before: Option<&Record>, after: &Record) -> (HistoryEntry, Item) {
        let workspace = Workspace::parse("acme").unwrap();
        let entry = HistoryEntry::of(before, after).unwrap();
        let item = history(&workspace, &entry, before, after, time::from_millis(9_000));
        (entry, item)
    }

    #[test]
    fn an_entry_reads_back_and_keeps_only_what_differs() {
        let before = contact();
        let mut after = before.clone();
        after.version = 2;
        after.cause = Some(Caller::system("test").cause(None, time::from_millis(7_000)));
        let phone = Value::Phone(Phone::from_e164("+15551234567").unwrap());
        after.identifiers.promote(HeldIdentifier::new(Channel::Telephone, phone, stamp(2)).unwrap());
        after.last_seen_at = Some(time::from_millis(6_000));
        let (created, item) = stored(None, &Record::Live(before.clone()));
        assert_eq!((created.event, created.changes.len()), (ContactEvent::Created, 1));
        assert_eq!(read_history(&item).unwrap(), created);
        let (updated, item) = stored(Some(&Record::Live(before)), &Record::Live(after.clone()));
        assert_eq!(read_history(&item).unwrap(), updated);
        assert_eq!((updated.event, updated.at), (ContactEvent::Updated, time::from_millis(7_000)));
        assert!(matches!(&updated.changes[..], [Change::Primary { .. }, Change::LastSeen { .. }]), "{updated:?}");
        let kept = item.map(AFTER).unwrap();
        assert_eq!((kept.len(), kept[VALUES].as_m().unwrap().len()), (2, 1), "{kept:?}");

        let tombstone = Tombstone {
            id: after.id,
            at: time::from_millis(8_000),
            version: 3,
            cause: None,
            contact: Some(Box::new(after.clone())),
            erased_at: None,
        };
        let (deleted, item) = stored(Some(&Record::Live(after)), &Record::Deleted(tombstone));
        assert_eq!((deleted.event, deleted.changes.len(), item.contains_key(AFTER)), (ContactEvent::Deleted, 0, false));
        assert_eq!(read_history(&item).unwrap(), deleted);
    }
}
