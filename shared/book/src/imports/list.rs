//! Reads imports.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use contacts::{ImportId, Workspace};
use jiff::Timestamp;

use super::item::{PEOPLE, PROGRESSED_AT, REPORTED, STATUS, read_counts, read_import};
use super::steps::DONE;
use super::{Import, ImportCounts, ImportPage, ImportStatus};
use crate::cursor::{Cursor, CursorError};
use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item, optional};
use crate::keys::{self, Key, PK, SK};
use crate::list::MAX_PAGE_BYTES;
use crate::{BookError, ContactBook};

/// The name of this list in its cursors.
const LIST: &str = "imports";

impl Cursor {
    /// The position after an import in the list of imports.
    pub fn after_import(id: ImportId) -> Cursor {
        Cursor { list: LIST.to_owned(), value: id.to_string(), id: String::new() }
    }
}

impl ContactBook {
    /// An import, with all counts so far.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn import(&self, workspace: &Workspace, id: ImportId) -> Result<Option<Import>, BookError> {
        self.retry(|| async {
            let mut import = self.read_import(workspace, id).await?;
            if let Some(import) = &mut import {
                self.count_chunks(workspace, import).await?;
            }
            Ok(import)
        })
        .await
    }

    /// An import, with the counts of its finished chunks. For the workers of the import.
    ///
    /// # Errors
    /// [`BookError::Newer`] when a newer build created it: only a build of that version may work on it.
    pub async fn import_order(&self, workspace: &Workspace, id: ImportId) -> Result<Option<Import>, BookError> {
        self.retry(|| async {
            let items = self.batch_get(vec![Key::import(workspace, id)]).await?;
            if items.iter().any(item::is_newer) {
                return Err(Fault::Final(BookError::Newer));
            }
            Ok(items.first().map(read_import).transpose()?)
        })
        .await
    }

    /// Whether an import is running.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn import_runs(&self, workspace: &Workspace, id: ImportId) -> Result<bool, BookError> {
        self.retry(|| async {
            let get = self
                .client
                .get_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::import(workspace, id))))
                .consistent_read(true)
                .projection_expression("#status")
                .expression_attribute_names("#status", STATUS);
            let item = get.send().await.map_err(error::of)?.item;
            Ok(item.is_some_and(|item| item.text(STATUS).is_ok_and(|status| status == ImportStatus::Running.as_str())))
        })
        .await
    }

    /// The chunks that have rows in the report, in order.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn reported_chunks(&self, workspace: &Workspace, id: ImportId) -> Result<Vec<u32>, BookError> {
        self.retry(|| async {
            let mut chunks = Vec::new();
            for item in self.chunk_items(workspace, id).await? {
                if optional(&item, REPORTED, Item::number::<u64>)?.is_some_and(|rows| rows > 0) {
                    chunks.push(item.parsed(SK, keys::chunk_number)?);
                }
            }
            Ok(chunks)
        })
        .await
    }

    /// What the chunks that are done say about rows that are about one contact, in order.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn people_of_chunks(&self, workspace: &Workspace, id: ImportId) -> Result<Vec<String>, BookError> {
        self.retry(|| async {
            let mut people = Vec::new();
            for item in self.chunk_items(workspace, id).await? {
                people.extend(optional(&item, PEOPLE, |item, name| Ok(item.text(name)?.to_owned()))?);
            }
            Ok(people)
        })
        .await
    }

    async fn read_import(&self, workspace: &Workspace, id: ImportId) -> Result<Option<Import>, Fault> {
        let items = self.batch_get(vec![Key::import(workspace, id)]).await?;
        Ok(items.first().map(read_import).transpose()?)
    }

    /// A page of imports, the newest first.
    ///
    /// # Errors
    /// The outer error is the book's; the inner one says that the cursor belongs to another list.
    pub async fn imports(
        &self,
        workspace: &Workspace,
        limit: usize,
        after: Option<Cursor>,
    ) -> Result<Result<ImportPage, CursorError>, BookError> {
        let after = match after.map(|cursor| cursor.of(LIST, [""])).transpose() {
            Ok(after) => after.map(|cursor| cursor.value),
            Err(error) => return Ok(Err(error)),
        };
        let page = self.retry(|| self.imports_page(workspace, limit, after.as_deref()));
        page.await.map(Ok)
    }

    async fn imports_page(
        &self,
        workspace: &Workspace,
        limit: usize,
        after: Option<&str>,
    ) -> Result<ImportPage, Fault> {
        let wanted = limit + 1;
        let mut imports = Vec::new();
        let mut start = None;
        let mut bytes = 0;
        // A query ends at 1 MB, even if it has not found enough imports.
        while imports.len() < wanted && bytes < MAX_PAGE_BYTES {
            let query = self.imports_query(workspace, wanted - imports.len(), after).set_exclusive_start_key(start);
            let answer = query.send().await.map_err(error::of)?;
            imports.extend(answer.items().iter().filter_map(|item| item::readable(item, read_import)));
            bytes += answer.items().iter().map(item::size_of).sum::<usize>();
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = imports.len() > limit || start.is_some();
        imports.truncate(limit);
        for import in &mut imports {
            self.count_chunks(workspace, import).await?;
        }
        let last = imports.last().filter(|_| more);
        let next = last.map(|last| Cursor::after_import(last.id));
        Ok(ImportPage { imports, next })
    }

    fn imports_query(&self, workspace: &Workspace, limit: usize, after: Option<&str>) -> QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", item::text(keys::imports_partition(workspace)));
        match after {
            None => query,
            Some(after) => query
                .key_condition_expression("#pk = :pk AND #sk < :after")
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":after", item::text(after)),
        }
    }

    /// Sets the counts and the progress of an unfinished import from its chunks. Each chunk is read once, done or not, so its
    /// counts are included exactly once.
    async fn count_chunks(&self, workspace: &Workspace, import: &mut Import) -> Result<(), Fault> {
        // When the last chunk is done, or the import has failed by itself, the import itself has all counts.
        let is_counted = match import.status {
            ImportStatus::Completed => true,
            ImportStatus::Failed => !import.is_interrupted(),
            ImportStatus::AwaitingUpload | ImportStatus::Planning | ImportStatus::Running | ImportStatus::Cancelled => {
                false
            }
        };
        if is_counted || import.chunks.is_none_or(|chunks| chunks.done == chunks.total) {
            return Ok(());
        }
        let (counts, progressed_at) = self.sum_of_chunks(workspace, import.id).await?;
        import.counts = counts;
        import.progressed_at = import.progressed_at.max(progressed_at);
        Ok(())
    }

    /// The counts of all chunks, and when one last made progress.
    pub(super) async fn sum_of_chunks(
        &self,
        workspace: &Workspace,
        id: ImportId,
    ) -> Result<(ImportCounts, Option<Timestamp>), Fault> {
        let (mut counts, mut progressed_at) = (ImportCounts::default(), None);
        for item in self.chunk_items(workspace, id).await? {
            counts += read_counts(&item)?;
            progressed_at = progressed_at.max(optional(&item, PROGRESSED_AT, Item::moment)?);
        }
        Ok((counts, progressed_at))
    }

    /// The chunks that are done, in order.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn finished_chunks(&self, workspace: &Workspace, id: ImportId) -> Result<Vec<u32>, BookError> {
        self.retry(|| async {
            let items = self.chunk_items(workspace, id).await?;
            let done = items.iter().filter(|item| item.contains_key(DONE));
            done.map(|item| Ok(item.parsed(SK, keys::chunk_number)?)).collect()
        })
        .await
    }

    /// The items of an import's chunks, in order. A chunk has an item once its work has started.
    async fn chunk_items(&self, workspace: &Workspace, id: ImportId) -> Result<Vec<Item>, Fault> {
        self.items_of(keys::chunks_partition(workspace, id)).await
    }
}
