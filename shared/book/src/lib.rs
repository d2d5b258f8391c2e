//! The contact book in a DynamoDB table.
//!
//! [`ContactBook`] is the public interface, with one method for each access pattern. The crate `contacts` decides what
//! to write; this crate reads what a decision needs, writes the decision under conditions, and reads again when another
//! writer was faster.

mod all;
mod batch;
mod check;
mod closing;
mod condition;
mod conflicts;
mod conversations;
mod cursor;
mod decide;
mod delete;
mod erase;
mod error;
mod exports;
mod find;
mod history;
mod imports;
mod item;
mod joins;
pub mod keys;
mod kind;
mod known;
mod list;
mod observe;
mod purge;
mod read;
mod rehearse;
mod reindex;
mod retry;
pub mod schema;
mod settings;
mod who_is;
mod workspace_items;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;

pub use all::AllContacts;
pub use check::{Audit, Audited, StrayClaim, Violation};
pub use closing::NotClosed;
pub use conversations::{ConversationPage, LinkedConversation};
pub use cursor::{Cursor, CursorError};
pub use delete::Restored;
pub use erase::{Erased, ImportFile, Replayed};
pub use error::BookError;
pub use exports::{Export, ExportFailure, ExportStatus};
pub use find::Found;
pub use history::{CHANGES_A_WRITE, ContactChange, HistoryCursor, HistoryPage};
pub use imports::{
    ChunkResult, Chunks, Import, ImportColumn, ImportCounts, ImportFailure, ImportPage, ImportStatus, ImportUndo,
    MAX_WAITING_IMPORTS, PlanSecret, TooManyWaiting, UPLOAD_SPAN, UndoCounts, UndoRefused,
};
pub use item::MalformedItem;
pub use joins::Separated;
pub use kind::ItemKind;
pub use known::Known;
pub use list::{List, ListPage, Sort};
pub use purge::TooManyPurges;
pub use rehearse::Rehearsal;
pub use settings::SettingsRefused;
pub use who_is::WhoIs;
pub use workspace_items::{StoredItem, WorkspaceItems};

use contacts::{MAX_INDEX_SHARDS, Settings, Workspace};

/// How long a call tries before it gives up, by default.
const RETRY_LIMIT: Duration = Duration::from_secs(10);
/// The maximum number of workspaces whose settings are cached; the cache is emptied when it is exceeded.
const MAX_CACHED_SETTINGS: usize = 10_000;
/// The most items that a scan of the whole table reads at once. DynamoDB ends a page at 1 MB as well; the embedded engine
/// does so only after it has read the rest of the table.
const SCAN_PAGE: i32 = 1_000;

/// The contact book. Cloning it is cheap and shares its cache of settings.
#[derive(Clone)]
pub struct ContactBook {
    client: Client,
    table: Arc<str>,
    retry_limit: Duration,
    first_index_shards: u32,
    settings: Arc<Mutex<HashMap<Workspace, Settings>>>,
}

impl ContactBook {
    /// The book in `table`.
    pub fn new(client: Client, table: &str) -> ContactBook {
        ContactBook {
            client,
            table: table.into(),
            retry_limit: RETRY_LIMIT,
            first_index_shards: 1,
            settings: Arc::default(),
        }
    }

    /// Sets how long a call tries, despite lost races and outages, before it gives up. 10 seconds by default.
    #[must_use]
    pub fn with_retry_limit(mut self, limit: Duration) -> ContactBook {
        self.retry_limit = limit;
        self
    }

    /// Sets the number of index partitions for workspaces without settings, at most [`MAX_INDEX_SHARDS`]. 1 by default.
    /// All books of a table must use the same number.
    #[must_use]
    pub fn with_index_shards(mut self, shards: u32) -> ContactBook {
        self.first_index_shards = shards.clamp(1, MAX_INDEX_SHARDS);
        self
    }

    /// The settings of a workspace before its first change.
    fn first_settings(&self) -> Settings {
        Settings { index_shards: self.first_index_shards, ..Settings::default() }
    }

    /// The settings as last seen, which may be out of date.
    fn cached_settings(&self, workspace: &Workspace) -> Settings {
        let cache = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(workspace).cloned().unwrap_or_else(|| self.first_settings())
    }

    fn cache_settings(&self, workspace: &Workspace, settings: &Settings) {
        let mut cache = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED_SETTINGS {
            cache.clear();
        }
        cache.insert(workspace.clone(), settings.clone());
    }
}

impl std::fmt::Debug for ContactBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactBook").field("table", &self.table).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contacts::{
        Caller, ContactId, ConversationId, Country, CreateRefused, EditRefused, Email, ExportId, Identifier,
        Observation, Patch, SourceRef, time,
    };

    /// Servers move futures between threads, and the compiler finds out only where one is moved.
    #[test]
    fn every_future_of_the_book_can_be_sent() {
        fn check<T: Send>(_: T) {}
        let _ = |book: ContactBook, workspace: Workspace| {
            let (book, workspace) = (&book, &workspace);
            let id = ContactId::new();
            let caller = Caller::system("test");
            let form = Observation::new(SourceRef::Manual, caller.clone(), time::now(), time::now());
            let list = List { sort: Sort::Phone, prefix: None, limit: 1, after: None };
            check(book.observe_all(workspace, std::slice::from_ref(&form)));
            check(book.observe(workspace, |_| (form.clone(), ())));
            check(book.create(workspace, None, |_| Ok::<_, CreateRefused>(form.clone())));
            check(book.edit(workspace, id, None, &caller, |_| Ok::<_, EditRefused>(Patch::default())));
            check(book.delete(workspace, id, None, &caller));
            check(book.erase(workspace, id, &caller));
            check(book.unlink(workspace, id, &ConversationId::parse("c").unwrap(), &caller));
            check(book.contact(workspace, id));
            check(book.contact_by(workspace, &Identifier::Email(Email::parse("a@b.co").unwrap().match_key().into())));
            check(book.who_is(workspace, |_| contacts::Question::default()));
            check(book.list(workspace, &list));
            check(book.conversation(workspace, &ConversationId::parse("c").unwrap()));
            let _ = |contact: &contacts::Contact| {
                check(book.conversations(workspace, contact, 1, None));
                check(book.history(workspace, contact, 1, None));
            };
            check(book.imports(workspace, 1, None));
            let import = contacts::ImportId::new();
            check(book.begin_undo(workspace, import, &caller));
            check(book.undo_import(workspace, import, std::time::Instant::now()));
            check(book.create_export(workspace, &Export::new(ExportId::new(), time::now()), &caller));
            check(book.finish_export(workspace, ExportId::new(), 1, Ok(())));
            check(book.all_contacts(workspace));
            let _ = |mut all: AllContacts| check(async move { all.next_page().await });
            check(book.settings(workspace));
            check(book.set_default_country(workspace, Country::US, &caller));
            check(book.close_workspace(workspace, &caller));
            check(book.remove_workspace(workspace, |_| ()));
            let _ = |mut items: WorkspaceItems| check(async move { items.next_page().await });
        };
    }
}
