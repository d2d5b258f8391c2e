//! Taking back a join.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cause::Caller;
use crate::conflict::{self, Conflict};
use crate::contact::{Contact, FieldValue};
use crate::edit::{EditRefused, keep_apart};
use crate::field::{Channel, Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::ContactId;
use crate::join::merged_conflicts;
use crate::record::{ClaimNote, Join, Record};
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};
use crate::unconfirmed::Unconfirmed;

/// Separates a contact from the one into which it was joined: it lives again as it was. Of the survivor, what the join
/// gave it and nobody changed since goes back to what it was before; what came since stays. The two are kept apart.
///
/// The snapshot must hold the records of both and of the contacts joined into either, and the claims of the join's
/// [identifiers](Join::identifiers). Returns the identifiers that stay with others.
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
    keep_apart(book, survivor, join.other)?;
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
    let suggested = suggested_back(book, survivor, join)?;
    let contact = book.live_mut(survivor)?;
    give_back_values(contact, &joined, join);
    let given = give_back_identifiers(contact, &joined, join);
    for (held, was_primary) in &suggested {
        contact.identifiers.put_back(held.clone(), *was_primary);
    }
    give_back_conflicts(contact, &mut joined, &join.before);
    give_back_unconfirmed(contact, &joined, &join.before);
    contact.joined.retain(|id| !joined.is_or_was(*id));
    let shown: Vec<Identifier> = contact.identifiers.shared().map(|held| held.identifier.clone()).collect();
    for (held, _) in suggested {
        book.take(held.identifier, survivor, ClaimNote::None, None);
    }
    let owned: Vec<Identifier> = joined.identifiers.owned().map(|held| held.identifier.clone()).collect();
    let left = claim_back(book, survivor, &mut joined, &given)?;
    for id in &joined.joined {
        if let Some(Record::Joined { contact, .. }) = book.record(*id) {
            let contact = contact.clone();
            book.replace(Record::Joined { contact, into: joined.id })?;
        }
    }
    book.remove_join(survivor, join.clone());
    book.replace(Record::Live(joined))?;
    for identifier in shown.iter().filter(|identifier| owned.contains(identifier)) {
        book.share(identifier, survivor)?;
    }
    Ok(Ok(left))
}

/// Claims the identifiers of a joined contact for it again, except those that belong to somebody else by now: it loses them,
/// and they are returned.
fn claim_back(
    book: &mut Snapshot,
    survivor: ContactId,
    joined: &mut Contact,
    given: &[Identifier],
) -> Result<Vec<Identifier>, Torn> {
    let mut left = Vec::new();
    let owned: Vec<Identifier> = joined.identifiers.owned().map(|held| held.identifier.clone()).collect();
    for identifier in owned {
        let free = match book.claim(&identifier) {
            None => true,
            Some(claim) if joined.is_or_was(claim.contact) => continue,
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
    Ok(left)
}

/// The identifiers that the join took from the survivor, because they were only hearsay there, and that nobody else has
/// taken since. Each with whether it was primary.
fn suggested_back(book: &Snapshot, survivor: ContactId, join: &Join) -> Result<Vec<(HeldIdentifier, bool)>, Torn> {
    let contact = book.live(survivor).ok_or(Torn)?;
    let before = &join.before.identifiers;
    let mut back = Vec::new();
    for held in before.owned().filter(|held| !contact.identifiers.shows(&held.identifier)) {
        let is_suggested = contact.unconfirmed.iter().any(|entry| {
            entry.field == Field::Channel(held.channel) && entry.value == held.value && entry.stamp == held.stamp
        });
        if is_suggested && book.resolve(&held.identifier, Timestamp::MAX)? == Resolution::Unclaimed {
            back.push((held.clone(), before.primaries().contains(held)));
        }
    }
    Ok(back)
}

/// Gives a contact's values, and what people did to it, back what they were before a join, where they are still as the join
/// left them: as the joined contact had them, or as the person chose who joined the two.
fn give_back_values(contact: &mut Contact, joined: &Contact, join: &Join) {
    let before = &join.before;
    contact.values = give_back(&contact.values, &before.values, |field, ours| {
        let is_theirs = |theirs: &FieldValue| theirs.value == ours.value && theirs.stamp == ours.stamp;
        is_chosen(&ours.stamp, join) || joined.values.get(field).is_some_and(is_theirs)
    });
    contact.edited = give_back(&contact.edited, &before.edited, |field, edited| {
        *edited == join.at || joined.edited.get(field) == Some(edited)
    });
    if contact.reviewed_at == joined.reviewed_at {
        contact.reviewed_at = before.reviewed_at;
    }
    if (contact.last_seen_at, &contact.last_conversation) == (joined.last_seen_at, &joined.last_conversation) {
        contact.last_seen_at = before.last_seen_at;
        contact.last_conversation.clone_from(&before.last_conversation);
    }
    contact.kept_apart.retain(|id| before.kept_apart.contains(id) || !joined.kept_apart.contains(id));
    for id in before.kept_apart.iter().filter(|id| joined.is_or_was(**id)) {
        contact.keep_apart(*id);
    }
}

/// The entries of a map with those that came with a join as they were before it.
fn give_back<V: Clone>(
    now: &BTreeMap<Field, V>,
    before: &BTreeMap<Field, V>,
    came_with_it: impl Fn(&Field, &V) -> bool,
) -> BTreeMap<Field, V> {
    let back = |(field, value)| {
        let value = if came_with_it(field, value) { before.get(field)? } else { value };
        Some((field.clone(), value.clone()))
    };
    now.iter().filter_map(back).collect()
}

/// Takes out the unconfirmed values that came with a join, and puts back those that it confirmed.
fn give_back_unconfirmed(contact: &mut Contact, joined: &Contact, before: &Contact) {
    let says = |contact: &Contact, entry: &Unconfirmed| {
        let is_value = |(field, value, stamp): (Field, &Value, &Stamp)| {
            field == entry.field && *value == entry.value && *stamp == entry.stamp
        };
        let secondary = contact.identifiers.secondary().iter();
        let secondary = secondary.map(|held| (Field::Channel(held.channel), &held.value, &held.stamp));
        contact.unconfirmed.contains(entry) || contact.all_stamped().chain(secondary).any(is_value)
    };
    let came_with_it =
        |entry: &Unconfirmed| !before.unconfirmed.contains(entry) && (says(joined, entry) || says(before, entry));
    contact.unconfirmed.retain(|entry| !came_with_it(entry));
    for entry in &before.unconfirmed {
        contact.suggest(entry.clone());
    }
    contact.drop_confirmed();
}

/// Gives back the identifiers that came with a join, and returns them. Those that the survivor had are again as they were,
/// where they are still as the join left them.
fn give_back_identifiers(contact: &mut Contact, joined: &Contact, join: &Join) -> Vec<Identifier> {
    let before = &join.before.identifiers;
    let came_with_it = |held: &HeldIdentifier| {
        let is_theirs = |theirs: &HeldIdentifier| {
            theirs.channel == held.channel && theirs.identifier == held.identifier && theirs.stamp == held.stamp
        };
        is_chosen(&held.stamp, join)
            || joined.identifiers.iter().any(is_theirs)
            || (joined.holds(&held.identifier) && !before.owns(&held.identifier))
    };
    let now = contact.identifiers.clone();
    let ours = &mut contact.identifiers;
    let (mut taken, mut emptied) = (Vec::new(), Vec::new());
    for held in now.iter().filter(|held| came_with_it(held)) {
        if ours.take_out(held.channel, &held.identifier) {
            emptied.push(held.channel);
        }
        taken.push(held.identifier.clone());
    }
    for held in before.iter().filter(|held| taken.contains(&held.identifier)) {
        if before.primaries().contains(held) && ours.primary(held.channel).is_none() {
            ours.set_primary(held.channel, Some(now.as_held_now(held)));
        } else {
            ours.add_besides(now.as_held_now(held));
        }
    }
    for channel in Channel::ALL {
        let was_emptied = emptied.contains(&channel) && ours.primary(channel).is_none();
        let is_cleared = contact.edited.get(&Field::Channel(channel)).is_some_and(|edited| *edited >= join.at);
        match before.primary(channel) {
            Some(was) if ours.shows(&was.identifier) && emptied.contains(&channel) => {
                ours.put_back_primary(now.as_held_now(was))
            }
            // One that names nobody was not kept beside theirs.
            Some(was) if was.hold == Hold::Blocked && ours.primary(channel).is_none() && !is_cleared => {
                ours.put_back_primary(now.as_held_now(was));
            }
            was => {
                if was_emptied {
                    ours.refill(channel);
                }
                // The field was empty, although the contact had others.
                if was.is_none() && ours.primary(channel).is_some_and(|held| before.iter().any(|before| before == held))
                {
                    ours.clear(channel);
                }
            }
        }
    }
    taken
}

/// Takes the conflicts that came with a join from the survivor, and out of both what was settled since.
fn give_back_conflicts(contact: &mut Contact, joined: &mut Contact, before: &Contact) {
    let merged = merged_conflicts(before, joined);
    let now = std::mem::take(&mut contact.conflicts);
    let is_settled = |conflict: &Conflict| {
        merged.iter().any(|merged| merged.is_same(conflict)) && !now.iter().any(|now| now.is_same(conflict))
    };
    joined.conflicts.retain(|conflict| !is_settled(conflict));
    let own = before.conflicts.iter().filter(|conflict| !is_settled(conflict)).cloned();
    // Of a conflict that more was withheld from since, the newer state stays.
    let since = now.iter().filter(|conflict| !merged.contains(conflict)).cloned();
    let mut all: Vec<Conflict> = since.chain(own).collect();
    all.sort_by_key(|conflict| conflict.at);
    for conflict in all {
        conflict::add(&mut contact.conflicts, conflict);
    }
}

/// Whether the person chose a value who joined two contacts.
fn is_chosen(stamp: &Stamp, join: &Join) -> bool {
    stamp.source == SourceRef::Edit && stamp.at == join.at
}
