//! Joins two contacts that turn out to be one person.

use jiff::Timestamp;

use crate::contact::{Contact, MAX_ALSO_KNOWN_BY, MAX_CUSTOM_BYTES, MAX_JOINED};
use crate::field::Channel;
use crate::ids::ContactId;
use crate::record::{Join, Record};
use crate::snapshot::{Snapshot, Torn};

/// A join that was decided.
pub(crate) struct Pair {
    /// The older contact, which now has the data of both.
    pub(crate) survivor: ContactId,
    /// The younger contact, whose id now leads to the survivor.
    pub(crate) joined: ContactId,
}

/// Joins two live contacts into the older one (by `created_at`, then id); `None` when they contradict each other.
pub(crate) fn join(book: &mut Snapshot, a: ContactId, b: ContactId, now: Timestamp) -> Result<Option<Pair>, Torn> {
    let (a, b) = (book.live(a).ok_or(Torn)?, book.live(b).ok_or(Torn)?);
    if contradict(a, b) || !fit_together(a, b) {
        return Ok(None);
    }
    let (survivor, other) = if (a.created_at, a.id) <= (b.created_at, b.id) { (a, b) } else { (b, a) };
    let (before, other) = (survivor.clone(), other.clone());
    let pair = Pair { survivor: before.id, joined: other.id };
    let contact = book.live_mut(pair.survivor)?;
    merge(contact, &other);
    for identifier in contact.identifiers.trim(MAX_ALSO_KNOWN_BY) {
        book.release(identifier);
    }
    book.record_join(pair.survivor, Join { at: now, other: other.id, before });
    book.replace(Record::Joined { contact: other, into: pair.survivor })?;
    Ok(Some(pair))
}

/// Two contacts contradict when a channel's field is set in both to different values.
fn contradict(a: &Contact, b: &Contact) -> bool {
    Channel::ALL.into_iter().any(|channel| {
        let (a, b) = (a.identifiers.primary(channel), b.identifiers.primary(channel));
        a.zip(b).is_some_and(|(a, b)| a.identifier != b.identifier)
    })
}

/// Whether the two together fit one item. If they do not, both stay, as if they contradicted each other, so no data is
/// lost.
fn fit_together(a: &Contact, b: &Contact) -> bool {
    a.custom_bytes() + b.custom_bytes() <= MAX_CUSTOM_BYTES && a.joined.len() + b.joined.len() < MAX_JOINED
}

/// Adds the values of `other` to `survivor`. A field that a person cleared on one side does not clear the other side's
/// value.
fn merge(survivor: &mut Contact, other: &Contact) {
    for (field, theirs) in &other.values {
        if survivor.values.get(field).is_none_or(|ours| ours.rank() < theirs.rank()) {
            survivor.values.insert(field.clone(), theirs.clone());
        }
    }
    for (field, edited) in &other.edited {
        let newest = survivor.edited.entry(field.clone()).or_insert(*edited);
        *newest = (*newest).max(*edited);
    }
    survivor.identifiers.merge(&other.identifiers);
    survivor.joined.push(other.id);
    survivor.joined.extend(&other.joined);
    survivor.last_seen_at = survivor.last_seen_at.max(other.last_seen_at);
    merge_conflicts(survivor, other);
}

/// Keeps the newest conflicts of both with third contacts, each once.
fn merge_conflicts(survivor: &mut Contact, other: &Contact) {
    let mut all = std::mem::take(&mut survivor.conflicts);
    all.extend(other.conflicts.iter().cloned());
    all.retain(|conflict| conflict.contact != survivor.id && !survivor.joined.contains(&conflict.contact));
    all.sort_by_key(|conflict| conflict.at);
    for conflict in all {
        survivor.add_conflict(conflict);
    }
}
