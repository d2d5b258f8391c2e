//! How conflicts and unconfirmed values are stored: what waits for a person to settle it.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Conflict, ConflictReason, Contact, Field, SourceRef, Unconfirmed};

use super::value::{BY, FIELD, VALUE, bare, read_bare, read_source, read_stamp, read_value, stamp, value};
use super::{Attributes as _, Item, MalformedItem, id_in, moment, optional, put_list, text};
use crate::keys::CONTACT_ID;

pub(super) const CONFLICTS: &str = "conflicts";
pub(super) const UNCONFIRMED: &str = "unconfirmed";
/// The attributes of a conflict that this build understands.
pub(super) const CONFLICT_ATTRIBUTES: [&str; 7] = [FIELD, VALUE, CONTACT_ID, REASON, "at", BY, WITHHELD];
/// The values that a conflict withholds.
pub(super) const WITHHELD: &str = "withheld";
/// Why the contacts were not joined; absent for a contradiction, the only reason in older builds.
const REASON: &str = "reason";

pub(super) fn put_conflicts(item: &mut Item, contact: &Contact) {
    put_list(item, CONFLICTS, contact.conflicts.iter().map(|conflict| AttributeValue::M(self::conflict(conflict))));
}

fn conflict(conflict: &Conflict) -> Item {
    let mut map = Item::from([
        (FIELD.to_owned(), text(conflict.field.to_string())),
        (CONTACT_ID.to_owned(), text(conflict.contact.to_string())),
        ("at".to_owned(), moment(conflict.at)),
    ]);
    if let Some(value) = &conflict.value {
        map.insert(VALUE.to_owned(), self::value(value));
    }
    if conflict.reason != ConflictReason::Contradiction {
        map.insert(REASON.to_owned(), text(conflict.reason.as_str()));
    }
    if let Some(source) = &conflict.source {
        map.insert(BY.to_owned(), text(source.to_string()));
    }
    put_list(&mut map, WITHHELD, conflict.withheld.iter().map(|(field, value)| AttributeValue::M(bare(field, value))));
    map
}

/// A conflict; `None` if this build does not understand it. Leaves out withheld values that this build does not
/// understand.
pub(super) fn read_conflict(entry: &AttributeValue) -> Option<Conflict> {
    let entry = entry.as_m().ok()?;
    let field = entry.parsed(FIELD, |text| Field::parse(text).ok()).ok()?;
    let value = optional(entry, VALUE, |entry, name| {
        entry.get(name).and_then(|value| read_value(&field, value)).ok_or(MalformedItem(name))
    });
    Some(Conflict {
        value: value.ok()?,
        field,
        contact: id_in(entry, CONTACT_ID).ok()?,
        reason: optional(entry, REASON, |entry, name| entry.parsed(name, ConflictReason::parse))
            .ok()?
            .unwrap_or(ConflictReason::Contradiction),
        at: entry.moment("at").ok()?,
        source: optional(entry, BY, read_source).ok()?,
        withheld: entry.list(WITHHELD).ok()?.iter().filter_map(read_bare).collect(),
    })
}

/// Removes the conflicts and unconfirmed values of a contact's attributes for which these are true. Returns whether there were
/// any.
pub(crate) fn forget_in(
    map: &mut Item,
    own: &SourceRef,
    conflict: impl Fn(&Conflict) -> bool,
    unconfirmed: impl Fn(&Unconfirmed) -> bool,
) -> bool {
    let mut retain = |name: &str, is_forgotten: &dyn Fn(&AttributeValue) -> bool| {
        let Some(AttributeValue::L(list)) = map.get_mut(name) else { return false };
        let before = list.len();
        list.retain(|entry| !is_forgotten(entry));
        list.len() < before
    };
    let conflicts = retain(CONFLICTS, &|entry| read_conflict(entry).is_some_and(|entry| conflict(&entry)));
    retain(UNCONFIRMED, &|entry| read_unconfirmed(entry, own).is_some_and(|entry| unconfirmed(&entry))) || conflicts
}

pub(super) fn put_unconfirmed(item: &mut Item, contact: &Contact) {
    put_list(
        item,
        UNCONFIRMED,
        contact.unconfirmed.iter().map(|entry| {
            let mut map = stamp(&entry.stamp, &contact.source);
            map.extend(bare(&entry.field, &entry.value));
            AttributeValue::M(map)
        }),
    );
}

/// An unconfirmed value; `None` if this build does not understand it.
pub(super) fn read_unconfirmed(entry: &AttributeValue, own: &SourceRef) -> Option<Unconfirmed> {
    let (field, value) = read_bare(entry)?;
    let stamp = read_stamp(entry.as_m().ok()?, own).ok()?;
    Some(Unconfirmed { field, value, stamp })
}
