//! The steps of an import. Each step is safe to repeat, and changes nothing after a later step.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use contacts::{Caller, ImportId, Workspace, time};
use jiff::SignedDuration;

use super::item::{
    CHUNKS_DONE, CHUNKS_RELEASED, CHUNKS_TOTAL, COUNTS, ERROR_CODE, ERROR_REASON, KEY, NOTES, PEOPLE, PROGRESSED_AT,
    REPORTED, STATUS, counts_attributes, import_item, plan_attributes,
};
use super::{ChunkResult, Import, ImportCounts, ImportFailure, ImportStatus};
use crate::error::{self, Fault, condition_met};
use crate::item::{self, Item};
use crate::keys::{CAUSE, EXPIRES_AT, Key, SCHEMA, SCHEMA_VERSION};
use crate::{BookError, ContactBook};

/// How long an import waits for its file before it expires. Late S3 events still find it.
const AWAITING: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an import is listed after its file has arrived.
const IMPORT_SPAN: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How long a chunk's counts are kept. No event arrives later than this.
const CHUNK_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The attribute that marks a chunk's item as done.
pub(super) const DONE: &str = "done";

impl ContactBook {
    /// Adds an import. Returns `false` and changes nothing if one with its id exists.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn create_import(
        &self,
        workspace: &Workspace,
        import: &Import,
        caller: &Caller,
    ) -> Result<bool, BookError> {
        let mut item = import_item(workspace, import);
        item.insert(CAUSE.to_owned(), item::cause(&caller.cause(None, import.created_at)));
        let span = if import.status == ImportStatus::AwaitingUpload { AWAITING } else { IMPORT_SPAN };
        item.insert(EXPIRES_AT.to_owned(), item::number((import.created_at + span).as_second()));
        self.retry(|| self.put_new(&item)).await
    }

    /// Starts planning, because the file has arrived under this key. Returns `false` if the import does not await a file.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn begin_import(&self, workspace: &Workspace, id: ImportId, key: &str) -> Result<bool, BookError> {
        self.retry(|| async {
            let now = time::now();
            let update = self
                .update_import(workspace, id, &[ImportStatus::AwaitingUpload])
                .update_expression(
                    "SET #status = :status, #started_at = :now, #progressed_at = :now, #key = :key, #expires_at = :expires",
                )
                .expression_attribute_names("#started_at", "started_at")
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_names("#key", KEY)
                .expression_attribute_values(":key", item::text(key))
                .expression_attribute_names("#expires_at", EXPIRES_AT)
                .expression_attribute_values(":expires", item::number((now + IMPORT_SPAN).as_second()))
                .expression_attribute_values(":status", item::text(ImportStatus::Planning.as_str()))
                .expression_attribute_values(":now", item::number(now.as_millisecond()));
            condition_met(update.send().await)
        })
        .await
    }

    /// Stores the plan (size, header, mapping, warnings and chunks) and starts the import. Returns `false` if the
    /// import is no longer being planned.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn run_import(&self, workspace: &Workspace, import: &Import) -> Result<bool, BookError> {
        self.retry(|| async {
            let mut update = self
                .update_import(workspace, import.id, &[ImportStatus::Planning])
                .expression_attribute_values(":status", item::text(ImportStatus::Running.as_str()));
            let mut expression = "SET #status = :status, #progressed_at = :now".to_owned();
            update = update
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            for (name, value) in plan_attributes(import) {
                expression.push_str(&format!(", #{name} = :{name}"));
                update = update
                    .expression_attribute_values(format!(":{name}"), value)
                    .expression_attribute_names(format!("#{name}"), name);
            }
            condition_met(update.update_expression(expression).send().await)
        })
        .await
    }

    /// Marks all chunks as handed out.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn release_import(&self, workspace: &Workspace, id: ImportId) -> Result<(), BookError> {
        self.retry(|| async {
            let update = self
                .update_import(workspace, id, &[ImportStatus::Running])
                .update_expression("SET #released = :released")
                .expression_attribute_names("#released", CHUNKS_RELEASED)
                .expression_attribute_values(":released", AttributeValue::Bool(true));
            condition_met(update.send().await).map(drop)
        })
        .await
    }

    /// Saves the progress of a chunk. Returns `false` if the chunk is done. If another worker is ahead on the same
    /// chunk, this saves nothing and the caller continues; its progress is saved again once it is ahead.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn save_chunk(
        &self,
        workspace: &Workspace,
        id: ImportId,
        chunk: u32,
        counts: &ImportCounts,
    ) -> Result<bool, BookError> {
        self.retry(|| async {
            let (expression, names, values) = set_counts(counts);
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::chunk(workspace, id, chunk))))
                .condition_expression(
                    "attribute_not_exists(#done) AND (attribute_not_exists(#rows_read) OR #rows_read <= :rows_read)",
                )
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values(Some(values))
                .expression_attribute_names("#done", DONE)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            match update.update_expression(expression).send().await {
                Ok(_) => Ok(true),
                Err(error) if error::is_failed_condition(&error) => {
                    Ok(error::item_there(&error).is_none_or(|chunk| !chunk.contains_key(DONE)))
                }
                Err(error) => Err(error::of(error)),
            }
        })
        .await
    }

    /// Marks a chunk as done and adds its counts to the import's, once. Returns `false` if the chunk was already done, if
    /// the import is no longer running, or if its plan has no chunk with this number.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn finish_chunk(
        &self,
        workspace: &Workspace,
        id: ImportId,
        chunk: u32,
        result: &ChunkResult,
    ) -> Result<bool, BookError> {
        self.retry(|| async {
            let items = vec![
                update_of(self.chunk_done(workspace, id, chunk, result))?,
                update_of(self.chunk_added(workspace, id, chunk, result))?,
            ];
            match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
                Ok(_) => Ok(true),
                Err(error) if error::is_failed_condition_of_transaction(&error) => Ok(false),
                // Other chunks of the import may finish at the same time. Such a conflict is a lost race: try again.
                Err(error) => error::of_transaction(error, &[]).map(|()| true),
            }
        })
        .await
    }

    fn chunk_done(&self, workspace: &Workspace, id: ImportId, chunk: u32, result: &ChunkResult) -> UpdateBuilder {
        let (expression, names, values) = set_counts(&result.counts);
        let mut expression = format!("{expression}, #done = :done, #reported = :reported");
        let mut update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::chunk(workspace, id, chunk))))
            .condition_expression("attribute_not_exists(#done)")
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .expression_attribute_names("#done", DONE)
            .expression_attribute_names("#reported", REPORTED)
            .expression_attribute_values(":reported", item::number(result.reported))
            .expression_attribute_values(":done", AttributeValue::Bool(true));
        if let Some(people) = &result.people {
            expression.push_str(", #people = :people");
            update = update
                .expression_attribute_names("#people", PEOPLE)
                .expression_attribute_values(":people", item::text(people));
        }
        update.update_expression(expression)
    }

    fn chunk_added(&self, workspace: &Workspace, id: ImportId, chunk: u32, result: &ChunkResult) -> UpdateBuilder {
        let mut update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::import(workspace, id))))
            .condition_expression("#status = :running AND #chunks_total > :chunk")
            .expression_attribute_names("#status", STATUS)
            .expression_attribute_values(":running", item::text(ImportStatus::Running.as_str()))
            .expression_attribute_names("#chunks_total", CHUNKS_TOTAL)
            .expression_attribute_values(":chunk", item::number(chunk))
            .expression_attribute_names("#chunks_done", CHUNKS_DONE)
            .expression_attribute_values(":one", item::number(1))
            .expression_attribute_names("#reported", REPORTED)
            .expression_attribute_values(":reported", item::number(result.reported));
        let mut expression = "ADD #chunks_done :one, #reported :reported".to_owned();
        for (name, value) in counts_attributes(&result.counts) {
            expression.push_str(&format!(", #{name} :{name}"));
            update = update
                .expression_attribute_values(format!(":{name}"), value)
                .expression_attribute_names(format!("#{name}"), name);
        }
        // DynamoDB has no empty sets.
        if !result.warnings.is_empty() {
            expression.push_str(", #notes :notes");
            update = update
                .expression_attribute_names("#notes", NOTES)
                .expression_attribute_values(":notes", AttributeValue::Ss(result.warnings.clone()));
        }
        expression.push_str(" SET #progressed_at = :now");
        update
            .expression_attribute_names("#progressed_at", PROGRESSED_AT)
            .expression_attribute_values(":now", item::number(time::now().as_millisecond()))
            .update_expression(expression)
    }

    /// Ends the import as completed or failed, with these further warnings. Returns `false` if it had already ended.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn finish_import(
        &self,
        workspace: &Workspace,
        id: ImportId,
        failure: Option<&ImportFailure>,
        warnings: &[String],
    ) -> Result<bool, BookError> {
        let status = if failure.is_some() { ImportStatus::Failed } else { ImportStatus::Completed };
        let open = [ImportStatus::AwaitingUpload, ImportStatus::Planning, ImportStatus::Running];
        self.retry(|| async {
            let mut update = self
                .update_import(workspace, id, &open)
                .expression_attribute_names("#finished_at", "finished_at")
                .expression_attribute_values(":status", item::text(status.as_str()))
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            let mut expression = "SET #status = :status, #finished_at = :now".to_owned();
            if let Some(failure) = failure {
                // Include the counts of unfinished chunks.
                for (name, value) in counts_attributes(&self.sum_of_chunks(workspace, id).await?.0) {
                    expression.push_str(&format!(", #{name} = :{name}"));
                    update = update
                        .expression_attribute_values(format!(":{name}"), value)
                        .expression_attribute_names(format!("#{name}"), name);
                }
                expression.push_str(", #code = :code, #reason = :reason");
                update = update
                    .expression_attribute_names("#code", ERROR_CODE)
                    .expression_attribute_names("#reason", ERROR_REASON)
                    .expression_attribute_values(":code", item::text(&failure.code))
                    .expression_attribute_values(":reason", item::text(&failure.reason));
            }
            if !warnings.is_empty() {
                expression.push_str(" ADD #notes :notes");
                update = update
                    .expression_attribute_names("#notes", NOTES)
                    .expression_attribute_values(":notes", AttributeValue::Ss(warnings.to_vec()));
            }
            condition_met(update.update_expression(expression).send().await)
        })
        .await
    }

    /// Builds an update of an import on the condition that it has one of these statuses.
    pub(crate) fn update_import(
        &self,
        workspace: &Workspace,
        id: ImportId,
        from: &[ImportStatus],
    ) -> UpdateItemFluentBuilder {
        let mut update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::import(workspace, id))))
            .expression_attribute_names("#status", STATUS);
        let mut condition = Vec::new();
        for status in from {
            condition.push(format!(":{}", status.as_str()));
            update = update.expression_attribute_values(format!(":{}", status.as_str()), item::text(status.as_str()));
        }
        update.condition_expression(format!("#status IN ({})", condition.join(", ")))
    }
}

/// An expression that sets the counts of a chunk, with its names and values.
fn set_counts(counts: &ImportCounts) -> (String, HashMap<String, String>, Item) {
    let mut values: Item =
        counts_attributes(counts).into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
    values.insert(":expires_at".to_owned(), item::number((time::now() + CHUNK_SPAN).as_second()));
    values.insert(":schema".to_owned(), item::number(SCHEMA_VERSION));
    values.insert(format!(":{PROGRESSED_AT}"), item::number(time::now().as_millisecond()));
    let names = || COUNTS.iter().map(|(name, _)| *name).chain([EXPIRES_AT, SCHEMA, PROGRESSED_AT]);
    let set: Vec<String> = names().map(|name| format!("#{name} = :{name}")).collect();
    (format!("SET {}", set.join(", ")), names().map(|name| (format!("#{name}"), name.to_owned())).collect(), values)
}

fn update_of(update: UpdateBuilder) -> Result<TransactWriteItem, Fault> {
    // A builder fails only if a required attribute is missing; all are set here.
    let update = update.build().map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
    Ok(TransactWriteItem::builder().update(update).build())
}
