//! Preserves what this build does not understand of an item through read and write, so that a rollback, or two versions
//! that run at the same time, lose no data.
//!
//! A contact's item has three kinds of it: attributes, entries of its maps and lists, and attributes of such an entry. The
//! latter belong to a value: they follow it from its field to the other identifiers and back, and go with it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Channel, Contact, Hold, SourceRef};

use super::contact::{ALSO_KNOWN_BY, ATTRIBUTES, SHARED, VALUES, read_entry};
use super::unsettled::{CONFLICT_ATTRIBUTES, CONFLICTS, UNCONFIRMED, WITHHELD, read_conflict, read_unconfirmed};
use super::value::{ENTRY_ATTRIBUTES, FIELD, VALUE, read_bare, read_listed};
use super::{Attributes as _, Item, needs_schema, schema_of, text};
use crate::keys::CONTACT_ID;

/// The lists of identifiers that are in no field, and how a contact has those in each.
const LISTS: [(&str, Hold); 2] = [(ALSO_KNOWN_BY, Hold::Owned), (SHARED, Hold::Shared)];
/// The attributes of a withheld value that this build understands.
const BARE_ATTRIBUTES: [&str; 2] = [FIELD, VALUE];

/// Whether a contact's item has anything that this build did not understand when it read `contact` from it. Decoding
/// the item again would give the same answer, but costs as much as the first time.
pub(crate) fn has_unknown(item: &Item, contact: &Contact) -> bool {
    let list = |name| item.list(name).unwrap_or_default();
    let has_only = |entry: &AttributeValue, known: &[&str]| entry.as_m().is_ok_and(|entry| has_only(entry, known));
    let Ok(values) = item.map(VALUES) else { return true };
    let with_value = values.values().filter(|entry| entry.as_m().is_ok_and(|entry| entry.contains_key(VALUE)));
    let withheld = || list(CONFLICTS).iter().filter_map(|conflict| conflict.as_m().ok()?.list(WITHHELD).ok()).flatten();
    let read_withheld: usize = contact.conflicts.iter().map(|conflict| conflict.withheld.len()).sum();
    let identifiers = &contact.identifiers;
    with_value.count() != contact.all_stamped().count()
        || list(ALSO_KNOWN_BY).len() != identifiers.secondary().len()
        || list(SHARED).len() != identifiers.shared_besides().len()
        || list(UNCONFIRMED).len() != contact.unconfirmed.len()
        || list(CONFLICTS).len() != contact.conflicts.len()
        || withheld().count() != read_withheld
        || !self::has_only(item, &ATTRIBUTES)
        || !values
            .values()
            .chain(list(ALSO_KNOWN_BY))
            .chain(list(SHARED))
            .chain(list(UNCONFIRMED))
            .all(|entry| has_only(entry, &ENTRY_ATTRIBUTES))
        || !list(CONFLICTS).iter().all(|entry| has_only(entry, &CONFLICT_ATTRIBUTES))
        || !withheld().all(|entry| has_only(entry, &BARE_ATTRIBUTES))
}

/// Puts back into a contact's new item what this build did not understand in the item that it read.
pub(crate) fn carry_unknown(item: &mut Item, read: &Item) {
    carry_attributes(item, read, &ATTRIBUTES);
    carry_schema(item, read);
    let attributes = attributes_of_values(read);
    let mut unread = Vec::new();
    if let (Some(AttributeValue::M(values)), Ok(stored)) = (item.get_mut(VALUES), read.map(VALUES)) {
        for (field, entry) in stored {
            if read_entry(field, entry, &SourceRef::Manual).is_some() {
                continue;
            }
            match (values.contains_key(field), Channel::parse(field)) {
                (false, _) => {
                    values.insert(field.clone(), entry.clone());
                }
                // The field has another value now. An identifier stays known.
                (true, Ok(_)) => unread.extend(as_listed(field, entry)),
                (true, Err(_)) => {}
            }
        }
        for (field, entry) in values.iter_mut() {
            if let AttributeValue::M(entry) = entry {
                carry_to_value(entry, field, &attributes);
            }
        }
    }
    for (name, hold) in LISTS {
        for entry in maps_of(item, name) {
            if let Ok(field) = entry.text(FIELD).map(str::to_owned) {
                carry_to_value(entry, &field, &attributes);
            }
        }
        let stored = read.list(name).unwrap_or_default().iter();
        let stored = stored.filter(|entry| read_listed(entry, &SourceRef::Manual, hold).is_none());
        let unread = if name == ALSO_KNOWN_BY { std::mem::take(&mut unread) } else { Vec::new() };
        extend_list(item, name, unread.into_iter().chain(stored.cloned()).collect());
    }
    carry_entries(item, read, &UNCONFIRMED_VALUES);
    carry_entries(item, read, &CONFLICTS_OF_CONTACT);
}

/// A list of entries in an item.
pub(super) struct EntryList<'a> {
    pub(super) name: &'static str,
    /// The attributes by which an entry is found again.
    pub(super) key: &'a [&'a str],
    /// The attributes of an entry that this build understands.
    pub(super) known: &'a [&'a str],
    /// Whether this build understands an entry.
    pub(super) is_readable: fn(&AttributeValue) -> bool,
    /// A list inside each entry.
    pub(super) inner: Option<&'a EntryList<'a>>,
}

const UNCONFIRMED_VALUES: EntryList<'_> = EntryList {
    name: UNCONFIRMED,
    key: &BARE_ATTRIBUTES,
    known: &ENTRY_ATTRIBUTES,
    is_readable: |entry| read_unconfirmed(entry, &SourceRef::Manual).is_some(),
    inner: None,
};
const CONFLICTS_OF_CONTACT: EntryList<'_> = EntryList {
    name: CONFLICTS,
    key: &[FIELD, CONTACT_ID, VALUE],
    known: &CONFLICT_ATTRIBUTES,
    is_readable: |entry| read_conflict(entry).is_some(),
    inner: Some(&WITHHELD_VALUES),
};
const WITHHELD_VALUES: EntryList<'_> = EntryList {
    name: WITHHELD,
    key: &BARE_ATTRIBUTES,
    known: &BARE_ATTRIBUTES,
    is_readable: |entry| read_bare(entry).is_some(),
    inner: None,
};

/// Puts back into a list what this build did not understand: entries, and attributes of entries that are still there.
pub(super) fn carry_entries(item: &mut Item, read: &Item, list: &EntryList<'_>) {
    let mut unread = Vec::new();
    for stored in read.list(list.name).unwrap_or_default() {
        let (true, Ok(stored)) = ((list.is_readable)(stored), stored.as_m()) else {
            unread.push(stored.clone());
            continue;
        };
        // Almost always true: then the entry must not be found.
        if list.inner.is_none() && has_only(stored, list.known) {
            continue;
        }
        let is_same = |entry: &&mut Item| list.key.iter().all(|name| entry.get(*name) == stored.get(*name));
        if let Some(entry) = maps_of(item, list.name).find(is_same) {
            carry_attributes(entry, stored, list.known);
            if let Some(inner) = list.inner {
                carry_entries(entry, stored, inner);
            }
        }
    }
    extend_list(item, list.name, unread);
}

/// Adds the attributes of `read` that are not `known` to those of `item`.
pub(super) fn carry_attributes(item: &mut Item, read: &Item, known: &[&str]) {
    for (name, value) in read {
        if !known.contains(&name.as_str()) && !ALWAYS.contains(&name.as_str()) {
            item.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// Keeps the format of an item of which parts are carried: they may be what needs it.
pub(super) fn carry_schema(item: &mut Item, read: &Item) {
    if let Some(schema) = schema_of(read) {
        needs_schema(item, schema);
    }
}

/// Adds entries to a list attribute.
pub(super) fn extend_list(item: &mut Item, name: &str, entries: Vec<AttributeValue>) {
    if entries.is_empty() {
        return;
    }
    match item.get_mut(name) {
        Some(AttributeValue::L(list)) => list.extend(entries),
        _ => {
            item.insert(name.to_owned(), AttributeValue::L(entries));
        }
    }
}

/// Attributes that every write sets.
const ALWAYS: [&str; 4] = [crate::keys::PK, crate::keys::SK, crate::keys::SCHEMA, crate::keys::WRITE];

pub(super) fn has_only(item: &Item, known: &[&str]) -> bool {
    item.keys().all(|name| known.contains(&name.as_str()) || ALWAYS.contains(&name.as_str()))
}

/// The maps in a list attribute.
fn maps_of<'a>(item: &'a mut Item, name: &str) -> impl Iterator<Item = &'a mut Item> {
    let list = match item.get_mut(name) {
        Some(AttributeValue::L(list)) => list.as_mut_slice(),
        _ => &mut [],
    };
    list.iter_mut().filter_map(|entry| match entry {
        AttributeValue::M(map) => Some(map),
        _ => None,
    })
}

/// The field and the text or digits of a value, by which its entry is found again.
type OfValue = (String, String);

fn key_of_value(field: &str, entry: &Item) -> Option<OfValue> {
    match entry.get(VALUE)? {
        AttributeValue::S(text) | AttributeValue::N(text) => Some((field.to_owned(), text.clone())),
        _ => None,
    }
}

/// The unknown attributes of each value, wherever it is stored.
fn attributes_of_values(read: &Item) -> HashMap<OfValue, Item> {
    let values = read.map(VALUES).ok().into_iter().flatten();
    let values = values.filter_map(|(field, entry)| Some((field.clone(), entry.as_m().ok()?)));
    let listed = LISTS.iter().flat_map(|(name, _)| read.list(name).unwrap_or_default());
    let listed = listed.filter_map(|entry| {
        let entry = entry.as_m().ok()?;
        Some((entry.text(FIELD).ok()?.to_owned(), entry))
    });
    let unknown = values.chain(listed).filter_map(|(field, entry)| {
        let unknown = entry.iter().filter(|(name, _)| !ENTRY_ATTRIBUTES.contains(&name.as_str()));
        let unknown: Item = unknown.map(|(name, value)| (name.clone(), value.clone())).collect();
        (!unknown.is_empty()).then_some((key_of_value(&field, entry)?, unknown))
    });
    unknown.collect()
}

fn carry_to_value(entry: &mut Item, field: &str, attributes: &HashMap<OfValue, Item>) {
    if let Some(unknown) = key_of_value(field, entry).and_then(|value| attributes.get(&value)) {
        entry.extend(unknown.clone());
    }
}

/// Converts a field's entry to an entry of a list.
fn as_listed(field: &str, entry: &AttributeValue) -> Option<AttributeValue> {
    let mut entry = entry.as_m().ok()?.clone();
    entry.get(VALUE)?;
    entry.insert(FIELD.to_owned(), text(field));
    Some(AttributeValue::M(entry))
}
