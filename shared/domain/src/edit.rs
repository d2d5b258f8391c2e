//! The decisions of a person about a contact: changing it, taking a conversation from it.

use jiff::Timestamp;

use crate::cause::Caller;
use crate::conflict::Conflict;
use crate::contact::{Contact, FieldValue};
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::{ContactId, ConversationId};
use crate::proof::Proof;
use crate::record::{Claim, ClaimNote, Record, Tombstone};
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};
use crate::unconfirmed::Unconfirmed;

/// A change made by hand.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// The fields to set (`Some`) or clear (`None`), each once.
    pub values: Vec<(Field, Option<Value>)>,
    /// Whether the stored conflicts are dismissed, on both of their contacts.
    pub dismiss_conflicts: bool,
    /// If set, only these unconfirmed values stay; the others are dismissed.
    pub keep_unconfirmed: Option<Vec<(Field, String)>>,
    /// If set, only these secondary identifiers stay; the others no longer lead to the contact.
    pub keep_also_known_by: Option<Vec<(Field, String)>>,
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditRefused {
    /// The contact does not exist.
    #[error("there is no such contact")]
    NotFound,
    /// The contact was deleted.
    #[error("the contact was deleted")]
    Deleted {
        /// Until when it can be restored; `None` if nothing is kept of it.
        restorable_until: Option<Timestamp>,
    },
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
    #[error("custom values may have 32 KiB together")]
    TooLarge(Field),
    /// The value to keep is not one of the contact's unconfirmed values.
    #[error("there is no such unconfirmed value")]
    NotUnconfirmed(Field),
    /// The identifier to keep is not one of the contact's secondary identifiers.
    #[error("there is no such secondary identifier")]
    NotSecondary(Field),
    /// The value to keep is not one of either contact.
    #[error("neither contact has this value")]
    NotHeld(Field),
    /// The contact would have too many secondary identifiers, values or joined contacts.
    #[error("the contact would have too many values")]
    TooMany,
    /// The change would leave neither a name nor an identifier.
    #[error("a contact needs a name or an identifier")]
    Nobody,
}

impl EditRefused {
    /// The refusal to change a deleted contact.
    pub fn of_deleted(tombstone: &Tombstone) -> EditRefused {
        EditRefused::Deleted { restorable_until: tombstone.restorable_until() }
    }
}

impl Patch {
    /// The identifiers that it sets, whose claims must be read.
    pub fn identifiers(&self) -> Vec<Identifier> {
        self.values.iter().filter_map(|(field, value)| identifier(field, value.as_ref()?)).collect()
    }
}

/// The identifier that a value is in a field, if it is one there.
pub(crate) fn identifier(field: &Field, value: &Value) -> Option<Identifier> {
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
        None => Ok(Err(EditRefused::NotFound)),
        Some(Record::Deleted(tombstone)) => Ok(Err(EditRefused::of_deleted(tombstone))),
        Some(Record::Joined { .. }) => Ok(Err(match book.end_of(id)? {
            Some(Record::Live(survivor)) => EditRefused::Moved(survivor.id),
            Some(Record::Deleted(tombstone)) => EditRefused::of_deleted(tombstone),
            _ => EditRefused::NotFound,
        })),
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
    if let Err(refused) = set_values(book, id, &patch.values, now)? {
        return Ok(Err(refused));
    }
    if patch.dismiss_conflicts {
        for conflict in book.live(id).ok_or(Torn)?.conflicts.clone() {
            dismiss(book, id, &conflict)?;
        }
    }
    if let Some(keep) = &patch.keep_unconfirmed
        && let Err(refused) = dismiss_unconfirmed(book.live_mut(id)?, keep, now)
    {
        return Ok(Err(refused));
    }
    if let Some(keep) = &patch.keep_also_known_by
        && let Err(refused) = release_secondary(book, id, keep)?
    {
        return Ok(Err(refused));
    }
    if names_nobody(book.live(id).ok_or(Torn)?) {
        return Ok(Err(EditRefused::Nobody));
    }
    Ok(Ok(()))
}

/// Whether a contact has neither a name nor an identifier.
pub(crate) fn names_nobody(contact: &Contact) -> bool {
    contact.name().is_none() && contact.identifiers.is_empty()
}

/// Sets or clears fields by hand. What a replaced identifier led to is released.
pub(crate) fn set_values(
    book: &mut Snapshot,
    id: ContactId,
    values: &[(Field, Option<Value>)],
    now: Timestamp,
) -> Result<Result<(), EditRefused>, Torn> {
    let mut holds = Vec::with_capacity(values.len());
    for (field, value) in values {
        match value.as_ref().map(|value| hold(book, id, field, value)).transpose()? {
            Some(Err(contact)) => return Ok(Err(EditRefused::Known { field: field.clone(), contact })),
            Some(Ok(hold)) => holds.push(hold),
            None => holds.push(Hold::Owned),
        }
    }
    let mut replaced = Vec::new();
    for (place, ((field, value), hold)) in (0..).zip(values.iter().zip(holds)) {
        let contact = book.live_mut(id)?;
        contact.unconfirmed.retain(|entry| entry.field != *field);
        let is_of_file = |stamp: &Stamp| matches!(stamp.source, SourceRef::Import { .. });
        // Who types what a file said stands for it from now on.
        if contact.value(field) == value.as_ref() && !contact.stamped(field).is_some_and(|(_, stamp)| is_of_file(stamp))
        {
            continue;
        }
        if value.as_ref().is_some_and(|value| !contact.has_room_for(field, value)) {
            return Ok(Err(EditRefused::TooLarge(field.clone())));
        }
        let stamp = Stamp { at: now, sequence: 0, source: SourceRef::Edit, place };
        replaced.extend(put(contact, field, value.clone(), stamp, hold));
        let Some(identifier) = value.as_ref().and_then(|value| identifier(field, value)) else { continue };
        match hold {
            // At any moment: the edit wins also over a deletion that a clock running ahead dated later than now.
            Hold::Owned if !matches!(book.resolve(&identifier, Timestamp::MAX)?, Resolution::Live(_)) => {
                book.take(identifier, id, ClaimNote::None, None);
            }
            Hold::Shared => {
                book.share(&identifier, id)?;
            }
            Hold::Owned | Hold::Blocked => {}
        }
    }
    let contact = book.live(id).ok_or(Torn)?;
    let released: Vec<Identifier> = replaced.into_iter().filter(|old| !contact.holds(old)).collect();
    for identifier in released {
        book.release(identifier);
    }
    Ok(Ok(()))
}

/// How the contact will have a value, or the other contact to which it belongs.
fn hold(book: &Snapshot, id: ContactId, field: &Field, value: &Value) -> Result<Result<Hold, ContactId>, Torn> {
    let Some(identifier) = identifier(field, value) else {
        return Ok(Ok(Hold::Owned));
    };
    if book.settings().blocks(&identifier) {
        return Ok(Ok(Hold::Blocked));
    }
    Ok(match book.resolve(&identifier, Timestamp::MAX)? {
        Resolution::Live(contact) if contact == id => Ok(Hold::Owned),
        Resolution::Live(_) if book.is_shared(&identifier) => Ok(Hold::Shared),
        Resolution::Live(contact) => Err(contact),
        Resolution::Unclaimed | Resolution::Suppressed => Ok(Hold::Owned),
    })
}

/// Dismisses a conflict on both sides, unless the other contact was not read.
pub(crate) fn dismiss(book: &mut Snapshot, id: ContactId, conflict: &Conflict) -> Result<(), Torn> {
    let Ok(other) = book.end_of(conflict.contact) else { return Ok(()) };
    // It may name either contact by the id of one that was joined into it, and be recorded twice for that reason.
    let ids =
        |contact: &Contact| -> Vec<ContactId> { [contact.id].into_iter().chain(contact.joined.clone()).collect() };
    let (theirs, ours) = (other.and_then(Record::contact).map(ids), ids(book.live(id).ok_or(Torn)?));
    let is_about = |ids: &[ContactId], other: &Conflict| {
        ids.contains(&other.contact) && other.field == conflict.field && other.value == conflict.value
    };
    // Of a deleted contact, it must not come back when that is restored.
    if let Some(other) = theirs.as_ref().and_then(|theirs| theirs.first()) {
        book.kept_mut(*other)?.conflicts.retain(|mirror| !is_about(&ours, mirror));
    }
    let theirs = theirs.unwrap_or_default();
    book.live_mut(id)?.conflicts.retain(|own| own != conflict && !is_about(&theirs, own));
    Ok(())
}

/// Keeps two contacts apart, and dismisses every conflict between them.
pub(crate) fn keep_apart(book: &mut Snapshot, id: ContactId, other: ContactId) -> Result<(), Torn> {
    book.live_mut(id)?.keep_apart(other);
    book.live_mut(other)?.keep_apart(id);
    let (ours, theirs) = (book.live(id).ok_or(Torn)?, book.live(other).ok_or(Torn)?);
    let between = ours.conflicts.iter().filter(|conflict| theirs.is_or_was(conflict.contact));
    for conflict in between.cloned().collect::<Vec<_>>() {
        dismiss(book, id, &conflict)?;
    }
    Ok(())
}

/// Removes all secondary identifiers but those to keep.
fn release_secondary(
    book: &mut Snapshot,
    id: ContactId,
    keep: &[(Field, String)],
) -> Result<Result<(), EditRefused>, Torn> {
    let is = |held: &HeldIdentifier, (field, value): &(Field, String)| {
        *field == Field::Channel(held.channel) && held.value.as_str() == value
    };
    let identifiers = &mut book.live_mut(id)?.identifiers;
    let (kept, released): (Vec<_>, Vec<_>) =
        identifiers.secondary().iter().cloned().partition(|held| keep.iter().any(|kept| is(held, kept)));
    if let Some((field, _)) = keep.iter().find(|kept| !identifiers.secondary().iter().any(|held| is(held, kept))) {
        return Ok(Err(EditRefused::NotSecondary(field.clone())));
    }
    identifiers.set_secondary(kept);
    for held in released {
        book.release(held.identifier);
    }
    Ok(Ok(()))
}

/// Dismisses all unconfirmed values but those to keep. What was said before is not suggested again.
fn dismiss_unconfirmed(contact: &mut Contact, keep: &[(Field, String)], now: Timestamp) -> Result<(), EditRefused> {
    let is =
        |entry: &Unconfirmed, (field, value): &(Field, String)| entry.field == *field && entry.value.as_str() == value;
    for kept in keep {
        if !contact.unconfirmed.iter().any(|entry| is(entry, kept)) {
            return Err(EditRefused::NotUnconfirmed(kept.0.clone()));
        }
    }
    let before = contact.unconfirmed.len();
    contact.unconfirmed.retain(|entry| keep.iter().any(|kept| is(entry, kept)));
    if contact.unconfirmed.len() < before {
        contact.reviewed_at = Some(now);
    }
    Ok(())
}

/// Puts a value into a field, or clears it. Returns the identifier that it replaces, if that led to the contact.
fn put(contact: &mut Contact, field: &Field, value: Option<Value>, stamp: Stamp, hold: Hold) -> Option<Identifier> {
    contact.edited.insert(field.clone(), stamp.at);
    let Field::Channel(channel) = *field else {
        match value {
            Some(value) => contact.set(field, FieldValue::new(value, stamp, Proof::Person)),
            None => {
                contact.values.remove(field);
            }
        }
        return None;
    };
    let replaced = match value.and_then(|value| HeldIdentifier::new(channel, value, stamp)) {
        Some(held) => contact.identifiers.replace(HeldIdentifier { hold, ..held }),
        None => contact.identifiers.remove_primary(channel),
    };
    replaced.filter(|held| held.hold == Hold::Owned).map(|held| held.identifier)
}

/// Takes a conversation from a contact. Its next event starts anew, and is kept apart from the contact.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final: the contact has no such conversation.
pub fn unlink(
    book: &mut Snapshot,
    id: ContactId,
    conversation: &ConversationId,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<(), EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let identifier = Identifier::Conversation(conversation.clone());
    let linked = match book.claim(&identifier) {
        Some(Claim { note: ClaimNote::Conversation(linked), contact, .. })
            if book.follow(*contact, Timestamp::MAX)? == Resolution::Live(id) =>
        {
            (*contact, linked.clone())
        }
        _ => return Ok(Err(EditRefused::NotFound)),
    };
    let (holder, linked) = linked;
    book.take(identifier, id, ClaimNote::Unlinked(linked.clone()), None);
    if book.live(id).ok_or(Torn)?.last_conversation.as_ref().is_some_and(|last| last.id == *conversation) {
        book.live_mut(id)?.last_conversation = None;
    }
    book.unlink(holder, linked);
    Ok(Ok(()))
}
