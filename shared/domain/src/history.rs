//! The history of a contact: what each write did to it.

use jiff::Timestamp;

use crate::cause::Cause;
use crate::contact::Contact;
use crate::diff::{Change, diff};
use crate::ids::ContactId;
use crate::record::Record;

/// What a write did to a contact, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactEvent {
    /// The contact was created.
    Created,
    /// Its values changed.
    Updated,
    /// It absorbed another contact, or was joined into one.
    Joined,
    /// A join was taken back, on either of its two sides.
    Split,
    /// It was deleted.
    Deleted,
    /// A deletion was taken back.
    Restored,
    /// Its data were erased.
    Erased,
    /// It got a conflict with another contact.
    Conflict,
}

/// One write in the history of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The contact.
    pub contact: ContactId,
    /// The version that the write gave it. A version has one entry.
    pub version: u64,
    /// When the write was decided.
    pub at: Timestamp,
    /// What it did.
    pub event: ContactEvent,
    /// Who made it; `None` if a build without causes did.
    pub cause: Option<Cause>,
    /// What it changed.
    pub changes: Vec<Change>,
}

impl ContactEvent {
    /// All events.
    pub const ALL: [ContactEvent; 8] = [
        ContactEvent::Created,
        ContactEvent::Updated,
        ContactEvent::Joined,
        ContactEvent::Split,
        ContactEvent::Deleted,
        ContactEvent::Restored,
        ContactEvent::Erased,
        ContactEvent::Conflict,
    ];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ContactEvent::Created => "created",
            ContactEvent::Updated => "updated",
            ContactEvent::Joined => "joined",
            ContactEvent::Split => "split",
            ContactEvent::Deleted => "deleted",
            ContactEvent::Restored => "restored",
            ContactEvent::Erased => "erased",
            ContactEvent::Conflict => "conflict",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<ContactEvent> {
        ContactEvent::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

impl HistoryEntry {
    /// The entry of a write that made `after` of `before`; `None` if the record is at the same version: then only
    /// attributes changed that the contact's history does not have, such as those of an index.
    pub fn of(before: Option<&Record>, after: &Record) -> Option<HistoryEntry> {
        if before.is_some_and(|before| before.version() == after.version()) {
            return None;
        }
        let (at, cause) = match after {
            Record::Live(contact) | Record::Joined { contact, .. } => (contact.updated_at, &contact.cause),
            Record::Deleted(tombstone) => (tombstone.at, &tombstone.cause),
        };
        Some(HistoryEntry {
            contact: after.id(),
            version: after.version(),
            at: cause.as_ref().map_or(at, |cause| cause.at),
            event: event(before, after),
            cause: cause.clone(),
            changes: changes(before, after),
        })
    }
}

fn event(before: Option<&Record>, after: &Record) -> ContactEvent {
    match (before, after) {
        (_, Record::Deleted(tombstone)) if tombstone.is_erased() => ContactEvent::Erased,
        // What is kept of it changes when a conflict is dismissed.
        (Some(Record::Deleted(_)), Record::Deleted(_)) => ContactEvent::Updated,
        (_, Record::Deleted(_)) => ContactEvent::Deleted,
        (None, _) => ContactEvent::Created,
        (Some(Record::Deleted(_)), _) => ContactEvent::Restored,
        (Some(Record::Live(_)), Record::Joined { .. }) => ContactEvent::Joined,
        (Some(Record::Joined { .. }), Record::Live(_)) => ContactEvent::Split,
        (Some(Record::Joined { .. }), Record::Joined { .. }) => ContactEvent::Updated,
        (Some(Record::Live(before)), Record::Live(after)) => event_of_live(before, after),
    }
}

fn event_of_live(before: &Contact, after: &Contact) -> ContactEvent {
    let has_more_than = |one: &Contact, other: &Contact| one.joined.iter().any(|id| !other.joined.contains(id));
    if has_more_than(after, before) {
        ContactEvent::Joined
    } else if has_more_than(before, after) {
        ContactEvent::Split
    } else if after.conflicts.iter().any(|conflict| !before.conflicts.contains(conflict)) {
        ContactEvent::Conflict
    } else {
        ContactEvent::Updated
    }
}

/// What changed. A deletion changes nothing: the tombstone keeps the contact.
fn changes(before: Option<&Record>, after: &Record) -> Vec<Change> {
    let Some(after) = after.contact() else { return Vec::new() };
    match before.and_then(Record::contact) {
        Some(before) => diff(before, after),
        None => diff(&Contact::new(after.id, after.source.clone(), after.created_at), after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_event_reads_back() {
        for event in ContactEvent::ALL {
            assert_eq!(ContactEvent::parse(event.as_str()), Some(event));
        }
        assert_eq!(ContactEvent::parse("Created"), None);
    }
}
