//! Deleting a contact, and taking that back.

use jiff::{SignedDuration, Timestamp};

use crate::cause::Caller;
use crate::edit::EditRefused;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::record::{ClaimNote, Record, Tombstone};
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::SourceRef;

/// How long a deleted contact can be restored. Its tombstone stays as long.
pub const TOMBSTONE_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Tombstone {
    /// Until when the contact can be restored; `None` if nothing is kept of it.
    pub fn restorable_until(&self) -> Option<Timestamp> {
        self.contact.as_ref().filter(|_| self.erased_at.is_none()).map(|_| self.at + TOMBSTONE_SPAN)
    }
}

/// Deletes a live contact: a tombstone takes its place, which keeps the contact so that it can be restored. Everything that
/// leads to the contact leads to the tombstone: its claims, its conversations, the contacts joined into it.
///
/// # Errors
/// [`Torn`] when the contact is not live: read again.
pub fn delete(book: &mut Snapshot, id: ContactId, caller: &Caller, now: Timestamp) -> Result<(), Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let contact = book.live(id).ok_or(Torn)?.clone();
    let tombstone =
        Tombstone { id, at: now, version: 0, cause: None, contact: Some(Box::new(contact)), erased_at: None };
    book.replace(Record::Deleted(tombstone))
}

/// Takes back a deletion: the contact lives again as it was. Returns the identifiers that it does not get back, because they
/// belong to others by now. A contact that is live stays as it is.
///
/// The snapshot must hold the record of the id, the claims of the deleted contact's identifiers, and the contacts to which
/// those lead.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final: [`EditRefused::NotFound`] if there is nothing to restore.
pub fn restore(
    book: &mut Snapshot,
    id: ContactId,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<Vec<Identifier>, EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let mut contact = match book.record(id) {
        Some(Record::Live(_)) => return Ok(Ok(Vec::new())),
        Some(Record::Deleted(Tombstone { contact: Some(contact), erased_at: None, .. })) => (**contact).clone(),
        _ => return Ok(Err(EditRefused::NotFound)),
    };
    let owned: Vec<Identifier> = contact.identifiers.owned().map(|held| held.identifier.clone()).collect();
    let mut left = Vec::new();
    for identifier in owned {
        match book.claim(&identifier).map(|claim| claim.contact) {
            Some(holder) if contact.is_or_was(holder) => book.keep_claim(&identifier, id)?,
            Some(holder) if matches!(book.follow(holder, Timestamp::MAX)?, Resolution::Live(_)) => {
                contact.identifiers.remove(&identifier);
                left.push(identifier);
            }
            _ => book.take(identifier, id, ClaimNote::None, None),
        }
    }
    book.replace(Record::Live(contact))?;
    Ok(Ok(left))
}
