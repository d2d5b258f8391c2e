//! The protocol: initialization, listing, tokens and roles, refused methods.

use serde_json::{Value, json};

use crate::support::{call_from, tools};

#[tokio::test]
async fn a_client_initializes_and_lists_the_tools() {
    let tools = tools().await;
    let client = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let hello = tools.ask("initialize", params).await;
    assert_eq!((&hello["protocolVersion"], &hello["serverInfo"]["name"]), (&json!("2025-06-18"), &json!("contacts")));
    assert!(hello["capabilities"]["tools"].is_object() && hello["instructions"].is_string(), "{hello}");
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(tools.send("POST", &initialized.to_string()).await.status, 202);
    assert_eq!(tools.ask("ping", json!({})).await, json!({}));

    let listed = tools.ask("tools/list", json!({})).await;
    let listed = listed["tools"].as_array().unwrap();
    let names: Vec<&str> = listed.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["who_is", "get_contact", "list_conversations", "record"]);
    for tool in listed {
        let (schema, hints) = (&tool["inputSchema"], &tool["annotations"]);
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)), "{tool}");
        assert!(tool["description"].is_string());
        let kinds = schema["properties"].as_object().unwrap().values().filter_map(|property| property.get("type"));
        assert!(kinds.clone().all(serde_json::Value::is_string), "some clients understand no list of types: {tool}");
        let reads = tool["name"] != "record";
        assert_eq!((&hints["readOnlyHint"], &hints["idempotentHint"]), (&json!(reads), &json!(true)), "{tool}");
    }
    let required = json!(["conversation_id", "channel", "assistant_id", "captured"]);
    assert_eq!(listed[3]["inputSchema"]["required"], required);
}

#[tokio::test]
async fn an_unknown_tool_or_method_is_an_error_of_the_protocol() {
    let tools = tools().await;
    for (method, params, code) in [
        ("tools/call", json!({"name": "delete_everything", "arguments": {}}), -32602),
        ("resources/read", json!({"uri": "x"}), -32601),
        ("prompts/get", json!({"name": "x"}), -32601),
        ("contacts/list", json!({}), -32601),
    ] {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = tools.send("POST", &message.to_string()).await;
        assert!(answer.status < 500, "{answer:?}");
        assert_eq!(answer.json()["error"]["code"], code, "{method}: {answer:?}");
    }
    for method in ["GET", "DELETE", "PUT"] {
        let status = tools.send(method, "").await.status;
        assert!([400, 405].contains(&status), "{method}: {status}");
    }
}

#[tokio::test]
async fn the_token_decides_the_workspace_and_the_role() {
    let tools = tools().await;
    let ada = tools.good("record", call_from("+14152000001", "c-1", &[])).await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();

    let tools = tools.with_claims(json!({"workspace_id": "other"}));
    let question = json!({"telephone": "+14152000001", "conversation_id": "c-1"});
    assert_eq!(tools.good("who_is", question).await["match"], "none");
    for tool in ["get_contact", "list_conversations"] {
        let refusal = tools.refusal(tool, json!({"contact_id": ada["contact_id"]})).await;
        assert!(refusal.contains("there is no such contact"), "{refusal}");
    }
    let tools = tools.with_claims(json!({"workspace_id": "acme", "role": "reader"}));
    assert_eq!(tools.good("who_is", json!({"telephone": "+14152000001"})).await["match"], "one");
    let (refused, is_error) = tools.call("record", call_from("+14152000002", "c-2", &[])).await;
    assert_eq!((is_error, &refused["code"]), (true, &json!("needs_editor")), "{refused}");
    assert_eq!(tools.contacts().await.len(), 1);
    let mut tools = tools;
    for claims in [json!({}), json!({"workspace_id": "a#b"}), json!({"workspace_id": "acme", "role": "owner"})] {
        tools = tools.with_claims(claims);
        let answer = tools.send("POST", &list).await;
        assert_eq!((answer.status, &answer.json()["status"]), (403, &json!(403)), "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_is_not_stored_and_a_large_message_is_refused() {
    let tools = tools().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let answer = tools.send("POST", &list).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers.get("mcp-session-id"), None::<&Value>, "no session");
    assert_eq!(tools.send("POST", &format!("{list}{}", " ".repeat(1024 * 1024))).await.status, 413);
}

#[tokio::test]
async fn only_pages_of_this_machine_may_call() {
    let tools = tools().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    for (origin, status) in [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1:3000", 200),
        ("http://evil.example:3000", 403),
        ("http://localhost.evil.example:3000", 403),
        ("https://api.example.com", 403),
        ("null", 403),
        ("nonsense", 403),
    ] {
        let answer = tools.send_from(Some(origin), "POST", &list).await;
        assert_eq!(answer.status, status, "{origin}: {answer:?}");
    }
}
