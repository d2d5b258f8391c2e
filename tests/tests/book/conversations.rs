//! Conversations, through the function and the table.

use contacts::{
    Channel, ConversationChannel, ConversationId, ConversationInfo, EditRefused, Email, Observation, Outcome, Phone,
    Proof, Value,
};
use contacts_book::Found;
use contacts_testing::{Fault, FaultInjector, engine, person};
use serde_json::json;

use crate::sources::{at, channel, contact, converse, converse_on, event, event_on, invoke, workspace};

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
            "outcome": "updated", "contact_id": a.to_string(), "identity": "stated", "joined": [], "rejected": [],
            "conflicts": [{"field": "telephone", "contact_id": b.to_string(), "reason": "contradiction"}],
            "unconfirmed": [],
        })
    );
    for (one, other) in [(a, b), (b, a)] {
        let conflicts = contact(&book, one).await.conflicts;
        assert_eq!(conflicts.iter().map(|conflict| conflict.contact).collect::<Vec<_>>(), [other], "on both");
    }
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
        json!({
            "outcome": "ignored", "contact_id": null, "identity": "stated", "joined": [], "conflicts": [],
            "unconfirmed": [], "rejected": [],
        })
    );
    let id = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    book.delete(&workspace(), id, None, &contacts_testing::person()).await.unwrap().unwrap();
    let late = invoke(&book, &event("c-9", 100, &[("email", "ada@x.com")])).await.unwrap();
    assert_eq!((late.outcome, late.contact_id), ("suppressed", None));
    assert_eq!(engine.audit().await, []);
    assert!(Outcome::Suppressed < Outcome::Unchanged);
}

#[tokio::test]
async fn a_conversation_is_proven_and_listed_once_also_when_its_contact_was_joined() {
    let engine = engine().await;
    let book = engine.book();
    let older = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let phone = ("telephone", "+15551234567");
    let newer = converse_on(&book, "sms", "c-2", 10, &[("slack", "U0000ADA1")]).await;
    let joined = converse(&book, "c-3", 20, &[("email", "ada@x.com"), ("slack", "U0000ADA1")]).await;
    assert_eq!((joined, newer == older), (older, false));
    // The link is in the partition of the contact that was joined.
    assert_eq!(converse_on(&book, "sms", "c-2", 90, &[phone]).await, older);
    let one = contact(&book, older).await;
    let page = book.conversations(&workspace(), &one, 10, None).await.unwrap().unwrap();
    let listed: Vec<_> = page.conversations.iter().map(|c| (c.info.id.as_str(), c.proven)).collect();
    assert_eq!(listed, [("c-3", false), ("c-2", true), ("c-1", false)]);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn the_next_event_of_an_unlinked_conversation_starts_anew() {
    let engine = engine().await;
    let book = engine.book();
    let older = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    converse(&book, "c-2", 10, &[("slack", "U0000ADA1")]).await;
    converse(&book, "c-3", 20, &[("email", "ada@x.com"), ("slack", "U0000ADA1")]).await;
    let id = |id: &str| ConversationId::parse(id).unwrap();
    let unlink = async |contact, conversation: &str| {
        book.unlink(&workspace(), contact, &id(conversation), &person()).await.unwrap()
    };
    let stranger = converse(&book, "c-4", 30, &[("email", "zeno@y.com")]).await;
    assert_eq!(unlink(stranger, "c-1").await, Err(EditRefused::NotFound), "it is another contact's");
    assert_eq!(unlink(older, "c-9").await, Err(EditRefused::NotFound), "there is no such conversation");
    // One of its own, and one of a contact that was joined into it.
    for conversation in ["c-1", "c-2"] {
        assert_eq!(unlink(older, conversation).await, Ok(()));
        assert_eq!(unlink(older, conversation).await, Err(EditRefused::NotFound), "it is gone");
        assert_eq!(book.conversation(&workspace(), &id(conversation)).await.unwrap(), None);
    }
    assert_eq!(engine.audit().await, []);
    let one = contact(&book, older).await;
    let page = book.conversations(&workspace(), &one, 10, None).await.unwrap().unwrap();
    assert_eq!(page.conversations.iter().map(|c| c.info.id.as_str()).collect::<Vec<_>>(), ["c-3"]);

    let anew = converse(&book, "c-1", 40, &[("email", "ada@x.com"), ("name", "Bob")]).await;
    assert_ne!(anew, older);
    assert_eq!(contact(&book, anew).await.kept_apart, [older]);
    assert_eq!(contact(&book, older).await.kept_apart, [anew]);
    assert_eq!(book.conversation(&workspace(), &id("c-1")).await.unwrap().unwrap().contact, anew);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_conversation_that_is_unlinked_while_an_event_is_folded_stays_unlinked() {
    let engine = engine().await;
    let ada = converse_on(&engine.book(), "sms", "c-1", 0, &[("email", "ada@x.com")]).await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    faults.inject(|request| {
        let is_first_write = request.operation == "TransactWriteItems" && request.nth_of_operation == 0;
        is_first_write.then_some(Fault::Hold)
    });
    // The event would mark the conversation as proven.
    let event = event_on("sms", "c-1", 10, &[("telephone", "+15551234567")]);
    let unlink = async {
        faults.held().await;
        let id = ConversationId::parse("c-1").unwrap();
        engine.book().unlink(&workspace(), ada, &id, &person()).await.unwrap().unwrap();
        faults.release();
    };
    let (answer, ()) = tokio::join!(invoke(&book, &event), unlink);
    let anew = answer.unwrap();
    assert_eq!(anew.outcome, "created");
    assert_eq!(contact(&engine.book(), ada).await.kept_apart.len(), 1);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn events_of_one_conversation_that_are_folded_together_link_it_once() {
    let engine = engine().await;
    let book = engine.book();
    let info = ConversationInfo {
        id: ConversationId::parse("c-1").unwrap(),
        channel: ConversationChannel::Sms,
        assistant_id: "a-1".to_owned(),
    };
    let observe = |seconds, value: Value, channel: Channel, proof| {
        let mut seen = Observation::of_conversation(info.clone(), at(seconds), contacts::time::now());
        seen.add_proven(channel.into(), value, proof).unwrap();
        seen
    };
    let email = Value::Email(Email::parse("ada@x.com").unwrap());
    let phone = Value::Phone(Phone::from_e164("+15551234567").unwrap());
    let events =
        [observe(0, email, Channel::Email, Proof::Stated), observe(60, phone, Channel::Telephone, Proof::Channel)];
    let folded = book.observe_all(&workspace(), &events).await.unwrap();
    assert_eq!(folded[0].contact, folded[1].contact);
    let found = book.conversation(&workspace(), &info.id).await.unwrap().unwrap();
    assert!(found.conversation.proven);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_event_on_another_channel_than_its_conversation_changes_nothing() {
    let engine = engine().await;
    let book = engine.book();
    converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let before = engine.items().await;
    let refused = invoke(&book, &event_on("sms", "c-1", 90, &[("name", "Eve")])).await.unwrap_err();
    assert_eq!(lambda_runtime::Diagnostic::from(refused).error_type, "InvalidEvent");
    assert_eq!(engine.items().await.len(), before.len());
    assert_eq!(converse(&book, "c-1", 10, &[]).await, converse(&book, "c-1", 20, &[]).await);
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
