//! What an erasure does to imports and exports: their items may name files after a person, and their files hold rows.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ImportId, Traces, Workspace};
use jiff::Timestamp;

use crate::error::{self, Fault, condition_met};
use crate::exports::{Export, ExportFailure, read_export};
use crate::imports::{ImportStatus, read_import};
use crate::item::{self, Item};
use crate::keys::{self, Key, PK};
use crate::{BookError, ContactBook};

/// The name of a file whose own name named an erased person.
const ERASED_FILE: &str = "erased.csv";
/// The attributes of an import.
const FILE_NAME: &str = "file_name";
const FILE_KEY: &str = "file_key";

/// An import, as far as its files are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// The import.
    pub id: ImportId,
    /// The key of its file in the bucket; `None` until the file has arrived, or after it was removed.
    pub key: Option<String>,
    /// Whether the import has not ended.
    pub is_open: bool,
}

impl ContactBook {
    /// Renames imports whose file name names an erased person.
    pub(super) async fn rename_files(&self, workspace: &Workspace, traces: &Traces) -> Result<(), Fault> {
        for item in self.import_items(workspace).await? {
            let Some(import) = item::readable(&item, read_import) else { continue };
            if !traces.are_in_file_name(&import.file_name) {
                continue;
            }
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::import(workspace, import.id))))
                .update_expression("SET #name = :name")
                .condition_expression("attribute_exists(#pk)")
                .expression_attribute_names("#name", FILE_NAME)
                .expression_attribute_names("#pk", PK)
                .expression_attribute_values(":name", item::text(ERASED_FILE));
            // If not, it has expired meanwhile.
            condition_met(update.send().await)?;
        }
        Ok(())
    }

    /// All imports of a workspace with the keys of their files.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn import_files(&self, workspace: &Workspace) -> Result<Vec<ImportFile>, BookError> {
        let items = self.retry(|| self.import_items(workspace)).await?;
        let imports = items.iter().filter_map(|item| item::readable(item, read_import));
        Ok(imports
            .map(|import| ImportFile { id: import.id, key: import.key, is_open: !import.status.is_final() })
            .collect())
    }

    /// Forgets the key of an import's file, which was removed: the key may name a person. An import that has not ended keeps
    /// it.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn forget_file(&self, workspace: &Workspace, id: ImportId) -> Result<(), BookError> {
        let ended = [ImportStatus::Completed, ImportStatus::Failed, ImportStatus::Cancelled];
        self.retry(|| async {
            let update = self
                .update_import(workspace, id, &ended)
                .update_expression("REMOVE #key")
                .expression_attribute_names("#key", FILE_KEY);
            condition_met(update.send().await).map(drop)
        })
        .await
    }

    /// Fails the exports of a workspace that run and were created at `at` or before: they may have read somebody who was erased
    /// then.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn fail_exports(&self, workspace: &Workspace, at: Timestamp) -> Result<(), BookError> {
        let items = self.retry(|| self.items_of(keys::exports_partition(workspace))).await?;
        // The item that names the export which runs has no status.
        let exports = items.iter().filter(|item| item.contains_key("status"));
        let exports = exports.filter_map(|item| item::readable(item, read_export));
        let running: Vec<Export> = exports.filter(|one| !one.is_finished() && one.created_at <= at).collect();
        for export in running {
            let failure = ExportFailure {
                code: "erased".to_owned(),
                reason: "a person was erased while the export ran; export again".to_owned(),
            };
            self.finish_export(workspace, export.id, export.rows, Err(failure)).await?;
        }
        Ok(())
    }

    async fn import_items(&self, workspace: &Workspace) -> Result<Vec<Item>, Fault> {
        self.items_of(keys::imports_partition(workspace)).await
    }

    /// All items of a partition.
    pub(crate) async fn items_of(&self, partition: String) -> Result<Vec<Item>, Fault> {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(partition));
        query.into_paginator().items().send().collect::<Result<_, _>>().await.map_err(error::of)
    }
}
