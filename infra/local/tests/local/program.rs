//! The system as a whole: its data, its ports, its program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use contacts_local::{Options, StartError, System, Wiring, sdk_config};
use reqwest::Method;
use serde_json::{Value, json};

use crate::running::Program;
use crate::support::{get, put, s3, start, start_with, stored, token, within};
use crate::workspace::{POLL_INTERVAL, Workspace};

fn dynamodb(system: &System) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&sdk_config(system.dynamodb_url()))
}

async fn refusal(options: Options) -> StartError {
    match System::start(options, async |_| Ok(Wiring::default())).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn data_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    let attribute = AttributeDefinition::builder().attribute_name("pk");
    let attribute = attribute.attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    let table = dynamodb(&system).create_table().table_name("contacts");
    let table = table.attribute_definitions(attribute).key_schema(key.build().unwrap());
    table.billing_mode(BillingMode::PayPerRequest).send().await.unwrap();
    let ada = AttributeValue::S("ada".to_owned());
    let item = dynamodb(&system).put_item().table_name("contacts").item("pk", ada.clone());
    item.send().await.unwrap();
    let client = s3(&system);
    let object = client.put_object().bucket("contacts").key("a/b").body(b"hello".to_vec().into());
    object.content_type("text/csv").metadata("rows", "7").send().await.unwrap();
    put(&client, "old", "1").await;
    put(&client, "old", "2").await;
    system.stop().await;

    let system = start_with(stored(&folder), Wiring::default()).await;
    let item = dynamodb(&system).get_item().table_name("contacts").key("pk", ada.clone());
    assert_eq!(item.send().await.unwrap().item.unwrap()["pk"], ada);
    let client = s3(&system);
    let head = client.head_object().bucket("contacts").key("a/b").send().await.unwrap();
    assert_eq!((head.content_type(), &head.metadata().unwrap()["rows"]), (Some("text/csv"), &"7".into()));
    assert_eq!(get(&client, "a/b").await, b"hello");
    assert_eq!(get(&client, "old").await, b"2");
    let blobs = std::fs::read_dir(folder.path().join("data/s3/blobs")).unwrap();
    assert_eq!(blobs.count(), 2, "the bytes of a replaced object are gone");
    system.stop().await;
}

#[tokio::test]
async fn two_systems_do_not_share_data_or_ports() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    let refused = refusal(stored(&folder)).await;
    assert!(refused.to_string().ends_with("another contacts-local is running on it"), "{refused}");
    let port = |url: &str| url.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let taken = port(system.dynamodb_url());
    let refused = refusal(Options { port: taken, ..Options::default() }).await;
    assert!(refused.to_string().contains(&format!("listen on port {taken} for the gateway")), "{refused}");
    let refused = refusal(Options { port: taken - 1, ..Options::default() }).await;
    assert!(matches!(refused, StartError::Port { .. }), "{refused}");
    assert!(matches!(refusal(Options { port: 65_534, ..Options::default() }).await, StartError::PortRange(_)));
    system.stop().await;
    // Both are free again. A test beside this one may be given a port first, and keep it: then others are tried.
    start_with(stored(&folder), Wiring::default()).await.stop().await;
    let port_again = async {
        loop {
            let system = start_with(Options::default(), Wiring::default()).await;
            let port = port(system.dynamodb_url());
            system.stop().await;
            let options = Options { port, ..Options::default() };
            match System::start(options, async |_| Ok(Wiring::default())).await {
                Ok(system) => return system.stop().await,
                Err(refused) => assert!(matches!(refused, StartError::Port { .. }), "{refused}"),
            }
        }
    };
    within(port_again).await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file").unwrap();
    let refused = refusal(stored(&folder)).await.to_string();
    assert!(refused.starts_with("write to the data folder"), "{refused}");
    assert!(refused.contains(folder.path().to_str().unwrap()), "{refused}");
}

#[tokio::test]
async fn a_wiring_that_fails_leaves_nothing_running() {
    let folder = tempfile::tempdir().unwrap();
    let refused = System::start(stored(&folder), async |endpoints| {
        assert_eq!(reqwest::get(endpoints.dynamodb).await.unwrap().status(), 200);
        Err("no table".into())
    });
    let refused = refused.await.err().unwrap();
    assert_eq!(contacts_lambda::causes(&refused), "set up the functions: no table");
    start_with(stored(&folder), Wiring::default()).await.stop().await;
}

#[tokio::test]
async fn the_claim_of_the_workspace_has_the_name_that_was_asked_for() {
    let options = Options { workspace_claim: "custom:tenant".to_owned(), ..Options::default() };
    let system = start_with(options, Wiring::default()).await;
    let token = token(&system, "workspace=acme").await;
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&token).unwrap().claims;
    assert_eq!(claims["custom:tenant"], json!("acme"));
    system.stop().await;
}

#[tokio::test]
async fn a_token_has_a_role_if_there_is_a_claim_for_it() {
    for (claim, role) in [(Some("custom:role"), json!("reader")), (None, Value::Null)] {
        let options = Options { role_claim: claim.map(str::to_owned), ..Options::default() };
        let system = start_with(options, Wiring::default()).await;
        let token = token(&system, "workspace=acme&role=reader").await;
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&token).unwrap().claims;
        assert_eq!(claims["custom:role"], role);
        system.stop().await;
    }
}

#[test]
fn roles_and_workspaces_are_options_of_the_program() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let program = Program::start(&["--memory", "--role-claim", "role", "--workspaces", "acme"]);
        let client = reqwest::Client::new();
        for (role, status) in [("&role=reader", 403), ("&role=editor", 403), ("&role=admin", 201), ("", 200)] {
            let token = program.url(&format!("/dev/token?workspace=acme{role}"));
            let token: Value = reqwest::get(token).await.unwrap().json().await.unwrap();
            let export = client.post(program.url("/exports")).bearer_auth(token["access_token"].as_str().unwrap());
            // The export may have ended before the last order.
            let found = export.send().await.unwrap().status().as_u16();
            assert!(found == status || (status == 200 && found == 201), "{role}: {found}");
        }
        for (workspace, error) in [("acme", Value::Null), ("rival", json!("UnknownWorkspace"))] {
            let event = json!({
                "workspace_id": workspace, "conversation_id": "c-1", "channel": "web_chat", "assistant_id": "a-1",
                "occurred_at": "2026-11-22T10:00:00Z", "captured": [{"field": "email", "value": "ada@example.com"}],
            });
            assert_eq!(program.invoke("conversation-upsert", &event).await["errorType"], error, "{workspace}");
        }
        program.stop();
    });
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let system = start(Wiring::default()).await;
    let answer = reqwest::get(format!("{}/x", system.url())).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (404, r#"{"message":"Not Found"}"#));
    system.stop().await;
}

#[test]
fn the_program_says_when_it_runs_and_stops_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-INT", "-TERM"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_contacts-local"));
        program.args(["--port", "0", "--data"]).arg(folder.path().join("data"));
        let mut program = program.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let port = line.strip_prefix("Contacts is running at http://127.0.0.1:").unwrap();
        let port: u16 = port.trim_end().parse().unwrap();
        std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let sent = Command::new("kill").arg(signal).arg(program.id().to_string()).status();
        assert!(sent.unwrap().success());
        assert!(program.wait().unwrap().success());
        output.read_to_string(&mut line).unwrap();
        assert_eq!(line.lines().count(), 1);
    }
}

#[test]
fn the_program_says_why_it_does_not_run() {
    let program =
        Command::new(env!("CARGO_BIN_EXE_contacts-local")).args(["--port", "65535", "--memory"]).output().unwrap();
    assert_eq!(program.status.code(), Some(1));
    assert!(program.stdout.is_empty());
    let said = String::from_utf8(program.stderr).unwrap();
    assert!(said.contains("failed to use the ports from 65535 on"), "{said}");
}

/// The people of a file that takes some seconds to import.
fn crowd(rows: usize) -> String {
    let row = |n: usize| format!("Person {n},p{n}@example.com\n");
    format!("name,email\n{}", (0..rows).map(row).collect::<String>())
}

#[tokio::test]
async fn an_import_goes_on_after_the_program_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--data", data.to_str().unwrap()];
    let program = Program::start(&arguments);
    let workspace = Workspace::new(&program, "acme").await;
    let rows = 11_000;
    let file = crowd(rows);
    let id = workspace.upload(&json!({}), file.into_bytes()).await;
    loop {
        let import = workspace.get(&format!("/imports/{id}")).await;
        assert_ne!(import["status"], "completed", "it was faster than the test");
        if import["rows"]["read"].as_u64().unwrap() > 0 {
            break;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    program.kill();

    let program = Program::start(&arguments);
    let workspace = Workspace::new(&program, "acme").await;
    let import = workspace.ended(&id).await;
    let expected = json!({"read": rows, "created": rows, "updated": 0, "unchanged": 0, "rejected": 0});
    assert_eq!((&import["status"], &import["rows"]), (&json!("completed"), &expected));
    program.stop();
}

#[tokio::test]
async fn an_import_is_cancelled_over_http() {
    let program = Program::start(&["--memory"]);
    let workspace = Workspace::new(&program, "acme").await;
    let id = workspace.upload(&json!({}), crowd(15_000).into_bytes()).await;
    let (status, cancelled) = workspace.call(Method::POST, &format!("/imports/{id}/cancel"), None).await;
    assert_eq!((status, &cancelled["status"]), (200, &json!("cancelled")));
    assert_eq!(workspace.call(Method::POST, &format!("/imports/{id}/resume"), None).await.0, 409);
    // Another import is not held up by it.
    let next = workspace.import(&json!({}), b"email\nada@example.com\n".to_vec()).await;
    assert_eq!(next["status"], "completed");
    program.stop();
}
