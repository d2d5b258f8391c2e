//! Closes a workspace that leaves the system, and removes its items.
//!
//! The item of its settings stays, with only the moment of the closing: a late event or file would otherwise begin the
//! workspace anew.

use std::collections::BTreeMap;
use std::convert::Infallible;

use contacts::{Caller, ExportId, Settings, Workspace, time};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::delete::DELETES_A_REQUEST;
use crate::error::{self, Fault};
use crate::exports::EXPORT_ID;
use crate::item::{self, Attributes as _, Item};
use crate::keys::Key;
use crate::kind::ItemKind;
use crate::{BookError, ContactBook, ExportFailure, ImportFailure};

/// How many requests remove items concurrently.
const REMOVED_AT_ONCE: usize = 8;
/// The code with which the jobs of a closed workspace fail.
const CLOSED: &str = "workspace_closed";
/// How many imports are read at once.
const IMPORTS_A_PAGE: usize = 100;

/// Why the items of a workspace are not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the workspace is not closed")]
pub struct NotClosed;

impl ContactBook {
    /// Closes a workspace, and fails the imports and the export that run in it. It may be repeated: the moment of the first
    /// closing stays.
    ///
    /// A call that read the settings before may still write. No function runs longer than its time-out, and an import asks
    /// once a second whether it still runs.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn close_workspace(&self, workspace: &Workspace, caller: &Caller) -> Result<Settings, BookError> {
        let close = |settings: &mut Settings| {
            settings.closed_at = Some(time::now());
            Ok::<(), Infallible>(())
        };
        let settings = match self.change_settings(workspace, caller, close).await {
            Ok(Ok(settings)) => settings,
            Err(BookError::Closed) => self.settings(workspace).await?,
            Err(error) => return Err(error),
        };
        self.fail_imports(workspace).await?;
        self.fail_export(workspace).await?;
        Ok(settings)
    }

    async fn fail_imports(&self, workspace: &Workspace) -> Result<(), BookError> {
        let failure = ImportFailure { code: CLOSED.to_owned(), reason: BookError::Closed.to_string() };
        let mut after = None;
        loop {
            // A cursor of this list always fits it.
            let Ok(page) = self.imports(workspace, IMPORTS_A_PAGE, after).await? else { return Ok(()) };
            for import in page.imports.iter().filter(|import| !import.status.is_final()) {
                self.finish_import(workspace, import.id, Some(&failure), &[]).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn fail_export(&self, workspace: &Workspace) -> Result<(), BookError> {
        let running = self.retry(|| self.batch_get(vec![Key::running_export(workspace)])).await?;
        let Some(running) = running.first() else { return Ok(()) };
        let id = running.parsed(EXPORT_ID, |text| ExportId::parse(text).ok())?;
        if let Some(export) = self.export(workspace, id).await? {
            let failure = ExportFailure { code: CLOSED.to_owned(), reason: BookError::Closed.to_string() };
            self.finish_export(workspace, id, export.rows, Err(failure)).await?;
        }
        Ok(())
    }

    /// Reads the whole table once and removes the items of a closed workspace, except its settings, of which only the moment
    /// of the closing stays. Returns how many items of each kind it removed. `progress` is called with the number of items
    /// read so far.
    ///
    /// Repeat it until it removes nothing: a write that was under way when the workspace was closed may come after the read.
    ///
    /// # Errors
    /// The outer error is the book's: what was removed stays removed; try again. The inner one is the refusal.
    pub async fn remove_workspace(
        &self,
        workspace: &Workspace,
        mut progress: impl FnMut(u64),
    ) -> Result<Result<BTreeMap<ItemKind, u64>, NotClosed>, BookError> {
        let settings = self.settings(workspace).await?;
        if !settings.is_closed() {
            return Ok(Err(NotClosed));
        }
        let mut removed = BTreeMap::new();
        let mut items = self.workspace_keys(workspace);
        while let Some(page) = items.next_page().await? {
            let mut keys = Vec::with_capacity(page.len());
            for item in page.into_iter().filter(|item| item.kind != ItemKind::Settings) {
                *removed.entry(item.kind).or_default() += 1;
                keys.push(item.attributes);
            }
            let chunks: Vec<Vec<Item>> = keys.chunks(DELETES_A_REQUEST).map(<[Item]>::to_vec).collect();
            let requests = stream::iter(chunks).map(|keys| async move { self.retry(|| self.remove(&keys)).await });
            requests.buffer_unordered(REMOVED_AT_ONCE).try_collect::<()>().await?;
            progress(items.read());
        }
        self.retry(|| self.strip_settings(workspace, &settings)).await?;
        Ok(Ok(removed))
    }

    /// Replaces the settings of a closed workspace with the moment of its closing. Nobody else writes them.
    async fn strip_settings(&self, workspace: &Workspace, closed: &Settings) -> Result<(), Fault> {
        let stripped = Settings {
            version: closed.version,
            cause: closed.cause.clone(),
            closed_at: closed.closed_at,
            index_shards: closed.index_shards,
            ..Settings::default()
        };
        let put = self.client.put_item().table_name(&*self.table);
        let put = put.set_item(Some(item::settings(workspace, &stripped)));
        put.send().await.map(drop).map_err(error::of)
    }
}
