//! Imports that wait for their file, of which a workspace has only so many.

use aws_sdk_dynamodb::types::ReturnValue;
use contacts::{Caller, ImportId, Workspace, time};
use jiff::{SignedDuration, Timestamp};

use super::{Import, ImportStatus};
use crate::error::{self, Fault};
use crate::item::{self, Attributes as _};
use crate::keys::{self, Key, PK, SK};
use crate::{BookError, ContactBook};

/// How long the link for uploading an import's file is valid. So long an import counts as waiting.
pub const UPLOAD_SPAN: SignedDuration = SignedDuration::from_hours(1);
/// The most imports of a workspace that may wait for their file.
pub const MAX_WAITING_IMPORTS: usize = 20;

/// Too many imports wait for their file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {MAX_WAITING_IMPORTS} imports may wait for their file; upload a file first, or try again later")]
pub struct TooManyWaiting {
    /// When one of them stops waiting, at the latest.
    pub until: Timestamp,
}

impl ContactBook {
    /// Adds an import that waits for its file, if there are not too many.
    ///
    /// # Errors
    /// The outer error is the book's: the table is unavailable for longer than its retry limit. The inner one is final.
    pub async fn order_import(
        &self,
        workspace: &Workspace,
        import: &Import,
        caller: &Caller,
    ) -> Result<Result<(), TooManyWaiting>, BookError> {
        if let Some(refused) = too_many(&self.waiting_imports(workspace).await?, MAX_WAITING_IMPORTS - 1) {
            return Ok(Err(refused));
        }
        self.create_import(workspace, import, caller).await?;
        // Others may have been added between. Of imports that are added at once, each sees those that were added before it.
        if let Some(refused) = too_many(&self.waiting_imports(workspace).await?, MAX_WAITING_IMPORTS) {
            self.retry(|| self.withdraw_import(workspace, import.id)).await?;
            return Ok(Err(refused));
        }
        Ok(Ok(()))
    }

    /// When each import that waits for its file was created, the oldest first.
    async fn waiting_imports(&self, workspace: &Workspace) -> Result<Vec<Timestamp>, BookError> {
        self.retry(|| async {
            let oldest = time::now() - UPLOAD_SPAN;
            let query = self
                .client
                .query()
                .table_name(&*self.table)
                .consistent_read(true)
                .key_condition_expression("#pk = :pk AND #sk >= :oldest")
                .filter_expression("#status = :awaiting")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_names("#status", super::item::STATUS)
                .expression_attribute_values(":pk", item::text(keys::imports_partition(workspace)))
                .expression_attribute_values(":oldest", item::text(ImportId::of_upload(oldest, &[0; 32]).to_string()))
                .expression_attribute_values(":awaiting", item::text(ImportStatus::AwaitingUpload.as_str()));
            let items: Vec<item::Item> =
                query.into_paginator().items().send().collect::<Result<_, _>>().await.map_err(error::of)?;
            let created = items.iter().map(|item| Ok(item.moment("created_at")?)).collect::<Result<Vec<_>, Fault>>()?;
            Ok(created.into_iter().filter(|at| *at > oldest).collect())
        })
        .await
    }

    /// Removes an import that was just added and has no file.
    async fn withdraw_import(&self, workspace: &Workspace, id: ImportId) -> Result<(), Fault> {
        let delete = self
            .client
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::import(workspace, id))))
            .return_values(ReturnValue::None);
        delete.send().await.map(drop).map_err(error::of)
    }
}

fn too_many(waiting: &[Timestamp], most: usize) -> Option<TooManyWaiting> {
    (waiting.len() > most).then(|| TooManyWaiting { until: waiting[0] + UPLOAD_SPAN })
}
