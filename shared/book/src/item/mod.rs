//! Items: how records, claims, joins, links and settings are stored in the table.

mod cause;
mod claim;
mod contact;
mod conversation;
mod history;
mod ledger;
mod settings;
mod size;
mod unknown;
mod unsettled;
mod value;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

pub(crate) use cause::{cause, read_cause_at};
pub(crate) use claim::{carry_unknown_claim, claim, has_unknown_claim, read_claim};
pub(crate) use contact::{BEFORE, join, read_join, read_record, record};
pub(crate) use conversation::{link_attributes, read_conversation};
pub(crate) use history::{history, read_history};
pub(crate) use ledger::{Erasure, erasure, ledger_entry, read_erasure, read_ledger_entry};
pub(crate) use settings::{LEDGER_KEY, carry_unknown_settings, read_settings, settings};
pub(crate) use size::size_of;
pub(crate) use unknown::{carry_unknown, has_unknown};
pub(crate) use unsettled::forget_in;

use crate::keys::{EXPIRES_AT, FIRST_SCHEMA_VERSION, Key, PK, SCHEMA, SCHEMA_VERSION, SK};
use contacts::{ContactId, time};

/// An item, or a map inside one.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item that this build cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an item's attribute {0:?} is missing or malformed")]
pub struct MalformedItem(pub &'static str);

type Decoded<T> = Result<T, MalformedItem>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn moment(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// Reads the attributes of an item.
pub(crate) trait Attributes {
    fn text(&self, name: &'static str) -> Decoded<&str>;
    fn flag(&self, name: &'static str) -> Decoded<bool>;
    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Decoded<T>;
    fn moment(&self, name: &'static str) -> Decoded<Timestamp>;
    fn list(&self, name: &'static str) -> Decoded<&[AttributeValue]>;
    fn map(&self, name: &'static str) -> Decoded<&Item>;
    fn parsed<T>(&self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Decoded<T>;
}

impl Attributes for Item {
    fn text(&self, name: &'static str) -> Decoded<&str> {
        self.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or(MalformedItem(name))
    }

    fn flag(&self, name: &'static str) -> Decoded<bool> {
        self.get(name).and_then(|value| value.as_bool().ok()).copied().ok_or(MalformedItem(name))
    }

    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Decoded<T> {
        let digits = self.get(name).and_then(|value| value.as_n().ok()).ok_or(MalformedItem(name))?;
        digits.parse().map_err(|_| MalformedItem(name))
    }

    fn moment(&self, name: &'static str) -> Decoded<Timestamp> {
        self.number(name).map(time::from_millis)
    }

    /// An absent list is empty, because empty lists are not written.
    fn list(&self, name: &'static str) -> Decoded<&[AttributeValue]> {
        match self.get(name) {
            None => Ok(&[]),
            Some(value) => value.as_l().map(Vec::as_slice).map_err(|_| MalformedItem(name)),
        }
    }

    fn map(&self, name: &'static str) -> Decoded<&Item> {
        self.get(name).and_then(|value| value.as_m().ok()).ok_or(MalformedItem(name))
    }

    fn parsed<T>(&self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Decoded<T> {
        parse(self.text(name)?).ok_or(MalformedItem(name))
    }
}

/// An attribute that may be absent.
pub(crate) fn optional<T>(
    item: &Item,
    name: &'static str,
    read: impl FnOnce(&Item, &'static str) -> Decoded<T>,
) -> Decoded<Option<T>> {
    item.contains_key(name).then(|| read(item, name)).transpose()
}

pub(crate) fn key_of(key: Key) -> Item {
    HashMap::from([(PK.to_owned(), text(key.pk)), (SK.to_owned(), text(key.sk))])
}

/// A new item with this key, in the oldest format, which every build can write.
pub(crate) fn item_at(key: Key) -> Item {
    let mut item = key_of(key);
    item.insert(SCHEMA.to_owned(), number(FIRST_SCHEMA_VERSION));
    item
}

/// Marks an item whose content builds of older formats would misread: they must not write it.
fn needs_schema(item: &mut Item, schema: u64) {
    let schema = schema.max(schema_of(item).unwrap_or(0));
    item.insert(SCHEMA.to_owned(), number(schema));
}

fn schema_of(item: &Item) -> Option<u64> {
    optional(item, SCHEMA, Item::number).ok().flatten()
}

/// Whether a newer build wrote the item, in a format that this build must not write.
pub(crate) fn is_newer(item: &Item) -> bool {
    schema_of(item).is_some_and(|schema| schema > SCHEMA_VERSION)
}

/// The key of an item, for logs. Of the sort key it includes only the kind: the sort key of a link contains the id of a
/// conversation, and some platforms use the phone as that id.
pub(crate) fn name_of(item: &Item) -> String {
    let text = |name| item.text(name).unwrap_or("?");
    format!("{} {}", text(PK), text(SK).split('#').next().unwrap_or_default())
}

/// Reads one of many items. Skips an item that this build cannot read: logs its key and counts it.
pub(crate) fn readable<T>(item: &Item, read: impl FnOnce(&Item) -> Decoded<T>) -> Option<T> {
    match read(item) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!(key = name_of(item), %error, "skipped an item that cannot be read");
            tracing::info!(target: contacts_lambda::METRICS, items_unreadable = 1);
            None
        }
    }
}

pub(crate) fn has_expired(item: &Item, now: Timestamp) -> Decoded<bool> {
    let expires: Option<i64> = optional(item, EXPIRES_AT, Item::number)?;
    Ok(expires.is_some_and(|at| at <= now.as_second()))
}

fn put_list(item: &mut Item, name: &str, values: impl Iterator<Item = AttributeValue>) {
    let values: Vec<_> = values.collect();
    if !values.is_empty() {
        item.insert(name.to_owned(), AttributeValue::L(values));
    }
}

fn put_ids(item: &mut Item, name: &str, ids: &[ContactId]) {
    put_list(item, name, ids.iter().map(|id| text(id.to_string())));
}

fn ids_in(item: &Item, name: &'static str) -> Decoded<Vec<ContactId>> {
    let read = |value: &AttributeValue| ContactId::parse(value.as_s().ok()?).ok();
    item.list(name)?.iter().map(read).collect::<Option<_>>().ok_or(MalformedItem(name))
}

fn id_in(item: &Item, name: &'static str) -> Decoded<ContactId> {
    item.parsed(name, |text| ContactId::parse(text).ok())
}

#[cfg(test)]
mod tests;
