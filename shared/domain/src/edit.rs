//! The decisions of a person about a contact: changing it, deleting it.

use jiff::{SignedDuration, Timestamp};

use crate::cause::Caller;
use crate::contact::FieldValue;
use crate::create::IDEMPOTENCY_SPAN;
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::HeldIdentifier;
use crate::ids::ContactId;
use crate::record::{Answered, Claim, ClaimNote, Record, Tombstone};
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};

/// How long the tombstone of a deleted contact stays.
pub const TOMBSTONE_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A change made by hand.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// The fields to set (`Some`) or clear (`None`), each once.
    pub values: Vec<(Field, Option<Value>)>,
    /// Whether the stored conflicts are dismissed.
    pub dismiss_conflicts: bool,
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditRefused {
    /// The contact does not exist, or was deleted.
    #[error("there is no such contact")]
    NotFound,
    /// The contact was joined into this one.
    #[error("the contact was joined into {0}")]
    Moved(ContactId),
    /// The contact is no longer at the expected version.
    #[error("the contact is at version {0}, not at the expected one")]
    Stale(u64),
    /// An identifier belongs to another contact.
    #[error("another contact has this {field}")]
    Known {
        /// The field.
        field: Field,
        /// The other contact.
        contact: ContactId,
    },
    /// The custom values would become too large together.
    #[error("the custom values are too large together")]
    TooLarge(Field),
    /// The change would leave neither a name nor an identifier.
    #[error("a contact needs a name or an identifier")]
    Nobody,
}

impl Patch {
    /// The identifiers that it sets, whose claims must be read.
    pub fn identifiers(&self) -> Vec<Identifier> {
        self.values.iter().filter_map(|(field, value)| identifier(field, value.as_ref()?)).collect()
    }
}

fn identifier(field: &Field, value: &Value) -> Option<Identifier> {
    match field {
        Field::Channel(channel) => value.identifier(*channel),
        Field::Name | Field::Custom(_) => None,
    }
}

/// Checks that `id` is a live contact, at the expected version if there is one.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final.
pub fn expect(book: &Snapshot, id: ContactId, version: Option<u64>) -> Result<Result<(), EditRefused>, Torn> {
    match book.record(id) {
        None | Some(Record::Deleted(_)) => Ok(Err(EditRefused::NotFound)),
        Some(Record::Joined { .. }) => match book.follow(id, Timestamp::MAX)? {
            Resolution::Live(survivor) => Ok(Err(EditRefused::Moved(survivor))),
            Resolution::Unclaimed | Resolution::Suppressed => Ok(Err(EditRefused::NotFound)),
        },
        Some(Record::Live(contact)) => match version {
            Some(version) if version != contact.version => Ok(Err(EditRefused::Stale(contact.version))),
            _ => Ok(Ok(())),
        },
    }
}

/// Changes a live contact by hand. A value that is replaced or cleared loses its claim, and the field remembers when that
/// was: older observations bring back neither the value nor the identifier.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final.
pub fn edit(
    book: &mut Snapshot,
    id: ContactId,
    patch: &Patch,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<(), EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    for (field, value) in &patch.values {
        if let Some(identifier) = value.as_ref().and_then(|value| identifier(field, value))
            && let Resolution::Live(contact) = book.resolve(&identifier, Timestamp::MAX)?
            && contact != id
        {
            return Ok(Err(EditRefused::Known { field: field.clone(), contact }));
        }
    }
    let mut replaced = Vec::new();
    for (place, (field, value)) in (0..).zip(&patch.values) {
        let contact = book.live(id).ok_or(Torn)?;
        if contact.value(field) == value.as_ref() {
            continue;
        }
        if value.as_ref().is_some_and(|value| !contact.has_room_for(field, value)) {
            return Ok(Err(EditRefused::TooLarge(field.clone())));
        }
        let stamp = Stamp { at: now, source: SourceRef::Edit, place };
        replaced.extend(put(book, id, field, value.clone(), stamp)?);
        if let Some(identifier) = value.as_ref().and_then(|value| identifier(field, value))
            // At any moment: the edit wins also over a deletion that a clock running ahead dated later than now.
            && !matches!(book.resolve(&identifier, Timestamp::MAX)?, Resolution::Live(_))
        {
            book.take(identifier, id, ClaimNote::None, None);
        }
    }
    if patch.dismiss_conflicts && !book.live(id).ok_or(Torn)?.conflicts.is_empty() {
        book.live_mut(id)?.conflicts.clear();
    }
    let contact = book.live(id).ok_or(Torn)?;
    if contact.name().is_none() && contact.identifiers.is_empty() {
        return Ok(Err(EditRefused::Nobody));
    }
    let released: Vec<Identifier> = replaced.into_iter().filter(|old| !contact.holds(old)).collect();
    for identifier in released {
        book.release(identifier);
    }
    Ok(Ok(()))
}

/// Puts a value into a field, or clears it. Returns the identifier that it replaces.
fn put(
    book: &mut Snapshot,
    id: ContactId,
    field: &Field,
    value: Option<Value>,
    stamp: Stamp,
) -> Result<Option<Identifier>, Torn> {
    let contact = book.live_mut(id)?;
    contact.edited.insert(field.clone(), stamp.at);
    let Field::Channel(channel) = *field else {
        match value {
            Some(value) => contact.values.insert(field.clone(), FieldValue { value, stamp }),
            None => contact.values.remove(field),
        };
        return Ok(None);
    };
    let replaced = match value.and_then(|value| HeldIdentifier::new(channel, value, stamp)) {
        Some(held) => contact.identifiers.replace(held),
        None => contact.identifiers.remove_primary(channel),
    };
    Ok(replaced.map(|held| held.identifier))
}

/// Deletes a live contact: a tombstone without personal data takes its place, and its claims lead to the tombstone for as
/// long as that stays.
///
/// # Errors
/// [`Torn`] when the contact is not live: read again.
pub fn delete(book: &mut Snapshot, id: ContactId, caller: &Caller, now: Timestamp) -> Result<(), Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let contact = book.live(id).ok_or(Torn)?.clone();
    for held in contact.identifiers.iter() {
        let expires_at = Some(now + TOMBSTONE_SPAN);
        let claim = Claim { contact: id, note: ClaimNote::None, expires_at, void_before: None };
        book.keep_claim(held.identifier.clone(), claim);
    }
    let repeatable_until = contact.created_at + IDEMPOTENCY_SPAN;
    if let Some(key) = contact.request
        && now < repeatable_until
    {
        // The stored answer is personal data.
        let note = ClaimNote::Request(Answered { fingerprint: String::new(), answer: None });
        let claim = Claim { contact: id, note, expires_at: Some(repeatable_until), void_before: None };
        book.keep_claim(Identifier::Request(key), claim);
    }
    let tombstone = Tombstone { id, at: now, version: 0, cause: None, cleared: false, joined: contact.joined };
    book.replace(Record::Deleted(tombstone))
}
