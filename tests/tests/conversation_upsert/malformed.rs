//! Malformed messages in batches with good ones.

use std::collections::BTreeSet;

use contacts::Workspace;
use contacts_testing::{any_json, damaged, engine, object_of};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use crate::queue::{deliver, envelope, event};

const MALFORMED: usize = 40;
const GOOD: usize = 4;

/// Most of these are not events, and most of those that are have malformed members.
fn message() -> impl Strategy<Value = String> {
    let members = [
        "workspace_id",
        "conversation_id",
        "channel",
        "assistant_id",
        "occurred_at",
        "sequence",
        "captured",
        "resolve",
        "detail",
        "detail-type",
        "Records",
    ];
    let odd = event("acme", "odd", 7, &[("email", "odd@example.com"), ("name", "Odd")]);
    let wrapped = envelope(&odd).to_string();
    prop_oneof![
        any_json(),
        object_of(&members, any_json()),
        any::<String>(),
        damaged(odd.to_string()),
        damaged(wrapped),
    ]
}

#[tokio::test]
async fn no_malformed_message_costs_its_neighbours() {
    let (engine, mut runner) = (engine().await, TestRunner::default());
    let (book, workspace) = (engine.book(), Workspace::parse("acme").unwrap());
    let (any, batches) = (message(), Config::default().cases as usize);
    let (mut people, mut failures) = (BTreeSet::new(), 0);
    for batch in 0..batches {
        let good = (0..GOOD).map(|n| {
            let (conversation, email) = (format!("c-{batch}-{n}"), format!("person-{batch}-{n}@example.com"));
            let body = event("acme", &conversation, 0, &[("email", &email)]).to_string();
            people.insert(email);
            (format!("good-{n}"), body)
        });
        let mut messages: Vec<(String, String)> = good.collect();
        for n in 0..MALFORMED {
            let body = any.new_tree(&mut runner).unwrap().current();
            messages.insert(n % messages.len(), (format!("malformed-{n}"), body));
        }
        let messages: Vec<(&str, String)> = messages.iter().map(|(id, body)| (&**id, body.clone())).collect();
        let failed = deliver(&book, &messages).await;
        assert!(failed.iter().all(|id| id.starts_with("malformed")), "{failed:?} of {messages:#?}");
        failures += failed.len();
    }
    assert!(failures > batches * MALFORMED / 2, "only {failures} messages were malformed");
    let mut all = book.all_contacts(&workspace).await.unwrap();
    while let Some(page) = all.next_page().await.unwrap() {
        for email in page.iter().filter_map(|contact| contact.email()) {
            people.remove(email.as_str());
        }
    }
    assert!(people.is_empty(), "{people:?} are missing");
    assert_eq!(engine.audit().await, []);
}
