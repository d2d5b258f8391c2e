//! Everything that the book knows of one person, but for the conversations and the history, which have pages.

use contacts::{Contact, ContactId, Join, Record, Settings, Workspace};
use jiff::Timestamp;

use crate::find::{Found, end_of};
use crate::item;
use crate::keys::Key;
use crate::{BookError, ContactBook};

/// What the book knows of one person.
#[derive(Debug, Clone)]
pub struct Known {
    /// The settings under which it is shown.
    pub settings: Settings,
    /// The contact.
    pub contact: Contact,
    /// Until when the contact can be restored; `None` if it is live.
    pub restorable_until: Option<Timestamp>,
    /// The joins into the contact, the newest first.
    pub joins: Vec<Join>,
    /// The contacts joined into it, directly or through another, as they were.
    pub joined: Vec<Contact>,
}

impl ContactBook {
    /// Looks up what is known of a contact, live or deleted. The inner error says what is found instead of such a contact.
    ///
    /// # Errors
    /// The outer error is the book's: the table is unavailable for longer than its retry limit.
    pub async fn known(&self, workspace: &Workspace, id: ContactId) -> Result<Result<Box<Known>, Found>, BookError> {
        let reads = self.read_with_retries(workspace, &[], &[id]).await?;
        let (contact, restorable_until) = match end_of(&reads.records, id) {
            Some(Record::Live(contact)) => (contact.clone(), None),
            Some(Record::Deleted(tombstone)) => match (&tombstone.contact, tombstone.restorable_until()) {
                (Some(contact), Some(until)) => ((**contact).clone(), Some(until)),
                _ => return Ok(Err(Found::Deleted { restorable_until: None })),
            },
            Some(Record::Joined { .. }) | None => return Ok(Err(Found::Nothing)),
        };
        if contact.id != id {
            return Ok(Err(Found::Moved(contact.id)));
        }
        let joins = self.joins(workspace, id).await?;
        let keys: Vec<Key> = contact.joined.iter().map(|id| Key::contact(workspace, *id)).collect();
        let items = self.retry(|| self.batch_get(keys.clone())).await?;
        let records = items.iter().filter_map(|item| item::readable(item, item::read_record));
        let mut joined: Vec<Contact> = records.filter_map(|record| record.contact().cloned()).collect();
        joined.sort_by_key(|contact| contact.id);
        Ok(Ok(Box::new(Known { settings: reads.settings, contact, restorable_until, joins, joined })))
    }
}
