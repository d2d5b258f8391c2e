//! How values are stored: each with its stamp, its proof, and how the contact has it.
//!
//! Most of that follows from the source of the value or is the rule. Only what differs is written, so that most entries
//! stay as small as those of builds that did not know it, and such entries read back with what their source implies.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Channel, CustomValue, Email, Field, FieldValue, Handle, HeldIdentifier, Hold, Name, Number, Phone, Proof,
    SourceRef, Stamp, Value,
};

use super::{Attributes as _, Decoded, Item, MalformedItem, moment, number, optional, text};

/// The attributes of a value that this build understands.
pub(super) const ENTRY_ATTRIBUTES: [&str; 10] =
    [FIELD, VALUE, "at", BY, "n", EDITED_AT, PROOF, BY_HAND, HOLD, SEQUENCE];
/// The field of an entry in a list.
pub(super) const FIELD: &str = "f";
pub(super) const VALUE: &str = "v";
/// The source; absent if it is the source that created the contact.
pub(super) const BY: &str = "by";
pub(super) const EDITED_AT: &str = "edited_at";
/// How the value was learnt; absent if its source implies it.
const PROOF: &str = "proof";
/// Whether replacing it needs a person; absent if its source implies it.
const BY_HAND: &str = "by_hand";
/// How the contact has the identifier; absent for what is usual in the place where it is stored.
const HOLD: &str = "hold";
/// Absent if it is 0.
const SEQUENCE: &str = "seq";

/// The approximate maximum number of attributes of most stamps with their value.
const STAMP_ATTRIBUTES: usize = 4;

/// A value of a name or a custom field. `own` is the source that created the contact.
pub(super) fn field_value(value: &FieldValue, own: &SourceRef) -> Item {
    entry(&value.value, &value.stamp, own, value.proof, value.by_hand)
}

pub(super) fn read_field_value(field: &Field, entry: &Item, own: &SourceRef) -> Decoded<FieldValue> {
    let (value, stamp) = read_entry(field, entry, own)?;
    let (proof, by_hand) = read_strength(entry, &stamp)?;
    Ok(FieldValue { value, stamp, proof, by_hand })
}

/// An identifier, stored where identifiers usually are held as `usual` says.
pub(super) fn held(held: &HeldIdentifier, own: &SourceRef, usual: Hold) -> Item {
    let mut map = entry(&held.value, &held.stamp, own, held.proof, held.by_hand);
    if held.hold != usual {
        map.insert(HOLD.to_owned(), text(name_of_hold(held.hold)));
    }
    map
}

pub(super) fn read_held(channel: Channel, entry: &Item, own: &SourceRef, usual: Hold) -> Decoded<HeldIdentifier> {
    let (value, stamp) = read_entry(&Field::Channel(channel), entry, own)?;
    let (proof, by_hand) = read_strength(entry, &stamp)?;
    let hold = optional(entry, HOLD, |entry, name| entry.parsed(name, parse_hold))?.unwrap_or(usual);
    let held = HeldIdentifier::new(channel, value, stamp).ok_or(MalformedItem(VALUE))?;
    Ok(HeldIdentifier { proof, by_hand, hold, ..held })
}

/// An identifier in a list, with its field.
pub(super) fn listed(held: &HeldIdentifier, own: &SourceRef, usual: Hold) -> AttributeValue {
    let mut map = self::held(held, own, usual);
    map.insert(FIELD.to_owned(), text(held.channel.as_str()));
    AttributeValue::M(map)
}

pub(super) fn read_listed(entry: &AttributeValue, own: &SourceRef, usual: Hold) -> Option<HeldIdentifier> {
    let entry = entry.as_m().ok()?;
    let channel = entry.parsed(FIELD, |text| Channel::parse(text).ok()).ok()?;
    read_held(channel, entry, own, usual).ok()
}

/// A value without a stamp, with its field.
pub(super) fn bare(field: &Field, value: &Value) -> Item {
    Item::from([(FIELD.to_owned(), text(field.to_string())), (VALUE.to_owned(), self::value(value))])
}

pub(super) fn read_bare(entry: &AttributeValue) -> Option<(Field, Value)> {
    let entry = entry.as_m().ok()?;
    let field = entry.parsed(FIELD, |text| Field::parse(text).ok()).ok()?;
    let value = read_value(&field, entry.get(VALUE)?)?;
    Some((field, value))
}

pub(super) fn value(value: &Value) -> AttributeValue {
    match value {
        Value::Custom(CustomValue::Number(digits)) => number(digits.as_str()),
        other => text(other.as_str()),
    }
}

/// A value as it was stored. It was valid when it was written, so rules that have become stricter since do not apply.
pub(super) fn read_value(field: &Field, value: &AttributeValue) -> Option<Value> {
    let shown = || value.as_s().map(String::as_str).ok();
    match field {
        Field::Name => Name::from_stored(shown()?).ok().map(Value::Name),
        Field::Channel(Channel::Telephone | Channel::Whatsapp) => Phone::from_e164(shown()?).ok().map(Value::Phone),
        Field::Channel(Channel::Email) => Email::from_stored(shown()?).ok().map(Value::Email),
        Field::Channel(_) => Handle::from_stored(shown()?).ok().map(Value::Handle),
        Field::Custom(_) => match value {
            AttributeValue::N(digits) => Number::parse(digits).ok().map(CustomValue::Number),
            AttributeValue::S(text) => Some(CustomValue::Text(text.clone())),
            _ => None,
        }
        .map(Value::Custom),
    }
}

/// A stamp. Most values of most contacts come from the source that created the contact; their stamps omit the source.
pub(super) fn stamp(stamp: &Stamp, own: &SourceRef) -> Item {
    let mut map = Item::with_capacity(STAMP_ATTRIBUTES);
    map.insert("at".to_owned(), moment(stamp.at));
    if stamp.source != *own {
        map.insert(BY.to_owned(), text(stamp.source.to_string()));
    }
    map.insert("n".to_owned(), number(stamp.place));
    if stamp.sequence != 0 {
        map.insert(SEQUENCE.to_owned(), number(stamp.sequence));
    }
    map
}

pub(super) fn read_stamp(map: &Item, own: &SourceRef) -> Decoded<Stamp> {
    let source = optional(map, BY, read_source)?.unwrap_or_else(|| own.clone());
    let sequence = optional(map, SEQUENCE, Item::number)?.unwrap_or(0);
    Ok(Stamp { at: map.moment("at")?, sequence, source, place: map.number("n")? })
}

pub(super) fn read_source(map: &Item, name: &'static str) -> Decoded<SourceRef> {
    map.text(name).map(SourceRef::parse)
}

fn entry(value: &Value, of: &Stamp, own: &SourceRef, proof: Proof, by_hand: bool) -> Item {
    let mut map = stamp(of, own);
    map.insert(VALUE.to_owned(), self::value(value));
    if proof != implied_proof(&of.source) {
        map.insert(PROOF.to_owned(), text(proof.as_str()));
    }
    if by_hand != of.source.is_by_hand() {
        map.insert(BY_HAND.to_owned(), AttributeValue::Bool(by_hand));
    }
    map
}

fn read_entry(field: &Field, entry: &Item, own: &SourceRef) -> Decoded<(Value, Stamp)> {
    let value = entry.get(VALUE).and_then(|value| read_value(field, value)).ok_or(MalformedItem(VALUE))?;
    Ok((value, read_stamp(entry, own)?))
}

fn read_strength(entry: &Item, stamp: &Stamp) -> Decoded<(Proof, bool)> {
    let proof = optional(entry, PROOF, |entry, name| entry.parsed(name, Proof::parse))?;
    let by_hand = optional(entry, BY_HAND, Item::flag)?;
    Ok((proof.unwrap_or_else(|| implied_proof(&stamp.source)), by_hand.unwrap_or_else(|| stamp.source.is_by_hand())))
}

/// The proof of most values of a source.
fn implied_proof(source: &SourceRef) -> Proof {
    if source.is_people() { Proof::Person } else { Proof::Stated }
}

const HOLDS: [Hold; 3] = [Hold::Owned, Hold::Shared, Hold::Blocked];

fn name_of_hold(hold: Hold) -> &'static str {
    match hold {
        Hold::Owned => "owned",
        Hold::Shared => "shared",
        Hold::Blocked => "blocked",
    }
}

fn parse_hold(text: &str) -> Option<Hold> {
    HOLDS.into_iter().find(|hold| name_of_hold(*hold) == text)
}
