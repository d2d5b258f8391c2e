//! The exports of a workspace and their progress.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use contacts::{Caller, ExportId, Workspace, time};
use jiff::{SignedDuration, Timestamp};

use crate::error::{self, Fault, condition_met};
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::{CAUSE, EXPIRES_AT, Key, SK};
use crate::{BookError, ContactBook};

/// The attribute of the item that names the export which runs.
pub(crate) const EXPORT_ID: &str = "export_id";

/// How long an export is known. Its file expires before.
const EXPORT_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// Its status, which never goes backwards.
    pub status: ExportStatus,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it last made progress.
    pub progressed_at: Option<Timestamp>,
    /// Contacts written so far. The count restarts at 0 when an interrupted export starts over.
    pub rows: u64,
    /// Why it failed.
    pub error: Option<ExportFailure>,
}

/// The status of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportStatus {
    /// It waits, or is writing contacts.
    Running,
    /// The file exists and has all contacts.
    Completed,
    /// It ended without a file: see [`Export::error`].
    Failed,
}

/// Why an export failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFailure {
    /// A stable code in snake case.
    pub code: String,
    /// An explanation for people.
    pub reason: String,
}

impl ExportStatus {
    const ALL: [ExportStatus; 3] = [ExportStatus::Running, ExportStatus::Completed, ExportStatus::Failed];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ExportStatus::Running => "running",
            ExportStatus::Completed => "completed",
            ExportStatus::Failed => "failed",
        }
    }
}

impl Export {
    /// Creates an export that has not written any contacts.
    pub fn new(id: ExportId, created_at: Timestamp) -> Export {
        Export {
            id,
            status: ExportStatus::Running,
            created_at,
            finished_at: None,
            progressed_at: None,
            rows: 0,
            error: None,
        }
    }

    /// Whether it runs and has made no progress for `span`.
    fn stands_still(&self, span: SignedDuration) -> bool {
        let last = self.progressed_at.unwrap_or(self.created_at);
        !self.is_finished() && time::now().duration_since(last) >= span
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.status != ExportStatus::Running
    }
}

impl ContactBook {
    /// Stores a new export, unless one runs in the workspace. Returns the one that runs: the new one, or the other.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit. [`BookError::Closed`] if the workspace is closed.
    pub async fn create_export(
        &self,
        workspace: &Workspace,
        export: &Export,
        caller: &Caller,
    ) -> Result<Export, BookError> {
        let cause = item::cause(&caller.cause(None, export.created_at));
        let create = async || {
            let read = self.batch_get(vec![Key::running_export(workspace), Key::settings(workspace)]).await?;
            let (holder, settings): (Vec<Item>, Vec<Item>) =
                read.into_iter().partition(|item| item.contains_key(EXPORT_ID));
            if settings.first().map(item::read_settings).transpose()?.is_some_and(|settings| settings.is_closed()) {
                return Err(Fault::Final(BookError::Closed));
            }
            let holder =
                holder.first().map(|item| item.parsed(EXPORT_ID, |text| ExportId::parse(text).ok())).transpose()?;
            if let Some(holder) = holder {
                let items = self.batch_get(vec![Key::export(workspace, holder)]).await?;
                // It is the new one itself if the answer to an earlier attempt was lost.
                let holds = |other: &Export| other.id == export.id || !other.is_finished();
                let running = items.first().map(read_export).transpose()?.filter(holds);
                if let Some(running) = running {
                    return Ok(running);
                }
            }
            self.put_export(workspace, export, &cause, holder).await.map(|()| export.clone())
        };
        // Boxed because of its size.
        self.retry(|| Box::pin(create())).await
    }

    /// Stores an export in the place of `holder`, which has ended.
    async fn put_export(
        &self,
        workspace: &Workspace,
        export: &Export,
        cause: &AttributeValue,
        holder: Option<ExportId>,
    ) -> Result<(), Fault> {
        let mut item = export_item(workspace, export);
        item.insert(CAUSE.to_owned(), cause.clone());
        item.insert(EXPIRES_AT.to_owned(), item::number((export.created_at + EXPORT_SPAN).as_second()));
        let mut running = item::item_at(Key::running_export(workspace));
        running.insert(EXPORT_ID.to_owned(), item::text(export.id.to_string()));
        let put = |item: Item| Put::builder().table_name(&*self.table).set_item(Some(item));
        let takes_place = match holder {
            None => put(running).condition_expression("attribute_not_exists(#id)"),
            Some(holder) => put(running)
                .condition_expression("#id = :holder")
                .expression_attribute_values(":holder", item::text(holder.to_string())),
        };
        let is_new = put(item).condition_expression("attribute_not_exists(#id)").expression_attribute_names("#id", SK);
        let mut items = Vec::new();
        for put in [is_new, takes_place.expression_attribute_names("#id", EXPORT_ID)] {
            // A builder fails only if a required attribute is missing; all are set here.
            let put = put.build().map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
            Ok(_) => Ok(()),
            // Another one was created meanwhile, or the answer to an earlier attempt was lost. The next attempt tells.
            Err(error) => error::of_transaction(error, &[]),
        }
    }

    /// An export.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn export(&self, workspace: &Workspace, id: ExportId) -> Result<Option<Export>, BookError> {
        self.retry(|| async {
            let items = self.batch_get(vec![Key::export(workspace, id)]).await?;
            Ok(items.first().map(read_export).transpose()?)
        })
        .await
    }

    /// Saves how many contacts were written. Returns `false` and changes nothing if the export has ended, as with a
    /// late delivery.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn save_export_progress(
        &self,
        workspace: &Workspace,
        id: ExportId,
        rows: u64,
    ) -> Result<bool, BookError> {
        let now = time::now().as_millisecond();
        let progress = |update: UpdateItemFluentBuilder| {
            update
                .update_expression("SET #rows = :rows, progressed_at = :at")
                .expression_attribute_values(":at", item::number(now))
        };
        self.change_running_export(workspace, id, rows, progress).await
    }

    /// Marks an export as completed or failed. Returns `false` and changes nothing if it has already ended.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn finish_export(
        &self,
        workspace: &Workspace,
        id: ExportId,
        rows: u64,
        result: Result<(), ExportFailure>,
    ) -> Result<bool, BookError> {
        let status = if result.is_ok() { ExportStatus::Completed } else { ExportStatus::Failed };
        let finished_at = time::now().as_millisecond();
        let end = |update: UpdateItemFluentBuilder| {
            let update = update
                .expression_attribute_values(":status", item::text(status.as_str()))
                .expression_attribute_values(":at", item::number(finished_at));
            match &result {
                Ok(()) => update.update_expression("SET #status = :status, #rows = :rows, finished_at = :at"),
                Err(failure) => update
                    .update_expression(
                        "SET #status = :status, #rows = :rows, finished_at = :at, \
                         error_code = :code, error_reason = :reason",
                    )
                    .expression_attribute_values(":code", item::text(&failure.code))
                    .expression_attribute_values(":reason", item::text(&failure.reason)),
            }
        };
        // After a lost answer the retry fails the condition, too. The result is still correct: the export has ended.
        self.change_running_export(workspace, id, rows, end).await
    }

    /// Fails an export that [`ContactBook::export`] or [`ContactBook::create_export`] returned, if it has made no progress for
    /// `span`. Returns the export as it is then.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn interrupt_export(
        &self,
        workspace: &Workspace,
        export: Export,
        span: SignedDuration,
    ) -> Result<Export, BookError> {
        if !export.stands_still(span) {
            return Ok(export);
        }
        let failure = ExportFailure {
            code: "interrupted".to_owned(),
            reason: "the export has made no progress for too long; export again".to_owned(),
        };
        if self.finish_export(workspace, export.id, export.rows, Err(failure)).await? {
            tracing::warn!(%workspace, export = %export.id, "export interrupted: it made no progress");
            tracing::info!(target: contacts_lambda::METRICS, jobs_interrupted = 1);
        }
        Ok(self.export(workspace, export.id).await?.unwrap_or(export))
    }

    /// Changes a running export. Returns `false` if no running export has this id.
    async fn change_running_export(
        &self,
        workspace: &Workspace,
        id: ExportId,
        rows: u64,
        change: impl Fn(UpdateItemFluentBuilder) -> UpdateItemFluentBuilder,
    ) -> Result<bool, BookError> {
        self.retry(|| {
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::export(workspace, id))))
                .condition_expression("#status = :running")
                .expression_attribute_names("#status", "status")
                .expression_attribute_names("#rows", "rows")
                .expression_attribute_values(":running", item::text(ExportStatus::Running.as_str()))
                .expression_attribute_values(":rows", item::number(rows));
            let update = change(update);
            async { condition_met(update.send().await) }
        })
        .await
    }
}

fn export_item(workspace: &Workspace, export: &Export) -> Item {
    let mut item = item::item_at(Key::export(workspace, export.id));
    item.insert("status".to_owned(), item::text(export.status.as_str()));
    item.insert("created_at".to_owned(), item::number(export.created_at.as_millisecond()));
    if let Some(at) = export.finished_at {
        item.insert("finished_at".to_owned(), item::number(at.as_millisecond()));
    }
    if let Some(at) = export.progressed_at {
        item.insert("progressed_at".to_owned(), item::number(at.as_millisecond()));
    }
    item.insert("rows".to_owned(), item::number(export.rows));
    if let Some(error) = &export.error {
        item.insert("error_code".to_owned(), item::text(&error.code));
        item.insert("error_reason".to_owned(), item::text(&error.reason));
    }
    item
}

pub(crate) fn read_export(item: &Item) -> Result<Export, MalformedItem> {
    let error = optional(item, "error_code", |item, name| {
        Ok(ExportFailure { code: item.text(name)?.to_owned(), reason: item.text("error_reason")?.to_owned() })
    })?;
    Ok(Export {
        id: item.parsed(SK, |text| ExportId::parse(text).ok())?,
        status: item.parsed("status", |text| ExportStatus::ALL.into_iter().find(|status| status.as_str() == text))?,
        created_at: item.moment("created_at")?,
        finished_at: optional(item, "finished_at", Item::moment)?,
        progressed_at: optional(item, "progressed_at", Item::moment)?,
        rows: item.number("rows")?,
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_reads_back() {
        let workspace = Workspace::parse("acme").unwrap();
        let running = Export::new(ExportId::new(), time::from_millis(1));
        assert_eq!(read_export(&export_item(&workspace, &running)), Ok(running.clone()));
        let failed = Export {
            status: ExportStatus::Failed,
            finished_at: Some(time::from_millis(2)),
            rows: 3,
            error: Some(ExportFailure { code: "internal".into(), reason: "r".into() }),
            ..running
        };
        assert_eq!(read_export(&export_item(&workspace, &failed)), Ok(failed));
    }
}
