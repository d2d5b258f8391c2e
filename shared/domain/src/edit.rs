//! The decisions that a person makes about a contact: to change it, to delete it.

use jiff::{SignedDuration, Timestamp};

use crate::contact::Entry;
use crate::create::IDEMPOTENCY_SPAN;
use crate::field::{Field, Value};
use crate::fold::{drop_repeated, fits};
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::record::{Answered, Claim, ClaimNote, Record, Stub};
use crate::snapshot::{Lead, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};

/// How long a deleted contact's stub stays.
pub const STUB_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

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
    /// There is no such contact, or it was deleted.
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
    /// Nothing would be left of the contact.
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

/// Checks that `id` is a live contact, at the expected version if one is expected.
pub fn expect(book: &Snapshot, id: ContactId, version: Option<u64>) -> Result<Result<(), EditRefused>, Torn> {
    match book.record(id) {
        None | Some(Record::Deleted(_)) => Ok(Err(EditRefused::NotFound)),
        Some(Record::Joined { .. }) => match book.follow(id, Timestamp::MAX)? {
            Lead::Live(survivor) => Ok(Err(EditRefused::Moved(survivor))),
            Lead::Free | Lead::Void => Ok(Err(EditRefused::NotFound)),
        },
        Some(Record::Live(contact)) => match version {
            Some(version) if version != contact.version => Ok(Err(EditRefused::Stale(contact.version))),
            _ => Ok(Ok(())),
        },
    }
}

/// Changes a live contact by hand. A value that is replaced or cleared loses its claim, and keeps the stamp of this act:
/// older observations bring neither the value nor the identifier back.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final.
pub fn edit(
    book: &mut Snapshot,
    id: ContactId,
    patch: &Patch,
    now: Timestamp,
) -> Result<Result<(), EditRefused>, Torn> {
    for (field, value) in &patch.values {
        if let Some(identifier) = value.as_ref().and_then(|value| identifier(field, value))
            && let Lead::Live(contact) = book.lead(&identifier, Timestamp::MAX)?
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
        if value.as_ref().is_some_and(|value| !fits(contact, field, value)) {
            return Ok(Err(EditRefused::TooLarge(field.clone())));
        }
        let stamp = Stamp { at: now, source: SourceRef::Edit, place };
        let entry = Entry { value: value.clone(), stamp, edited_at: Some(now) };
        let old = book.live_mut(id)?.values.insert(field.clone(), entry);
        replaced.extend(old.and_then(|old| old.value).and_then(|old| identifier(field, &old)));
        if let Some(identifier) = value.as_ref().and_then(|value| identifier(field, value))
            // Of whatever moment: a deletion that a clock running ahead has dated later than now gives way, too.
            && !matches!(book.lead(&identifier, Timestamp::MAX)?, Lead::Live(_))
        {
            book.take(identifier, id, ClaimNote::None, None);
        }
    }
    if !patch.values.is_empty() || patch.dismiss_conflicts {
        tidy(book, id, patch)?;
    }
    let contact = book.live(id).ok_or(Torn)?;
    if contact.name().is_none() && contact.identifiers().next().is_none() {
        return Ok(Err(EditRefused::Nobody));
    }
    let released: Vec<Identifier> = replaced.into_iter().filter(|old| !contact.holds(old)).collect();
    for identifier in released {
        book.release(identifier);
    }
    Ok(Ok(()))
}

fn tidy(book: &mut Snapshot, id: ContactId, patch: &Patch) -> Result<(), Torn> {
    let contact = book.live(id).ok_or(Torn)?;
    let mut tidied = contact.clone();
    drop_repeated(&mut tidied);
    if patch.dismiss_conflicts {
        tidied.conflicts.clear();
    }
    if tidied != *contact {
        *book.live_mut(id)? = tidied;
    }
    Ok(())
}

/// Deletes a live contact: a stub without personal data takes its place, and its claims lead to the stub for as long as
/// that stays.
pub fn delete(book: &mut Snapshot, id: ContactId, now: Timestamp) -> Result<(), Torn> {
    let contact = book.live(id).ok_or(Torn)?.clone();
    for identifier in contact.identifiers() {
        let expires_at = Some(now + STUB_SPAN);
        book.entrust(identifier, Claim { contact: id, note: ClaimNote::None, expires_at, void_before: None });
    }
    let repeatable_until = contact.created_at + IDEMPOTENCY_SPAN;
    if let Some(key) = contact.request
        && now < repeatable_until
    {
        // The kept answer is personal data.
        let note = ClaimNote::Request(Answered { fingerprint: String::new(), answer: None });
        let claim = Claim { contact: id, note, expires_at: Some(repeatable_until), void_before: None };
        book.entrust(Identifier::Request(key), claim);
    }
    book.replace(Record::Deleted(Stub { id, at: now, version: 0, cleared: false, joined: contact.joined }))
}
