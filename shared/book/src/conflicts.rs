//! Settles conflicts.

use contacts::{
    Caller, Conflict, Contact, ContactId, EditRefused, Record, Settings, Settlement, Workspace, expect, settle,
};

use crate::decide::{Wanted, settled};
use crate::read::Reads;
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Settles a conflict of a contact as a person decides: see [`settle()`]. Returns the contact in which the result is,
    /// with the settings.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal: [`EditRefused::NotFound`] if the contact has
    /// no such conflict.
    pub async fn settle(
        &self,
        workspace: &Workspace,
        id: ContactId,
        settlement: &Settlement,
        caller: &Caller,
    ) -> Result<Result<(Contact, Settings), EditRefused>, BookError> {
        let is_meant = |conflict: &&Conflict| conflict.id() == settlement.conflict;
        let records = self.read_with_retries(workspace, &[], &[id]).await?.records;
        let conflict = match records.get(&id) {
            Some(Some(Record::Live(contact))) => contact.conflicts.iter().find(is_meant).cloned(),
            _ => None,
        };
        let wanted =
            |(): &()| Wanted { identifiers: conflict.iter().flat_map(Conflict::identifiers).collect(), ids: vec![id] };
        // All of them, because a decision about two people is one about all conflicts between them.
        let also = |(): &(), reads: &Reads| match reads.records.get(&id) {
            Some(Some(Record::Live(contact))) => contact.conflicts.iter().map(|conflict| conflict.contact).collect(),
            _ => Vec::new(),
        };
        let settled = self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            also,
            |book, (), now| {
                if let Err(refused) = expect(book, id, None)? {
                    return Ok(Err(refused));
                }
                match settle(book, id, settlement, caller, now)? {
                    Ok(live) => Ok(Ok((settled(book, live, now)?, book.settings().clone()))),
                    Err(refused) => Ok(Err(refused)),
                }
            },
        );
        Box::pin(settled).await
    }
}
