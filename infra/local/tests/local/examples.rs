//! The examples of `infra/examples`, as a conversation pipeline would run them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::running::Program;
use crate::support::within;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

/// How an example ended: its exit status, standard output and standard error.
type Ended = (Option<i32>, String, String);

/// A program with no environment but what the example needs; the user's own might lead elsewhere.
pub(crate) fn command(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(FOLDER).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Sends events with an example, and checks what it prints and what the book has then.
pub(crate) async fn works(example: &[&str]) {
    let program = Program::start(&["--memory"]);
    let endpoint = program.url("");
    let run = |options: &[&str], event: &Value| -> Ended {
        let mut child = command(example[0], &[&example[1..], options].concat())
            .env("AWS_ENDPOINT_URL_LAMBDA", &endpoint)
            .envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")])
            .envs([("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")])
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(event.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };

    let ada = event("conv-1", "ada@example.com");
    for outcome in ["created", "unchanged"] {
        let (status, out, err) = run(&["conversation-upsert"], &ada);
        assert_eq!(status, Some(0), "{err}");
        let answer: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(answer["outcome"], outcome);
        assert!(out.ends_with("}\n"), "{out}");
    }

    let (status, out, err) = run(&["conversation-upsert"], &json!({"workspace_id": "acme"}));
    assert_eq!((status, out.as_str()), (Some(1), ""));
    // Node may warn of its age before.
    let message = err.lines().last().unwrap();
    assert!(message.starts_with("InvalidEvent: missing field `conversation_id`"), "{err}");

    let (status, _, err) = run(&["conversation-delete"], &ada);
    assert_eq!(status, Some(1));
    assert!(err.contains("ResourceNotFoundException"), "{err}");

    let (status, out, err) = run(&["--async", "conversation-upsert"], &event("conv-2", "charles@example.com"));
    assert_eq!((status, out.as_str()), (Some(0), ""), "{err}");
    within(async { while program.api("acme", "/contacts?email=charles@example.com").await["items"] == json!([]) {} })
        .await;

    // Asynchronous invocations have a smaller limit.
    let large = json!({"padding": " ".repeat(1024 * 1024)});
    let (status, _, err) = run(&["--async", "conversation-upsert"], &large);
    assert_eq!(status, Some(1));
    assert!(err.contains("RequestTooLargeException"), "{err}");

    let (status, out, err) = run(&[], &ada);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.starts_with("usage: invoke"), "{err}");
    program.stop();
}

fn event(conversation: &str, email: &str) -> Value {
    json!({
        "workspace_id": "acme", "conversation_id": conversation, "channel": "web_chat", "assistant_id": "front-desk",
        "occurred_at": "2026-11-20T10:00:00Z", "captured": [{"field": "email", "value": email}],
    })
}

#[tokio::test]
async fn the_events_of_the_examples_say_who_is_speaking() {
    let program = Program::start(&["--memory"]);
    // In this order: the visitor of the web chat says that he is the caller.
    for (name, outcome, identity, unconfirmed) in [
        ("telephone", "created", "proven", json!([])),
        ("whatsapp", "created", "proven", json!([])),
        ("web-chat-visitor", "updated", "stated", json!(["name"])),
        ("web-chat-signed-in", "created", "proven", json!([])),
    ] {
        let event = std::fs::read_to_string(format!("{FOLDER}/events/{name}.json")).unwrap();
        let event: Value = serde_json::from_str(&event).unwrap();
        let answer = program.invoke("conversation-upsert", &event).await;
        assert_eq!((&answer["outcome"], &answer["identity"]), (&json!(outcome), &json!(identity)), "{name}: {answer}");
        assert_eq!((&answer["unconfirmed"], &answer["rejected"]), (&unconfirmed, &json!([])), "{name}: {answer}");
    }
    assert_eq!(std::fs::read_dir(format!("{FOLDER}/events")).unwrap().count(), 4);
    program.stop();
}

#[tokio::test]
async fn a_pipeline_asks_who_somebody_is_by_the_function_that_takes_its_events() {
    let program = Program::start(&["--memory", "--workspaces", "acme"]);
    let ada = program.invoke("conversation-upsert", &event("conv-1", "ada@example.com")).await;
    let question = json!({"workspace_id": "acme", "resolve": {"email": "Ada@Example.com"}});
    let answer = program.invoke("conversation-upsert", &question).await;
    assert_eq!((&answer["match"], &answer["identity"]), (&json!("one"), &json!("stated")), "{answer}");
    assert_eq!(answer["contact"]["id"], ada["contact_id"]);
    assert_eq!(answer["conversations"][0]["conversation_id"], "conv-1");
    let stranger = json!({"workspace_id": "other", "resolve": {"email": "ada@example.com"}});
    assert_eq!(program.invoke("conversation-upsert", &stranger).await["errorType"], "UnknownWorkspace");
    let nothing = json!({"workspace_id": "acme", "resolve": {}});
    assert_eq!(program.invoke("conversation-upsert", &nothing).await["errorType"], "InvalidEvent");
    program.stop();
}

/// The requests are those that the platforms publish: docs.vapi.ai/server-url/events and
/// docs.retellai.com/features/inbound-call-webhook.
#[tokio::test]
async fn a_voice_assistant_learns_who_calls() {
    let program = Program::start(&["--memory"]);
    let call = json!({
        "workspace_id": "acme", "conversation_id": "call-1", "channel": "telephone", "assistant_id": "front-desk",
        "occurred_at": "2026-11-20T10:00:00Z",
        "captured": [{"field": "telephone", "value": "+14152000001", "proof": "channel"},
                     {"field": "name", "value": "Ada Lovelace"}],
    });
    assert_eq!(program.invoke("conversation-upsert", &call).await["outcome"], "created");
    let mut webhook = command("python3", &["call_start.py", "0"])
        .envs([("CONTACTS_URL", program.url("")), ("CONTACTS_TOKEN", program.token("acme").await)])
        .envs([("WEBHOOK_SECRET", "open-sesame"), ("ASSISTANT_ID", "assistant-7")])
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(webhook.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().rsplit(' ').next().unwrap().to_owned();
    let client = reqwest::Client::new();
    let post = async |path: &str, body: &Value| {
        let request = client.post(format!("http://127.0.0.1:{port}{path}")).body(body.to_string());
        request.send().await.unwrap()
    };
    let vapi = |number: &str| json!({"message": {"type": "assistant-request", "call": {"id": "c"}, "customer": {"number": number}}});
    let retell = |number: &str| {
        json!({"event": "call_inbound", "call_inbound":
            {"agent_id": "agent-1", "from_number": number, "to_number": "+14152009999"}})
    };
    let answer = post("/open-sesame", &vapi("+14152000001")).await.json::<Value>().await.unwrap();
    assert_eq!(answer["assistantId"], "assistant-7");
    let variables = &answer["assistantOverrides"]["variableValues"];
    assert_eq!(
        (
            &variables["contact_match"],
            &variables["contact_identity"],
            &variables["contact_name"],
            &variables["contact_last_conversation"]
        ),
        (&json!("one"), &json!("proven"), &json!("Ada Lovelace"), &json!("2026-11-20T10:00:00Z"))
    );
    let answer = post("/open-sesame", &retell("+14152000001")).await.json::<Value>().await.unwrap();
    assert_eq!(answer["call_inbound"]["dynamic_variables"], *variables);
    for number in ["+14152000002", "anonymous", ""] {
        let answer = post("/open-sesame", &retell(number)).await.json::<Value>().await.unwrap();
        let variables = &answer["call_inbound"]["dynamic_variables"];
        assert_eq!((&variables["contact_match"], &variables["contact_name"]), (&json!("none"), &json!("")), "{number}");
    }
    let other = json!({"message": {"type": "status-update"}});
    assert_eq!(post("/open-sesame", &other).await.json::<Value>().await.unwrap(), json!({}));
    assert_eq!(post("/open-sesame", &json!([])).await.status(), 400);
    assert_eq!(post("/wrong", &vapi("+14152000001")).await.status(), 404);
    // The call goes on without the book.
    program.stop();
    let answer = post("/open-sesame", &vapi("+14152000001")).await.json::<Value>().await.unwrap();
    assert_eq!(answer["assistantOverrides"]["variableValues"]["contact_match"], "none");
    webhook.kill().unwrap();
    webhook.wait().unwrap();
}

#[tokio::test]
async fn a_pipeline_in_rust_sends_its_conversations() {
    // It lies beside the folder of this test's own binary.
    let test = std::env::current_exe().unwrap();
    let example = test.ancestors().nth(2).unwrap_or(Path::new("")).join("examples/invoke");
    let hint = "the example is missing: cargo build --package contacts-local --example invoke";
    assert!(example.is_file(), "{hint}");
    works(&[example.to_str().unwrap()]).await;
}
