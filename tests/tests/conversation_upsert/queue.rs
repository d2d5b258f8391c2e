//! Events that come by a queue.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Contact, Name, Workspace};
use contacts_book::{ContactBook, List, Sort};
use contacts_testing::{Engine, Fault, FaultInjector, engine};
use conversation_upsert::{Workspaces, invoke_of};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// An event of a web chat, some seconds after a fixed moment.
pub(crate) fn event(workspace: &str, conversation: &str, seconds: u32, captured: &[(&str, &str)]) -> Value {
    let captured: Vec<Value> = captured.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    json!({
        "workspace_id": workspace, "conversation_id": conversation, "channel": "web_chat", "assistant_id": "a-1",
        "occurred_at": format!("2026-11-20T10:00:{seconds:02}Z"), "captured": captured,
    })
}

/// The envelope in which EventBridge delivers an event.
pub(crate) fn envelope(event: &Value) -> Value {
    json!({
        "version": "0", "id": "0b1c2d3e", "detail-type": "conversation.captured", "source": "pipeline",
        "account": "111122223333", "time": "2026-11-20T10:00:01Z", "region": "eu-central-1", "resources": [],
        "detail": event,
    })
}

/// Invokes the function with a batch of messages, by id and body. Returns the ids of those that failed.
pub(crate) async fn deliver(book: &ContactBook, messages: &[(&str, String)]) -> Vec<String> {
    let record = |(id, body): &(&str, String)| {
        json!({
            "messageId": id, "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:contacts-conversation-events",
            "awsRegion": "eu-central-1",
        })
    };
    let batch = json!({"Records": messages.iter().map(record).collect::<Vec<_>>()}).to_string();
    let invocation = LambdaEvent::new(RawValue::from_string(batch).unwrap(), Context::default());
    let answer = invoke_of(&Workspaces::default(), book, invocation).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    let mut failed: Vec<String> =
        failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect();
    failed.sort();
    failed
}

/// The contacts of a workspace.
async fn contacts(book: &ContactBook, workspace: &str) -> Vec<Contact> {
    let list = List { sort: Sort::Recent, prefix: None, limit: 200, after: None };
    book.list(&Workspace::parse(workspace).unwrap(), &list).await.unwrap().unwrap().contacts
}

/// Makes the only contact of the table one that a newer build has written.
async fn make_newer(engine: &Engine) {
    let items = engine.items().await;
    let contact = items.iter().find(|item| item["sk"].as_s().unwrap() == "CONTACT").unwrap();
    let update = engine.client().update_item().table_name(engine.table());
    let update = update.key("pk", contact["pk"].clone()).key("sk", contact["sk"].clone());
    let update = update.update_expression("SET #schema = :schema").expression_attribute_names("#schema", "schema");
    update.expression_attribute_values(":schema", AttributeValue::N("99".to_owned())).send().await.unwrap();
}

#[tokio::test]
async fn events_and_envelopes_are_folded_and_bad_messages_fail_alone() {
    let engine = engine().await;
    let book = engine.book();
    let good = event("acme", "c-1", 0, &[("email", "ada@example.com")]);
    let mut late = event("acme", "c-2", 0, &[("email", "bob@example.com")]);
    late["occurred_at"] = json!("tomorrow");
    let failed = deliver(
        &book,
        &[
            ("good", good.to_string()),
            ("not-json", "secret".to_owned()),
            ("enveloped", envelope(&event("acme", "c-3", 1, &[("email", "eve@example.com")])).to_string()),
            ("not-an-event", "{}".to_owned()),
            ("invalid", late.to_string()),
            ("invalid-envelope", envelope(&late).to_string()),
        ],
    )
    .await;
    assert_eq!(failed, ["invalid", "invalid-envelope", "not-an-event", "not-json"]);
    assert_eq!(contacts(&book, "acme").await.len(), 2);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_message_that_comes_again_changes_nothing() {
    let engine = engine().await;
    let book = engine.book();
    let message = event("acme", "c-1", 0, &[("email", "ada@example.com"), ("name", "Ada")]).to_string();
    assert_eq!(deliver(&book, &[("m-1", message.clone()), ("m-2", message.clone())]).await, [""; 0]);
    let before = contacts(&book, "acme").await;
    assert_eq!(deliver(&book, &[("m-1", message)]).await, [""; 0]);
    assert_eq!(contacts(&book, "acme").await, before);
    assert_eq!(before.len(), 1);
}

#[tokio::test]
async fn workspaces_of_one_batch_share_nothing() {
    let engine = engine().await;
    let book = engine.book();
    let messages = ["acme", "rival", "acme", "rival"]
        .map(|workspace| ("m", event(workspace, "c-1", 0, &[("email", "ada@example.com")]).to_string()));
    assert_eq!(deliver(&book, &messages).await, [""; 0]);
    let [ours, theirs] = [contacts(&book, "acme").await, contacts(&book, "rival").await];
    assert_eq!((ours.len(), theirs.len()), (1, 1));
    assert_ne!(ours[0].id, theirs[0].id);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn fifty_events_of_one_person_are_one_contact_in_few_requests() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    // The last event comes first: it counts by when it occurred.
    let messages: Vec<(&str, String)> = (0..50)
        .rev()
        .map(|n| {
            let name = if n == 49 { "Ada Lovelace" } else { "Ada" };
            let captured = [("email", "ada@example.com"), ("name", name)];
            ("m", event("acme", &format!("c-{}", n % 5), n, &captured).to_string())
        })
        .collect();
    assert_eq!(deliver(&book, &messages).await, [""; 0]);
    assert!(faults.contact_writes() <= 2, "{}", faults.contact_writes());
    let contacts = contacts(&book, "acme").await;
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0].name().map(Name::as_str), Some("Ada Lovelace"));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_conversation_that_changes_its_channel_fails_its_message_alone() {
    let engine = engine().await;
    let book = engine.book();
    let mut moved = event("acme", "c-1", 1, &[("name", "Mallory")]);
    moved["channel"] = json!("email");
    let first = event("acme", "c-1", 0, &[("email", "ada@example.com")]);
    let messages = [("moved", moved.to_string()), ("first", first.to_string())];
    assert_eq!(deliver(&book, &messages).await, ["moved"]);
    assert_eq!(contacts(&book, "acme").await.len(), 1);
}

#[tokio::test]
async fn a_contact_that_cannot_be_written_fails_its_own_messages_only() {
    let engine = engine().await;
    let book = engine.book();
    let ada =
        |seconds, name| event("acme", "c-1", seconds, &[("email", "ada@example.com"), ("name", name)]).to_string();
    assert_eq!(deliver(&book, &[("ada", ada(0, "Ada"))]).await, [""; 0]);
    make_newer(&engine).await;
    let bob = event("acme", "c-2", 0, &[("email", "bob@example.com")]).to_string();
    let messages = [("ada", ada(1, "Ada Lovelace")), ("bob", bob.clone()), ("bob-again", bob)];
    assert_eq!(deliver(&book, &messages).await, ["ada"]);
    assert_eq!(contacts(&book, "acme").await.len(), 2);
}

#[tokio::test]
async fn while_the_table_is_away_all_messages_come_again() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(Duration::from_millis(50));
    let messages = [("m-1", "acme"), ("m-2", "rival")]
        .map(|(id, workspace)| (id, event(workspace, "c-1", 0, &[("email", "ada@example.com")]).to_string()));
    faults.inject(|_| Some(Fault::Throttled));
    assert_eq!(deliver(&book, &messages).await, ["m-1", "m-2"]);
    faults.clear();
    assert_eq!(deliver(&book, &messages).await, [""; 0]);
    assert_eq!(contacts(&book, "acme").await.len(), 1);
}
