//! Taking back a join.

use jiff::Timestamp;

use crate::cause::Caller;
use crate::contact::Contact;
use crate::edit::EditRefused;
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::Hold;
use crate::ids::ContactId;
use crate::record::{ClaimNote, Join, Record};
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::SourceRef;

/// Separates a contact from the one into which it was joined: it lives again as it was. Of the survivor, what the join
/// gave it and nobody changed since goes back to what it was before; what came since stays. The two are kept apart.
///
/// The snapshot must hold the records of both and of the contacts joined into either, and the claims of the joined
/// contact's identifiers. Returns the identifiers that stay with others.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final: the contact is not joined into the survivor.
pub fn undo_join(
    book: &mut Snapshot,
    survivor: ContactId,
    join: &Join,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<Vec<Identifier>, EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let left = match separate(book, survivor, join)? {
        Ok(left) => left,
        Err(refused) => return Ok(Err(refused)),
    };
    book.live_mut(survivor)?.keep_apart(join.other);
    book.live_mut(join.other)?.keep_apart(survivor);
    Ok(Ok(left))
}

/// Takes back a join, as [`undo_join`] does. A conversation may join the two again.
pub(crate) fn separate(
    book: &mut Snapshot,
    survivor: ContactId,
    join: &Join,
) -> Result<Result<Vec<Identifier>, EditRefused>, Torn> {
    let Some(Record::Joined { contact: joined, .. }) = book.record(join.other) else {
        return Ok(Err(EditRefused::NotFound));
    };
    let mut joined = joined.clone();
    if !book.live(survivor).ok_or(Torn)?.joined.contains(&joined.id) {
        return Ok(Err(EditRefused::NotFound));
    }
    let contact = book.live_mut(survivor)?;
    give_back_values(contact, &joined, &join.before);
    let given = give_back_identifiers(contact, &joined, &join.before);
    contact.joined.retain(|id| *id != joined.id && !joined.joined.contains(id));
    let mut left = Vec::new();
    let owned: Vec<Identifier> = joined.identifiers.owned().map(|held| held.identifier.clone()).collect();
    for identifier in owned {
        let free = match book.claim(&identifier) {
            None => true,
            Some(claim) if claim.contact == joined.id || joined.joined.contains(&claim.contact) => continue,
            Some(claim) => match book.follow(claim.contact, Timestamp::MAX)? {
                Resolution::Live(id) => id == survivor && given.contains(&identifier),
                Resolution::Unclaimed | Resolution::Suppressed => true,
            },
        };
        if free {
            book.take(identifier, joined.id, ClaimNote::None, None);
        } else {
            joined.identifiers.remove(&identifier);
            left.push(identifier);
        }
    }
    for id in &joined.joined {
        if let Some(Record::Joined { contact, .. }) = book.record(*id) {
            let contact = contact.clone();
            book.replace(Record::Joined { contact, into: joined.id })?;
        }
    }
    book.remove_join(survivor, join.clone());
    book.replace(Record::Live(joined))?;
    Ok(Ok(left))
}

/// Gives back the values that the survivor still has as the joined contact had them.
fn give_back_values(contact: &mut Contact, joined: &Contact, before: &Contact) {
    for (field, theirs) in &joined.values {
        let is_theirs =
            contact.values.get(field).is_some_and(|ours| ours.value == theirs.value && ours.stamp == theirs.stamp);
        match before.values.get(field) {
            _ if !is_theirs => {}
            Some(own) => {
                contact.values.insert(field.clone(), own.clone());
            }
            None => {
                contact.values.remove(field);
            }
        }
    }
    let theirs = |field: &Field, value: &Value| {
        let is =
            |contact: &Contact| contact.unconfirmed.iter().any(|entry| entry.field == *field && entry.value == *value);
        is(joined) && !is(before)
    };
    contact.unconfirmed.retain(|entry| !theirs(&entry.field, &entry.value));
}

/// Gives back the identifiers that the survivor did not have before, and returns them. What was in their fields before is
/// there again.
fn give_back_identifiers(contact: &mut Contact, joined: &Contact, before: &Contact) -> Vec<Identifier> {
    let mut given = Vec::new();
    for theirs in joined.identifiers.iter().filter(|held| held.hold != Hold::Blocked) {
        if contact.identifiers.shows(&theirs.identifier) && !before.identifiers.shows(&theirs.identifier) {
            contact.identifiers.remove(&theirs.identifier);
            given.push(theirs.identifier.clone());
        }
    }
    given
}
