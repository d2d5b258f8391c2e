//! Removes a workspace that leaves the system.

use std::time::Duration;

use aws_sdk_s3::Client;
use contacts::{Caller, Workspace, time};
use contacts_book::ContactBook;
use jiff::Timestamp;

use crate::{AdminError, Inventory, objects};

/// How long after the closing a function may still write what it had read before: the longest time-out of the functions that
/// do not ask while they work whether they may.
pub(crate) const QUIET: Duration = Duration::from_secs(120);
/// How often everything is searched before the command gives up.
const MOST_ROUNDS: usize = 10;

/// The removal of a workspace. Each step may be interrupted and repeated.
#[derive(Debug)]
pub struct Offboarding<'a> {
    /// The book that has the workspace.
    pub book: &'a ContactBook,
    /// A client of the bucket.
    pub s3: &'a Client,
    /// The name of the bucket.
    pub bucket: &'a str,
    /// The workspace.
    pub workspace: &'a Workspace,
}

impl Offboarding<'_> {
    /// What there is of the workspace.
    ///
    /// # Errors
    /// When the table or the bucket cannot be read.
    pub async fn found(&self) -> Result<Inventory, AdminError> {
        let mut found =
            Inventory { objects: objects::count(self.s3, self.bucket, self.workspace).await?, ..Inventory::default() };
        let mut items = self.book.workspace_keys(self.workspace);
        while let Some(page) = items.next_page().await? {
            for item in page {
                *found.items.entry(item.kind).or_default() += 1;
            }
        }
        Ok(found)
    }

    /// Refuses all writes from now on, and fails the jobs that run. Returns the moment of the first closing.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub async fn close(&self) -> Result<Timestamp, AdminError> {
        let settings = self.book.close_workspace(self.workspace, &Caller::system("offboard")).await?;
        Ok(settings.closed_at.unwrap_or_else(time::now))
    }

    /// Removes all objects and items of the closed workspace, except the moment of its closing, and repeats this until it finds
    /// nothing more. Returns what it removed. Calls `progress` with the number of items that this round has read so far.
    ///
    /// # Errors
    /// When the workspace is not closed, or the table or the bucket cannot be used. What was removed stays removed.
    pub async fn remove(&self, mut progress: impl FnMut(u64)) -> Result<Inventory, AdminError> {
        let mut removed = Inventory::default();
        for _ in 0..MOST_ROUNDS {
            let items = self.book.remove_workspace(self.workspace, &mut progress).await??;
            let objects = objects::remove(self.s3, self.bucket, self.workspace).await?;
            let round = Inventory { items, objects };
            if round.is_empty() {
                return Ok(removed);
            }
            removed.add(round);
        }
        Err(AdminError::StillWritten(self.workspace.clone()))
    }
}
