//! `Idempotency-Key`.

use serde_json::{Value, json};

use crate::support::{Answer, JSON, TestApi, api};

const KEY: &str = "idempotency-key";

async fn post(api: &TestApi, key: &str, body: &str) -> Answer {
    api.call("POST", "/contacts").header(KEY, key).body(JSON, body).send().await
}

#[tokio::test]
async fn equal_json_gets_the_same_answer_and_adds_nothing() {
    let api = api().await;
    api.define("n", "number").await;
    let first = post(
        &api,
        "k",
        r#"{"name":"Ad\u00e9","channels":{"email":"a@b.co","slack":"U00001"},"custom_fields":{"n":1.5}}"#,
    )
    .await;
    assert_eq!(first.status, 201, "{first:?}");
    let id = first.text("id");
    // What happens to the contact meanwhile does not change the answer.
    api.patch(&format!("/contacts/{id}"), json!({"name": "Other"})).await.ok();
    let body =
        r#" { "custom_fields": {"n": 1.5}, "channels" : {"slack": "U00001", "email": "a@b.co"}, "name": "Adé" } "#;
    let again = post(&api, "k", body).await;
    assert_eq!((again.status, &again.written), (201, &first.written));
    for header in ["location", "etag"] {
        assert_eq!(again.header(header), first.header(header));
    }
    assert_eq!(api.get("/contacts").await.items("id"), [id]);
    api.check().await;
}

#[tokio::test]
async fn another_body_under_the_key_is_422() {
    let api = api().await;
    assert_eq!(post(&api, "k", r#"{"name":"Ada"}"#).await.status, 201);
    for body in
        [r#"{"name":"Bob"}"#, r#"{"name":"Ada","channels":{}}"#, r#"{"name":"Ada","channels":{"email":"a@b.co"}}"#]
    {
        assert_eq!(post(&api, "k", body).await.problem(422), ["Idempotency-Key"], "{body}");
    }
    assert_eq!(post(&api, "k2", r#"{"name":"Bob"}"#).await.status, 201);
}

#[tokio::test]
async fn a_refused_request_uses_no_key() {
    let api = api().await;
    let known = api.add(json!({"channels": {"email": "a@b.co"}})).await;
    post(&api, "k", "{").await.problem(400);
    post(&api, "k", r#"{"nope":1}"#).await.problem(422);
    post(&api, "k", r#"{"channels":{"email":"a@b.co"}}"#).await.problem(409);
    assert_eq!(post(&api, "k", r#"{"name":"Ada"}"#).await.status, 201);
    assert_eq!(api.get(&format!("/contacts/{known}")).await.json["version"], 1);
}

#[tokio::test]
async fn a_repeated_request_whose_contact_was_deleted_is_409() {
    let api = api().await;
    let first = post(&api, "k", r#"{"name":"Ada"}"#).await;
    assert_eq!(api.delete(&format!("/contacts/{}", first.text("id"))).await.status, 204);
    post(&api, "k", r#"{"name":"Ada"}"#).await.problem(409);
    api.check().await;
}

#[tokio::test]
async fn concurrent_twins_get_one_answer() {
    let api = api().await;
    let twin = || post(&api, "k", r#"{"name":"Ada","channels":{"email":"a@b.co"}}"#);
    let (a, b, c, d) = tokio::join!(twin(), twin(), twin(), twin());
    for answer in [&b, &c, &d] {
        assert_eq!((answer.status, &answer.written), (201, &a.written));
    }
    assert_eq!(api.get("/contacts").await.items("id").len(), 1);
    api.check().await;
}

#[tokio::test]
async fn a_key_is_1_to_255_printable_ascii_characters() {
    let api = api().await;
    for key in ["é", "a\tb", &"k".repeat(256), ""] {
        assert_eq!(post(&api, key, r#"{"name":"Ada"}"#).await.problem(400), ["Idempotency-Key"], "{key}");
    }
    assert_eq!(api.get("/contacts").await.json["items"], Value::Array(vec![]));
    for key in ["k", "a b \"~\"", &"k".repeat(255)] {
        assert_eq!(post(&api, key, r#"{"name":"Ada"}"#).await.status, 201, "{key}");
    }
}

#[tokio::test]
async fn keys_are_of_one_workspace() {
    let api = api().await;
    let post = async |workspace: &str, body: &str| {
        let call = api.token_of(workspace).call("POST", "/contacts").header(KEY, "k").body(JSON, body);
        call.send().await.status
    };
    assert_eq!(post("acme", r#"{"name":"Ada"}"#).await, 201);
    assert_eq!(post("other", r#"{"name":"Bob"}"#).await, 201);
}
