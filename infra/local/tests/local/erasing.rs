//! An erasure reaches what follows the table and the bucket.

use std::io::{Read as _, Seek as _};

use aws_sdk_dynamodb::Client;
use contacts_local::sdk_config;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::running::{Program, json_of};
use crate::support::within;

/// Polls a resource until it is as wanted.
async fn until(program: &Program, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    within(async {
        loop {
            let found = program.api("acme", path).await;
            if is_wanted(&found) {
                return found;
            }
        }
    })
    .await
}

async fn post(program: &Program, path: &str, body: &Value) -> Value {
    let post = reqwest::Client::new().post(program.url(path)).bearer_auth(program.token("acme").await).json(body);
    json_of(post.send().await).await
}

#[tokio::test]
async fn an_erased_person_is_in_no_item_no_file_and_no_log() {
    let mut log = tempfile::tempfile().unwrap();
    let program = Program::start_with_log(&["--memory"], &log);
    let ada = json!({"name": "Ada Lovelace", "channels": {"email": "ada.lovelace@example.com"}});
    let contact = post(&program, "/contacts", &ada).await;
    let path = format!("/contacts/{}", contact["id"].as_str().unwrap());
    until(&program, &format!("{path}/history"), |history| !history["items"].as_array().unwrap().is_empty()).await;
    let export = post(&program, "/exports", &json!({})).await;
    let export = format!("/exports/{}", export["id"].as_str().unwrap());
    let file = until(&program, &export, |export| export["url"].is_string()).await["url"].as_str().unwrap().to_owned();
    assert!(reqwest::get(&file).await.unwrap().text().await.unwrap().contains("ada.lovelace@example.com"));

    let erase = reqwest::Client::new().post(program.url(&format!("{path}/erase")));
    let erased = erase.bearer_auth(program.token("acme").await).send().await.unwrap();
    assert_eq!(erased.status(), StatusCode::OK);
    within(async { while reqwest::get(&file).await.unwrap().status() != StatusCode::NOT_FOUND {} }).await;
    assert_eq!(program.api("acme", &export).await["error"]["code"], "erased");
    let table = Client::new(&sdk_config(program.dynamodb())).scan().table_name("contacts").send().await.unwrap();
    let items = format!("{:?}", table.items()).to_lowercase();
    assert!(items.contains("erased_at") && !items.contains("lovelace"), "{items}");
    program.stop();
    let mut said = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut said).unwrap();
    assert!(said.contains("answered") && !said.to_lowercase().contains("lovelace"), "{said}");
}
