//! Looks up one contact.

use std::collections::{HashMap, HashSet};

use contacts::{Contact, ContactId, Identifier, MAX_CHAIN, Record, Settings, Workspace};
use jiff::Timestamp;

use crate::read::Reads;
use crate::{BookError, ContactBook};

/// The result of looking up an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A live contact.
    Live(Box<Contact>),
    /// The contact was joined into this live contact.
    Moved(ContactId),
    /// The contact was deleted.
    Deleted {
        /// Until when it can be restored; `None` if nothing is kept of it.
        restorable_until: Option<Timestamp>,
    },
    /// There is no contact.
    Nothing,
}

impl ContactBook {
    /// Looks up a contact by id, and returns it with the settings under which it is shown.
    ///
    /// Leaves out conflicts with deleted contacts. A conflict with a contact that was joined since names the survivor.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn contact(&self, workspace: &Workspace, id: ContactId) -> Result<(Settings, Found), BookError> {
        let reads = self.read_with_retries(workspace, &[], &[id]).await?;
        let found = match end_of(&reads.records, id) {
            Some(Record::Live(contact)) if contact.id != id => Found::Moved(contact.id),
            Some(Record::Live(contact)) => {
                Found::Live(Box::new(self.with_true_conflicts(workspace, contact.clone()).await?))
            }
            Some(Record::Deleted(tombstone)) => Found::Deleted { restorable_until: tombstone.restorable_until() },
            Some(Record::Joined { .. }) | None => Found::Nothing,
        };
        Ok((reads.settings, found))
    }

    /// Looks up the contact to which an identifier of any channel leads, be it primary or secondary. An identifier that the
    /// workspace blocks leads to nobody, also if a contact had it before it was blocked.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn contact_by(
        &self,
        workspace: &Workspace,
        identifier: &Identifier,
    ) -> Result<(Settings, Option<Contact>), BookError> {
        let reads = self.read_with_retries(workspace, std::slice::from_ref(identifier), &[]).await?;
        let claimed = reads.claims.values().flatten().next();
        let contact = claimed.and_then(|claim| live(&reads.records, claim.contact));
        // The contact may have given up the identifier between the two reads.
        let leads_here = |contact: &&Contact| contact.holds(identifier) && !reads.settings.blocks(identifier);
        let contact = contact.filter(leads_here).cloned();
        Ok((reads.settings, contact))
    }

    async fn with_true_conflicts(&self, workspace: &Workspace, mut contact: Contact) -> Result<Contact, BookError> {
        if contact.conflicts.is_empty() {
            return Ok(contact);
        }
        let others: Vec<ContactId> = contact.conflicts.iter().map(|conflict| conflict.contact).collect();
        let reads = self.read_with_retries(workspace, &[], &others).await?;
        keep_true_conflicts(&mut contact, &reads.records);
        Ok(contact)
    }

    pub(crate) async fn read_with_retries(
        &self,
        workspace: &Workspace,
        identifiers: &[Identifier],
        ids: &[ContactId],
    ) -> Result<Reads, BookError> {
        self.retry(|| self.read(workspace, identifiers, ids)).await
    }
}

/// Leaves out conflicts with deleted contacts, and names the survivors of those that were joined. `records` has the other
/// contacts.
pub(crate) fn keep_true_conflicts(contact: &mut Contact, records: &HashMap<ContactId, Option<Record>>) {
    contact.conflicts.retain_mut(|conflict| match live(records, conflict.contact) {
        Some(other) if other.id != contact.id => {
            conflict.contact = other.id;
            true
        }
        _ => false,
    });
    let mut listed = HashSet::new();
    contact.conflicts.retain(|conflict| {
        let value = conflict.value.as_ref().map(|value| value.as_str().to_owned());
        listed.insert((conflict.field.clone(), value, conflict.contact))
    });
}

/// The live contact that an id leads to, among records that were read.
pub(crate) fn live(records: &HashMap<ContactId, Option<Record>>, id: ContactId) -> Option<&Contact> {
    match end_of(records, id)? {
        Record::Live(contact) => Some(contact),
        Record::Joined { .. } | Record::Deleted(_) => None,
    }
}

/// The record at the end of a chain of joins, among records that were read.
pub(crate) fn end_of(records: &HashMap<ContactId, Option<Record>>, id: ContactId) -> Option<&Record> {
    let mut id = id;
    for _ in 0..MAX_CHAIN {
        match records.get(&id)?.as_ref()? {
            Record::Joined { into, .. } => id = *into,
            record => return Some(record),
        }
    }
    None
}
