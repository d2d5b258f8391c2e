//! How contacts, tombstones and records of joins are stored.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Contact, Field, FieldValue, HeldIdentifier, Hold, Identifiers, Join, MAX_CONFLICTS, Record, SourceRef, Stamp,
    TOMBSTONE_SPAN, Tombstone, Workspace,
};
use jiff::Timestamp;

use super::cause::read_cause;
use super::conversation::{info_attributes, read_info};
use super::unsettled::{CONFLICTS, UNCONFIRMED, put_conflicts, put_unconfirmed, read_conflict, read_unconfirmed};
use super::value::{EDITED_AT, VALUE, field_value, held, listed, read_field_value, read_held, read_listed, stamp};
use super::{
    Attributes as _, Decoded, Item, cause, id_in, ids_in, item_at, moment, needs_schema, number, optional, put_ids,
    put_list, text,
};
use crate::keys::{
    self, CAUSE, CONFLICT_AT, CONFLICTS_FULL_AT, DELETED_AT, EMAIL, ERASED_AT, EXPIRES_AT, FAMILY_KEY, INDEX_SHARD,
    Key, MERGED_INTO, NAME_KEY, PHONE, RECENT, UNCLEARED, VERSION,
};

/// The fields that have or had a value, by name.
pub(super) const VALUES: &str = "values";
/// The secondary identifiers.
pub(super) const ALSO_KNOWN_BY: &str = "also_known_by";
/// The identifiers that belong to other contacts and are in no field of this one.
pub(super) const SHARED: &str = "shared";
pub(super) const JOINED: &str = "joined";
pub(super) const KEPT_APART: &str = "kept_apart";
pub(super) const REVIEWED_AT: &str = "reviewed_at";
pub(super) const LAST_SEEN_AT: &str = "last_seen_at";
pub(super) const LAST_CONVERSATION: &str = "last_conversation";
/// The attributes of a contact that this build understands, in addition to those of every item. [`CONFLICTS_FULL_AT`] is
/// not among them, so that every write preserves it.
pub(super) const ATTRIBUTES: [&str; 29] = [
    "id",
    "source",
    "created_at",
    "updated_at",
    LAST_SEEN_AT,
    LAST_CONVERSATION,
    VERSION,
    CAUSE,
    VALUES,
    ALSO_KNOWN_BY,
    SHARED,
    UNCONFIRMED,
    REVIEWED_AT,
    CONFLICTS,
    KEPT_APART,
    JOINED,
    "request",
    MERGED_INTO,
    INDEX_SHARD,
    RECENT,
    NAME_KEY,
    FAMILY_KEY,
    PHONE,
    EMAIL,
    CONFLICT_AT,
    EXPIRES_AT,
    DELETED_AT,
    ERASED_AT,
    UNCLEARED,
];

/// The approximate maximum number of attributes of most contacts.
const CONTACT_ATTRIBUTES: usize = 16;

/// The item of a record. Only a live contact has index attributes.
pub(crate) fn record(workspace: &Workspace, record: &Record, shards: u32) -> Item {
    let mut item = match record {
        Record::Live(contact) => {
            let mut item = contact_attributes(contact);
            let shard = keys::shard_of(contact.id, shards);
            item.insert(INDEX_SHARD.to_owned(), text(keys::index_shard(workspace, shard)));
            item.extend(sort_keys(contact));
            if contact.conflicts.len() >= MAX_CONFLICTS {
                item.insert(CONFLICTS_FULL_AT.to_owned(), moment(contact.updated_at));
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
    if let Record::Live(contact) | Record::Joined { contact, .. } = record
        && is_misread_by_first_schema(contact)
    {
        needs_schema(&mut item, 2);
    }
    item
}

/// The attributes by which indexes sort a live contact.
pub(crate) fn sort_keys(contact: &Contact) -> impl Iterator<Item = (String, AttributeValue)> {
    let sort_key = |name: &str| Some((name.to_owned(), text(keys::sort_key(name, contact)?)));
    keys::SORT_KEYS.into_iter().filter_map(sort_key)
}

/// Whether a build that knows only schema 1 would do harm with the contact. It would take every value in a field for the
/// contact's own, join what is kept apart, and mix up two conflicts with one contact over one field.
fn is_misread_by_first_schema(contact: &Contact) -> bool {
    let mut conflicts = HashSet::new();
    contact.identifiers.primaries().iter().any(|held| held.hold != Hold::Owned)
        || !contact.identifiers.shared_besides().is_empty()
        || !contact.kept_apart.is_empty()
        || !contact.conflicts.iter().all(|conflict| conflicts.insert((&conflict.field, conflict.contact)))
}

pub(crate) fn read_record(item: &Item) -> Decoded<Record> {
    if item.contains_key(DELETED_AT) {
        return Ok(Record::Deleted(Tombstone {
            id: id_in(item, "id")?,
            at: item.moment(DELETED_AT)?,
            version: item.number(VERSION)?,
            cause: read_cause(item),
            contact: if item.contains_key(VALUES) { Some(Box::new(read_contact(item)?)) } else { None },
            erased_at: optional(item, ERASED_AT, Item::moment)?,
        }));
    }
    let contact = read_contact(item)?;
    Ok(match optional(item, MERGED_INTO, id_in)? {
        Some(into) => Record::Joined { contact, into },
        None => Record::Live(contact),
    })
}

fn tombstone_attributes(tombstone: &Tombstone) -> Item {
    let mut item = tombstone.contact.as_deref().map(contact_attributes).unwrap_or_default();
    item.insert("id".to_owned(), text(tombstone.id.to_string()));
    item.insert(DELETED_AT.to_owned(), moment(tombstone.at));
    if let Some(at) = tombstone.erased_at {
        item.insert(ERASED_AT.to_owned(), moment(at));
    }
    item.insert(VERSION.to_owned(), number(tombstone.version));
    match &tombstone.cause {
        Some(by) => item.insert(CAUSE.to_owned(), cause(by)),
        None => item.remove(CAUSE),
    };
    item.insert(EXPIRES_AT.to_owned(), number((tombstone.at + TOMBSTONE_SPAN).as_second()));
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
        item.insert(LAST_SEEN_AT.to_owned(), moment(at));
    }
    if let Some(info) = &contact.last_conversation {
        item.insert(LAST_CONVERSATION.to_owned(), AttributeValue::M(info_attributes(info)));
    }
    item.insert(VERSION.to_owned(), number(contact.version));
    if let Some(by) = &contact.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    item.insert(VALUES.to_owned(), AttributeValue::M(value_entries(contact)));
    let own = &contact.source;
    for (name, identifiers, hold) in [
        (ALSO_KNOWN_BY, contact.identifiers.secondary(), Hold::Owned),
        (SHARED, contact.identifiers.shared_besides(), Hold::Shared),
    ] {
        put_list(&mut item, name, identifiers.iter().map(|held| listed(held, own, hold)));
    }
    put_unconfirmed(&mut item, contact);
    if let Some(at) = contact.reviewed_at {
        item.insert(REVIEWED_AT.to_owned(), moment(at));
    }
    put_conflicts(&mut item, contact);
    put_ids(&mut item, KEPT_APART, &contact.kept_apart);
    put_ids(&mut item, JOINED, &contact.joined);
    if let Some(request) = &contact.request {
        item.insert("request".to_owned(), text(request));
    }
    item
}

/// The values of all fields, and the times at which fields were cleared.
fn value_entries(contact: &Contact) -> Item {
    let own = &contact.source;
    let identifiers = contact.identifiers.primaries().iter();
    let identifiers = identifiers.map(|primary| (Field::Channel(primary.channel), held(primary, own, Hold::Owned)));
    let values = contact.values.iter().map(|(field, value)| (field.clone(), field_value(value, own)));
    let mut entries: BTreeMap<Field, Item> = identifiers.chain(values).collect();
    for (field, at) in &contact.edited {
        let cleared = || stamp(&Stamp { at: *at, sequence: 0, source: SourceRef::Edit, place: 0 }, own);
        entries.entry(field.clone()).or_insert_with(cleared).insert(EDITED_AT.to_owned(), moment(*at));
    }
    entries.into_iter().map(|(field, entry)| (field.to_string(), AttributeValue::M(entry))).collect()
}

/// The state of a field, as an entry of the values describes it.
pub(super) struct StoredValue {
    field: Field,
    value: EntryValue,
    edited_at: Option<Timestamp>,
}

enum EntryValue {
    /// The field was cleared.
    None,
    Identifier(HeldIdentifier),
    Other(FieldValue),
}

/// Leaves out entries that this build does not understand; every write preserves them: see [`super::unknown`].
pub(super) fn read_contact(item: &Item) -> Decoded<Contact> {
    let source = item.parsed("source", |text| Some(SourceRef::parse(text)))?;
    let (mut values, mut identifiers, mut edited) = (BTreeMap::new(), Identifiers::default(), BTreeMap::new());
    for entry in item.map(VALUES)?.iter().filter_map(|(field, entry)| read_entry(field, entry, &source)) {
        if let Some(at) = entry.edited_at {
            edited.insert(entry.field.clone(), at);
        }
        match entry.value {
            EntryValue::None => {}
            EntryValue::Identifier(held) => identifiers.promote(held),
            EntryValue::Other(value) => {
                values.insert(entry.field, value);
            }
        }
    }
    for (name, hold) in [(ALSO_KNOWN_BY, Hold::Owned), (SHARED, Hold::Shared)] {
        for held in item.list(name)?.iter().filter_map(|entry| read_listed(entry, &source, hold)) {
            identifiers.add_besides(held);
        }
    }
    let unconfirmed = item.list(UNCONFIRMED)?.iter();
    Ok(Contact {
        id: id_in(item, "id")?,
        created_at: item.moment("created_at")?,
        updated_at: item.moment("updated_at")?,
        last_seen_at: optional(item, LAST_SEEN_AT, Item::moment)?,
        // The next newer event replaces one that this build does not understand.
        last_conversation: item.map(LAST_CONVERSATION).and_then(read_info).ok(),
        version: item.number(VERSION)?,
        cause: read_cause(item),
        values,
        identifiers,
        edited,
        unconfirmed: unconfirmed.filter_map(|entry| read_unconfirmed(entry, &source)).collect(),
        reviewed_at: optional(item, REVIEWED_AT, Item::moment)?,
        conflicts: item.list(CONFLICTS)?.iter().filter_map(read_conflict).collect(),
        kept_apart: ids_in(item, KEPT_APART)?,
        joined: ids_in(item, JOINED)?,
        request: optional(item, "request", |item, name| item.text(name).map(str::to_owned))?,
        source,
    })
}

/// An entry of the values; `None` if this build does not understand it.
pub(super) fn read_entry(field: &str, entry: &AttributeValue, own: &SourceRef) -> Option<StoredValue> {
    let field = Field::parse(field).ok()?;
    let entry = entry.as_m().ok()?;
    let edited_at = optional(entry, EDITED_AT, Item::moment).ok()?;
    let value = match field {
        _ if !entry.contains_key(VALUE) => EntryValue::None,
        Field::Channel(channel) => EntryValue::Identifier(read_held(channel, entry, own, Hold::Owned).ok()?),
        Field::Name | Field::Custom(_) => EntryValue::Other(read_field_value(&field, entry, own).ok()?),
    };
    Some(StoredValue { field, value, edited_at })
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
