//! What a token's role allows.

use serde_json::{Value, json};

use crate::support::{Answer, JSON, TestApi, api, api_with_roles};

const ROLES: [&str; 3] = ["reader", "editor", "admin"];

/// The least role that each operation needs.
const NEEDED: [(&str, &str, &str); 35] = [
    ("GET", "/contacts", "reader"),
    ("GET", "/contacts/{id}", "reader"),
    ("GET", "/contacts/{id}/conversations", "reader"),
    ("GET", "/contacts/{id}/joins", "reader"),
    ("GET", "/contacts/{id}/history", "reader"),
    ("GET", "/contacts/{id}/everything", "reader"),
    ("GET", "/conversations/{id}", "reader"),
    ("POST", "/contacts/resolve", "reader"),
    ("GET", "/custom-fields", "reader"),
    ("GET", "/settings", "reader"),
    ("GET", "/imports", "reader"),
    ("GET", "/imports/{id}", "reader"),
    ("POST", "/contacts", "editor"),
    ("PATCH", "/contacts/{id}", "editor"),
    ("DELETE", "/contacts/{id}", "editor"),
    ("DELETE", "/contacts/{id}/conversations/{conversation_id}", "editor"),
    ("POST", "/contacts/{id}/joins/{other_id}/undo", "editor"),
    ("POST", "/contacts/{id}/restore", "editor"),
    ("POST", "/contacts/{id}/erase", "editor"),
    ("POST", "/contacts/{id}/conflicts/{conflict_id}/settle", "editor"),
    ("POST", "/custom-fields", "admin"),
    ("PATCH", "/custom-fields/{key}", "admin"),
    ("DELETE", "/custom-fields/{key}", "admin"),
    ("PATCH", "/settings", "admin"),
    ("POST", "/imports", "admin"),
    ("POST", "/imports/preview", "admin"),
    ("POST", "/imports/{id}/cancel", "admin"),
    ("POST", "/imports/{id}/resume", "admin"),
    ("POST", "/imports/{id}/undo", "admin"),
    ("POST", "/exports", "admin"),
    ("GET", "/exports/{id}", "admin"),
    // For these, a role matters as little as whether there is a token.
    ("GET", "/openapi.json", ""),
    ("HEAD", "/contacts", "reader"),
    ("HEAD", "/settings", "reader"),
    ("HEAD", "/exports/{id}", "admin"),
];

fn claims(role: &Value) -> Value {
    json!({"workspace_id": "acme", "sub": "ada", "role": role})
}

async fn call(api: &TestApi, role: &Value, method: &str, path: &str) -> Answer {
    let path = path.replace("{id}", "0190c5f2-4a5b-7c3d-9e8f-0123456789ab");
    let path = path.replace("{conversation_id}", "c-1").replace("{key}", "plan");
    let path = path.replace("{other_id}", "0190c5f2-4a5b-7c3d-9e8f-0123456789ac");
    let call = api.with_claims(Some(claims(role))).call(method, &path);
    if method == "GET" || method == "HEAD" { call.send().await } else { call.body(JSON, "{}").send().await }
}

#[tokio::test]
async fn each_role_may_do_what_it_is_for_and_the_refusal_names_the_role_that_is_needed() {
    let api = api_with_roles().await;
    for (method, path, needed) in NEEDED {
        for role in ROLES {
            let answer = call(&api, &json!(role), method, path).await;
            let is_enough = ROLES.iter().position(|other| *other == role) >= ROLES.iter().position(|o| *o == needed);
            assert_eq!(answer.status != 403, is_enough, "{method} {path} as {role}: {answer:?}");
            if !is_enough && method != "HEAD" {
                answer.problem(403);
                assert_eq!(answer.text("code"), format!("needs_{needed}"));
                let detail = format!("this needs the role {needed}; the token has the role {role}");
                assert_eq!(answer.text("detail"), detail);
            }
        }
    }
    api.check().await;
}

#[tokio::test]
async fn every_operation_needs_a_role() {
    let paths = serde_json::to_value(contacts_api::document()).unwrap()["paths"].clone();
    for (path, operations) in paths.as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|name| *name != "parameters") {
            let method = method.to_uppercase();
            assert!(NEEDED.iter().any(|(m, p, _)| *m == method && p == path), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_token_without_a_role_is_an_admins_and_one_with_another_word_is_nobodys() {
    let api = api_with_roles().await;
    let ask = async |claims: Value| api.with_claims(Some(claims)).call("POST", "/exports").send().await;
    assert_eq!(ask(json!({"workspace_id": "acme"})).await.status, 201);
    // As API Gateway writes a list.
    assert_eq!(ask(claims(&json!("[sales admin]"))).await.status, 200);
    for role in ["", "owner", "Admin", "[]", "[sales]"] {
        for (method, path) in [("POST", "/exports"), ("GET", "/contacts")] {
            let answer = call(&api, &json!(role), method, path).await;
            answer.problem(403);
            assert!(answer.text("detail").contains("no valid role"), "{role}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn without_a_claim_for_it_a_role_means_nothing() {
    let api = api().await;
    for role in ["reader", "owner"] {
        assert!([200, 201].contains(&call(&api, &json!(role), "POST", "/exports").await.status));
    }
}

#[tokio::test]
async fn a_refusal_comes_before_anything_about_the_resource_or_the_body() {
    let api = api_with_roles().await;
    let contact = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let reader = api.with_claims(Some(claims(&json!("reader"))));
    for body in ["{", "{\"x\":1}", "{\"name\":\"Eve\"}"] {
        reader.call("PATCH", &contact).body(JSON, body).send().await.problem(403);
        reader.call("POST", "/contacts").body(JSON, body).send().await.problem(403);
    }
    reader.call("DELETE", &contact).send().await.problem(403);
    assert_eq!(api.get(&contact).await.ok().text("name"), "Ada");
}
