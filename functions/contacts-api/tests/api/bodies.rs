//! Bodies that are not JSON, have another type, or unknown members.

use contacts_testing::{any_json, damaged, object_of};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::support::{JSON, MERGE_PATCH, api};

#[tokio::test]
async fn malformed_json_is_400_for_every_method_with_a_body() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let contact = format!("/contacts/{id}");
    for (method, path) in [
        ("POST", "/contacts"),
        ("PATCH", &contact),
        ("POST", "/custom-fields"),
        ("PATCH", "/custom-fields/plan"),
        ("PATCH", "/settings"),
        ("POST", "/imports"),
        ("POST", "/imports/preview"),
    ] {
        for body in
            ["", "{", "{\"name\":}", "{\"name\":\"Ada\",}", "{} {}", "{\"name\":\"a\",\"name\":\"b\"}", "\u{feff}{}"]
        {
            api.call(method, path).body(JSON, body).send().await.problem(400);
        }
        for body in ["[]", "null", "\"x\"", "1"] {
            api.call(method, path).body(JSON, body).send().await.problem(422);
        }
    }
    for body in [
        r#"{"\ud800":"Ada"}"#,
        r#"{"channels":{"email":"a@b.co","email":"b@b.co"}}"#,
        r#"{"custom_fields":{"a":1,"a":2}}"#,
        r#"{"name":01}"#,
    ] {
        api.call("POST", "/contacts").body(JSON, body).send().await.problem(400);
    }
}

#[tokio::test]
async fn another_content_type_is_415() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let contact = format!("/contacts/{id}");
    for (method, path, kinds) in [
        ("POST", "/contacts", &["text/plain", "application/x-www-form-urlencoded", MERGE_PATCH, ""][..]),
        ("POST", "/custom-fields", &["text/plain", MERGE_PATCH]),
        ("PATCH", &contact, &["text/plain", "application/json-patch+json", "application/json; charset=utf-16"]),
        ("PATCH", "/settings", &["text/json"]),
        ("PATCH", "/custom-fields/x", &["text/json"]),
        ("POST", "/imports", &["text/csv", MERGE_PATCH]),
        ("POST", "/imports/preview", &["text/csv", MERGE_PATCH]),
        ("POST", "/exports", &["text/plain", MERGE_PATCH]),
    ] {
        for kind in kinds {
            api.call(method, path).body(kind, "{}").send().await.problem(415);
        }
    }
    api.call("POST", "/contacts").send().await.problem(415);
    for kind in [JSON, MERGE_PATCH, "application/json; charset=UTF-8", "Application/Merge-Patch+JSON;charset=utf-8"] {
        api.call("PATCH", &contact).body(kind, "{}").send().await.ok();
    }
}

#[tokio::test]
async fn every_bad_member_is_named_and_nothing_is_written() {
    let api = api().await;
    api.define("budget", "number").await;
    let id = api.add(json!({"name": "Ada"})).await;
    let body = json!({
        "id": "x", "phone": "+15551234567", "email": "a@b.co", "also_known_by": {}, "source": "manual",
        "provenance": {}, "joined": [], "created_at": "x", "updated_at": "x", "last_seen_at": null, "version": 1,
        "nickname": "A", "conflicts": {}, "shared": [], "unconfirmed": {}, "proven": true, "kept_apart": [],
        "name": "x".repeat(201),
        "channels": {
            "telephone": "12", "whatsapp": true, "email": "a", "instagram": "a b", "slack": ["U00001"], "fax": "1",
            "national_number": "5", "country_code": "1", "dial_code": "US",
        },
        "custom_fields": {"budget": "many", "plan": "pro", "Bad Key": 1},
    });
    let mut expected = vec![
        "also_known_by",
        "channels.country_code",
        "channels.dial_code",
        "channels.email",
        "channels.fax",
        "channels.instagram",
        "channels.national_number",
        "channels.slack",
        "channels.telephone",
        "channels.whatsapp",
        "conflicts",
        "created_at",
        "custom_fields.Bad Key",
        "custom_fields.budget",
        "custom_fields.plan",
        "email",
        "id",
        "joined",
        "kept_apart",
        "last_seen_at",
        "name",
        "nickname",
        "phone",
        "proven",
        "provenance",
        "shared",
        "source",
        "unconfirmed",
        "updated_at",
        "version",
    ];
    expected.sort_unstable();
    for answer in [api.post("/contacts", body.clone()).await, api.patch(&format!("/contacts/{id}"), body).await] {
        let mut named = answer.problem(422);
        named.sort_unstable();
        assert_eq!(named, expected);
    }
    assert_eq!(api.get("/contacts").await.items("id"), [&id]);
    assert_eq!(api.get(&format!("/contacts/{id}")).await.json["version"], 1);
}

#[tokio::test]
async fn members_of_another_type_are_refused() {
    let api = api().await;
    for (body, field) in [
        (json!({"name": {"first": "Ada"}}), "name"),
        (json!({"name": true}), "name"),
        (json!({"name": 5}), "name"),
        (json!({"channels": {"telephone": 15551234567_i64}}), "channels.telephone"),
        (json!({"channels": {"slack": 7.5}}), "channels.slack"),
        (json!({"channels": []}), "channels"),
        (json!({"channels": "x"}), "channels"),
        (json!({"custom_fields": 1}), "custom_fields"),
        (json!({"channels": {"email": {}}}), "channels.email"),
    ] {
        assert_eq!(api.post("/contacts", body.clone()).await.problem(422), [field], "{body}");
        let id = api.add(json!({"name": "Ada"})).await;
        assert_eq!(api.patch(&format!("/contacts/{id}"), body.clone()).await.problem(422), [field], "{body}");
    }
}

#[tokio::test]
async fn a_flood_of_bad_members_is_answered_within_lambdas_limit() {
    let api = api().await;
    let members: Vec<String> = (0..100_000).map(|n| format!("\"{n}\":1")).collect();
    let answer = api.call("POST", "/contacts").body(JSON, format!("{{{}}}", members.join(","))).send().await;
    assert_eq!(answer.problem(422).len(), 1_000);
    assert!(answer.text("detail").contains("99000 more"), "{}", answer.text("detail"));
}

#[tokio::test]
async fn no_malformed_body_or_query_is_a_failure_of_the_server() {
    let api = api().await;
    let contact = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let names = [
        "name",
        "channels",
        "custom_fields",
        "unconfirmed",
        "conflicts",
        "key",
        "label",
        "type",
        "default_country",
        "identity",
        "blocked_identifiers",
        "file_name",
        "size_bytes",
        "mapping",
        "sample",
        "encoding",
        "header",
        "on_invalid",
        "existing",
        "quoting",
        "dry_run",
    ];
    let channels = object_of(&["telephone", "email", "slack", "sample", "field", "column"], any_json());
    let body = object_of(&names, prop_oneof![any_json(), channels]);
    let body =
        prop_oneof![3 => body.prop_flat_map(|body| prop_oneof![Just(body.clone()), damaged(body)]), 1 => any_json()];
    let mut runner = TestRunner::deterministic();
    for _ in 0..ProptestConfig::default().cases / 4 {
        for (method, path) in [
            ("POST", "/contacts"),
            ("PATCH", &*contact),
            ("POST", "/custom-fields"),
            ("PATCH", "/settings"),
            ("POST", "/imports"),
            ("POST", "/imports/preview"),
            ("POST", "/exports"),
        ] {
            let body = body.new_tree(&mut runner).unwrap().current();
            let answer = api.call(method, path).body(JSON, body.clone()).send().await;
            assert!(answer.status < 500, "{method} {path} {body}: {answer:?}");
            let query: String = body.chars().filter(|sign| !matches!(sign, '\\' | '"')).take(40).collect();
            let answer = api.get(&format!("/contacts?email_prefix={query}")).await;
            assert!(answer.status < 500, "{query}: {answer:?}");
        }
    }
    api.check().await;
}
