//! Publishes that contacts have changed.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contacts::{Actor, HistoryEntry, Workspace};
use jiff::Timestamp;
use serde::Serialize;

/// The most events of a request.
pub(crate) const EVENTS_A_REQUEST: usize = 10;
/// The source of every event.
const SOURCE: &str = "contacts";

/// Where events are published.
#[derive(Debug, Clone)]
pub struct Bus(Option<EventBridge>);

#[derive(Debug, Clone)]
struct EventBridge {
    client: Client,
    name: String,
}

/// Events were not published: EventBridge did not answer, or refused the request.
#[derive(Debug, thiserror::Error)]
#[error("EventBridge cannot be used")]
pub(crate) struct BusError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The event that a contact has changed. It names what changed and contains no value, so that it may go where personal data
/// may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ContactChanged {
    #[serde(skip)]
    kind: String,
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

impl Bus {
    /// The event bus with this name.
    pub fn event_bridge(client: Client, name: String) -> Bus {
        Bus(Some(EventBridge { client, name }))
    }

    /// No bus: events are not published.
    pub fn none() -> Bus {
        Bus(None)
    }

    /// Publishes events, at most [`EVENTS_A_REQUEST`]. Returns the place of the first that EventBridge
    /// refused.
    pub(crate) async fn publish(&self, events: &[ContactChanged]) -> Result<Option<usize>, BusError> {
        let Some(EventBridge { client, name }) = &self.0 else { return Ok(None) };
        let mut request = client.put_events();
        for event in events {
            let detail = serde_json::to_string(event).map_err(|error| BusError(error.into()))?;
            let entry = PutEventsRequestEntry::builder()
                .event_bus_name(name)
                .source(SOURCE)
                .detail_type(&event.kind)
                .detail(detail)
                .build();
            request = request.entries(entry);
        }
        let answer = request.send().await.map_err(|error| BusError(error.into()))?;
        let refused = answer.entries().iter().enumerate().find_map(|(place, entry)| Some((place, entry.error_code()?)));
        Ok(refused.map(|(place, code)| {
            tracing::warn!(code, "EventBridge refused an event");
            place
        }))
    }
}
