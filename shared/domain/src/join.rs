//! Two contacts found to be one person become one.

use jiff::Timestamp;

use crate::contact::{Contact, Entry, MAX_CUSTOM_BYTES, MAX_JOINED};
use crate::field::{Channel, Value};
use crate::fold::drop_repeated;
use crate::ids::ContactId;
use crate::record::{Join, Record};
use crate::snapshot::{Snapshot, Torn};

pub(crate) struct Joined {
    pub(crate) survivor: ContactId,
    pub(crate) loser: ContactId,
}

/// Joins two live contacts into the older one (by `created_at`, then id); `None` when they contradict each other.
pub(crate) fn join(book: &mut Snapshot, a: ContactId, b: ContactId, now: Timestamp) -> Result<Option<Joined>, Torn> {
    let (a, b) = (book.live(a).ok_or(Torn)?, book.live(b).ok_or(Torn)?);
    if contradict(a, b) || !fit_together(a, b) {
        return Ok(None);
    }
    let (survivor, loser) = if (a.created_at, a.id) <= (b.created_at, b.id) { (a, b) } else { (b, a) };
    let (before, loser) = (survivor.clone(), loser.clone());
    let joined = Joined { survivor: before.id, loser: loser.id };
    let contact = book.live_mut(joined.survivor)?;
    merge(contact, &loser);
    for identifier in contact.trim_also_known_by() {
        book.release(identifier);
    }
    book.record_join(joined.survivor, Join { at: now, other: loser.id, before });
    book.replace(Record::Joined { contact: loser, into: joined.survivor })?;
    Ok(Some(joined))
}

/// Two contacts contradict when a channel's field is set in both to different values.
fn contradict(a: &Contact, b: &Contact) -> bool {
    Channel::ALL.into_iter().any(|channel| match (a.channel(channel), b.channel(channel)) {
        (Some(a), Some(b)) => a.identifier(channel) != b.identifier(channel),
        _ => false,
    })
}

/// Whether the two fit one item. Where they do not, both stay, as if they contradicted: nothing is lost.
fn fit_together(a: &Contact, b: &Contact) -> bool {
    a.custom_bytes() + b.custom_bytes() <= MAX_CUSTOM_BYTES && a.joined.len() + b.joined.len() < MAX_JOINED
}

fn merge(survivor: &mut Contact, loser: &Contact) {
    for (field, theirs) in &loser.values {
        match survivor.values.get_mut(field) {
            Some(ours) => {
                let edited_at = ours.edited_at.max(theirs.edited_at);
                if rank(ours) < rank(theirs) {
                    *ours = theirs.clone();
                }
                ours.edited_at = edited_at;
            }
            None => {
                survivor.values.insert(field.clone(), theirs.clone());
            }
        }
    }
    survivor.also_known_by.extend(loser.also_known_by.iter().cloned());
    drop_repeated(survivor);
    survivor.joined.push(loser.id);
    survivor.joined.extend(&loser.joined);
    survivor.last_seen_at = survivor.last_seen_at.max(loser.last_seen_at);
    merge_conflicts(survivor, loser);
}

/// Keeps the conflicts of both with third contacts, each once, the newest.
fn merge_conflicts(survivor: &mut Contact, loser: &Contact) {
    let mut all = std::mem::take(&mut survivor.conflicts);
    all.extend(loser.conflicts.iter().cloned());
    all.retain(|conflict| conflict.contact != survivor.id && !survivor.joined.contains(&conflict.contact));
    all.sort_by_key(|conflict| conflict.at);
    for conflict in all {
        survivor.add_conflict(conflict);
    }
}

/// Of two entries of one field the greater stands: a value before a clearing (what one side cleared says nothing of what
/// the other side knows), then the newer.
fn rank(entry: &Entry) -> (bool, &crate::Stamp, Option<&str>) {
    (entry.value.is_some(), &entry.stamp, entry.value.as_ref().map(Value::as_str))
}
