//! What a person does to a book, in one call each.

use contacts::{Actor, Caller, Contact, ContactId, CreateRefused, EditRefused, Observation, Patch, Request, Workspace};
use contacts_book::{BookError, ContactBook};

/// The person who adds, edits and deletes in the tests.
pub fn person() -> Caller {
    Caller { actor: Actor::User("test".to_owned()), request: None }
}

/// Decisions by hand on forms and patches that were read before.
#[expect(async_fn_in_trait, reason = "the tests name the type")]
pub trait ByHand {
    /// The book.
    fn book(&self) -> &ContactBook;

    /// As [`ContactBook::create`].
    ///
    /// # Errors
    /// As [`ContactBook::create`].
    async fn add(
        &self,
        workspace: &Workspace,
        form: &Observation,
        request: Option<&Request>,
    ) -> Result<Result<Contact, CreateRefused>, BookError> {
        let added = self.book().create(workspace, request, |_| Ok::<_, CreateRefused>(form.clone())).await?;
        Ok(added.map(|(contact, _)| contact))
    }

    /// As [`ContactBook::edit`].
    ///
    /// # Errors
    /// As [`ContactBook::edit`].
    async fn change(
        &self,
        workspace: &Workspace,
        id: ContactId,
        version: Option<u64>,
        patch: &Patch,
    ) -> Result<Result<Contact, EditRefused>, BookError> {
        let read = |_: &_| Ok::<_, EditRefused>(patch.clone());
        let changed = self.book().edit(workspace, id, version, &person(), read).await?;
        Ok(changed.map(|(contact, _)| contact))
    }
}

impl ByHand for ContactBook {
    fn book(&self) -> &ContactBook {
        self
    }
}
