//! `record`.

use serde_json::json;

use crate::support::{call_from, tools};

#[tokio::test]
async fn an_event_is_recorded_as_the_pipeline_would() {
    let tools = tools().await;
    tools.define("budget", contacts::CustomType::Number).await;
    let call = call_from("+14152000001", "call-1", &[("name", "Ada Lovelace"), ("email", "nobody at all")]);
    let answer = tools.good("record", call.clone()).await;
    assert_eq!((&answer["outcome"], &answer["identity"]), (&json!("created"), &json!("proven")), "{answer}");
    assert_eq!(answer["rejected"][0]["field"], "email");
    let again = tools.good("record", call).await;
    assert_eq!((&again["outcome"], &again["contact_id"]), (&json!("unchanged"), &answer["contact_id"]));
    // All digits of a number.
    let arguments = r#"{"conversation_id": "call-1", "channel": "telephone", "assistant_id": "a-7", "later": 1,
        "captured": [{"field": "custom.budget", "value": 12345678901234567890123}]}"#;
    let (answer, is_error) = tools.call_written("record", arguments).await;
    assert!(!is_error, "{answer}");
    let contact = tools.good("get_contact", json!({"contact_id": answer["contact_id"]})).await;
    assert_eq!(answer["outcome"], "updated");
    assert_eq!(contact["contact"]["custom_fields"]["budget"], "12345678901234567890123");
    assert_eq!(tools.engine.audit().await, []);
}

#[tokio::test]
async fn what_a_visitor_says_is_stated_and_takes_nothing_over() {
    let tools = tools().await;
    let said = [("email", "ada@example.com"), ("name", "Ada Lovelace")];
    let ada = tools.good("record", call_from("+14152000001", "call-1", &said)).await;
    let chat = json!({
        "conversation_id": "chat-1", "channel": "web_chat", "assistant_id": "a-7",
        "captured": [{"field": "telephone", "value": "+14152000001"}, {"field": "name", "value": "Eve Adams"}],
    });
    let eve = tools.good("record", chat).await;
    assert_eq!((&eve["contact_id"], &eve["identity"]), (&ada["contact_id"], &json!("stated")));
    assert_eq!(eve["unconfirmed"], json!(["name"]));
    let known = tools.good("who_is", json!({"telephone": "+14152000001"})).await;
    assert_eq!(known["contact"]["name"], "Ada Lovelace");
    let mentioned = json!({
        "conversation_id": "call-2", "channel": "telephone", "assistant_id": "a-7",
        "captured": [{"field": "telephone", "value": "+14152000009", "proof": "stated"}],
    });
    assert_eq!(tools.good("record", mentioned).await["identity"], "stated");
}

#[tokio::test]
async fn a_refusal_says_what_to_change_and_writes_nothing() {
    let tools = tools().await;
    let good = call_from("+14152000001", "call-1", &[]);
    let with = |member: &str, value: serde_json::Value| {
        let mut arguments = good.clone();
        arguments[member] = value;
        arguments
    };
    let proven = |proof: &str| json!([{"field": "email", "value": "ada@example.com", "proof": proof}]);
    for (arguments, change) in [
        (json!({}), "missing field `conversation_id`"),
        (with("workspace_id", json!("other")), "workspace_id: leave it out"),
        (with("channel", json!("fax")), "channel: expected one of telephone, sms"),
        (with("conversation_id", json!("a b")), "conversation_id: a conversation id is"),
        (with("occurred_at", json!("yesterday")), "occurred_at: expected an RFC 3339 timestamp"),
        (with("captured", json!("Ada")), "captured: expected a list"),
        (with("captured", proven("channel")), "captured[0].proof: leave it out"),
        (with("captured", proven("token")), "captured[0].proof: leave it out"),
    ] {
        let refusal = tools.refusal("record", arguments).await;
        assert!(refusal.contains(change), "{refusal}");
    }
    // A member that is written twice, so that one reader sees the first and another one the second.
    let twice = [
        good.to_string().replacen('{', r#"{"captured": [], "#, 1),
        good.to_string().replacen('{', r#"{"channel": "sms", "#, 1),
    ];
    for arguments in twice {
        let (refused, is_error) = tools.call_written("record", &arguments).await;
        assert!(is_error && refused["detail"].as_str().unwrap().contains("duplicate field"), "{refused}");
    }
    assert_eq!(tools.contacts().await, []);
}
