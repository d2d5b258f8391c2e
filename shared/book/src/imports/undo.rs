//! Taking back an import: a job that goes through all contacts, as the import itself may have changed any.
//!
//! What is taken back of a contact is decided by [`contacts::undo_import()`], for several contacts at once. The transaction
//! that writes them also counts them, and each of them remembers that it was counted. So the job may be stopped at any point
//! and run again, also twice at the same time: every contact counts once.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Caller, Contact, ImportId, Undone, Workspace, time};
use jiff::{SignedDuration, Timestamp};

use super::{Import, ImportStatus};
use crate::error::{self, condition_met};
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::Key;
use crate::{BookError, ContactBook};

/// When the undo was asked for. The attribute exists as soon as it was.
pub(super) const STARTED_AT: &str = "undo_started_at";
pub(super) const PROGRESSED_AT: &str = "undo_progressed_at";
const FINISHED_AT: &str = "undo_finished_at";
/// Who asked for it.
const CAUSE: &str = "undo_cause";

pub(super) type UndoCount = fn(&mut UndoCounts) -> &mut u64;

/// The counts, by the names of their attributes.
pub(super) const COUNTS: [(&str, UndoCount); 3] = [
    ("undo_removed", |counts| &mut counts.removed),
    ("undo_restored", |counts| &mut counts.restored),
    ("undo_kept", |counts| &mut counts.kept),
];

/// The most contacts of one transaction.
const CONTACTS_A_WRITE: usize = 25;
/// The interval between two updates of the undo's progress while there is nothing to take back.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// Rows may be folded for so long after their import has failed or was cancelled.
const LATE_ROWS: SignedDuration = SignedDuration::from_mins(15);

/// The undo of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUndo {
    /// Who asked for it.
    pub caller: Caller,
    /// When a person asked for it.
    pub started_at: Timestamp,
    /// When it last made progress.
    pub progressed_at: Timestamp,
    /// When it was complete.
    pub finished_at: Option<Timestamp>,
    /// What it did so far.
    pub counts: UndoCounts,
}

/// What an undo did to the contacts that the import touched. Two contacts that the import had joined count as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndoCounts {
    /// Contacts that were deleted. See [`Undone::Removed`].
    pub removed: u64,
    /// Contacts that are as they were before. See [`Undone::Restored`].
    pub restored: u64,
    /// Contacts that keep something. See [`Undone::Kept`].
    pub kept: u64,
}

/// Why an import cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefused {
    /// The import has not ended.
    #[error("the import has not ended; cancel it first")]
    Runs,
    /// A dry run wrote no contacts.
    #[error("a dry run has changed nothing")]
    DryRun,
    /// The import has been taken back.
    #[error("the import has been undone already")]
    Undone,
}

impl ImportUndo {
    /// Whether it is not complete, and has made no progress for `span`.
    pub fn stands_still(&self, span: SignedDuration) -> bool {
        self.finished_at.is_none() && time::now().duration_since(self.progressed_at) >= span
    }
}

impl UndoCounts {
    pub(super) fn add(&mut self, undone: Undone) {
        match undone {
            Undone::Removed => self.removed += 1,
            Undone::Restored => self.restored += 1,
            Undone::Kept => self.kept += 1,
        }
    }

    pub(super) fn total(self) -> u64 {
        self.removed + self.restored + self.kept
    }
}

pub(super) fn read_undo(item: &Item) -> Result<Option<ImportUndo>, MalformedItem> {
    let Some(started_at) = optional(item, STARTED_AT, Item::moment)? else { return Ok(None) };
    let mut counts = UndoCounts::default();
    for (name, count) in COUNTS {
        *count(&mut counts) = optional(item, name, Item::number)?.unwrap_or_default();
    }
    let cause = item::read_cause_at(item, CAUSE).ok_or(MalformedItem(CAUSE))?;
    Ok(Some(ImportUndo {
        caller: Caller { actor: cause.actor, request: cause.request },
        started_at,
        progressed_at: optional(item, PROGRESSED_AT, Item::moment)?.unwrap_or(started_at),
        finished_at: optional(item, FINISHED_AT, Item::moment)?,
        counts,
    }))
}

impl ContactBook {
    /// Starts the undo of an import. If it runs already, it is left as it is.
    ///
    /// # Errors
    /// The outer error is the book's: the table is unavailable for longer than its retry limit. The inner one is the refusal.
    pub async fn begin_undo(
        &self,
        workspace: &Workspace,
        import: ImportId,
        caller: &Caller,
    ) -> Result<Result<(), UndoRefused>, BookError> {
        let ended = [ImportStatus::Completed, ImportStatus::Failed, ImportStatus::Cancelled];
        let now = time::now();
        let begun = self.retry(|| async {
            let statuses: Vec<String> = ended.iter().map(|status| format!(":{}", status.as_str())).collect();
            let update = self
                .update_import(workspace, import, &ended)
                .update_expression("SET #started_at = :now, #progressed_at = :now, #by = :by")
                .condition_expression(format!(
                    "#status IN ({}) AND attribute_not_exists(#started_at) AND #dry_run = :no",
                    statuses.join(", ")
                ))
                .expression_attribute_names("#started_at", STARTED_AT)
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_names("#by", CAUSE)
                .expression_attribute_names("#dry_run", "dry_run")
                .expression_attribute_values(":now", item::number(now.as_millisecond()))
                .expression_attribute_values(":by", item::cause(&caller.cause(None, now)))
                .expression_attribute_values(":no", AttributeValue::Bool(false));
            condition_met(update.send().await)
        });
        if begun.await? {
            return Ok(Ok(()));
        }
        let import = self.import_order(workspace, import).await?;
        Ok(match import {
            Some(import) if !import.status.is_final() => Err(UndoRefused::Runs),
            Some(import) if import.dry_run => Err(UndoRefused::DryRun),
            Some(Import { undo: Some(undo), .. }) if undo.finished_at.is_none() => Ok(()),
            _ => Err(UndoRefused::Undone),
        })
    }

    /// Takes back an import whose undo has begun, until `deadline`. Returns whether it is complete; if not, call it again.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit, or the history of contacts for longer than
    /// that. It may be repeated.
    pub async fn undo_import(
        &self,
        workspace: &Workspace,
        import: ImportId,
        deadline: Instant,
    ) -> Result<bool, BookError> {
        let Some(import) = self.import_order(workspace, import).await? else { return Ok(true) };
        let Some(undo) = import.undo.as_ref().filter(|undo| undo.finished_at.is_none()) else { return Ok(true) };
        loop {
            let Some(undone) = self.undo_once(workspace, &import, &undo.caller, deadline).await? else {
                return Ok(false);
            };
            // A worker of an import that was ended early may have written behind this reader.
            let ended_early = import.status != ImportStatus::Completed
                && import.finished_at.is_none_or(|at| time::now().duration_since(at) < LATE_ROWS);
            if undone == 0 || !ended_early {
                break;
            }
        }
        self.save_undo(workspace, import.id, FINISHED_AT).await?;
        Ok(true)
    }

    /// Goes through all contacts once. Returns how many were taken back; `None` if the time was up.
    async fn undo_once(
        &self,
        workspace: &Workspace,
        import: &Import,
        caller: &Caller,
        deadline: Instant,
    ) -> Result<Option<u64>, BookError> {
        let mut all = self.all_contacts(workspace).await?;
        let history_days = all.settings().history_days;
        let since = import.started_at.unwrap_or(import.created_at);
        let (mut undone, mut saved) = (0, Instant::now());
        while let Some(page) = all.next_page().await? {
            let may_be = |contact: &Contact| {
                contact.has_something_of(import.id) || (contact.version > 1 && contact.updated_at >= since)
            };
            let mut contacts: Vec<Contact> = page.into_iter().filter(may_be).collect();
            while !contacts.is_empty() {
                if Instant::now() >= deadline {
                    return Ok(None);
                }
                let batch: Vec<Contact> = contacts.drain(..contacts.len().min(CONTACTS_A_WRITE)).collect();
                undone += self.undo_some(workspace, import.id, caller, batch, history_days).await?;
                saved = Instant::now();
            }
            if saved.elapsed() >= SAVE_EVERY {
                saved = Instant::now();
                self.save_undo(workspace, import.id, PROGRESSED_AT).await?;
            }
        }
        Ok(Some(undone))
    }

    /// Notes when the undo made progress or was complete.
    async fn save_undo(&self, workspace: &Workspace, import: ImportId, attribute: &str) -> Result<(), BookError> {
        self.retry(|| async {
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::import(workspace, import))))
                .update_expression("SET #at = :now")
                .condition_expression("attribute_exists(#started_at)")
                .expression_attribute_names("#at", attribute)
                .expression_attribute_names("#started_at", STARTED_AT)
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            update.send().await.map(drop).map_err(error::of)
        })
        .await
    }
}
