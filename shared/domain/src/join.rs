//! Joins two contacts that turn out to be one person.

use jiff::Timestamp;

use crate::conflict::{self, Conflict, ConflictReason};
use crate::contact::{Contact, MAX_ALSO_KNOWN_BY, MAX_CUSTOM_BYTES, MAX_JOINED};
use crate::field::{Channel, Field};
use crate::identifier::Identifier;
use crate::identifiers::Hold;
use crate::ids::ContactId;
use crate::record::{Join, Record};
use crate::snapshot::{Snapshot, Torn};
use crate::unconfirmed::Unconfirmed;

/// How two contacts are joined.
pub(crate) struct Joining<'a> {
    /// What the observation proves. Two contacts do not contradict each other in a kind of which it proves an identifier of
    /// each, such as an old and a new user id.
    pub(crate) proven: Vec<&'a Identifier>,
    /// The contact whose values are only hearsay for the other, if one is.
    pub(crate) hearsay: Option<ContactId>,
    /// Whether a person says that they are one, whatever their fields say.
    pub(crate) by_hand: bool,
}

/// A join that was decided.
pub(crate) struct Pair {
    /// The older contact, which now has the data of both.
    pub(crate) survivor: ContactId,
    /// The younger contact, whose id now leads to the survivor.
    pub(crate) joined: ContactId,
}

/// Joins two live contacts into the older one (by `created_at`, then id). The inner error says why they may not be joined.
pub(crate) fn join(
    book: &mut Snapshot,
    a: ContactId,
    b: ContactId,
    joining: &Joining<'_>,
    now: Timestamp,
) -> Result<Result<Pair, ConflictReason>, Torn> {
    let (a, b) = (book.live(a).ok_or(Torn)?, book.live(b).ok_or(Torn)?);
    if !joining.by_hand && contradict(a, b, &joining.proven) {
        return Ok(Err(ConflictReason::Contradiction));
    }
    let (survivor, other) = if (a.created_at, a.id) <= (b.created_at, b.id) { (a, b) } else { (b, a) };
    let (before, other) = (survivor.clone(), other.clone());
    let mut merged = before.clone();
    let left = match joining.hearsay {
        None => {
            merge(&mut merged, &other);
            Vec::new()
        }
        Some(hearsay) if hearsay == other.id => merge_hearsay(&mut merged, &other),
        Some(_) => {
            // The survivor's own values are the hearsay.
            merged.values.clone_from(&other.values);
            merged.identifiers.clone_from(&other.identifiers);
            merged.unconfirmed.clone_from(&other.unconfirmed);
            merge_rest(&mut merged, &other);
            merge_hearsay_values(&mut merged, &before)
        }
    };
    if !fits(&merged, &before, &other) {
        return Ok(Err(ConflictReason::TooMany));
    }
    let pair = Pair { survivor: before.id, joined: other.id };
    *book.live_mut(pair.survivor)? = merged;
    for identifier in left {
        book.release(identifier);
    }
    book.record_join(pair.survivor, Join { at: now, other: other.id, before });
    book.replace(Record::Joined { contact: other, into: pair.survivor })?;
    Ok(Ok(pair))
}

/// Two contacts contradict when a channel's field is set in both to different identifiers of their own.
fn contradict(a: &Contact, b: &Contact, proven: &[&Identifier]) -> bool {
    let own = |contact: &'_ Contact, channel| {
        let held = contact.identifiers.primary(channel).filter(|held| held.hold == Hold::Owned);
        held.map(|held| held.identifier.clone())
    };
    Channel::ALL.into_iter().any(|channel| match (own(a, channel), own(b, channel)) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            let proves_one_of = |contact: &Contact| {
                proven.iter().any(|identifier| identifier.kind() == ours.kind() && contact.holds(identifier))
            };
            !(proves_one_of(a) && proves_one_of(b))
        }
        _ => false,
    })
}

/// Whether a contact that two become keeps within the limits. If a join would exceed one, both contacts stay, so no data is
/// lost. One that has had more custom values since an earlier build may keep them.
fn fits(contact: &Contact, a: &Contact, b: &Contact) -> bool {
    contact.custom_bytes() <= MAX_CUSTOM_BYTES.max(a.custom_bytes()).max(b.custom_bytes())
        && contact.joined.len() <= MAX_JOINED
        && contact.identifiers.secondary().len() <= MAX_ALSO_KNOWN_BY
}

/// Adds the values of `other` to `survivor`. A field that a person cleared on one side does not clear the other side's
/// value.
fn merge(survivor: &mut Contact, other: &Contact) {
    survivor.reviewed_at = survivor.reviewed_at.max(other.reviewed_at);
    for (field, theirs) in &other.values {
        let Some(ours) = survivor.values.get(field).cloned() else {
            survivor.set(field, theirs.clone());
            continue;
        };
        let (stays, goes) = if theirs.precedes(&ours) { (theirs.clone(), ours) } else { (ours, theirs.clone()) };
        let is_newer = goes.stamp > stays.stamp;
        survivor.set(field, stays);
        // It only lost to what a person typed, as if it had been said after the join.
        if is_newer {
            survivor.suggest(Unconfirmed { field: field.clone(), value: goes.value, stamp: goes.stamp });
        }
    }
    survivor.identifiers.merge(&other.identifiers);
    for entry in &other.unconfirmed {
        survivor.suggest(entry.clone());
    }
    survivor.drop_confirmed();
    merge_rest(survivor, other);
}

/// Adds the values of a contact whose values are hearsay: they fill empty fields, and the others become unconfirmed.
/// Returns the identifiers that no longer lead anywhere.
fn merge_hearsay(survivor: &mut Contact, other: &Contact) -> Vec<Identifier> {
    let left = merge_hearsay_values(survivor, other);
    merge_rest(survivor, other);
    left
}

fn merge_hearsay_values(contact: &mut Contact, hearsay: &Contact) -> Vec<Identifier> {
    for (field, theirs) in &hearsay.values {
        match contact.values.get(field) {
            None => contact.set(field, theirs.clone()),
            Some(ours) if ours.value == theirs.value => {}
            Some(_) => {
                let (value, stamp) = (theirs.value.clone(), theirs.stamp.clone());
                contact.suggest(Unconfirmed { field: field.clone(), value, stamp });
            }
        }
    }
    let mut left = Vec::new();
    for theirs in hearsay.identifiers.iter().filter(|held| held.hold != Hold::Blocked) {
        let owned = theirs.hold == Hold::Owned;
        if contact.identifiers.shows(&theirs.identifier) {
            if owned {
                contact.identifiers.own(&theirs.identifier);
            }
            continue;
        }
        if contact.identifiers.primary(theirs.channel).is_none_or(|ours| ours.hold == Hold::Blocked) {
            contact.identifiers.promote(theirs.clone());
            continue;
        }
        let (value, stamp) = (theirs.value.clone(), theirs.stamp.clone());
        contact.suggest(Unconfirmed { field: Field::Channel(theirs.channel), value, stamp });
        if owned {
            left.push(theirs.identifier.clone());
        }
    }
    for entry in &hearsay.unconfirmed {
        contact.suggest(entry.clone());
    }
    left
}

/// Adds everything else: what people did, what was joined, kept apart and in conflict.
fn merge_rest(survivor: &mut Contact, other: &Contact) {
    for (field, edited) in &other.edited {
        let newest = survivor.edited.entry(field.clone()).or_insert(*edited);
        *newest = (*newest).max(*edited);
    }
    survivor.joined.push(other.id);
    survivor.joined.extend(&other.joined);
    if other.last_seen_at > survivor.last_seen_at {
        survivor.last_seen_at = other.last_seen_at;
        survivor.last_conversation.clone_from(&other.last_conversation);
    }
    let kept_apart: Vec<ContactId> = other.kept_apart.iter().copied().filter(|id| *id != survivor.id).collect();
    let joined = survivor.joined.clone();
    survivor.kept_apart.retain(|id| !joined.contains(id));
    for id in kept_apart.into_iter().filter(|id| !joined.contains(id)) {
        survivor.keep_apart(id);
    }
    survivor.conflicts = merged_conflicts(survivor, other);
}

/// The newest conflicts of both contacts with third ones, each once.
pub(crate) fn merged_conflicts(survivor: &Contact, other: &Contact) -> Vec<Conflict> {
    let mut all: Vec<Conflict> = survivor.conflicts.iter().chain(&other.conflicts).cloned().collect();
    all.retain(|conflict| !survivor.is_or_was(conflict.contact) && !other.is_or_was(conflict.contact));
    all.sort_by_key(|conflict| conflict.at);
    let mut merged = Vec::new();
    for conflict in all {
        conflict::add(&mut merged, conflict);
    }
    merged
}
