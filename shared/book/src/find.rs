//! Looks up one contact.

use std::collections::{HashMap, HashSet};

use contacts::{Contact, ContactId, Identifier, MAX_CHAIN, Record, Settings, Workspace};
use contacts_lambda::causes;

use crate::read::Reads;
use crate::{BookError, ContactBook};

/// The result of looking up an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A live contact.
    Live(Box<Contact>),
    /// The contact was joined into this live contact.
    Moved(ContactId),
    /// There is no contact, or it was deleted.
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
        if let Some(Some(Record::Deleted(tombstone))) = reads.records.get(&id)
            && !tombstone.cleared
        {
            // The deletion was interrupted. What remains is not visible to any caller, so an error here can wait for
            // the next read.
            if let Err(fault) = Box::pin(self.clear_away(workspace, tombstone)).await {
                let error = causes(&fault.into_error());
                tracing::warn!(%workspace, contact = %id, error, "a deletion was not finished");
            }
        }
        let found = match live(&reads.records, id) {
            None => Found::Nothing,
            Some(contact) if contact.id != id => Found::Moved(contact.id),
            Some(contact) => Found::Live(Box::new(self.with_true_conflicts(workspace, contact.clone()).await?)),
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
    let mut id = id;
    for _ in 0..MAX_CHAIN {
        match records.get(&id)?.as_ref()? {
            Record::Live(contact) => return Some(contact),
            Record::Joined { into, .. } => id = *into,
            Record::Deleted(_) => return None,
        }
    }
    None
}
