//! Removes the values of custom fields that were deleted.

use std::time::{Duration, Instant};

use contacts::{Caller, ContactId, CustomKey, MAX_CUSTOM_FIELDS, Purge, Settings, Workspace, purge, time};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::decide::{Wanted, nothing_else};
use crate::{BookError, ContactBook};

/// How many contacts are changed concurrently.
const CHANGES_AT_ONCE: usize = 8;

/// The values of too many fields are being removed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the values of at most {MAX_CUSTOM_FIELDS} custom fields are removed at a time; try again later")]
pub struct TooManyPurges;

impl ContactBook {
    /// Removes a custom field's definition, if there is one, and orders to remove its values.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal, if the values of too many fields are being
    /// removed.
    pub async fn order_purge(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
        caller: &Caller,
    ) -> Result<Result<Settings, TooManyPurges>, BookError> {
        let at = time::now();
        let order = |settings: &mut Settings| {
            settings.custom_fields.retain(|field| field.key != *key);
            settings.purges.retain(|purge| purge.key != *key);
            if settings.purges.len() >= MAX_CUSTOM_FIELDS {
                return Err(TooManyPurges);
            }
            settings.purges.push(Purge { key: key.clone(), at });
            Ok(())
        };
        self.change_settings(workspace, caller, order).await
    }

    /// Removes the values of a custom field for as long as `limit`, if that was ordered. Returns whether all are removed.
    /// Whoever goes on reads all contacts again, and finds the values that are left.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn purge_values(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
        limit: Duration,
    ) -> Result<bool, BookError> {
        let begun = Instant::now();
        let mut contacts = self.all_contacts(workspace).await?;
        let Some(order) = contacts.settings().purges.iter().find(|purge| purge.key == *key).cloned() else {
            return Ok(true);
        };
        while let Some(page) = contacts.next_page().await? {
            let concerned = page.iter().filter(|contact| order.concerns(contact)).map(|contact| contact.id);
            // Those that were joined keep their values in their own records.
            let joined = page.iter().flat_map(|contact| contact.joined.iter().copied());
            let ids: Vec<ContactId> = concerned.chain(joined).collect();
            let changes = stream::iter(ids).map(|id| self.purge_one(workspace, id, &order));
            changes.buffer_unordered(CHANGES_AT_ONCE).try_collect::<()>().await?;
            if begun.elapsed() >= limit {
                return Ok(false);
            }
        }
        let done = |settings: &mut Settings| {
            settings.purges.retain(|purge| *purge != order);
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(_) = self.change_settings(workspace, &Caller::system("purge"), done).await?;
        Ok(true)
    }

    async fn purge_one(&self, workspace: &Workspace, id: ContactId, order: &Purge) -> Result<(), BookError> {
        let wanted = |(): &()| Wanted { ids: vec![id], ..Wanted::default() };
        let purged = self.decide(
            workspace,
            |_| Ok::<(), std::convert::Infallible>(()),
            wanted,
            nothing_else,
            |book, (), now| {
                purge(book, id, order, now)?;
                book.settle(now);
                Ok(Ok(()))
            },
        );
        let Ok(()) = Box::pin(purged).await?;
        Ok(())
    }
}
