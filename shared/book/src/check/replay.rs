//! Replays the history of one contact at a time.

use contacts::{Contact, HistoryEntry, Record, apply, diff};

/// The history of the contact whose items are being added. A table has its entries right after the contact, in the order of
/// the versions, so no other history needs to be in memory.
#[derive(Debug)]
pub(super) struct Replay {
    /// The partition key of the contact and its history.
    partition: String,
    workspace: String,
    /// The contact as it is stored, and its version.
    stored: Contact,
    version: u64,
    /// What the entries so far make of the contact.
    replayed: Contact,
    /// The version of the last entry; `None` once an entry is missing.
    last: Option<u64>,
}

impl Replay {
    /// Begins before the first entry. `None` if nothing is kept of the contact.
    pub(super) fn of(partition: &str, workspace: &str, record: &Record) -> Option<Replay> {
        let stored = record.contact()?.clone();
        let replayed = Contact::new(stored.id, stored.source.clone(), stored.created_at);
        let (partition, workspace) = (partition.to_owned(), workspace.to_owned());
        Some(Replay { partition, workspace, stored, version: record.version(), replayed, last: Some(0) })
    }

    /// Whether the items of this partition belong to the contact.
    pub(super) fn is_of(&self, partition: &str) -> bool {
        self.partition == partition
    }

    /// Applies the next entry.
    pub(super) fn add(&mut self, entry: &HistoryEntry) {
        self.last = self.last.map(|last| last + 1).filter(|next| *next == entry.version);
        if self.last.is_some() {
            apply(&mut self.replayed, &entry.changes);
        }
    }

    /// The violation, if the history reaches from the creation to the version of the contact and does not give the contact.
    pub(super) fn finish(self) -> Option<String> {
        let is_complete = self.version > 0 && self.last == Some(self.version);
        (is_complete && !diff(&self.replayed, &self.stored).is_empty()).then(|| {
            format!("{}: contact {}: its history, replayed, does not give the contact", self.workspace, self.stored.id)
        })
    }
}
