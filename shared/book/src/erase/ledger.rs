//! Writes the ledger of erasures.

use contacts::{Contact, Settings, Traces, Workspace};
use jiff::Timestamp;

use crate::item::{self, Erasure, Item};
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Enters the identifiers of an erased contact into the ledger, and the erasure into the list of erasures. Does nothing if
    /// the workspace keeps no ledger.
    pub(super) async fn note_erasure(
        &self,
        workspace: &Workspace,
        settings: &Settings,
        contact: &Contact,
        traces: &Traces,
        at: Timestamp,
    ) -> Result<(), BookError> {
        let Some(ledger) = settings.ledger.as_ref().filter(|_| settings.erasure_days > 0) else { return Ok(()) };
        let entry = |identifier| item::ledger_entry(workspace, settings, ledger, identifier, at);
        let mut items: Vec<Item> = traces.identifiers.iter().map(entry).collect();
        let erasure = Erasure { contact: contact.id, joined: contact.joined.clone(), at };
        items.push(item::erasure(workspace, settings, &erasure));
        self.put_all(items).await
    }
}
