//! Conversations, both ways.

use contacts::ConversationChannel;
use serde_json::{Value, json};

use crate::support::api;

#[tokio::test]
async fn a_contacts_conversations_are_listed_the_latest_first() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    api.converse("old", 300, &[("email", "ada@example.com")]).await;
    api.converse("older", 600, &[("telephone", "+15550001111")]).await;
    let path = format!("/contacts/{survivor}/conversations");
    let all = api.get(&path).await.ok();
    assert_eq!(all.items("conversation_id"), ["join", "old", "older"]);
    let first = &all.json["items"][0];
    let expected = json!({
        "conversation_id": "join", "contact_id": survivor, "channel": "web_chat", "assistant_id": "a-7",
        "started_at": first["started_at"], "identity": "stated",
    });
    assert_eq!(*first, expected);
    assert!(first["started_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(all.json["next_cursor"], Value::Null);
    // Page by page the same.
    let mut paged = Vec::new();
    let mut page_path = format!("{path}?limit=1");
    loop {
        let page = api.get(&page_path).await.ok();
        paged.push(page.items("conversation_id")[0].to_owned());
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        page_path = format!("{path}?limit=1&cursor={cursor}");
    }
    assert_eq!(paged, ["join", "old", "older"]);
    assert_eq!(api.get(&format!("/contacts/{other}/conversations")).await.status, 308);
}

#[tokio::test]
async fn a_contact_without_conversations_has_an_empty_list() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let answer = api.get(&format!("/contacts/{id}/conversations")).await.ok();
    assert_eq!(answer.json, json!({"items": [], "next_cursor": null}));
    api.get("/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/conversations").await.problem(404);
}

#[tokio::test]
async fn a_conversation_leads_to_who_the_contact_is_now() {
    let api = api().await;
    api.converse("a:1", 10, &[("email", "ada@example.com")]).await;
    let (survivor, _) = {
        let older = api.get("/conversations/a:1").await.ok().text("contact_id").to_owned();
        let other = api.converse("b_1", 5, &[("telephone", "+15550001111")]).await.contact.unwrap().to_string();
        api.converse("c.1", 0, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
        (older, other)
    };
    for id in ["a:1", "a%3A1", "b_1", "c.1"] {
        assert_eq!(api.get(&format!("/conversations/{id}")).await.ok().text("contact_id"), survivor, "{id}");
    }
    assert_eq!(api.get("/conversations/a:1").await.text("channel"), "web_chat");
    assert_eq!(api.delete(&format!("/contacts/{survivor}")).await.status, 204);
    for id in ["a:1", "b_1", "c.1"] {
        api.get(&format!("/conversations/{id}")).await.problem(404);
    }
}

#[tokio::test]
async fn a_conversation_that_proves_an_identifier_is_proven() {
    let api = api().await;
    let call = ConversationChannel::Telephone;
    let contact = api.converse_by(call, "call", 10, &[("telephone", "+15550001111")]).await.contact.unwrap();
    api.converse("chat", 0, &[("telephone", "+15550001111")]).await;
    let list = api.get(&format!("/contacts/{contact}/conversations")).await.ok();
    assert_eq!(list.items("conversation_id"), ["chat", "call"]);
    assert_eq!(list.items("identity"), ["stated", "proven"]);
    for (id, identity) in [("chat", "stated"), ("call", "proven")] {
        assert_eq!(api.get(&format!("/conversations/{id}")).await.ok().text("identity"), identity);
    }
}

#[tokio::test]
async fn a_conversation_is_taken_from_its_contact() {
    let api = api().await;
    let ada = api.converse("chat", 60, &[("name", "Ada"), ("email", "ada@example.com")]).await.contact.unwrap();
    let path = format!("/contacts/{ada}/conversations/chat");
    let bob = api.add(json!({"name": "Bob"})).await;
    for path in [
        format!("/contacts/{bob}/conversations/chat"),
        format!("/contacts/{ada}/conversations/none"),
        format!("/contacts/{ada}/conversations/a%20b"),
        "/contacts/x/conversations/chat".to_owned(),
        "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/conversations/chat".to_owned(),
    ] {
        api.delete(&path).await.problem(404);
    }
    let answer = api.delete(&path).await;
    assert_eq!((answer.status, answer.written.as_str()), (204, ""));
    api.delete(&path).await.problem(404);
    api.get("/conversations/chat").await.problem(404);
    assert_eq!(api.get(&format!("/contacts/{ada}/conversations")).await.items("conversation_id"), [""; 0]);
    // The values that it provided stay, and its next event is about somebody else.
    assert_eq!(api.get(&format!("/contacts/{ada}")).await.text("name"), "Ada");
    let other = api.converse("chat", 0, &[("name", "Eve")]).await.contact.unwrap();
    assert_ne!(other, ada);
    assert_eq!(api.get(&format!("/contacts/{other}")).await.json["kept_apart"], json!([ada.to_string()]));
    assert_eq!(api.get("/conversations/chat").await.ok().text("contact_id"), other.to_string());
    api.check().await;
}

#[tokio::test]
async fn a_conversation_is_taken_from_the_survivor_of_a_join() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    let answer = api.delete(&format!("/contacts/{other}/conversations/join")).await;
    let expected = format!("/contacts/{survivor}/conversations/join");
    assert_eq!((answer.status, answer.header("location")), (308, Some(&*expected)));
    assert_eq!(api.delete(&expected).await.status, 204);
    api.check().await;
}

#[tokio::test]
async fn what_is_no_conversation_is_404() {
    let api = api().await;
    for id in ["none", "a%20b", "a%23b", "%C3%A9", &"c".repeat(129)] {
        api.get(&format!("/conversations/{id}")).await.problem(404);
    }
}
