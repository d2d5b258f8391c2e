//! Random messages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{call_from, tools};

const MESSAGES: usize = 1_000;

/// A value that a message may have anywhere.
fn any_value(depth: usize) -> Value {
    let texts = [
        "",
        "who_is",
        "record",
        "tools/call",
        "tools/list",
        "initialize",
        "2.0",
        "+14152000001",
        "ada@example.com",
        "fuzz-1",
        "telephone",
        "web_chat",
        "\u{0}\u{ffff}",
        "2026-11-22T10:00:00Z",
        "acme",
        "channel",
        "' OR 1=1 --",
    ];
    match fastrand::u8(..if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(fastrand::bool()),
        2 => json!(fastrand::i64(..)),
        3 => json!(fastrand::f64() * 1e300),
        4 => json!(texts[fastrand::usize(..texts.len())]),
        5 => (0..fastrand::usize(..4)).map(|_| any_value(depth - 1)).collect(),
        _ => Value::Object((0..fastrand::usize(..4)).map(|_| (name(), any_value(depth - 1))).collect()),
    }
}

fn name() -> String {
    let names = [
        "jsonrpc",
        "id",
        "method",
        "params",
        "name",
        "arguments",
        "telephone",
        "email",
        "contact_id",
        "limit",
        "cursor",
        "conversation_id",
        "channel",
        "assistant_id",
        "captured",
        "field",
        "value",
        "proof",
        "workspace_id",
        "_meta",
        "protocolVersion",
        "capabilities",
        "clientInfo",
        "x",
    ];
    names[fastrand::usize(..names.len())].to_owned()
}

/// A valid message in which something is replaced, added or cut.
fn any_message() -> String {
    let tools = ["who_is", "get_contact", "list_conversations", "record"];
    let tool = tools[fastrand::usize(..tools.len())];
    let arguments = match tool {
        "who_is" => json!({"telephone": "+14152000001"}),
        "record" => {
            let mut event = call_from("+14152000099", "fuzz-1", &[("name", "Fuzz")]);
            // Sometimes the conversation or the person of somebody else.
            if fastrand::bool() {
                event["channel"] = json!("web_chat");
                event["captured"][0] = json!({"field": "email", "value": "ada@example.com"});
            }
            event
        }
        _ => json!({"contact_id": "0190c5f2-4a5b-7c3d-9e8f-0123456789ab"}),
    };
    let params = json!({"name": tool, "arguments": arguments});
    let mut message = json!({"jsonrpc": "2.0", "id": fastrand::u32(..), "method": "tools/call", "params": params});
    for _ in 0..fastrand::usize(..3) {
        let at = ["", "/params", "/params/arguments", "/params/arguments/captured/0"];
        if let Some(Value::Object(object)) = message.pointer_mut(at[fastrand::usize(..at.len())]) {
            object.insert(name(), any_value(3));
        }
    }
    let mut text = message.to_string();
    match fastrand::u8(..6) {
        0 => text.truncate(text.floor_char_boundary(fastrand::usize(..=text.len()))),
        1 => text = any_value(4).to_string(),
        2 => text = format!("[{text},{text}]"),
        3 => text = "[".repeat(fastrand::usize(..2_000)),
        _ => {}
    }
    text
}

#[tokio::test]
async fn no_message_fails_on_our_side_or_writes_to_anybody_elses_contact() {
    let seed = fastrand::u64(..);
    fastrand::seed(seed);
    let tools = tools().await;
    for n in 0..5 {
        let said = [("name", "Ada Lovelace"), ("email", "ada@example.com")];
        let said = if n == 0 { &said[..] } else { &[] };
        tools.good("record", call_from(&format!("+1415200000{}", n + 1), &format!("call-{n}"), said)).await;
    }
    let (mut before, mut own) = (tools.contacts().await, BTreeSet::new());
    for n in 0..MESSAGES {
        let message = any_message();
        let answer = tools.send("POST", &message).await;
        assert!(answer.status < 500, "seed {seed}, message {n}: {message}\n{answer:?}");
        // Whom the event was about, by the answer.
        let json: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let content = &json["result"]["structuredContent"];
        own.extend(content["contact_id"].as_str().map(str::to_owned));
        own.extend(content["joined"].as_array().into_iter().flatten().map(|id| id.as_str().unwrap().to_owned()));
        let conflicts = content["conflicts"].as_array().into_iter().flatten();
        own.extend(conflicts.map(|conflict| conflict["contact_id"].as_str().unwrap().to_owned()));
        if n % 100 == 99 {
            let after = tools.contacts().await;
            for contact in after.iter().filter(|contact| !before.contains(contact)) {
                assert!(own.contains(&contact.0), "seed {seed}: {contact:?}");
            }
            (before, own) = (after, BTreeSet::new());
        }
    }
    assert_eq!(tools.engine.audit().await, [], "seed {seed}");
}
