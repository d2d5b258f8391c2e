//! Taking back what an import did to a contact.
//!
//! Values tell by their stamps which of them the import said last. What was there before, the contact's history tells. What
//! people or conversations said later stays, and so does what the history does not reach back to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cause::{Actor, Caller, Cause};
use crate::contact::{Contact, FieldValue};
use crate::diff::{Change, revert};
use crate::edit::{dismiss, names_nobody};
use crate::field::Field;
use crate::history::{ContactEvent, HistoryEntry};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::{ContactId, ImportId};
use crate::proof::Proof;
use crate::record::{Join, Record, Tombstone};
use crate::snapshot::{Snapshot, Torn};
use crate::stamp::SourceRef;
use crate::unconfirmed::{self, Unconfirmed};
use crate::undo::separate;

/// The writes after which no further join is taken back: a transaction has at most 100 items, and a join has a contact's.
const MAX_WRITES: usize = 40;

/// What is known of a contact's past.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// The histories of the contact and of the contacts joined into it, each with the newest entry first.
    pub history: Vec<HistoryEntry>,
    /// The joins into the contact.
    pub joins: Vec<Join>,
}

/// How an import was taken back from a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// Nobody else had changed the contact that the import created: it was deleted, and can be restored.
    Removed,
    /// The contact is again as it was before the import.
    Restored,
    /// The contact keeps what others said later, or something of the import that the history does not reach back to.
    Kept,
}

/// Takes back what an import did to a live contact: deletes the contact if there is nothing else in it; else takes back the
/// joins that the import made, and gives the fields that the import said last the values from before. Returns `None`, and
/// changes nothing, if the import did nothing to the contact, or it was taken back before.
///
/// The snapshot must hold the records of the contact, of the contacts joined into it and of those with which it has
/// conflicts, and the claims of the identifiers of all those that are joined.
///
/// # Errors
/// [`Torn`]: read again.
pub fn undo_import(
    book: &mut Snapshot,
    id: ContactId,
    import: ImportId,
    past: &Past,
    caller: &Caller,
    now: Timestamp,
) -> Result<Option<Undone>, Torn> {
    // What others get besides, such as a conflict less, does not count as taken back from them.
    book.begin(Caller::system("undo-import").cause(None, now));
    let undo = caller.cause(Some(SourceRef::ImportUndo(import)), now);
    let contact = book.live(id).ok_or(Torn)?.clone();
    let of_contact = || past.history.iter().filter(|entry| entry.contact == id);
    let is_undo = |cause: &Cause| cause.source == undo.source;
    let causes = || of_contact().filter_map(|entry| entry.cause.as_ref()).chain(&contact.cause);
    let is_by_import = |cause: &Cause| cause.actor == Actor::Import(import);
    let is_by_others = |cause: Option<&Cause>| cause.is_none_or(|cause| !is_by_nobody_but(cause, import));
    if causes().any(is_undo) || !(contact.has_something_of(import) || causes().any(is_by_import)) {
        return Ok(None);
    }
    let first = of_contact().rfind(|entry| entry.cause.as_ref().is_some_and(is_by_import));
    let others_since = match first {
        Some(first) => of_contact().any(|entry| entry.version > first.version && is_by_others(entry.cause.as_ref())),
        None => is_by_others(contact.cause.as_ref()),
    };
    for conflict in contact.conflicts.iter().filter(|conflict| is_of(conflict.source.as_ref(), import)) {
        dismiss(book, id, conflict)?;
    }
    let mut separated = Vec::new();
    let undone = if is_only_of(book, &contact, import) {
        remove(book, id, now)?;
        Undone::Removed
    } else {
        // In this order: what was there before the import may have come with a join that it made earlier.
        let mut is_whole = give_back(book, id, import, past)?;
        is_whole &= separate_all(book, id, import, past, now, &mut separated)?;
        let existed = !contact.source.is_row_of(import);
        if existed && is_whole && !others_since { Undone::Restored } else { Undone::Kept }
    };
    book.begin(undo);
    for taken_back in separated.into_iter().chain([id]) {
        book.mark(taken_back)?;
    }
    Ok(Some(undone))
}

impl Contact {
    /// Whether the import created the contact, or something in it is the import's. It may have done something else to a
    /// contact of which this is not true.
    pub fn has_something_of(&self, import: ImportId) -> bool {
        let values = self.values.values().map(|entry| &entry.stamp.source);
        let identifiers = self.identifiers.iter().map(|held| &held.stamp.source);
        let unconfirmed = self.unconfirmed.iter().map(|entry| &entry.stamp.source);
        let conflicts = self.conflicts.iter().filter_map(|conflict| conflict.source.as_ref());
        let mut all = values.chain(identifiers).chain(unconfirmed).chain(conflicts).chain([&self.source]);
        all.any(|source| source.is_row_of(import))
    }
}

fn is_of(source: Option<&SourceRef>, import: ImportId) -> bool {
    source.is_some_and(|source| source.is_row_of(import))
}

/// Whether the import made a write, or the system itself.
fn is_by_nobody_but(cause: &Cause, import: ImportId) -> bool {
    match &cause.actor {
        Actor::Import(id) => *id == import,
        Actor::System(_) => true,
        Actor::User(_) | Actor::Assistant(_) => false,
    }
}

/// Whether nobody but the import has changed the contact, and the contacts joined into it.
fn is_only_of(book: &Snapshot, contact: &Contact, import: ImportId) -> bool {
    let values = contact.values.values().map(|entry| &entry.stamp.source);
    let identifiers = contact.identifiers.iter().map(|held| &held.stamp.source);
    let unconfirmed = contact.unconfirmed.iter().map(|entry| &entry.stamp.source);
    let mut all = values.chain(identifiers).chain(unconfirmed).chain([&contact.source]);
    let is_untouched = contact.cause.as_ref().is_some_and(|cause| is_by_nobody_but(cause, import))
        && all.all(|source| source.is_row_of(import))
        && contact.last_seen_at.is_none()
        && contact.edited.is_empty()
        && contact.reviewed_at.is_none()
        && contact.kept_apart.is_empty();
    let mut joined = contact.joined.iter().map(|id| book.record(*id));
    is_untouched
        && joined.all(|record| match record {
            // Contacts joined into one that was joined lead to the end of the chain, too.
            Some(Record::Joined { contact, .. }) => is_only_of(book, contact, import),
            _ => false,
        })
}

fn remove(book: &mut Snapshot, id: ContactId, now: Timestamp) -> Result<(), Torn> {
    let contact = book.live(id).ok_or(Torn)?.clone();
    book.replace(Record::Deleted(Tombstone {
        id,
        at: now,
        version: 0,
        cause: None,
        erased_at: None,
        contact: Some(Box::new(contact)),
    }))
}

/// Takes back the joins that the import made, and notes which contacts live again. Returns whether all could be taken back: of the joins into a contact that was
/// joined itself, nothing is known.
fn separate_all(
    book: &mut Snapshot,
    id: ContactId,
    import: ImportId,
    past: &Past,
    now: Timestamp,
    separated: &mut Vec<ContactId>,
) -> Result<bool, Torn> {
    let is_join = |entry: &&HistoryEntry| {
        entry.contact == id
            && entry.event == ContactEvent::Joined
            && entry.cause.as_ref().is_some_and(|cause| cause.actor == Actor::Import(import))
    };
    let mut is_whole = true;
    // The newest first: a join can only be taken back when those after it are.
    for entry in past.history.iter().filter(is_join) {
        let joined = entry.changes.iter().find_map(|change| match change {
            Change::Joined { before, after } => Some(after.iter().filter(|id| !before.contains(id))),
            _ => None,
        });
        for other in joined.into_iter().flatten() {
            if book.write_count() > MAX_WRITES {
                return Ok(false);
            }
            let join = past.joins.iter().find(|join| join.other == *other);
            let Some(join) = join.filter(|_| book.live(id).is_some_and(|contact| contact.joined.contains(other)))
            else {
                // It was joined into another contact first, or the join was taken back since.
                is_whole &= !book.live(id).is_some_and(|contact| contact.joined.contains(other));
                continue;
            };
            if separate(book, id, join)?.is_err() {
                is_whole = false;
                continue;
            }
            separated.push(*other);
            let contact = book.live(*other).ok_or(Torn)?.clone();
            // It was written last when it was joined.
            if is_only_of(book, &contact, import) {
                remove(book, *other, now)?;
            } else {
                is_whole &= give_back(book, *other, import, past)?;
            }
        }
    }
    Ok(is_whole)
}

/// What a contact had before the import said something else.
#[derive(Debug, Default)]
struct Before {
    values: Vec<(Field, Option<FieldValue>)>,
    /// Each with whether it was the primary one of its field; `None` if the contact did not have it.
    identifiers: Vec<(HeldIdentifier, Option<(HeldIdentifier, bool)>)>,
    /// The primary identifiers of fields in which the import put another.
    primaries: Vec<HeldIdentifier>,
    unconfirmed: Vec<Unconfirmed>,
    /// The identifiers whose proof the import raised, each with the raised proof.
    proofs: Vec<(HeldIdentifier, Proof)>,
    /// Whether the history reaches back to all of it.
    is_whole: bool,
}

impl Before {
    /// Goes back in the contact's history, from the newest state on, until nothing in it is the import's.
    fn of(contact: &Contact, import: ImportId, past: &Past) -> Before {
        let is_of = |source: &SourceRef| source.is_row_of(import);
        let mut values: Vec<&Field> =
            contact.values.iter().filter(|(_, entry)| is_of(&entry.stamp.source)).map(|(field, _)| field).collect();
        let mut identifiers: Vec<&HeldIdentifier> =
            contact.identifiers.iter().filter(|held| is_of(&held.stamp.source)).collect();
        let mut primaries: Vec<_> =
            contact.identifiers.primaries().iter().filter(|held| is_of(&held.stamp.source)).collect();
        let (mut before, mut state, mut version) = (Before::default(), contact.clone(), contact.version);
        for entry in past.history.iter().filter(|entry| entry.contact == contact.id) {
            if entry.version != version {
                break;
            }
            version -= 1;
            if entry.cause.as_ref().is_some_and(|cause| cause.actor == Actor::Import(import)) {
                before.unconfirmed.extend(confirmed(&entry.changes));
                before.proofs.extend(proofs_raised(&entry.changes));
            }
            revert(&mut state, &entry.changes);
            before.settle(&state, import, (&mut values, &mut identifiers, &mut primaries));
        }
        // Of a contact that the import created there was nothing before.
        if is_of(&contact.source) {
            let nothing = Contact::new(contact.id, contact.source.clone(), contact.created_at);
            before.settle(&nothing, import, (&mut values, &mut identifiers, &mut primaries));
        }
        before.is_whole = values.is_empty() && identifiers.is_empty();
        before
    }

    /// Notes what is not the import's in an earlier state, and takes it off the lists of what is looked for.
    fn settle(
        &mut self,
        state: &Contact,
        import: ImportId,
        (values, identifiers, primaries): (&mut Vec<&Field>, &mut Vec<&HeldIdentifier>, &mut Vec<&HeldIdentifier>),
    ) {
        values.retain(|field| {
            let earlier = state.values.get(*field);
            let is_found = !earlier.is_some_and(|entry| entry.stamp.source.is_row_of(import));
            if is_found {
                self.values.push(((*field).clone(), earlier.cloned()));
            }
            !is_found
        });
        identifiers.retain(|held| {
            // In whichever field somebody else said it.
            let mut all = state.identifiers.iter().filter(|other| other.identifier == held.identifier);
            let earlier = all.find(|other| !other.stamp.source.is_row_of(import));
            let is_found = earlier.is_some() || !state.identifiers.shows(&held.identifier);
            if is_found {
                let was_primary = |other: &HeldIdentifier| state.identifiers.primaries().contains(other);
                self.identifiers.push(((*held).clone(), earlier.map(|other| (other.clone(), was_primary(other)))));
            }
            !is_found
        });
        primaries.retain(|held| {
            let earlier = state.identifiers.primary(held.channel);
            let is_found = !earlier.is_some_and(|other| other.stamp.source.is_row_of(import));
            self.primaries.extend(earlier.filter(|_| is_found).cloned());
            !is_found
        });
    }
}

/// The unconfirmed values that changes confirmed, or crowded out.
fn confirmed(changes: &[Change]) -> Vec<Unconfirmed> {
    let mut confirmed = Vec::new();
    for change in changes {
        if let Change::Unconfirmed { before, after } = change {
            confirmed.extend(before.iter().filter(|entry| !after.contains(entry)).cloned());
        }
    }
    confirmed
}

/// The identifiers whose proof changes raised, each with the raised proof.
fn proofs_raised(changes: &[Change]) -> Vec<(HeldIdentifier, Proof)> {
    let mut raised = Vec::new();
    for change in changes {
        let (before, after) = match change {
            Change::Primary { before, after, .. } => (before.as_slice(), after.as_slice()),
            Change::Secondary { before, after } => (before.as_slice(), after.as_slice()),
            _ => continue,
        };
        for held in before {
            let is_it = |other: &&HeldIdentifier| other.identifier == held.identifier && other.stamp == held.stamp;
            let after = after.iter().find(is_it).filter(|after| after.proof > held.proof);
            raised.extend(after.map(|after| (held.clone(), after.proof)));
        }
    }
    raised
}

/// Gives a contact back what it had before the import. Returns whether nothing of the import remains.
fn give_back(book: &mut Snapshot, id: ContactId, import: ImportId, past: &Past) -> Result<bool, Torn> {
    let contact = book.live(id).ok_or(Torn)?;
    let before = Before::of(contact, import, past);
    let mut earlier = contact.clone();
    let mut is_whole = before.is_whole;
    for (field, value) in before.values {
        match value {
            Some(value) => earlier.values.insert(field, value),
            None => earlier.values.remove(&field),
        };
    }
    for (held, found) in before.identifiers {
        match found {
            Some((found, was_primary)) => {
                // Or it was in another field.
                if found.channel != held.channel {
                    earlier.identifiers.remove_from(held.channel, &held.identifier);
                }
                earlier.identifiers.put_back(found, was_primary);
            }
            None => earlier.identifiers.remove_from(held.channel, &held.identifier),
        }
    }
    for (held, raised) in &before.proofs {
        earlier.identifiers.lower_proof(held, *raised);
    }
    for primary in before.primaries {
        // One that names nobody was not kept beside that of the import.
        let was_dropped = primary.hold == Hold::Blocked && earlier.identifiers.primary(primary.channel).is_none();
        if was_dropped || earlier.identifiers.shows(&primary.identifier) {
            earlier.identifiers.promote(primary);
        }
    }
    earlier.unconfirmed.retain(|entry| !entry.stamp.source.is_row_of(import));
    for entry in before.unconfirmed {
        let is_reviewed = earlier.reviewed_at.is_some_and(|reviewed| entry.stamp.at <= reviewed);
        if !is_reviewed && earlier.value(&entry.field) != Some(&entry.value) {
            unconfirmed::add(&mut earlier.unconfirmed, entry);
        }
    }
    if names_nobody(&earlier) {
        // Others have said something of the person, but not who it is.
        earlier.identifiers = contact.identifiers.clone();
        earlier
            .values
            .extend(contact.values.get_key_value(&Field::Name).map(|(field, name)| (field.clone(), name.clone())));
        is_whole = false;
    }
    let owned: BTreeSet<Identifier> = contact.identifiers.owned().map(|held| held.identifier.clone()).collect();
    let released: Vec<Identifier> = owned.into_iter().filter(|identifier| !earlier.holds(identifier)).collect();
    *book.live_mut(id)? = earlier;
    for identifier in released {
        book.release(identifier);
    }
    Ok(is_whole)
}
