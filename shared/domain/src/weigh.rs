//! What becomes of an observed value, beside what the contact has.

use crate::contact::{Contact, FieldValue, MAX_ALSO_KNOWN_BY};
use crate::field::Field;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::settings::IdentityMode;

/// What becomes of an observed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The contact has it, or something that goes before it.
    NoNews,
    /// It becomes the value of its field.
    TakesField,
    /// It becomes one of the contact's other identifiers.
    Besides,
    /// It waits for a person to accept or dismiss it.
    Unconfirmed,
    /// The contact has too many identifiers.
    TooMany,
    /// The contact would become too large.
    TooLarge,
}

/// The circumstances in which an observation says a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// How hearsay is treated, if it is hearsay; `None` if the observation vouches for the contact.
    pub(crate) hearsay: Option<IdentityMode>,
    /// Whether the same observation has a value that counts more for the same field. If such a value were weighed by its
    /// stamp, an observation with two phones would swap the two each time that it is folded.
    pub(crate) outranked: bool,
}

/// Weighs a name or a custom value.
pub(crate) fn weigh_value(contact: &Contact, field: &Field, new: &FieldValue, circumstances: Circumstances) -> Verdict {
    let current = contact.values.get(field);
    let is_known = current.is_some_and(|current| current.value == new.value);
    if circumstances.outranked || is_known || contact.is_edited_since(field, new.stamp.at) {
        return Verdict::NoNews;
    }
    match (current, circumstances.hearsay) {
        (Some(_), Some(_)) | (None, Some(IdentityMode::Guarded)) => Verdict::Unconfirmed,
        (Some(current), None) if !new.precedes(current) => {
            let by_hand = current.by_hand && *field == Field::Name && new.stamp > current.stamp;
            if by_hand && !new.stamp.source.is_people() { Verdict::Unconfirmed } else { Verdict::NoNews }
        }
        _ if contact.has_room_for(field, &new.value) => Verdict::TakesField,
        _ => Verdict::TooLarge,
    }
}

/// Weighs an identifier that is the contact's own or becomes it, or, with [`Hold::Shared`], is only shown.
pub(crate) fn weigh_identifier(contact: &Contact, new: &HeldIdentifier, circumstances: Circumstances) -> Verdict {
    let identifiers = &contact.identifiers;
    let field = Field::Channel(new.channel);
    let current = identifiers.primary(new.channel);
    let is_known = current.is_some_and(|current| current.value == new.value && current.hold >= new.hold);
    let is_listed = identifiers.shows(&new.identifier);
    if is_known || contact.is_edited_since(&field, new.stamp.at) {
        return Verdict::NoNews;
    }
    match circumstances.hearsay {
        Some(IdentityMode::Open) if current.is_none_or(|current| current.hold == Hold::Blocked) => Verdict::TakesField,
        Some(_) if is_listed || new.hold == Hold::Blocked => Verdict::NoNews,
        Some(_) => Verdict::Unconfirmed,
        None if !circumstances.outranked && identifiers.would_be_primary(new) => {
            let displaces = current.is_some_and(|current| current.hold == Hold::Owned) && !is_listed;
            if displaces && is_full(contact) { Verdict::TooMany } else { Verdict::TakesField }
        }
        None if is_listed || new.hold == Hold::Blocked => Verdict::NoNews,
        None if new.hold == Hold::Owned && is_full(contact) => Verdict::TooMany,
        None if new.hold == Hold::Shared && identifiers.shared_besides().len() >= MAX_ALSO_KNOWN_BY => Verdict::TooMany,
        None => Verdict::Besides,
    }
}

fn is_full(contact: &Contact) -> bool {
    contact.identifiers.secondary().len() >= MAX_ALSO_KNOWN_BY
}
