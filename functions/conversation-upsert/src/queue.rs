//! Events that come by a queue: a batch of messages, each with one event.
//!
//! The events of one workspace are folded together, in the order in which they occurred, with the reads and writes of a
//! batch. A message whose event fails, fails alone: the queue delivers it again and, after its last delivery, keeps it in
//! its dead-letter queue.

use std::collections::BTreeMap;
use std::time::Instant;

use contacts::{Rejected, Settings, Workspace};
use contacts_book::{BookError, ContactBook};
use contacts_lambda::{QueueAnswer, QueueBatch, causes};
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::UpsertError;
use crate::event::{Event, InvalidEvent};
use crate::tally::Tally;
use crate::{Workspaces, answer_to};

/// How many workspaces of a batch are folded concurrently.
const WORKSPACES_AT_ONCE: usize = 8;

/// A message with its event.
struct Message {
    id: String,
    event: Event,
}

/// The ids of messages that failed.
type Failed = Vec<String>;

/// What came of messages.
type Done = (Tally, Failed);

/// The members that distinguish an envelope of EventBridge from an event.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "detail-type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    /// An event may have members that this function does not read, also some of these names.
    #[serde(borrow)]
    conversation_id: Option<&'a RawValue>,
}

/// Reads a payload as a batch; `None` if it is something else.
pub(crate) fn batch(payload: &RawValue) -> Option<QueueBatch> {
    serde_json::from_str(payload.get()).ok()
}

/// Folds the events of a batch. Names the messages that the queue must deliver again.
pub(crate) async fn fold(workspaces: &Workspaces, book: &ContactBook, batch: QueueBatch, request: &str) -> QueueAnswer {
    let begun = Instant::now();
    let mut failed = Failed::new();
    let mut groups: BTreeMap<Workspace, Vec<Message>> = BTreeMap::new();
    for message in batch.messages {
        match event_of(workspaces, &message.body) {
            Ok(event) => {
                let message = Message { id: message.id, event };
                groups.entry(message.event.workspace.clone()).or_default().push(message);
            }
            Err(error) => {
                tracing::warn!(message_id = message.id, error = causes(&error), "message refused");
                failed.push(message.id);
            }
        }
    }
    let folding = stream::iter(groups).map(|(workspace, mut messages)| async move {
        messages.sort_by_key(|message| (message.event.occurred_at, message.event.sequence));
        fold_isolating(book, &workspace, &messages, request).await
    });
    let folded = folding.buffer_unordered(WORKSPACES_AT_ONCE).fold((Tally::default(), failed), both);
    let (tally, failed) = folded.await;
    tally.send(begun);
    if !failed.is_empty() {
        tracing::info!(target: contacts_lambda::METRICS, messages_failed = failed.len());
    }
    failed.into_iter().collect()
}

async fn both((mut tally, mut failed): Done, (other, failed_there): Done) -> Done {
    tally.merge(&other);
    failed.extend(failed_there);
    (tally, failed)
}

/// The event of a message.
fn event_of(workspaces: &Workspaces, body: &str) -> Result<Event, UpsertError> {
    let payload: &RawValue = serde_json::from_str(body).map_err(|_| InvalidEvent::not_json())?;
    let envelope: Option<Envelope<'_>> = serde_json::from_str(body).ok();
    let payload = match envelope {
        Some(Envelope { kind: Some(_), detail: Some(detail), conversation_id: None }) => detail,
        _ => payload,
    };
    let event = Event::parse(payload)?;
    if workspaces.admit(&event.workspace) { Ok(event) } else { Err(UpsertError::UnknownWorkspace) }
}

/// Folds the events of one workspace together. If that fails because of one contact, folds each alone, so that it fails only
/// the events about this contact.
async fn fold_isolating(book: &ContactBook, workspace: &Workspace, messages: &[Message], request: &str) -> Done {
    let error = match fold_together(book, workspace, messages, request).await {
        Ok(done) => return done,
        Err(error) => error,
    };
    if messages.len() == 1 || !may_be_of_one_contact(&error) {
        return (Tally::default(), refused(workspace, messages, error));
    }
    let alone = stream::iter(0..messages.len()).map(|place| async move {
        let message = &messages[place..=place];
        let done = fold_together(book, workspace, message, request).await;
        done.unwrap_or_else(|error| (Tally::default(), refused(workspace, message, error)))
    });
    // All at once: each that fails may wait until the book's retry limit.
    alone.buffer_unordered(messages.len()).fold(Done::default(), both).await
}

/// Folds events of one workspace. Returns the ids of those that are invalid.
async fn fold_together(
    book: &ContactBook,
    workspace: &Workspace,
    messages: &[Message],
    request: &str,
) -> Result<Done, BookError> {
    let read = |settings: &Settings| -> (Vec<_>, Vec<Vec<Rejected>>) {
        let observed = messages.iter().map(|message| message.event.observation(settings));
        observed.map(|(observation, rejected)| (observation.delivered_by(request), rejected)).unzip()
    };
    let (folded, rejected) = book.observe_batch(workspace, read).await?;
    let (mut tally, mut invalid) = Done::default();
    for (message, (folded, rejected)) in messages.iter().zip(folded.into_iter().zip(rejected)) {
        if answer_to(&message.event, folded, rejected, &mut tally).is_err() {
            invalid.push(message.id.clone());
        }
    }
    Ok((tally, invalid))
}

/// Whether an error may be due to one of the contacts that a batch reads or writes.
fn may_be_of_one_contact(error: &BookError) -> bool {
    match error {
        BookError::Contended | BookError::Refused(_) | BookError::Malformed(_) | BookError::Newer => true,
        BookError::Unavailable(_) | BookError::Closed => false,
    }
}

/// Logs that events were not folded. Returns the ids of their messages.
fn refused(workspace: &Workspace, messages: &[Message], error: BookError) -> Failed {
    let error = UpsertError::from(error);
    tracing::error!(%workspace, messages = messages.len(), error = causes(&error), "events not folded");
    messages.iter().map(|message| message.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EVENT: &str = r#"{"workspace_id": "acme", "conversation_id": "c-1", "channel": "whatsapp", "assistant_id": "a-7",
        "occurred_at": "2026-11-22T10:00:00Z", "detail": {}, "detail-type": "said", "source": "pipeline"}"#;

    fn read(body: &str) -> Result<String, String> {
        let event = event_of(&Workspaces::parse("acme").unwrap(), body).map_err(|error| error.to_string())?;
        Ok(event.conversation.id.to_string())
    }

    #[test]
    fn a_message_has_an_event_or_an_envelope_of_one() {
        let event = EVENT.replace("c-1", "c-2");
        let envelope = format!(
            r#" {{"version": "0", "id": "0b1c", "detail-type": "conversation.captured", "source": "pipeline",
                "account": "111122223333", "time": "2026-11-22T10:00:01Z", "region": "eu-central-1", "resources": [],
                "detail": {event}}} "#
        );
        assert_eq!(read(EVENT).as_deref(), Ok("c-1"));
        assert_eq!(read(&envelope).as_deref(), Ok("c-2"));
    }

    #[test]
    fn other_messages_are_refused_without_their_values() {
        for (body, reason) in [
            ("secret", "the payload is not JSON"),
            ("", "the payload is not JSON"),
            ("[\"secret\"]", "expected a JSON object"),
            ("{\"secret\": 1}", "missing field `workspace_id`"),
            (r#"{"detail-type": "x", "detail": "secret"}"#, "expected a JSON object"),
            (r#"{"detail-type": "x", "detail": {"workspace_id": "acme"}}"#, "missing field `conversation_id`"),
            (&EVENT.replace("acme", "secret"), "workspace_id: the workspace is not one of those"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(reason) && !error.contains("secret"), "{body}: {error}");
        }
    }

    #[test]
    fn a_batch_is_distinguished_from_an_event() {
        let is_batch = |payload: String| batch(&RawValue::from_string(payload).unwrap()).is_some();
        let record = json!({"eventSource": "aws:sqs", "messageId": "m", "body": "{}"});
        assert!(is_batch(json!({"Records": [record]}).to_string()));
        assert!(!is_batch(EVENT.to_owned()));
        assert!(!is_batch(json!({"Records": [{"eventSource": "aws:s3", "s3": {}}]}).to_string()));
        assert!(!is_batch("[]".to_owned()));
    }
}
