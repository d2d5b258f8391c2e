//! Changing a contact by hand.

use contacts::{Contact, ContactId, EditRefused, Patch, Workspace, edit, expect};

use crate::create::settled;
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Changes a contact. With `version`, only if that is its version.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn edit(
        &self,
        workspace: &Workspace,
        id: ContactId,
        version: Option<u64>,
        patch: &Patch,
    ) -> Result<Result<Contact, EditRefused>, BookError> {
        self.decide(workspace, &patch.identifiers(), &[id], |book, now| {
            if let Err(refused) = expect(book, id, version)? {
                return Ok(Err(refused));
            }
            if let Err(refused) = edit(book, id, patch, now)? {
                return Ok(Err(refused));
            }
            settled(book, id, now).map(Ok)
        })
        .await
    }
}
