//! `GET /openapi.json`.

use std::path::Path;

use serde_json::Value;

use crate::support::api;

#[tokio::test]
async fn the_description_needs_no_token() {
    let api = api().await;
    let answer = api.with_claims(None).call("GET", "/openapi.json").send().await.ok();
    assert_eq!(answer.json, serde_json::to_value(contacts_api::document()).unwrap());
    assert!(answer.text("openapi").starts_with("3.1"));
}

/// The description is part of the API: a change of it is a change that a reviewer sees. `UPDATE_OPENAPI=1` writes it
/// anew.
#[test]
fn the_description_is_as_it_was_agreed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json");
    let now = contacts_api::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let agreed = std::fs::read_to_string(&path).unwrap();
    assert!(now == agreed, "the API's description has changed; see it with UPDATE_OPENAPI=1 and git diff");
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_says_what_it_refuses() {
    let document = serde_json::to_value(contacts_api::document()).unwrap();
    let mut references = Vec::new();
    find_references(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let responses = operation["responses"].as_object().unwrap();
            let expects = |status: &str, when: bool| {
                assert_eq!(responses.contains_key(status), when, "{status} of {method} {path}");
            };
            let is_step = ["/cancel", "/erase", "/restore", "/resume", "/undo"].iter().any(|step| path.ends_with(step));
            let has_body = ["post", "patch"].contains(&method.as_str()) && !is_step;
            let is_open = path == "/openapi.json";
            for status in ["400", "403", "500", "503"] {
                expects(status, !is_open);
            }
            for status in ["413", "415", "422"] {
                expects(status, has_body);
            }
            expects("404", path.contains('{'));
            expects("308", path.starts_with("/contacts/{id}"));
            assert_eq!(operation.get("security").is_some(), is_open, "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }
    assert_eq!(operations, 32);
}

#[tokio::test]
async fn the_examples_of_imports_are_true() {
    let document = serde_json::to_value(contacts_api::document()).unwrap();
    let example = |name: &str| document["components"]["schemas"][name]["example"].clone();
    let api = api().await;
    let order = api.post("/imports", example("NewImport")).await;
    assert_eq!(order.status, 201, "{order:?}");
    let preview = api.post("/imports/preview", example("NewPreview")).await.ok();
    assert_eq!(preview.json, example("Preview"));
    // What an answer has, its example has, and the other way round.
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&api.get(&format!("/imports/{}", order.text("id"))).await.json), names(&example("Import")));
    assert_eq!(names(&order.json["upload"]), names(&example("Upload")));
    assert_eq!(names(&api.post("/exports", serde_json::json!({})).await.json), names(&example("Export")));
}

fn find_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| find_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| find_references(value, found)),
        _ => {}
    }
}
