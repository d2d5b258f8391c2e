//! Removing the values of a custom field that was deleted.

use jiff::Timestamp;

use crate::cause::Caller;
use crate::contact::Contact;
use crate::custom::Purge;
use crate::field::Field;
use crate::ids::ContactId;
use crate::snapshot::{Snapshot, Torn};

/// The task of the system that removes the values.
const TASK: &str = "purge";

impl Purge {
    /// Removes the values from a contact. Returns whether there were any.
    fn remove_from(&self, contact: &mut Contact) -> bool {
        let field = Field::Custom(self.key.clone());
        let mut is_changed = false;
        if contact.values.get(&field).is_some_and(|entry| entry.stamp.at <= self.at) {
            contact.values.remove(&field);
            is_changed = true;
        }
        let before = contact.unconfirmed.len();
        contact.unconfirmed.retain(|entry| entry.field != field || entry.stamp.at > self.at);
        is_changed |= contact.unconfirmed.len() < before;
        for conflict in contact.conflicts.iter_mut().filter(|conflict| conflict.at <= self.at) {
            let before = conflict.withheld.len();
            conflict.withheld.retain(|(of, _)| *of != field);
            is_changed |= conflict.withheld.len() < before;
        }
        is_changed
    }

    /// Whether a contact has a value to remove.
    pub fn concerns(&self, contact: &Contact) -> bool {
        self.remove_from(&mut contact.clone())
    }
}

/// Removes the values of a deleted custom field from a contact, live, joined or deleted.
///
/// # Errors
/// [`Torn`] when the record was not read.
pub fn purge(book: &mut Snapshot, id: ContactId, order: &Purge, now: Timestamp) -> Result<(), Torn> {
    book.begin(Caller::system(TASK).cause(None, now));
    let Some(mut record) = book.record(id).cloned() else { return Ok(()) };
    if record.contact_mut().is_some_and(|contact| order.remove_from(contact)) {
        book.replace(record)?;
    }
    Ok(())
}
