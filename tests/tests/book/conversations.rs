//! Conversations, through the function and the table.

use contacts::{ConversationId, Outcome};
use contacts_book::Found;
use contacts_testing::engine;
use serde_json::json;

use crate::sources::{at, channel, contact, converse, event, invoke, workspace};

#[tokio::test]
async fn an_email_on_web_chat_then_whatsapp_is_one_contact_in_every_order_and_twice() {
    let events = [
        event("chat", 0, &[("email", "Ada@Example.com")]),
        event("wa", 60, &[("whatsapp", "15551234567")]),
        event("wa", 120, &[("whatsapp", "15551234567"), ("email", "ada@example.com")]),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let engine = engine().await;
        let book = engine.book();
        let mut last = None;
        for n in order.into_iter().flat_map(|n| [n, n]) {
            last = invoke(&book, &events[n]).await.unwrap().contact_id;
        }
        let id = contacts::ContactId::parse(&last.unwrap()).unwrap();
        let one = contact(&book, id).await;
        assert_eq!(channel(&one, "email").as_deref(), Some("ada@example.com"), "{order:?}");
        assert_eq!(channel(&one, "whatsapp").as_deref(), Some("+15551234567"));
        let page = book.conversations(&workspace(), &one, 10, None).await.unwrap().unwrap();
        let listed: Vec<_> = page.conversations.iter().map(|c| c.info.id.as_str().to_owned()).collect();
        assert_eq!(listed.len(), 2, "{listed:?}");
        for conversation in ["chat", "wa"] {
            let found = book.conversation(&workspace(), &ConversationId::parse(conversation).unwrap()).await.unwrap();
            assert_eq!(found.unwrap().contact, id);
        }
        assert_eq!(engine.audit().await, []);
    }
}

#[tokio::test]
async fn two_contacts_that_one_observation_names_become_one_and_both_ids_resolve() {
    let engine = engine().await;
    let book = engine.book();
    let a = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let b = converse(&book, "c-2", 10, &[("telephone", "+15551234567")]).await;
    let answer =
        invoke(&book, &event("c-3", 100, &[("email", "ada@x.com"), ("telephone", "+15551234567")])).await.unwrap();
    assert_eq!(
        (answer.outcome, answer.contact_id, answer.joined),
        ("updated", Some(a.to_string()), vec![b.to_string()])
    );
    assert_eq!(book.contact(&workspace(), b).await.unwrap().1, Found::Moved(a));
    let one = contact(&book, a).await;
    let page = book.conversations(&workspace(), &one, 2, None).await.unwrap().unwrap();
    let mut listed: Vec<_> = page.conversations.iter().map(|c| (c.info.id.to_string(), c.started_at)).collect();
    let rest = book.conversations(&workspace(), &one, 2, page.next).await.unwrap().unwrap();
    listed.extend(rest.conversations.iter().map(|c| (c.info.id.to_string(), c.started_at)));
    assert_eq!(listed, [("c-3".into(), at(100)), ("c-2".into(), at(10)), ("c-1".into(), at(0))], "those of both");
    assert!(rest.next.is_none());
    assert_eq!(converse(&book, "c-2", 200, &[]).await, a, "the loser's conversation goes on with the survivor");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn contradicting_contacts_stay_two_with_a_conflict_that_goes_with_the_other() {
    let engine = engine().await;
    let book = engine.book();
    let a = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("slack", "U00001")]).await;
    let b = converse(&book, "c-2", 0, &[("telephone", "+15551234567"), ("slack", "U00002")]).await;
    let both = event("c-3", 60, &[("email", "ada@x.com"), ("telephone", "+15551234567")]);
    let answer = serde_json::to_value(invoke(&book, &both).await.unwrap()).unwrap();
    assert_eq!(
        answer,
        json!({
            "outcome": "updated", "contact_id": a.to_string(), "joined": [], "rejected": [],
            "conflicts": [{"field": "telephone", "contact_id": b.to_string()}],
        })
    );
    assert_eq!(contact(&book, a).await.conflicts.len(), 1);
    assert_eq!(channel(&contact(&book, b).await, "telephone").as_deref(), Some("+15551234567"));
    assert_eq!(engine.audit().await, []);
    book.delete(&workspace(), b, None, &contacts_testing::person()).await.unwrap().unwrap();
    assert!(contact(&book, a).await.conflicts.is_empty(), "found out when the contact is read alone");
}

#[tokio::test]
async fn chains_of_joins_are_compressed_when_they_are_met() {
    let engine = engine().await;
    let book = engine.book();
    let c = converse(&book, "c-1", 0, &[("slack", "U00001")]).await;
    let b = converse(&book, "c-2", 0, &[("instagram", "ada")]).await;
    let a = converse(&book, "c-3", 0, &[("email", "ada@x.com")]).await;
    assert_eq!(converse(&book, "c-4", 100, &[("email", "ada@x.com"), ("instagram", "ada")]).await, b);
    assert_eq!(converse(&book, "c-5", 100, &[("instagram", "ada"), ("slack", "U00001")]).await, c);
    assert_eq!(converse(&book, "c-3", 200, &[]).await, c);
    let item = engine
        .client()
        .get_item()
        .table_name(engine.table())
        .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(format!("W#acme#C#{a}")))
        .key("sk", aws_sdk_dynamodb::types::AttributeValue::S("CONTACT".into()))
        .send()
        .await
        .unwrap()
        .item
        .unwrap();
    assert_eq!(item["merged_into"].as_s().unwrap(), &c.to_string());
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_bad_value_is_rejected_and_the_rest_flows_in() {
    let engine = engine().await;
    let mut event = event(
        "c-1",
        0,
        &[("email", "ada@x.com"), ("telephone", "4.41E+11"), ("fax", "1"), ("custom.plan", "pro"), ("name", " ")],
    );
    event["captured"].as_array_mut().unwrap().push(json!({"field": "slack", "value": true}));
    let answer = invoke(&engine.book(), &event).await.unwrap();
    assert_eq!(answer.outcome, "created");
    let rejected: Vec<_> = answer.rejected.iter().map(|rejected| rejected.field.as_str()).collect();
    assert_eq!(rejected, ["telephone", "fax", "custom.plan", "slack"]);
    assert_eq!(answer.rejected[3].reason, "must be a string or a number");
}

#[tokio::test]
async fn events_without_an_identifier_or_too_late_write_nothing() {
    let engine = engine().await;
    let book = engine.book();
    let answer = serde_json::to_value(invoke(&book, &event("c-1", 0, &[])).await.unwrap()).unwrap();
    assert_eq!(
        answer,
        json!({"outcome": "ignored", "contact_id": null, "joined": [], "conflicts": [], "rejected": []})
    );
    let id = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    book.delete(&workspace(), id, None, &contacts_testing::person()).await.unwrap().unwrap();
    let late = invoke(&book, &event("c-9", 100, &[("email", "ada@x.com")])).await.unwrap();
    assert_eq!((late.outcome, late.contact_id), ("suppressed", None));
    assert_eq!(engine.audit().await, []);
    assert!(Outcome::Suppressed < Outcome::Unchanged);
}

#[tokio::test]
async fn what_is_no_event_fails_with_a_name_that_can_be_matched() {
    let engine = engine().await;
    let mut bad = event("c-1", 0, &[]);
    bad["occurred_at"] = json!("yesterday");
    let diagnostic = lambda_runtime::Diagnostic::from(invoke(&engine.book(), &bad).await.unwrap_err());
    assert_eq!(diagnostic.error_type, "InvalidEvent");
    assert!(diagnostic.error_message.starts_with("occurred_at: expected an RFC 3339 timestamp"), "{diagnostic:?}");
}
