//! Erases a contact: nothing that names the person remains in the table, except keyed hashes in the ledger.
//!
//! An erasure takes many requests and may be interrupted at each. First a tombstone takes the contact's place, which still
//! keeps the contact. By it the erasure finds everything else, however often it is repeated. Last, the tombstone loses the
//! contact.

mod claims;
mod gather;
mod jobs;
mod ledger;
mod replay;
mod scrub;

use std::collections::BTreeSet;

use contacts::{
    Caller, Contact, ContactId, EditRefused, LedgerKey, Settings, Snapshot, Tombstone, Torn, Workspace, begin_erasure,
    begin_erasure_of_deleted, finish_erasure,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::decide::{Wanted, nothing_else};
use crate::{BookError, ContactBook};

pub use jobs::ImportFile;
pub use replay::Replayed;

/// An erasure that is done, in the table. Files may still name the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// When it began.
    pub at: Timestamp,
}

/// The decision that begins an erasure.
type Begin =
    fn(&mut Snapshot, ContactId, &LedgerKey, &Caller, Timestamp) -> Result<Result<Tombstone, EditRefused>, Torn>;

impl ContactBook {
    /// Erases a live or deleted contact, with everything that belongs to it and to the contacts joined into it: records,
    /// joins, history, conversations, kept answers and claims. Deleted contacts that had its identifiers before are erased as
    /// well. Takes conflicts with it and values of it out of other contacts
    /// and their history, and its name and identifiers out of the names of imports' files. A tombstone without data remains
    /// for [30 days](contacts::TOMBSTONE_SPAN), and the identifiers enter the ledger.
    ///
    /// It may be repeated, also after it has failed.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal: [`EditRefused::NotFound`] if there is no such
    /// contact, [`EditRefused::Moved`] if it was joined into another.
    pub async fn erase(
        &self,
        workspace: &Workspace,
        id: ContactId,
        caller: &Caller,
    ) -> Result<Result<Erased, EditRefused>, BookError> {
        let begun = Box::pin(self.begin_erasure(workspace, id, caller, begin_erasure)).await?;
        match begun {
            Ok(begun) => self.go_on_erasing(workspace, id, caller, begun, &mut BTreeSet::new()).await.map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Erases a contact that was deleted, unless it has been restored.
    async fn erase_deleted(
        &self,
        workspace: &Workspace,
        id: ContactId,
        caller: &Caller,
        erasing: &mut BTreeSet<ContactId>,
    ) -> Result<(), BookError> {
        if let Ok(begun) = self.begin_erasure(workspace, id, caller, begin_erasure_of_deleted).await? {
            self.go_on_erasing(workspace, id, caller, begun, erasing).await?;
        }
        Ok(())
    }

    /// Erases a contact after the erasure has begun, unless it is being erased: two contacts may each have had identifiers
    /// of the other.
    async fn go_on_erasing(
        &self,
        workspace: &Workspace,
        id: ContactId,
        caller: &Caller,
        (tombstone, settings): (Tombstone, Settings),
        erasing: &mut BTreeSet<ContactId>,
    ) -> Result<Erased, BookError> {
        self.cache_settings(workspace, &settings);
        let at = tombstone.erased_at.unwrap_or(tombstone.at);
        if let Some(contact) = &tombstone.contact
            && erasing.insert(id)
        {
            Box::pin(self.remove_traces(workspace, contact, caller, at, &settings, erasing)).await?;
            Box::pin(self.finish_erasure(workspace, id, caller)).await?;
        }
        Ok(Erased { at })
    }

    async fn begin_erasure(
        &self,
        workspace: &Workspace,
        id: ContactId,
        caller: &Caller,
        begin: Begin,
    ) -> Result<Result<(Tombstone, Settings), EditRefused>, BookError> {
        let key = LedgerKey::new(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));
        let wanted = |(): &()| Wanted { ids: vec![id], ..Wanted::default() };
        self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            nothing_else,
            |book, (), now| {
                let begun = begin(book, id, &key, caller, now)?;
                book.settle(now);
                Ok(begun.map(|tombstone| (tombstone, book.settings().clone())))
            },
        )
        .await
    }

    async fn finish_erasure(&self, workspace: &Workspace, id: ContactId, caller: &Caller) -> Result<(), BookError> {
        let wanted = |(): &()| Wanted { ids: vec![id], ..Wanted::default() };
        let finished = self.decide(
            workspace,
            |_| Ok::<(), std::convert::Infallible>(()),
            wanted,
            nothing_else,
            |book, (), now| {
                finish_erasure(book, id, caller, now)?;
                book.settle(now);
                Ok(Ok(()))
            },
        );
        let Ok(()) = finished.await?;
        Ok(())
    }

    /// Removes everything that an erasure finds by the contact. Each step may be repeated, and finds no more than the steps
    /// before it have left.
    async fn remove_traces(
        &self,
        workspace: &Workspace,
        contact: &Contact,
        caller: &Caller,
        at: Timestamp,
        settings: &Settings,
        erasing: &mut BTreeSet<ContactId>,
    ) -> Result<(), BookError> {
        let found = self.retry(|| self.gather(workspace, contact)).await?;
        self.note_erasure(workspace, settings, contact, &found.traces, at).await?;
        for other in &found.others {
            Box::pin(self.forget_in(workspace, *other, &found.traces)).await?;
        }
        for deleted in &found.deleted {
            Box::pin(self.erase_deleted(workspace, *deleted, caller, erasing)).await?;
        }
        self.retry(|| self.rename_files(workspace, &found.traces)).await?;
        let ids: Vec<ContactId> = found.traces.contacts.iter().copied().collect();
        self.retry(|| self.release_all(workspace, contact.id, &found, settings)).await?;
        self.retry(|| self.remove_partitions(workspace, contact, &ids)).await
    }
}
