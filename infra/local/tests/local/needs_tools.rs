//! Tests that need tools which `make test` installs: boto3, the AWS SDK for JavaScript, the AWS CLI.
//! `make test-fast` skips this module by its name.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::examples::{command, works};
use crate::running::{PROGRAM, Program};

/// Fails with a hint unless the command succeeds.
fn require(program: &str, words: &[&str], hint: &str) {
    let status = command(program, words).stdin(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{hint}");
}

#[tokio::test]
async fn a_pipeline_in_python_sends_its_conversations() {
    require("python3", &["-c", "import boto3"], "Python needs boto3: `make test` installs it in .tools/python");
    works(&["python3", "invoke.py"]).await;
}

#[tokio::test]
async fn a_pipeline_in_javascript_sends_its_conversations() {
    let import = ["--input-type=module", "--eval", "import '@aws-sdk/client-lambda'"];
    require(
        "node",
        &import,
        "Node 20 or newer is needed with the AWS SDK: `make test` installs that in infra/examples",
    );
    works(&["node", "invoke.mjs"]).await;
}

#[tokio::test]
async fn an_assistant_uses_every_tool_by_the_public_client_of_the_protocol() {
    require("python3", &["-c", "import mcp"], "Python needs mcp: `make test` installs it in .tools/python");
    let program = Program::start(&["--memory"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/local/mcp_client.py");
    let client = command("python3", &[script, &program.url("/mcp"), &program.token("acme").await]).output().unwrap();
    assert!(client.status.success(), "{}", String::from_utf8_lossy(&client.stderr));
    let answers: serde_json::Value = serde_json::from_slice(&client.stdout).unwrap();
    assert_eq!(answers["server"], "contacts");
    assert_eq!(answers["tools"], json!(["who_is", "get_contact", "list_conversations", "record"]));
    let (record, who_is) = (&answers["record"], &answers["who_is"]);
    assert_eq!((&record["outcome"], &record["identity"]), (&json!("created"), &json!("proven")), "{record}");
    assert_eq!((&who_is["match"], &who_is["identity"]), (&json!("one"), &json!("proven")), "{who_is}");
    assert_eq!(who_is["contact"]["id"], record["contact_id"]);
    assert_eq!(answers["get_contact"]["contact"]["name"], "Ada Lovelace");
    assert_eq!(answers["list_conversations"]["items"][0]["conversation_id"], "call-1");
    assert_eq!(answers["refused"]["is_error"], true);
    program.stop();
}

/// The commands of the README's tour, for a program at other ports.
fn tour(program: &Program) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let mut commands = String::from("set -eu\n");
    for block in readme.split("```sh\n").skip(1) {
        commands += block.split("```").next().unwrap();
    }
    for (written, offset) in [(3000, 0), (3001, 1), (3002, 2)] {
        commands = commands.replace(&format!("127.0.0.1:{written}"), &format!("127.0.0.1:{}", program.port + offset));
    }
    assert!(!commands.contains(":300"), "a port of the README that this test does not know");
    commands.replace("cargo run --quiet --package contacts-local --", PROGRAM)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_of_the_readme_works_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&["--demo", "--memory"]);
    let tour = Command::new("bash").arg("-c").arg(tour(&program)).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(tour.stdout).unwrap() + &String::from_utf8(tour.stderr).unwrap();
    assert!(tour.status.success(), "the AWS CLI is needed: `make test` installs it in .tools/python\n{said}");
    assert!(said.contains("every invariant holds"), "{said}");
    let by_phone = program.api("demo", "/contacts?phone=+1+555+765+4321").await;
    let by_email = program.api("demo", "/contacts?email=ada@example.com").await;
    assert_eq!(by_phone["items"], by_email["items"]);
    let ada = &by_email["items"][0];
    assert_eq!(ada["name"], "Augusta Ada King", "the import is the newest to name her");
    assert_eq!(ada["channels"]["whatsapp"], "+15557654321");
    assert_eq!(ada["channels"]["telephone"], "+15557654321");
    let conversations = program.api("demo", &format!("/contacts/{}/conversations", ada["id"].as_str().unwrap())).await;
    assert_eq!(conversations["items"].as_array().unwrap().len(), 2);
    let imports = program.api("demo", "/imports").await;
    let rows = |import: usize| imports["items"][import]["rows"].clone();
    assert_eq!(rows(1), json!({"read": 2, "created": 1, "updated": 1, "unchanged": 0, "rejected": 0}));
    assert_eq!(rows(0), json!({"read": 2, "created": 0, "updated": 0, "unchanged": 2, "rejected": 0}));
    let exported = std::fs::read_to_string(folder.path().join("book.csv")).unwrap();
    assert!(exported.contains(",Augusta Ada King,+15557654321,+15557654321,,ada@example.com,"), "{exported}");
    program.stop();
}
