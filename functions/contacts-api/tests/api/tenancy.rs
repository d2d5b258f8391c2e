//! The workspace is what the token says.

use serde_json::json;

use crate::support::{JSON, api};

const EVERY_CALL: [(&str, &str); 23] = [
    ("GET", "/contacts"),
    ("POST", "/contacts"),
    ("POST", "/contacts/resolve"),
    ("GET", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
    ("PATCH", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
    ("DELETE", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
    ("GET", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/conversations"),
    ("DELETE", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/conversations/c"),
    ("POST", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/erase"),
    ("GET", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/everything"),
    ("GET", "/conversations/c"),
    ("GET", "/custom-fields"),
    ("POST", "/custom-fields"),
    ("PATCH", "/custom-fields/x"),
    ("DELETE", "/custom-fields/x"),
    ("GET", "/settings"),
    ("PATCH", "/settings"),
    ("GET", "/imports"),
    ("POST", "/imports"),
    ("POST", "/imports/preview"),
    ("GET", "/imports/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
    ("POST", "/exports"),
    ("GET", "/exports/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
];

#[tokio::test]
async fn a_token_without_a_workspace_is_403() {
    let api = api().await;
    for claims in [
        None,
        Some(json!({})),
        Some(json!({"sub": "u"})),
        Some(json!({"workspace_id": ""})),
        Some(json!({"workspace_id": "Acme"})),
        Some(json!({"workspace_id": "a#b"})),
    ] {
        for (method, path) in EVERY_CALL {
            let call = api.with_claims(claims.clone()).call(method, path);
            call.body(JSON, "{}").send().await.problem(403);
        }
    }
}

#[tokio::test]
async fn a_workspace_sees_nothing_of_another() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
    api.define("plan", "string").await;
    api.converse("conv-1", 0, &[("email", "ada@example.com")]).await;
    let other = api.token_of("other");
    let get = async |path: String| other.call("GET", &path).send().await;
    get(format!("/contacts/{id}")).await.problem(404);
    get(format!("/contacts/{id}/conversations")).await.problem(404);
    get(format!("/contacts/{id}/everything")).await.problem(404);
    other.call("POST", &format!("/contacts/{id}/erase")).send().await.problem(404);
    get("/conversations/conv-1".to_owned()).await.problem(404);
    other.call("DELETE", &format!("/contacts/{id}/conversations/conv-1")).send().await.problem(404);
    for path in
        ["/contacts", "/contacts?email=ada@example.com", "/contacts?email_prefix=a", "/custom-fields", "/imports"]
    {
        assert_eq!(get(path.to_owned()).await.items("id"), [""; 0], "{path}");
    }
    for method in ["PATCH", "DELETE"] {
        other.call(method, &format!("/contacts/{id}")).body(JSON, "{\"name\":\"x\"}").send().await.problem(404);
    }
    let import = api.post("/imports", json!({"file_name": "people.csv", "size_bytes": 1})).await;
    get(format!("/imports/{}", import.text("id"))).await.problem(404);
    let export = api.post("/exports", json!({})).await;
    get(format!("/exports/{}", export.text("id"))).await.problem(404);
    assert_eq!(get("/imports".to_owned()).await.items("id"), [""; 0]);
    let mapping = json!([{"column": 0, "field": "email"}, {"column": 1, "field": "custom.plan"}]);
    let order = json!({"file_name": "people.csv", "size_bytes": 1, "mapping": mapping});
    let answer = other.call("POST", "/imports").json(JSON, &order).send().await;
    assert_eq!(answer.problem(422), ["mapping[1].field"]);
    // The same identifier is free there.
    let call = other.call("POST", "/contacts").json(JSON, &json!({"channels": {"email": "ada@example.com"}}));
    assert_eq!(call.send().await.status, 201);
    api.check().await;
}

#[tokio::test]
async fn the_claim_is_configured() {
    let engine = contacts_testing::engine().await;
    let api = crate::support::api_with_claim(engine, "tenant");
    let ask = async |claims| api.with_claims(Some(claims)).call("GET", "/settings").send().await;
    ask(json!({"tenant": "acme", "workspace_id": "other"})).await.ok();
    ask(json!({"workspace_id": "acme"})).await.problem(403);
}
