//! Publishes that contacts have changed.

use std::error::Error;
use std::fmt::Debug;

use contacts::{Actor, HistoryEntry, Workspace};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;

/// The most events that are published at once: EventBridge takes no more in a request.
pub(crate) const EVENTS_A_REQUEST: usize = 10;

/// Where events are published.
pub trait Bus: Debug + Send + Sync {
    /// Publishes events, at most 10. Returns the place of the first that was refused.
    ///
    /// # Errors
    /// When the bus does not answer, or refuses all of them. Some may have been published.
    fn publish<'a>(&'a self, events: &'a [ContactChanged]) -> BoxFuture<'a, Result<Option<usize>, BusError>>;
}

/// Events were not published.
pub type BusError = Box<dyn Error + Send + Sync>;

/// The event that a contact has changed. It names what changed and contains no value, so that it may go where personal data
/// may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactChanged {
    /// What happened: `contact.created`, `contact.updated` and so on.
    #[serde(skip)]
    pub kind: String,
    workspace_id: String,
    contact_id: String,
    /// With the contact, it identifies the event: a repeated delivery has the same.
    version: u64,
    at: Timestamp,
    /// The names of the fields that changed.
    fields: Vec<String>,
    /// Who made the write. Of a person only that it was one: the subject of a token may be an email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    /// What the write was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

impl ContactChanged {
    pub(crate) fn new(workspace: &Workspace, entry: &HistoryEntry) -> ContactChanged {
        let cause = entry.cause.as_ref();
        ContactChanged {
            kind: format!("contact.{}", entry.event.as_str()),
            workspace_id: workspace.to_string(),
            contact_id: entry.contact.to_string(),
            version: entry.version,
            at: entry.at,
            fields: entry.changes.iter().filter_map(contacts::Change::field).collect(),
            actor: cause.map(|cause| match &cause.actor {
                Actor::User(_) => "user".to_owned(),
                actor => actor.to_string(),
            }),
            source: cause.and_then(|cause| cause.source.as_ref()).map(ToString::to_string),
        }
    }
}
