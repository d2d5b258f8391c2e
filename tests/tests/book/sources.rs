//! Observations for the tests: events for the function that the pipeline invokes, forms and rows.

use contacts::{Channel, ContactId, Country, Field, ImportId, Observation, Settings, SourceRef, Workspace, time};
use contacts_book::{ContactBook, Found};
use conversation_upsert::{Answer, UpsertError, handle};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) fn workspace() -> Workspace {
    Workspace::parse("acme").unwrap()
}

/// A moment in the past, in seconds after a fixed one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    time::from_millis(1_700_000_000_000) + SignedDuration::from_secs(seconds)
}

/// An event's JSON.
pub(crate) fn event(conversation: &str, seconds: i64, captured: &[(&str, &str)]) -> Value {
    let captured: Vec<Value> = captured.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    json!({
        "workspace_id": "acme", "conversation_id": conversation, "channel": "web_chat", "assistant_id": "a-1",
        "occurred_at": at(seconds).to_string(), "captured": captured,
    })
}

/// The JSON of an event on a channel that proves the first value of its own field.
pub(crate) fn event_on(channel: &str, conversation: &str, seconds: i64, captured: &[(&str, &str)]) -> Value {
    let mut event = event(conversation, seconds, captured);
    event["channel"] = json!(channel);
    event
}

/// Invokes the function with an event on a channel, as [`converse`] does.
pub(crate) async fn converse_on(
    book: &ContactBook,
    channel: &str,
    conversation: &str,
    seconds: i64,
    captured: &[(&str, &str)],
) -> ContactId {
    folded(&invoke(book, &event_on(channel, conversation, seconds, captured)).await.unwrap())
}

/// Invokes the function with an event.
pub(crate) async fn invoke(book: &ContactBook, event: &Value) -> Result<Answer, UpsertError> {
    handle(book, LambdaEvent::new(RawValue::from_string(event.to_string()).unwrap(), Context::default())).await
}

/// Invokes the function with an event that has an identifier. Returns the contact.
pub(crate) async fn converse(
    book: &ContactBook,
    conversation: &str,
    seconds: i64,
    captured: &[(&str, &str)],
) -> ContactId {
    folded(&invoke(book, &event(conversation, seconds, captured)).await.unwrap())
}

/// The contact into which an event was folded with all of its values.
fn folded(answer: &Answer) -> ContactId {
    assert_eq!(answer.rejected, []);
    ContactId::parse(answer.contact_id.as_deref().expect("a contact")).unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings { default_country: Country::US, ..Settings::default() }
}

/// A form that a person fills in now.
pub(crate) fn form(values: &[(&str, &str)]) -> Observation {
    with(Observation::new(SourceRef::Manual, contacts_testing::person(), time::now(), time::now()), values)
}

/// A row of an import.
pub(crate) fn row(import: ImportId, line: u64, values: &[(&str, &str)]) -> Observation {
    with(Observation::of_row(import, line, at(0), time::now()), values)
}

fn with(mut observation: Observation, values: &[(&str, &str)]) -> Observation {
    for (name, text) in values {
        let field = Field::parse(name).unwrap();
        let value = field.read(&(*text).into(), &settings()).unwrap().unwrap();
        observation.add(field, value).unwrap();
    }
    observation
}

/// The live contact with an id, which must exist.
pub(crate) async fn contact(book: &ContactBook, id: ContactId) -> contacts::Contact {
    match book.contact(&workspace(), id).await.unwrap().1 {
        Found::Live(contact) => *contact,
        other => panic!("{id} is {other:?}"),
    }
}

pub(crate) fn channel(contact: &contacts::Contact, name: &str) -> Option<String> {
    contact.channel(Channel::parse(name).unwrap()).map(|value| value.as_str().to_owned())
}
