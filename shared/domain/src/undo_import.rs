//! Taking back what an import did to a contact.
//!
//! Values tell by their stamps which of them the import said last. What was there before, the contact's history tells. What
//! people or conversations said later stays, and so does what the history does not reach back to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::before_import::{Before, Past};
use crate::cause::{Actor, Caller, Cause};
use crate::contact::Contact;
use crate::edit::{dismiss, names_nobody};
use crate::field::Field;
use crate::identifier::Identifier;
use crate::ids::{ContactId, ImportId};
use crate::record::{Record, Tombstone};
use crate::snapshot::{Snapshot, Torn};
use crate::stamp::SourceRef;
use crate::undo::separate;

/// The writes after which no further join is taken back: a transaction has at most 100 items, and a join has a contact's.
const MAX_WRITES: usize = 40;

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
/// conflicts, and the claims of the [identifiers](crate::Join::identifiers) of the joins.
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
    let mut undoing = Undoing { book, import, past, now, taken_back: Vec::new(), is_whole: true };
    let undone = if undoing.take_back(&contact)? {
        Undone::Removed
    } else {
        let existed = !contact.source.is_row_of(import);
        if existed && undoing.is_whole && !others_since { Undone::Restored } else { Undone::Kept }
    };
    let taken_back = undoing.taken_back;
    book.begin(undo);
    for id in taken_back {
        book.mark(id)?;
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

/// An undo in the making.
struct Undoing<'a> {
    book: &'a mut Snapshot,
    import: ImportId,
    past: &'a Past,
    now: Timestamp,
    /// The contact, and those that live again.
    taken_back: Vec<ContactId>,
    /// Whether nothing of the import remains.
    is_whole: bool,
}

impl Undoing<'_> {
    /// Takes the import back from a live contact. Returns whether it was removed, because there is nothing else in it.
    fn take_back(&mut self, contact: &Contact) -> Result<bool, Torn> {
        self.taken_back.push(contact.id);
        self.dismiss(contact.id)?;
        if is_only_of(self.book, contact, self.import) {
            self.remove(contact.id)?;
            return Ok(true);
        }
        // In this order: what was there before the import may have come with a join that it made earlier.
        self.give_back(contact)?;
        self.separate(contact.id)?;
        Ok(false)
    }

    /// Dismisses the conflicts of a contact that the import found.
    fn dismiss(&mut self, id: ContactId) -> Result<(), Torn> {
        for conflict in self.book.live(id).ok_or(Torn)?.conflicts.clone() {
            if conflict.source.as_ref().is_some_and(|source| source.is_row_of(self.import)) {
                dismiss(self.book, id, &conflict)?;
            }
        }
        Ok(())
    }

    fn remove(&mut self, id: ContactId) -> Result<(), Torn> {
        let contact = self.book.live(id).ok_or(Torn)?.clone();
        self.book.replace(Record::Deleted(Tombstone {
            id,
            at: self.now,
            version: 0,
            cause: None,
            erased_at: None,
            contact: Some(Box::new(contact)),
        }))
    }

    /// Takes back the joins into a contact that the import made, and takes the import back from those that live again.
    fn separate(&mut self, id: ContactId) -> Result<(), Torn> {
        let past = self.past;
        // The newest first: what a contact was before a join may have come with one before it.
        let joined = past.joined_by(self.import, id);
        for other in &joined {
            // One that was joined into another contact first comes with that one.
            let join = past.joins.iter().find(|join| join.before.id == id && join.other == *other);
            let is_joined = self.book.live(id).is_some_and(|contact| contact.joined.contains(other));
            let Some(join) = join.filter(|_| is_joined && self.book.write_count() <= MAX_WRITES) else { continue };
            if separate(self.book, id, join)?.is_ok() {
                // What there was before the join may be the import's as well, also a conflict.
                self.give_back(&join.before)?;
                self.dismiss(id)?;
                let contact = self.book.live(*other).ok_or(Torn)?.clone();
                self.take_back(&contact)?;
            }
        }
        let contact = self.book.live(id).ok_or(Torn)?;
        self.is_whole &= !joined.iter().any(|other| contact.joined.contains(other));
        Ok(())
    }

    /// Gives a contact back what it had before the import, which the history tells from this state of it on.
    fn give_back(&mut self, from: &Contact) -> Result<(), Torn> {
        let contact = self.book.live(from.id).ok_or(Torn)?.clone();
        let before = Before::of(&contact, from, self.import, self.past);
        self.is_whole &= before.is_whole;
        let mut earlier = before.give_back(&contact, self.import);
        if names_nobody(&earlier) {
            // Others have said something of the person, but not who it is.
            earlier.identifiers = contact.identifiers.clone();
            earlier
                .values
                .extend(contact.values.get_key_value(&Field::Name).map(|(field, name)| (field.clone(), name.clone())));
            self.is_whole = false;
        }
        let owned: BTreeSet<Identifier> = contact.identifiers.owned().map(|held| held.identifier.clone()).collect();
        let released: Vec<Identifier> = owned.into_iter().filter(|identifier| !earlier.holds(identifier)).collect();
        *self.book.live_mut(from.id)? = earlier;
        for identifier in released {
            self.book.release(identifier);
        }
        Ok(())
    }
}
