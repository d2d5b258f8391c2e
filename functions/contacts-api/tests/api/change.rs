//! `PATCH /contacts/{id}`.

use serde_json::{Value, json};

use crate::support::{JSON, MERGE_PATCH, api};

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let api = api().await;
    api.define("plan", "string").await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada", "channels": {"slack": "U00001"}})).await);
    let body = json!({"channels": {"telephone": "555-123-4567"}, "custom_fields": {"plan": "pro"}});
    let answer = api.patch(&path, body.clone()).await.ok();
    assert_eq!(answer.header("etag"), Some("\"2\""));
    assert_eq!(answer.json["version"], 2);
    assert_eq!(answer.text("name"), "Ada");
    assert_eq!(answer.text("phone"), "+15551234567");
    assert_eq!(answer.json["channels"]["slack"], "U00001");
    assert_eq!(answer.json["custom_fields"], json!({"plan": "pro"}));
    assert_eq!(answer.json["provenance"]["telephone"]["source"], "manual/edit");
    assert_eq!(api.get(&path).await.json, answer.json);
    // Equal values and an empty patch change nothing.
    for body in [body, json!({}), json!({"channels": {}, "custom_fields": {}})] {
        assert_eq!(api.call("PATCH", &path).json(JSON, &body).send().await.ok().json, answer.json);
    }
    api.check().await;
}

#[tokio::test]
async fn null_clears_a_field_and_frees_its_identifier() {
    let api = api().await;
    api.define("plan", "string").await;
    let ada =
        json!({"name": "Ada", "channels": {"email": "a@b.co", "slack": "U00001"}, "custom_fields": {"plan": "pro"}});
    let path = format!("/contacts/{}", api.add(ada).await);
    let body = json!({"channels": {"email": null, "instagram": null}, "custom_fields": {"plan": null}});
    let answer = api.patch(&path, body).await.ok();
    assert_eq!(answer.json["channels"], json!({"slack": "U00001"}));
    assert_eq!(answer.json.get("custom_fields"), None::<&Value>);
    assert_eq!(api.get("/contacts?email=a@b.co").await.items("id"), [""; 0]);
    api.add(json!({"channels": {"email": "a@b.co"}})).await;
    // Older words do not bring it back.
    api.converse("late", 3_600, &[("slack", "U00001"), ("custom.plan", "old")]).await;
    assert_eq!(api.get(&path).await.json.get("custom_fields"), None::<&Value>);
    api.check().await;
}

#[tokio::test]
async fn null_for_channels_or_custom_fields_clears_all_of_them() {
    let api = api().await;
    api.define("plan", "string").await;
    let channels = json!({"email": "a@b.co", "slack": "U00001", "telephone": "+15551234567"});
    let ada = json!({"name": "Ada", "channels": channels, "custom_fields": {"plan": "pro"}});
    let path = format!("/contacts/{}", api.add(ada).await);
    let answer = api.patch(&path, json!({"channels": null, "custom_fields": null})).await.ok();
    assert_eq!(answer.json["channels"], json!({}));
    assert_eq!(answer.json.get("custom_fields"), None::<&Value>);
    assert_eq!(answer.json.get("phone"), None::<&Value>);
    api.check().await;
}

#[tokio::test]
async fn a_blank_value_is_refused_and_an_identifier_or_name_must_remain() {
    let api = api().await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada", "channels": {"slack": "U00001"}})).await);
    let body = json!({"name": " ", "channels": {"slack": "", "email": "\t"}});
    assert_eq!(api.patch(&path, body).await.problem(422), ["name", "channels.email", "channels.slack"]);
    api.patch(&path, json!({"name": null, "channels": null})).await.problem(422);
    assert_eq!(api.get(&path).await.json["version"], 1);
    api.patch(&path, json!({"name": null})).await.ok();
    api.patch(&path, json!({"channels": {"slack": null}})).await.problem(422);
}

#[tokio::test]
async fn an_identifier_of_another_contact_is_409() {
    let api = api().await;
    let ada = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com", "slack": "U00001"}})).await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Bob"})).await);
    let body = json!({"name": "Robert", "channels": {"telephone": "+15551234567", "email": "Ada@Example.com"}});
    let answer = api.patch(&path, body).await;
    assert_eq!(answer.problem(409), ["channels.email"]);
    assert_eq!(answer.text("existing_contact_id"), ada);
    assert_eq!(api.get(&path).await.text("name"), "Bob");
    // Its own identifier, spelled anew, is no conflict.
    let answer = api.patch(&format!("/contacts/{ada}"), json!({"channels": {"email": "ADA@example.com"}})).await.ok();
    assert_eq!(answer.text("email"), "ADA@example.com");
    api.check().await;
}

#[tokio::test]
async fn conflicts_are_dismissed_all_at_once() {
    let api = api().await;
    let ada = api.add(json!({"channels": {"email": "ada@example.com", "slack": "U00001"}})).await;
    api.add(json!({"channels": {"telephone": "+15550001111", "slack": "U00002"}})).await;
    api.converse("c", 0, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
    let path = format!("/contacts/{ada}");
    for value in [json!([{}]), json!({}), json!("x"), json!(false)] {
        assert_eq!(api.patch(&path, json!({"conflicts": value})).await.problem(422), ["conflicts"]);
    }
    assert!(api.get(&path).await.json["conflicts"].is_array());
    for value in [json!([]), Value::Null] {
        let answer = api.patch(&path, json!({"conflicts": value})).await.ok();
        assert_eq!(answer.json.get("conflicts"), None::<&Value>);
        assert_eq!(api.get(&path).await.json.get("conflicts"), None::<&Value>);
    }
}

#[tokio::test]
async fn a_version_that_has_passed_is_412() {
    let api = api().await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let patch = async |tags: &str, name: &str| {
        let call = api.call("PATCH", &path).header("if-match", tags).json(MERGE_PATCH, &json!({"name": name}));
        call.send().await
    };
    assert_eq!(patch("\"1\"", "B").await.ok().header("etag"), Some("\"2\""));
    for tags in ["\"1\"", "W/\"2\"", "\"02\"", "\"x\"", "\"1\", \"3\"", "W/\"2\", \"7\""] {
        patch(tags, "C").await.problem(412);
    }
    for tags in ["2", "\"2", "", "\"2\" \"3\"", "*, \"2\""] {
        assert_eq!(patch(tags, "C").await.problem(400), ["If-Match"], "{tags}");
    }
    assert_eq!(api.get(&path).await.text("name"), "B");
    assert_eq!(patch("\"1\", \"2\"", "C").await.ok().json["version"], 3);
    assert_eq!(patch("*", "D").await.ok().json["version"], 4);
    let missing = "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab";
    for tags in ["*", "\"1\"", "\"1\", \"2\""] {
        api.call("PATCH", missing).header("if-match", tags).json(JSON, &json!({})).send().await.problem(404);
    }
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_412() {
    let api = api().await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let patch = async |name: &str| {
        let call = api.call("PATCH", &path).header("if-match", "\"1\"").json(MERGE_PATCH, &json!({"name": name}));
        call.send().await.status
    };
    let (a, b, c) = tokio::join!(patch("B"), patch("C"), patch("D"));
    let mut all = [a, b, c];
    all.sort_unstable();
    assert_eq!(all, [200, 412, 412]);
    assert_eq!(api.get(&path).await.json["version"], 2);
}

#[tokio::test]
async fn custom_values_that_are_too_large_together_are_refused() {
    let api = api().await;
    let mut values = serde_json::Map::new();
    for n in 0..80 {
        api.define(&format!("f{n}"), "string").await;
        values.insert(format!("f{n}"), json!("x".repeat(4_000)));
    }
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let answer = api.patch(&path, json!({"custom_fields": values})).await;
    assert_eq!(answer.problem(422).len(), 1);
    assert_eq!(api.get(&path).await.json["version"], 1);
}
