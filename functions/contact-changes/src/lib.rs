//! Follows the stream of the table: writes the history of contacts, publishes an event for each change, and removes what
//! belonged to a deleted contact once its tombstone has expired, or to one that was erased.
//!
//! No write of the book waits for it. Lambda delivers the changes of one contact in order, each at least once. A repeated
//! delivery writes the same history again and publishes the same event again: its consumers tell by contact and version.

mod bus;
mod event;
#[cfg(feature = "event-bridge")]
mod event_bridge;
mod image;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use contacts::{ContactId, Settings, Workspace, time};
use contacts_book::{BookError, CHANGES_A_WRITE, ContactBook, ContactChange};
use contacts_lambda::{METRICS, causes};
use futures_util::stream::{self, StreamExt as _};
use jiff::SignedDuration;

pub use bus::{Bus, BusError, ContactChanged};
pub use event::{Answer, Failure, StreamEvent, StreamRecord};
#[cfg(feature = "event-bridge")]
pub use event_bridge::EventBridge;

use crate::bus::EVENTS_A_REQUEST;

/// How many requests write history concurrently.
const CONCURRENCY: usize = 4;

/// How long after an erasure changes from before it may arrive: twice as long as the stream keeps them.
const LATE: SignedDuration = SignedDuration::from_hours(48);

/// What the function works on.
#[derive(Debug, Clone)]
pub struct Changes {
    book: ContactBook,
    bus: Option<Arc<dyn Bus>>,
}

/// A change with its number in the stream.
struct Numbered {
    number: String,
    change: ContactChange,
}

impl Changes {
    /// Writes the history to `book`, and publishes on `bus` if there is one.
    pub fn new(book: ContactBook, bus: Option<Arc<dyn Bus>>) -> Changes {
        Changes { book, bus }
    }

    /// Writes the history of changes, at most [`CHANGES_A_WRITE`]. Returns the number of the first that was not written. Those
    /// of workspaces that are not in `settings` cannot be: their settings could not be read.
    async fn write(&self, changes: &[Numbered], settings: &HashMap<Workspace, Settings>) -> Option<String> {
        let unknown = changes.iter().position(|numbered| !settings.contains_key(&numbered.change.workspace));
        let known = &changes[..unknown.unwrap_or(changes.len())];
        let written = async {
            let erased = self.erased_among(known, settings).await?;
            let kept = known.iter().map(|numbered| &numbered.change).filter_map(|change| {
                let is_erased = change.after.as_ref().is_some_and(|after| erased.contains(&after.id()));
                let settings = settings.get(&change.workspace)?;
                // The history of a closed workspace is being removed, or has been.
                let days = if settings.is_closed() { 0 } else { settings.history_days };
                (!is_erased).then_some((change, days))
            });
            self.book.keep_history(&kept.collect::<Vec<_>>()).await
        };
        if let Err(error) = written.await {
            tracing::warn!(error = causes(&error), "history was not written");
            return Some(changes.first()?.number.clone());
        }
        unknown.map(|place| changes[place].number.clone())
    }

    /// The contacts that were erased since they changed. Nobody is asked about in workspaces without a recent erasure.
    async fn erased_among(
        &self,
        changes: &[Numbered],
        settings: &HashMap<Workspace, Settings>,
    ) -> Result<HashSet<ContactId>, BookError> {
        let has_erased = |workspace: &Workspace| {
            let last = settings.get(workspace).and_then(|settings| settings.last_erasure);
            last.is_some_and(|last| time::now().duration_since(last) < LATE)
        };
        let changes = changes.iter().map(|numbered| &numbered.change);
        let late: Vec<&ContactChange> = changes.filter(|change| has_erased(&change.workspace)).collect();
        if late.is_empty() { Ok(HashSet::new()) } else { self.book.erased_among(&late).await }
    }

    /// Removes what belonged to contacts whose tombstones have expired, or that were erased. Returns the number of the first
    /// that failed.
    async fn remove_what_is_left(&self, changes: &[Numbered]) -> Option<String> {
        for Numbered { number, change } in changes {
            let removed = async {
                if let Some(contact) = change.expired() {
                    self.book.remove_expired(&change.workspace, contact).await?;
                }
                self.book.finish_forgetting(change).await
            };
            if let Err(error) = removed.await {
                tracing::warn!(workspace = %change.workspace, error = causes(&error), "something of a contact is left");
                return Some(number.clone());
            }
        }
        None
    }

    /// Publishes events in order. Returns the number of the first that was not published; those after it are not, or again.
    async fn publish(&self, events: Vec<(String, ContactChanged)>) -> Option<String> {
        let bus = self.bus.as_ref()?;
        for chunk in events.chunks(EVENTS_A_REQUEST) {
            let (numbers, events): (Vec<String>, Vec<ContactChanged>) = chunk.iter().cloned().unzip();
            match bus.publish(&events).await {
                Ok(None) => {}
                Ok(Some(place)) => return numbers.get(place).cloned(),
                Err(error) => {
                    tracing::warn!(error = causes(&*error), "events were not published");
                    return numbers.into_iter().next();
                }
            }
        }
        None
    }
}

/// Handles a batch of the stream's records. Records that are not about contacts are ignored, and so are those that this
/// build cannot read: they are logged and counted. Lambda delivers again everything from the first failure in the answer on.
pub async fn handle(changes: &Changes, event: StreamEvent) -> Answer {
    let records = event.records.len();
    let mut read = Vec::with_capacity(records);
    for record in event.records {
        let number = record.dynamodb.sequence_number.clone();
        match record.change() {
            Ok(Some(change)) => read.push(Numbered { number, change }),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(number, error = causes(&error), "skipped a record that cannot be read");
                tracing::info!(target: METRICS, items_unreadable = 1);
            }
        }
    }
    let settings = settings_of(changes, read.iter().map(|numbered| &numbered.change.workspace)).await;
    let chunks: Vec<Range<usize>> =
        (0..read.len()).step_by(CHANGES_A_WRITE).map(|at| at..at + CHANGES_A_WRITE).collect();
    let (all, settings) = (&read, &settings);
    let writes = stream::iter(chunks).map(|chunk| changes.write(&all[chunk.start..chunk.end.min(all.len())], settings));
    let failed: Vec<Option<String>> = writes.buffer_unordered(CONCURRENCY).collect().await;
    let mut failed: Vec<String> = failed.into_iter().flatten().collect();
    failed.extend(changes.remove_what_is_left(&read).await);
    // All numbers have the same length. What comes after a failure is delivered again, and published then.
    let first = failed.iter().min().cloned();
    let events = read.iter().take_while(|numbered| first.as_ref().is_none_or(|first| numbered.number < *first));
    let events = events.filter_map(|Numbered { number, change }| {
        Some((number.clone(), ContactChanged::new(&change.workspace, &change.entry()?)))
    });
    failed.extend(changes.publish(events.collect()).await);
    tracing::info!(target: METRICS, stream_records = records, changes_failed = failed.len());
    Answer::of(failed.into_iter().min())
}

/// The settings of each workspace; without those that could not be read.
async fn settings_of<'a>(
    changes: &Changes,
    workspaces: impl Iterator<Item = &'a Workspace>,
) -> HashMap<Workspace, Settings> {
    let mut read = HashMap::new();
    for workspace in workspaces {
        if read.contains_key(workspace) {
            continue;
        }
        match changes.book.settings(workspace).await {
            Ok(settings) => {
                read.insert(workspace.clone(), settings);
            }
            Err(error) => tracing::warn!(%workspace, error = causes(&error), "the settings could not be read"),
        }
    }
    read
}
