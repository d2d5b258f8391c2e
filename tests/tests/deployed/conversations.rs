//! Events of conversations, as the pipeline sends them.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::deployment::Deployment;
use crate::failures::letter;
use crate::wait::eventually;

/// An event of a web chat in which one value was captured.
pub(crate) fn event(workspace: &str, conversation: &str, field: &str, value: &str) -> Value {
    json!({
        "workspace_id": workspace,
        "conversation_id": conversation,
        "channel": "web_chat",
        "assistant_id": "front-desk",
        "occurred_at": "2026-11-20T10:00:00Z",
        "captured": [{"field": field, "value": value}],
    })
}

/// Sends an event and waits for the answer. The first part is Lambda's own, the second the function's.
pub(crate) async fn send(deployment: &Deployment, event: &Value) -> (Value, Value) {
    let answer = NamedTempFile::new().unwrap();
    let invocation = invoke(deployment, event, &answer, "RequestResponse").await;
    (invocation, serde_json::from_slice(&std::fs::read(answer.path()).unwrap()).unwrap())
}

/// Sends an event and does not wait.
pub(crate) async fn send_off(deployment: &Deployment, event: &Value) {
    let invocation = invoke(deployment, event, &NamedTempFile::new().unwrap(), "Event").await;
    assert_eq!(invocation["StatusCode"], 202);
}

async fn invoke(deployment: &Deployment, event: &Value, answer: &NamedTempFile, how: &str) -> Value {
    let function = &deployment.outputs["ConversationUpsertFunction"];
    let words = ["lambda", "invoke", "--function-name", function, "--invocation-type", how, "--payload"];
    deployment.aws(&[&words[..], &[&event.to_string(), answer.path().to_str().unwrap()]].concat()).await
}

pub(crate) async fn an_event_is_folded_while_its_sender_waits(deployment: &Deployment) {
    let (invocation, answer) = send(deployment, &event("sync", "sync-1", "email", "Ada@Example.com")).await;
    assert_eq!(invocation.get("FunctionError"), None, "{answer}");
    assert_eq!(answer["outcome"], "created", "{answer}");
    let id = answer["contact_id"].as_str().unwrap();

    let user = deployment.user("sync");
    assert_eq!(user.get(&format!("/contacts/{id}")).await["email"], "Ada@Example.com");
    assert_eq!(user.get("/conversations/sync-1").await["contact_id"], id);

    // Known by WhatsApp first and by the email then: the two become one.
    let on_whatsapp = |field: &str, value: &str| {
        let mut event = event("sync", "sync-2", field, value);
        event["channel"] = json!("whatsapp");
        event
    };
    let (_, other) = send(deployment, &on_whatsapp("whatsapp", "15557654321")).await;
    assert_eq!((&other["outcome"], &other["identity"]), (&json!("created"), &json!("proven")), "{other}");
    let (_, joined) = send(deployment, &on_whatsapp("email", "ada@example.com")).await;
    assert_eq!((joined["outcome"].as_str(), joined["joined"].as_array().unwrap().len()), (Some("updated"), 1));
    assert_eq!(joined["identity"], "proven", "an earlier event of the conversation proved it: {joined}");

    // From now on nobody becomes her by saying so.
    let (_, said) = send(deployment, &event("sync", "sync-3", "email", "ada@example.com")).await;
    assert_eq!((&said["contact_id"], &said["identity"]), (&json!(id), &json!("stated")), "{said}");
    let mut stranger = event("sync", "sync-4", "email", "ada@example.com");
    stranger["captured"].as_array_mut().unwrap().push(json!({"field": "email", "value": "mallory@example.com"}));
    let (_, said) = send(deployment, &stranger).await;
    assert_eq!((&said["contact_id"], &said["unconfirmed"]), (&json!(id), &json!(["email"])), "{said}");
    let (invocation, refused) = send(deployment, &event("sync", "sync-2", "name", "Mallory")).await;
    assert_eq!((&invocation["FunctionError"], &refused["errorType"]), (&json!("Unhandled"), &json!("InvalidEvent")));

    let moved = user.call(Method::GET, &format!("/contacts/{}", other["contact_id"].as_str().unwrap()), None).await;
    assert_eq!(moved.status, StatusCode::PERMANENT_REDIRECT, "{moved:?}");

    let (invocation, refused) = send(deployment, &json!({"workspace_id": "sync"})).await;
    assert_eq!(invocation["FunctionError"], "Unhandled");
    assert_eq!(refused["errorType"], "InvalidEvent", "{refused}");
}

pub(crate) async fn an_event_is_folded_later(deployment: &Deployment) {
    for n in 0..5 {
        send_off(deployment, &event("async", &format!("async-{n}"), "email", "grace@example.com")).await;
    }
    let user = deployment.user("async");
    let path = eventually("a contact with five conversations", async || {
        let contacts = user.contacts("email=grace@example.com").await;
        let path = format!("/contacts/{}/conversations", contacts.first()?["id"].as_str()?);
        let conversations = user.get(&path).await;
        (conversations["items"].as_array().unwrap().len() == 5).then_some(path)
    })
    .await;
    assert_eq!(user.contacts("limit=200").await.len(), 1, "{path}");
}

pub(crate) async fn an_assistant_uses_the_tools(deployment: &Deployment) {
    let call = async |workspace: &str, tool: &str, arguments: Value| {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments},
        });
        let token = deployment.issuer.sign(&deployment.issuer.claims(workspace));
        let request = deployment.request(Method::POST, "/mcp").bearer_auth(&token);
        let answer =
            request.header("accept", "application/json, text/event-stream").json(&message).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Value>().await.unwrap()["result"]["structuredContent"].clone()
    };
    let event = json!({
        "conversation_id": "tools-1", "channel": "telephone", "assistant_id": "a-7",
        "captured": [{"field": "telephone", "value": "+14155550199"}, {"field": "name", "value": "Ada Lovelace"}],
    });
    let recorded = call("tools", "record", event).await;
    assert_eq!((&recorded["outcome"], &recorded["identity"]), (&json!("created"), &json!("proven")), "{recorded}");
    let question = json!({"telephone": "+14155550199"});
    let known = call("tools", "who_is", question.clone()).await;
    assert_eq!((&known["match"], &known["contact"]["id"]), (&json!("one"), &recorded["contact_id"]), "{known}");
    let contact = json!({"contact_id": recorded["contact_id"]});
    assert_eq!(call("tools", "get_contact", contact.clone()).await["contact"]["name"], "Ada Lovelace");
    let listed = call("tools", "list_conversations", contact.clone()).await;
    assert_eq!(listed["items"][0]["conversation_id"], "tools-1", "{listed}");
    assert_eq!(call("stranger", "who_is", question).await["match"], "none");
    assert_eq!(call("stranger", "get_contact", contact).await["status"], 422);
    let answer = deployment.request(Method::POST, "/mcp").json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

pub(crate) async fn a_deleted_contact_is_gone_with_its_conversations(deployment: &Deployment) {
    let (_, answer) = send(deployment, &event("deleted", "deleted-1", "email", "gone@example.com")).await;
    let user = deployment.user("deleted");
    let path = format!("/contacts/{}", answer["contact_id"].as_str().unwrap());
    assert_eq!(user.get("/conversations/deleted-1").await["contact_id"], answer["contact_id"]);
    let deleted = user.call(Method::DELETE, &path, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");
    assert_eq!(user.status(&path).await, StatusCode::GONE);
    assert_eq!(user.status("/conversations/deleted-1").await, StatusCode::NOT_FOUND);
    assert_eq!(user.contacts("email=gone@example.com").await, [] as [Value; 0]);
}

/// Sends an event to the queue, as a pipeline does that names its workspace as the group of the message.
async fn enqueue(deployment: &Deployment, queue: &str, workspace: &str, body: &str) {
    let send = ["sqs", "send-message", "--queue-url", queue, "--message-group-id", workspace, "--message-body", body];
    deployment.aws(&send).await;
}

pub(crate) async fn events_come_by_the_queue(deployment: &Deployment) {
    let queue = deployment.queue("ConversationEventsUrl");
    // Otherwise a bad event takes 15 minutes to the queue of failures.
    let set = ["sqs", "set-queue-attributes", "--queue-url", &queue, "--attributes", "VisibilityTimeout=3"];
    deployment.aws(&set).await;
    let good = event("queued", "queued-1", "email", "ada@example.com");
    let envelope = json!({
        "version": "0", "id": "0b1c2d3e", "detail-type": "conversation.captured", "source": "pipeline",
        "account": "000000000000", "time": "2026-11-20T10:00:01Z", "region": "eu-central-1", "resources": [],
        "detail": event("queued", "queued-2", "email", "ada@example.com"),
    });
    let mut bad = event("queued", "queued-bad", "email", "bob@example.com");
    bad["occurred_at"] = json!("tomorrow");
    for body in [good.to_string(), good.to_string(), envelope.to_string(), bad.to_string()] {
        enqueue(deployment, &queue, "queued", &body).await;
    }

    let user = deployment.user("queued");
    let path = eventually("a contact with two conversations", async || {
        let contacts = user.contacts("email=ada@example.com").await;
        let path = format!("/contacts/{}/conversations", contacts.first()?["id"].as_str()?);
        (user.get(&path).await["items"].as_array()?.len() == 2).then_some(path)
    })
    .await;
    assert_eq!(user.contacts("limit=200").await.len(), 1, "{path}");

    // The queue keeps the bad event as it was, and it counts once it is put right.
    let mut letter = letter(deployment, "ConversationEventsFailuresUrl", "queued-bad").await;
    assert_eq!(letter, bad);
    letter["occurred_at"] = json!("2026-11-20T10:00:00Z");
    enqueue(deployment, &queue, "queued", &letter.to_string()).await;
    eventually("the event that was put right", async || user.contacts("email=bob@example.com").await.pop()).await;
    assert_eq!(user.contacts("limit=200").await.len(), 2);
}
