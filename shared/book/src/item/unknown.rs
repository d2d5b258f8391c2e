//! Preserves what this build does not understand of an item through read and write, so that a rollback, or two versions
//! that run at the same time, lose no data.
//!
//! A contact's item has three kinds of it: attributes, entries of its maps and lists, and attributes of such an entry. The
//! latter belong to a value: they follow it from its field to the secondary identifiers and back, and go with it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Channel, Contact, SourceRef};

use super::contact::{
    ALSO_KNOWN_BY, ATTRIBUTES, CONFLICT_ATTRIBUTES, CONFLICTS, ENTRY_ATTRIBUTES, VALUES, read_conflict, read_entry,
    read_secondary,
};
use super::{Attributes as _, Item, text};
use crate::keys::CONTACT_ID;

/// Whether a contact's item has anything that this build did not understand when it read `contact` from it. Decoding
/// the item again would give the same answer, but costs as much as the first time.
pub(crate) fn has_unknown(item: &Item, contact: &Contact) -> bool {
    let has_only = |entry: &AttributeValue, known: &[&str]| entry.as_m().is_ok_and(|entry| has_only(entry, known));
    let secondary = item.list(ALSO_KNOWN_BY).unwrap_or_default();
    let conflicts = item.list(CONFLICTS).unwrap_or_default();
    let Ok(values) = item.map(VALUES) else { return true };
    let with_value = values.values().filter(|entry| entry.as_m().is_ok_and(|entry| entry.contains_key("v")));
    with_value.count() != contact.all_stamped().count()
        || secondary.len() != contact.identifiers.secondary().len()
        || conflicts.len() != contact.conflicts.len()
        || !self::has_only(item, &ATTRIBUTES)
        || !values.values().chain(secondary).all(|entry| has_only(entry, &ENTRY_ATTRIBUTES))
        || !conflicts.iter().all(|entry| has_only(entry, &CONFLICT_ATTRIBUTES))
}

/// Puts back into a contact's new item what this build did not understand in the item that it read.
pub(crate) fn carry_unknown(item: &mut Item, read: &Item) {
    carry_attributes(item, read, &ATTRIBUTES);
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
                (true, Ok(_)) => unread.extend(as_secondary(field, entry)),
                (true, Err(_)) => {}
            }
        }
        for (field, entry) in values.iter_mut() {
            if let AttributeValue::M(entry) = entry {
                let name = field.clone();
                carry_entry(entry, &name, &attributes);
            }
        }
    }
    if let Some(AttributeValue::L(known)) = item.get_mut(ALSO_KNOWN_BY) {
        for entry in known {
            if let AttributeValue::M(entry) = entry
                && let Ok(field) = entry.text("f").map(str::to_owned)
            {
                carry_entry(entry, &field, &attributes);
            }
        }
    }
    let secondary = read.list(ALSO_KNOWN_BY).unwrap_or_default().iter();
    unread.extend(secondary.filter(|entry| read_secondary(entry, &SourceRef::Manual).is_none()).cloned());
    extend_list(item, ALSO_KNOWN_BY, unread);
    carry_conflicts(item, read);
}

/// Adds the attributes of `read` that are not `known` to those of `item`.
pub(super) fn carry_attributes(item: &mut Item, read: &Item, known: &[&str]) {
    for (name, value) in read {
        if !known.contains(&name.as_str()) && !ALWAYS.contains(&name.as_str()) {
            item.entry(name.clone()).or_insert_with(|| value.clone());
        }
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

fn has_only(item: &Item, known: &[&str]) -> bool {
    item.keys().all(|name| known.contains(&name.as_str()) || ALWAYS.contains(&name.as_str()))
}

/// The field and the text or digits of a value, by which its entry is found again.
type OfValue = (String, String);

fn key_of_value(field: &str, entry: &Item) -> Option<OfValue> {
    match entry.get("v")? {
        AttributeValue::S(text) | AttributeValue::N(text) => Some((field.to_owned(), text.clone())),
        _ => None,
    }
}

/// The unknown attributes of each value, wherever it is stored.
fn attributes_of_values(read: &Item) -> HashMap<OfValue, Item> {
    let values = read.map(VALUES).ok().into_iter().flatten();
    let values = values.filter_map(|(field, entry)| Some((field.clone(), entry.as_m().ok()?)));
    let secondary = read.list(ALSO_KNOWN_BY).unwrap_or_default().iter();
    let secondary = secondary.filter_map(|entry| {
        let entry = entry.as_m().ok()?;
        Some((entry.text("f").ok()?.to_owned(), entry))
    });
    let unknown = values.chain(secondary).filter_map(|(field, entry)| {
        let unknown = entry.iter().filter(|(name, _)| !ENTRY_ATTRIBUTES.contains(&name.as_str()));
        let unknown: Item = unknown.map(|(name, value)| (name.clone(), value.clone())).collect();
        (!unknown.is_empty()).then_some((key_of_value(&field, entry)?, unknown))
    });
    unknown.collect()
}

fn carry_entry(entry: &mut Item, field: &str, attributes: &HashMap<OfValue, Item>) {
    if let Some(unknown) = key_of_value(field, entry).and_then(|value| attributes.get(&value)) {
        entry.extend(unknown.clone());
    }
}

/// Converts a field's entry to an entry of a secondary identifier.
fn as_secondary(field: &str, entry: &AttributeValue) -> Option<AttributeValue> {
    let mut entry = entry.as_m().ok()?.clone();
    entry.get("v")?;
    entry.insert("f".to_owned(), text(field));
    Some(AttributeValue::M(entry))
}

fn carry_conflicts(item: &mut Item, read: &Item) {
    let mut unread = Vec::new();
    for stored in read.list(CONFLICTS).unwrap_or_default() {
        let (Some(_), Ok(stored_map)) = (read_conflict(stored), stored.as_m()) else {
            unread.push(stored.clone());
            continue;
        };
        let Some(AttributeValue::L(conflicts)) = item.get_mut(CONFLICTS) else { continue };
        for conflict in conflicts {
            if let AttributeValue::M(conflict) = conflict
                && ["f", CONTACT_ID].iter().all(|name| conflict.get(*name) == stored_map.get(*name))
            {
                carry_attributes(conflict, stored_map, &CONFLICT_ATTRIBUTES);
            }
        }
    }
    extend_list(item, CONFLICTS, unread);
}
