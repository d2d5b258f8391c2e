//! The bus of Amazon EventBridge.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use futures_util::future::BoxFuture;

use crate::{Bus, BusError, ContactChanged};

/// The source of every event.
const SOURCE: &str = "contacts";

/// An event bus of EventBridge.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    /// The event bus with this name.
    pub fn new(client: Client, name: String) -> EventBridge {
        EventBridge { client, name }
    }
}

impl Bus for EventBridge {
    fn publish<'a>(&'a self, events: &'a [ContactChanged]) -> BoxFuture<'a, Result<Option<usize>, BusError>> {
        Box::pin(async move {
            let mut request = self.client.put_events();
            for event in events {
                let entry = PutEventsRequestEntry::builder()
                    .event_bus_name(&self.name)
                    .source(SOURCE)
                    .detail_type(&event.kind)
                    .detail(serde_json::to_string(event)?)
                    .build();
                request = request.entries(entry);
            }
            let answer = request.send().await?;
            let mut entries = answer.entries().iter().enumerate();
            let refused = entries.find_map(|(place, entry)| Some((place, entry.error_code()?)));
            Ok(refused.map(|(place, code)| {
                tracing::warn!(code, "EventBridge refused an event");
                place
            }))
        })
    }
}
