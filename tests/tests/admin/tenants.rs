//! Two workspaces, of which the name of one starts with the name of the other, with something of every kind.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Channel, ContactId, CustomField, CustomKey, CustomType, ExportId, Field, Handle, Patch, Value, Workspace, time,
};
use contacts_book::{ContactBook, ContactChange, Export};
use contacts_files::keys;
use contacts_harness::{Bucket, ImportHarness};
use contacts_testing::{ByHand as _, person};
use conversation_upsert::{Answer, UpsertError, handle};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// More digits than a float has.
pub(crate) const BUDGET: &str = "12345678901234567890";

pub(crate) fn workspace(name: &str) -> Workspace {
    Workspace::parse(name).unwrap()
}

/// The JSON of an event.
pub(crate) fn event(workspace: &str, conversation: &str, captured: &[(&str, &str)]) -> Json {
    let captured: Vec<Json> = captured.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    json!({
        "workspace_id": workspace, "conversation_id": conversation, "channel": "web_chat", "assistant_id": "a-1",
        "occurred_at": "2026-11-20T10:00:00Z", "captured": captured,
    })
}

/// Invokes the function with an event.
pub(crate) async fn invoke(book: &ContactBook, event: &Json) -> Result<Answer, UpsertError> {
    handle(book, LambdaEvent::new(RawValue::from_string(event.to_string()).unwrap(), Context::default())).await
}

/// Folds an event of a conversation. Returns its contact.
async fn converse(
    harness: &ImportHarness,
    workspace: &str,
    conversation: &str,
    captured: &[(&str, &str)],
) -> ContactId {
    let answer = invoke(&harness.book(), &event(workspace, conversation, captured)).await.unwrap();
    ContactId::parse(answer.contact_id.as_deref().unwrap()).unwrap()
}

/// Puts something of every kind into a workspace: a custom field, contacts, one of them joined and one deleted, their history
/// and conversations, an import with a report, and an export that runs.
pub(crate) async fn fill(harness: &ImportHarness, name: &str) {
    let (book, workspace) = (harness.book(), workspace(name));
    let budget = CustomField::new(CustomKey::parse("budget").unwrap(), "Budget", CustomType::Number).unwrap();
    book.define_field(&workspace, &budget, &person()).await.unwrap().unwrap();
    let ada = [("email", "ada@x.com"), ("name", "Ada"), ("custom.budget", BUDGET)];
    let ada = converse(harness, name, "c-1", &ada).await;
    converse(harness, name, "c-2", &[("telephone", "+15551234567"), ("slack", "U00001")]).await;
    converse(harness, name, "c-3", &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await;
    let bob = converse(harness, name, "c-4", &[("email", "bob@x.com")]).await;
    let slack = Value::Handle(Handle::parse_slack("U00002").unwrap());
    let patch = Patch { values: vec![(Field::Channel(Channel::Slack), Some(slack))], ..Patch::default() };
    book.change(&workspace, ada, None, &patch).await.unwrap().unwrap();
    book.delete(&workspace, bob, None, &person()).await.unwrap().unwrap();
    for item in items_of(harness, name).await {
        if let Some(change) = ContactChange::read(None, Some(&item)).unwrap() {
            book.keep_history(&[(&change, 400)]).await.unwrap();
        }
    }
    // So many phones that the column holds phones, and the other cell is an error of its row.
    let phones: String = (0..6).map(|n| format!("dan{n}@x.com,+1650253000{n}\n")).collect();
    let file = format!("email,telephone\ncarol@x.com,nonsense\n{phones}");
    let event = harness.put(&format!("imports/{name}/people.csv"), file).await;
    harness.handle(&event).await.unwrap();
    let export = Export::new(ExportId::new(), time::now());
    book.create_export(&workspace, &export, &person()).await.unwrap();
    harness.put(&keys::export_request(&workspace, export.id), "{}").await;
}

/// The items of a workspace.
pub(crate) async fn items_of(harness: &ImportHarness, workspace: &str) -> Vec<Item> {
    let mut items = harness.engine.items().await;
    items.retain(|item| item["pk"].as_s().unwrap().split('#').nth(1) == Some(workspace));
    items
}

/// The keys of the objects of a workspace.
pub(crate) async fn objects_of(harness: &ImportHarness, workspace: &str) -> Vec<String> {
    let list = harness.bucket.client().list_objects_v2().bucket(Bucket::NAME).send().await.unwrap();
    let keys = list.contents().iter().map(|object| object.key().unwrap().to_owned());
    keys.filter(|key| key.split('/').nth(1) == Some(workspace)).collect()
}

/// An item in DynamoDB's own JSON, as a stream has it.
pub(crate) fn image(item: &Item) -> Json {
    item.iter().map(|(name, value)| (name.clone(), typed(value))).collect()
}

fn typed(value: &AttributeValue) -> Json {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(digits) => json!({"N": digits}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::L(list) => json!({"L": list.iter().map(typed).collect::<Vec<_>>()}),
        AttributeValue::M(map) => json!({"M": image(map)}),
        other => panic!("{other:?}"),
    }
}
