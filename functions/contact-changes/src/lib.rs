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
use contacts_book::{ContactBook, ContactChange};
use contacts_lambda::{METRICS, causes};
use futures_util::stream::{self, StreamExt as _};

pub use bus::Bus;
pub use event::{Answer, Failure, StreamEvent, StreamRecord};

use crate::bus::{ContactChanged, EVENTS_A_REQUEST};

/// How many contacts' changes are written concurrently.
const CONCURRENCY: usize = 16;

/// What the function works on.
#[derive(Debug, Clone)]
pub struct Changes {
    book: ContactBook,
    bus: Bus,
}

/// A change with its number in the stream.
struct Numbered {
    number: String,
    change: ContactChange,
}

/// What became of the changes of one contact.
#[derive(Default)]
struct Entered {
    /// The events of those that are in its history, with their numbers.
    events: Vec<(String, ContactChanged)>,
    /// The number of the first that is not.
    failed: Option<String>,
}

impl Changes {
    /// Writes the history to `book` and publishes on `bus`.
    pub fn new(book: ContactBook, bus: Bus) -> Changes {
        Changes { book, bus }
    }

    /// Writes the history of one contact's changes, in order. Without `days` the settings could not be read.
    async fn enter(&self, changes: Vec<Numbered>, days: Option<u16>) -> Entered {
        let mut entered = Entered::default();
        for Numbered { number, change } in changes {
            let written = match days {
                Some(days) => self.book.keep_history(&change, days).await.map_err(|error| causes(&error)),
                None => Err("the settings could not be read".to_owned()),
            };
            if let Err(error) = written {
                tracing::warn!(workspace = %change.workspace, number, error, "a change was not entered");
                entered.failed = Some(number);
                break;
            }
            if let Some(entry) = change.entry() {
                entered.events.push((number, ContactChanged::new(&change.workspace, &entry)));
            }
        }
        entered
    }

    /// Publishes events. Returns the numbers of those that were not published.
    async fn publish(&self, events: Vec<(String, ContactChanged)>) -> Vec<String> {
        let mut failed = Vec::new();
        for chunk in events.chunks(EVENTS_A_REQUEST) {
            let (numbers, events): (Vec<String>, Vec<ContactChanged>) = chunk.iter().cloned().unzip();
            match self.bus.publish(&events).await {
                Ok(refused) => failed.extend(refused.into_iter().filter_map(|place| numbers.get(place).cloned())),
                Err(error) => {
                    tracing::warn!(error = causes(&error), "events were not published");
                    failed.extend(numbers);
                }
            }
        }
        failed
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
    let entering = stream::iter(contacts.into_values()).map(|numbered| {
        let days = numbered.first().and_then(|numbered| days.get(&numbered.change.workspace).copied());
        changes.enter(numbered, days)
    });
    let entered: Vec<Entered> = entering.buffer_unordered(CONCURRENCY).collect().await;
    let (mut failed, mut events) = (Vec::new(), Vec::new());
    for contact in entered {
        failed.extend(contact.failed);
        events.extend(contact.events);
    }
    // All numbers have the same length.
    events.sort_by(|(one, _), (other, _)| one.cmp(other));
    failed.extend(changes.publish(events).await);
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
