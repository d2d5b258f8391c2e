//! The stream of the table, and the history that follows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use contacts_book::schema;
use contacts_local::{FunctionError, FunctionHandler, System, Wiring, sdk_config};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::running::Program;
use crate::support::{next, start, start_with, stored, within};

/// A follower that hands on each event and answers what `answer` says of its number, from 0, and of its records' numbers.
fn follower(
    answer: impl Fn(usize, &[&str]) -> Result<Value, String> + Send + Sync + 'static,
) -> (FunctionHandler, UnboundedReceiver<Value>) {
    let (sender, receiver) = unbounded_channel();
    let calls = AtomicUsize::new(0);
    let handler: FunctionHandler = Arc::new(move |event| {
        let event: Value = serde_json::from_str(&event).unwrap();
        let records = event["Records"].as_array().unwrap().iter();
        let numbers: Vec<&str> = records.map(|record| record["dynamodb"]["SequenceNumber"].as_str().unwrap()).collect();
        let answer = answer(calls.fetch_add(1, Ordering::SeqCst), &numbers);
        sender.send(event).unwrap();
        let failed = |message| FunctionError { error_type: "Test".to_owned(), error_message: message };
        Box::pin(async move { answer.map(|json| json.to_string()).map_err(failed) })
    });
    (handler, receiver)
}

async fn table(system: &System) -> Client {
    let client = Client::new(&sdk_config(system.dynamodb_url()));
    schema::create_table(&client, "contacts").await.unwrap();
    schema::enable_stream(&client, "contacts").await.unwrap();
    schema::enable_stream(&client, "contacts").await.unwrap();
    client
}

async fn put(client: &Client, pk: &str, sk: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    client.put_item().table_name("contacts").item("pk", text(pk)).item("sk", text(sk)).send().await.unwrap();
}

fn keys(event: &Value) -> Vec<&str> {
    event["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn changes_of_contacts_are_delivered_in_order_until_they_are_handled() {
    let all = json!({"batchItemFailures": []});
    let (handler, mut events) = follower(move |call, numbers| match call {
        0 => Err("busy".to_owned()),
        1 => Ok(json!({"batchItemFailures": [{"itemIdentifier": numbers[0]}]})),
        _ => Ok(all.clone()),
    });
    let system = start(Wiring { table_changed: Some(handler), ..Wiring::default() }).await;
    let client = table(&system).await;
    put(&client, "W#acme#I#email#x", "CLAIM").await;
    put(&client, "W#acme#C#1", "CONTACT").await;
    put(&client, "W#acme#C#1", "V#x").await;
    for _ in 0..2 {
        assert_eq!(keys(&next(&mut events).await), ["W#acme#C#1"], "only contacts, and again after an error");
    }
    put(&client, "W#acme#C#2", "CONTACT").await;
    within(system.idle()).await;
    let mut delivered = Vec::new();
    while let Ok(event) = events.try_recv() {
        delivered.extend(keys(&event).into_iter().map(str::to_owned));
    }
    assert_eq!(delivered, ["W#acme#C#1", "W#acme#C#2"]);
    system.stop().await;
}

#[tokio::test]
async fn pauses_between_deliveries_do_not_grow_while_changes_are_handled() {
    let (handler, _events) = follower(|_, numbers| {
        let left: Vec<Value> = numbers.iter().skip(1).map(|number| json!({"itemIdentifier": number})).collect();
        Ok(json!({"batchItemFailures": left}))
    });
    let system = start(Wiring { table_changed: Some(handler), ..Wiring::default() }).await;
    let client = table(&system).await;
    for n in 0..15 {
        put(&client, &format!("W#acme#C#{n}"), "CONTACT").await;
    }
    // Pauses that double each time would take minutes.
    within(system.idle()).await;
    system.stop().await;
}

#[tokio::test]
async fn changes_that_nobody_followed_are_delivered_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    put(&table(&system).await, "W#acme#C#1", "CONTACT").await;
    system.stop().await;
    let (handler, mut events) = follower(|_, _| Ok(json!({"batchItemFailures": []})));
    let wiring = Wiring { table_changed: Some(handler), ..Wiring::default() };
    let system = start_with(stored(&folder), wiring).await;
    let event = next(&mut events).await;
    let record = &event["Records"][0];
    assert_eq!(
        (&record["eventName"], &record["dynamodb"]["NewImage"]["sk"]["S"]),
        (&json!("INSERT"), &json!("CONTACT"))
    );
    within(system.idle()).await;
    assert!(events.try_recv().is_err(), "each once, if it was handled");
    system.stop().await;
}

#[tokio::test]
async fn the_history_of_a_contact_says_who_changed_what() {
    let program = Program::start(&["--memory"]);
    let event = json!({
        "workspace_id": "acme", "conversation_id": "c-1", "channel": "sms", "assistant_id": "a-7",
        "occurred_at": "2026-11-20T10:00:00Z",
        "captured": [{"field": "telephone", "value": "+15551234567"}, {"field": "name", "value": "Ada"}],
    });
    let folded = program.invoke("conversation-upsert", &event).await;
    let path = format!("/contacts/{}", folded["contact_id"].as_str().unwrap());
    let client = reqwest::Client::new();
    let token = program.token("acme").await;
    let patch = client.patch(program.url(&path)).bearer_auth(&token).json(&json!({"name": "Ada King"}));
    assert!(patch.send().await.unwrap().status().is_success());
    let history = within(async {
        loop {
            let history = program.api("acme", &format!("{path}/history")).await;
            if history["items"].as_array().unwrap().len() == 2 {
                return history;
            }
        }
    })
    .await;
    let entry = |place: usize, name: &str| history["items"][place][name].clone();
    assert_eq!((entry(0, "event"), entry(1, "event")), (json!("updated"), json!("created")));
    assert_eq!(entry(0, "changes"), json!([{"field": "name", "before": "Ada", "after": "Ada King"}]));
    assert!(entry(0, "actor").as_str().unwrap().starts_with("user:"));
    assert_eq!((entry(1, "actor"), entry(1, "source")), (json!("assistant:a-7"), json!("conversation/c-1")));
    let fields: Vec<Value> =
        entry(1, "changes").as_array().unwrap().iter().map(|change| change["field"].clone()).collect();
    assert_eq!(fields, ["name", "telephone", "last_seen_at", "last_conversation"]);
    assert_eq!(history["next_cursor"], Value::Null);
    program.stop();
}
