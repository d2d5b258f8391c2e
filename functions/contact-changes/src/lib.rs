//! Follows the stream of the table: writes the history of contacts, publishes an event for each change, and removes what
//! belonged to a deleted contact once its tombstone has expired.
//!
//! No write of the book waits for it. Lambda delivers the changes of one contact in order, each at least once. A repeated
//! delivery writes the same history again and publishes the same event again: its consumers tell by contact and version.

mod bus;
mod event;
mod image;

use std::collections::{BTreeMap, HashMap};

use contacts::Workspace;
use contacts_book::{BookError, ContactBook, ContactChange};
use contacts_lambda::{METRICS, causes};
use futures_util::stream::{self, StreamExt as _};

pub use bus::{Bus, BusError};
pub use event::{Answer, Failure, StreamEvent, StreamRecord};

use crate::bus::ContactChanged;

/// How many contacts' changes are written concurrently.
const CONCURRENCY: usize = 16;

/// What the function works on.
#[derive(Debug, Clone)]
pub struct Changes {
    book: ContactBook,
    bus: Bus,
}

/// Why a change is delivered again.
#[derive(Debug, thiserror::Error)]
enum ChangeError {
    #[error("the history was not written")]
    Book(#[from] BookError),
    #[error("the event was not published")]
    Bus(#[from] BusError),
}

/// A change with its number in the stream.
struct Numbered {
    number: String,
    change: ContactChange,
}

impl Changes {
    /// Writes the history to `book` and publishes on `bus`.
    pub fn new(book: ContactBook, bus: Bus) -> Changes {
        Changes { book, bus }
    }

    /// Handles the changes of one contact, in order. Returns the number of the first that failed.
    async fn follow(&self, changes: Vec<Numbered>, days: u16) -> Option<String> {
        for Numbered { number, change } in changes {
            if let Err(error) = self.enter(&change, days).await {
                tracing::warn!(workspace = %change.workspace, number, error = causes(&error), "a change was not entered");
                return Some(number);
            }
        }
        None
    }

    async fn enter(&self, change: &ContactChange, days: u16) -> Result<(), ChangeError> {
        self.book.keep_history(change, days).await?;
        if let Some(entry) = change.entry() {
            self.bus.publish(&ContactChanged::new(&change.workspace, &entry)).await?;
        }
        Ok(())
    }
}

/// Handles a batch of the stream's records. Records that are not about contacts are ignored, and so are those that this
/// build cannot read: they are logged and counted. The answer names the changes that Lambda must deliver again.
pub async fn handle(changes: &Changes, event: StreamEvent) -> Answer {
    let records = event.records.len();
    let mut contacts: BTreeMap<(String, String), Vec<Numbered>> = BTreeMap::new();
    for record in event.records {
        let number = record.dynamodb.sequence_number.clone();
        match record.change() {
            Ok(Some(change)) => {
                let id = change.after.as_ref().or(change.before.as_ref()).map(|record| record.id().to_string());
                let key = (change.workspace.to_string(), id.unwrap_or_default());
                contacts.entry(key).or_default().push(Numbered { number, change });
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(number, error = causes(&error), "skipped a record that cannot be read");
                tracing::info!(target: METRICS, items_unreadable = 1);
            }
        }
    }
    let days = history_days(changes, contacts.values().flatten().map(|numbered| &numbered.change.workspace)).await;
    let followed = stream::iter(contacts.into_values()).map(|numbered| {
        let days = numbered.first().and_then(|numbered| days.get(&numbered.change.workspace).copied());
        async move {
            match days {
                Some(days) => changes.follow(numbered, days).await,
                None => numbered.into_iter().next().map(|numbered| numbered.number),
            }
        }
    });
    let failed: Vec<String> = followed.buffer_unordered(CONCURRENCY).filter_map(std::future::ready).collect().await;
    tracing::info!(target: METRICS, stream_records = records, changes_failed = failed.len());
    Answer::of(failed)
}

/// The setting of each workspace; without those that could not be read.
async fn history_days<'a>(
    changes: &Changes,
    workspaces: impl Iterator<Item = &'a Workspace>,
) -> HashMap<Workspace, u16> {
    let mut days = HashMap::new();
    for workspace in workspaces {
        if days.contains_key(workspace) {
            continue;
        }
        match changes.book.settings(workspace).await {
            Ok(settings) => {
                days.insert(workspace.clone(), settings.history_days);
            }
            Err(error) => tracing::warn!(%workspace, error = causes(&error), "the settings could not be read"),
        }
    }
    days
}
