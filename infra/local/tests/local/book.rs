//! The program as its users meet it: the demo, persistent data, `check`.

use std::net::Ipv4Addr;
use std::process::Command;

use serde_json::{Value, json};
use tokio::net::TcpSocket;

use crate::running::{PROGRAM, Program};

fn event(conversation: &str, field: &str, value: &str) -> Value {
    json!({
        "workspace_id": "acme", "conversation_id": conversation, "channel": "sms", "assistant_id": "a",
        "occurred_at": "2026-11-20T10:00:00Z", "captured": [{"field": field, "value": value}],
    })
}

fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(PROGRAM).arg("check").args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn the_demo_is_a_believable_book_and_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--demo", "--data", data.to_str().unwrap()];
    let program = Program::start(&arguments);
    let list = program.api("demo", "/contacts?limit=200").await;
    let contacts = list["items"].as_array().unwrap();
    assert!((20..40).contains(&contacts.len()), "{} contacts", contacts.len());
    let countries = contacts.iter().filter_map(|contact| contact["channels"]["dial_code"].as_str());
    assert!(countries.collect::<std::collections::HashSet<_>>().len() >= 10);
    for channel in ["telephone", "whatsapp", "whatsapp_user_id", "email", "instagram", "slack", "microsoft_teams"] {
        assert!(contacts.iter().any(|contact| contact["channels"].get(channel).is_some()), "{channel}");
    }
    assert_eq!(program.api("demo", "/custom-fields").await["items"].as_array().unwrap().len(), 2);
    let joined = contacts.iter().find(|contact| contact["name"] == "Lena Fischer").unwrap();
    let path = format!("/contacts/{}/conversations", joined["id"].as_str().unwrap());
    assert_eq!(program.api("demo", &path).await["items"].as_array().unwrap().len(), 2);
    let named = |name: &str| contacts.iter().find(|contact| contact["name"] == name).unwrap();
    let olivia = named("Olivia Clarke");
    assert_eq!((&olivia["proven"], &olivia["custom_fields"]["plan"]), (&json!(true), &json!("starter")));
    let unconfirmed: Vec<_> = olivia["unconfirmed"].as_array().unwrap().iter().map(|entry| &entry["value"]).collect();
    assert_eq!(unconfirmed, ["Liv Clark", "pro"]);
    let line = json!([{"field": "telephone", "value": "+48221234567"}]);
    assert_eq!((&named("Bartosz Kowal")["shared"], named("Zofia Wiśniewska").get("shared")), (&line, None));
    for (name, other) in [("Ingrid Larsen", "Grace Kim"), ("Grace Kim", "Ingrid Larsen")] {
        let conflict = &named(name)["conflicts"][0];
        assert_eq!((&conflict["contact_id"], &conflict["reason"]), (&named(other)["id"], &json!("contradiction")));
        assert_eq!(conflict["withheld"], json!([{"field": "custom.budget", "value": 7000}]));
    }
    let priya = named("Priya Nair");
    assert_eq!(priya["channels"]["slack"], "U07QX2LMN");
    assert_eq!((&priya["channels"]["whatsapp"], priya.get("conflicts")), (&json!("+919876543210"), None));
    let count = contacts.len();
    program.stop();
    assert_eq!(check(&["--data", data.to_str().unwrap()]).0, Some(0));
    let program = Program::start(&arguments);
    assert_eq!(program.api("demo", "/contacts?limit=200").await["items"].as_array().unwrap().len(), count);
    program.stop();
}

#[tokio::test]
async fn the_book_outlives_the_program_and_is_checked_with_and_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--index-shards", "4", "--data", data.to_str().unwrap()];
    let program = Program::start(&arguments);
    let folded = program.invoke("conversation-upsert", &event("c-1", "email", "ada@x.com")).await;
    assert_eq!(folded["outcome"], "created");
    let (status, said) = check(&["--url", &program.dynamodb()]);
    assert!(status == Some(0) && said.ends_with(" items checked: every invariant holds\n"), "{said}");
    let (status, said) = check(&["--data", data.to_str().unwrap()]);
    assert_eq!(status, Some(1));
    assert!(said.contains("another contacts-local is running on it"), "{said}");
    program.stop();

    let (status, said) = check(&["--data", data.to_str().unwrap()]);
    assert!(status == Some(0) && said.ends_with(" items checked: every invariant holds\n"), "{said}");
    let program = Program::start(&arguments);
    let found = program.api("acme", "/contacts?email=ada@x.com").await;
    assert_eq!(found["items"][0]["id"], folded["contact_id"]);

    // A claim that is lost is found out.
    let client = aws_sdk_dynamodb::Client::new(&contacts_local::sdk_config(program.dynamodb()));
    let items = client.scan().table_name("contacts").send().await.unwrap().items.unwrap();
    let claim = items.into_iter().find(|item| item["pk"].as_s().unwrap().contains("#I#email#")).unwrap();
    let delete = client.delete_item().table_name("contacts");
    delete.key("pk", claim["pk"].clone()).key("sk", claim["sk"].clone()).send().await.unwrap();
    let (status, said) = check(&["--url", &program.dynamodb()]);
    assert_eq!(status, Some(1));
    assert!(said.contains("does not have the claim of its email"), "{said}");
    assert!(said.contains("1 invariants do not hold") && !said.contains("ada@x.com"), "{said}");
    program.stop();
}

#[test]
fn there_is_nothing_to_check_in_a_folder_without_a_book() {
    let folder = tempfile::tempdir().unwrap();
    let (status, said) = check(&["--data", folder.path().join("none").to_str().unwrap()]);
    assert_eq!(status, Some(1));
    assert!(said.contains("there is no database in it"), "{said}");
}

#[test]
fn a_system_that_does_not_run_cannot_be_checked() {
    // A port that is taken, so that no other test gets it, but on which nobody listens.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let nobody = format!("http://{}", socket.local_addr().unwrap());
    let (status, said) = check(&["--url", &nobody]);
    assert_eq!(status, Some(1));
    assert!(said.contains(&nobody) && said.to_lowercase().contains("connection refused"), "{said}");
}
