//! Every write stores who made it, and from what.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ContactId, Country, Field, ImportId, Patch};
use contacts_testing::{ByHand as _, Engine, engine, person};
use conversation_upsert::handle;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::value::RawValue;

use crate::sources::{converse, event, form, row, workspace};

/// The cause of an item: actor, source and request.
async fn cause(engine: &Engine, key: &str) -> (String, Option<String>, Option<String>) {
    let items = engine.items().await;
    let is = |item: &&HashMap<String, AttributeValue>| {
        item["pk"].as_s().unwrap() == key && ["CONTACT", "SETTINGS"].contains(&item["sk"].as_s().unwrap().as_str())
    };
    let item = items.iter().find(is).unwrap_or_else(|| panic!("no {key}"));
    let cause = item["cause"].as_m().unwrap();
    let text = |name: &str| cause.get(name).map(|value| value.as_s().unwrap().clone());
    assert!(cause["at"].as_n().unwrap().parse::<i64>().unwrap() > 1_700_000_000_000);
    (text("actor").unwrap(), text("source"), text("request"))
}

fn of(id: ContactId) -> String {
    format!("W#acme#C#{id}")
}

fn is(cause: &(String, Option<String>, Option<String>), actor: &str, source: Option<&str>, request: Option<&str>) {
    assert_eq!((cause.0.as_str(), cause.1.as_deref(), cause.2.as_deref()), (actor, source, request));
}

#[tokio::test]
async fn events_rows_forms_edits_and_settings_name_who_made_them() {
    let engine = engine().await;
    let book = engine.book();

    let mut context = Context::default();
    context.request_id = "r-7".to_owned();
    let payload = RawValue::from_string(event("c-1", 0, &[("email", "ada@x.com")]).to_string()).unwrap();
    let answer = handle(&book, LambdaEvent::new(payload, context)).await.unwrap();
    let ada = ContactId::parse(&answer.contact_id.unwrap()).unwrap();
    is(&cause(&engine, &of(ada)).await, "assistant:a-1", Some("conversation/c-1"), Some("r-7"));

    let import = ImportId::new();
    let rows = [row(import, 17, &[("email", "bob@x.com")])];
    let bob = book.observe_all(&workspace(), &rows).await.unwrap()[0].contact.unwrap();
    let source = format!("import/{import}/17");
    is(&cause(&engine, &of(bob)).await, &format!("import:{import}"), Some(&source), None);

    let carol = book.add(&workspace(), &form(&[("email", "carol@x.com")]), None).await.unwrap().unwrap().id;
    is(&cause(&engine, &of(carol)).await, "user:test", Some("manual"), None);
    let name = contacts::Value::Name(contacts::Name::parse("Ada").unwrap());
    let patch = Patch { values: vec![(Field::Name, Some(name))], ..Patch::default() };
    book.change(&workspace(), ada, None, &patch).await.unwrap().unwrap();
    is(&cause(&engine, &of(ada)).await, "user:test", Some("manual/edit"), None);

    book.set_default_country(&workspace(), Country::parse("GB").unwrap(), &person()).await.unwrap();
    is(&cause(&engine, "W#acme").await, "user:test", Some("manual/edit"), None);
}

#[tokio::test]
async fn joins_and_deletions_name_who_made_them() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let other = converse(&book, "c-2", 10, &[("telephone", "+12015550101")]).await;
    converse(&book, "c-3", 100, &[("email", "ada@x.com"), ("telephone", "+12015550101")]).await;
    for id in [ada, other] {
        assert_eq!(cause(&engine, &of(id)).await.1.as_deref(), Some("conversation/c-3"));
    }
    book.delete(&workspace(), ada, None, &person()).await.unwrap().unwrap();
    is(&cause(&engine, &of(ada)).await, "user:test", Some("manual/edit"), None);
    assert_eq!(cause(&engine, &of(other)).await.1.as_deref(), Some("conversation/c-3"), "a deletion is one write");
    book.restore(&workspace(), ada, &person()).await.unwrap().unwrap();
    is(&cause(&engine, &of(ada)).await, "user:test", Some("manual/edit"), None);
}
