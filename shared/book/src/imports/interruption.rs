//! Imports that stand still, and imports that a person ends.
//!
//! The invocations of an import may all die, or its events may be lost. Such an import is found when it is read: it has made
//! no progress for too long. It fails with the code `interrupted`, and can be resumed where it was.

use contacts::{ImportId, Workspace, time};
use jiff::{SignedDuration, Timestamp};

use super::item::{BYTES_CHECKED, ERROR_CODE, ERROR_REASON, PROGRESSED_AT};
use super::{Import, ImportFailure, ImportStatus};
use crate::error::condition_met;
use crate::item;
use crate::{BookError, ContactBook};

/// The code of the failure of an interrupted import.
const INTERRUPTED: &str = "interrupted";

impl Import {
    /// Whether it failed because it stood still, so that it can be resumed.
    pub fn is_interrupted(&self) -> bool {
        self.status == ImportStatus::Failed && self.error.as_ref().is_some_and(|error| error.code == INTERRUPTED)
    }

    /// Whether it works on its file and has made no progress for `span`.
    pub fn stands_still(&self, span: SignedDuration) -> bool {
        let works = matches!(self.status, ImportStatus::Planning | ImportStatus::Running);
        works && time::now().duration_since(self.last_progress()) >= span
    }

    fn last_progress(&self) -> Timestamp {
        self.progressed_at.or(self.started_at).unwrap_or(self.created_at)
    }
}

impl ContactBook {
    /// Fails an import that [`ContactBook::import`] or [`ContactBook::imports`] returned, if it has made no progress for `span`.
    /// Returns the import as it is then.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn interrupt_import(
        &self,
        workspace: &Workspace,
        mut import: Import,
        span: SignedDuration,
    ) -> Result<Import, BookError> {
        if !import.stands_still(span) {
            return Ok(import);
        }
        let failure = ImportFailure {
            code: INTERRUPTED.to_owned(),
            reason: "the import has made no progress for too long; resume it to continue where it was".to_owned(),
        };
        let now = time::now();
        let is_first = self
            .retry(|| async {
                let update = self
                    .update_import(workspace, import.id, &[ImportStatus::Planning, ImportStatus::Running])
                    .update_expression("SET #status = :status, #finished_at = :now, #code = :code, #reason = :reason")
                    .expression_attribute_names("#finished_at", "finished_at")
                    .expression_attribute_names("#code", ERROR_CODE)
                    .expression_attribute_names("#reason", ERROR_REASON)
                    .expression_attribute_values(":status", item::text(ImportStatus::Failed.as_str()))
                    .expression_attribute_values(":now", item::number(now.as_millisecond()))
                    .expression_attribute_values(":code", item::text(&failure.code))
                    .expression_attribute_values(":reason", item::text(&failure.reason));
                condition_met(update.send().await)
            })
            .await?;
        if !is_first {
            return Ok(self.import(workspace, import.id).await?.unwrap_or(import));
        }
        tracing::warn!(%workspace, import = %import.id, "import interrupted: it made no progress");
        tracing::info!(target: contacts_lambda::METRICS, jobs_interrupted = 1);
        (import.status, import.finished_at, import.error) = (ImportStatus::Failed, Some(now), Some(failure));
        Ok(import)
    }

    /// Continues an interrupted import. Returns `false` and changes nothing if it is not interrupted.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn resume_import(&self, workspace: &Workspace, import: &Import) -> Result<bool, BookError> {
        let status = if import.chunks.is_some() { ImportStatus::Running } else { ImportStatus::Planning };
        self.retry(|| async {
            let update = self
                .update_import(workspace, import.id, &[ImportStatus::Failed])
                .update_expression("SET #status = :status, #progressed_at = :now REMOVE #finished_at, #code, #reason")
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_names("#finished_at", "finished_at")
                .expression_attribute_names("#code", ERROR_CODE)
                .expression_attribute_names("#reason", ERROR_REASON)
                .expression_attribute_values(":status", item::text(status.as_str()))
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()))
                .expression_attribute_values(":interrupted", item::text(INTERRUPTED))
                .expression_attribute_names("#undo", super::undo::STARTED_AT)
                .condition_expression("#status = :failed AND #code = :interrupted AND attribute_not_exists(#undo)");
            condition_met(update.send().await)
        })
        .await
    }

    /// Ends an import because a person wants it to. Rows that were imported stay. Returns `false` and changes nothing if it has
    /// ended.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn cancel_import(&self, workspace: &Workspace, id: ImportId) -> Result<bool, BookError> {
        let open = [ImportStatus::AwaitingUpload, ImportStatus::Planning, ImportStatus::Running];
        self.retry(|| async {
            let update = self
                .update_import(workspace, id, &open)
                .update_expression("SET #status = :status, #finished_at = :now")
                .expression_attribute_names("#finished_at", "finished_at")
                .expression_attribute_values(":status", item::text(ImportStatus::Cancelled.as_str()))
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            condition_met(update.send().await)
        })
        .await
    }

    /// Saves how much of the file has been checked. Returns `false` if the import is no longer being planned.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn save_planning(&self, workspace: &Workspace, id: ImportId, bytes: u64) -> Result<bool, BookError> {
        self.retry(|| async {
            let update = self
                .update_import(workspace, id, &[ImportStatus::Planning])
                .update_expression("SET #bytes_checked = :bytes, #progressed_at = :now")
                .expression_attribute_names("#bytes_checked", BYTES_CHECKED)
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_values(":bytes", item::number(bytes))
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            condition_met(update.send().await)
        })
        .await
    }
}
