//! `/settings`.

use serde_json::{Value, json};

use crate::support::{JSON, api};

/// The settings of a new workspace, with these changes.
fn settings(changes: &Value) -> Value {
    let mut settings =
        json!({"default_country": "US", "identity": "open", "blocked_identifiers": [], "allowed_identifiers": []});
    settings["history_days"] = json!(400);
    settings["erasure_days"] = json!(730);
    settings["conversation_url"] = json!(null);
    settings.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    settings
}

#[tokio::test]
async fn the_settings_are_read_and_changed() {
    let api = api().await;
    assert_eq!(api.get("/settings").await.ok().json, settings(&json!({})));
    let mut changed = json!({});
    for (patch, member) in [
        (json!({"default_country": "gb"}), json!({"default_country": "GB"})),
        (json!({}), json!({})),
        (json!({"identity": "guarded"}), json!({"identity": "guarded"})),
        (
            json!({"blocked_identifiers": [{"field": "telephone", "value": "020 7946 0018"}]}),
            json!({"blocked_identifiers": [{"field": "telephone", "value": "+442079460018"}]}),
        ),
        (
            json!({"allowed_identifiers": [{"field": "email", "value": "NoReply@example.com"}]}),
            json!({"allowed_identifiers": [{"field": "email", "value": "NoReply@example.com"}]}),
        ),
        (json!({"blocked_identifiers": null}), json!({"blocked_identifiers": []})),
        (
            json!({"history_days": 0, "conversation_url": "https://calls.example.com/{conversation_id}"}),
            json!({"history_days": 0, "conversation_url": "https://calls.example.com/{conversation_id}"}),
        ),
        (json!({"conversation_url": null}), json!({"conversation_url": null})),
    ] {
        changed.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let answer = api.call("PATCH", "/settings").json(JSON, &patch).send().await.ok();
        assert_eq!(answer.json, settings(&changed), "{patch}");
        assert_eq!(api.get("/settings").await.json, answer.json);
    }
}

#[tokio::test]
async fn every_invalid_or_unknown_setting_is_named() {
    let api = api().await;
    for (body, fields) in [
        (json!({"default_country": "UK"}), &["default_country"][..]),
        (json!({"default_country": null}), &["default_country"]),
        (json!({"default_country": 1}), &["default_country"]),
        (json!({"default_country": ""}), &["default_country"]),
        (json!({"default_country": "GB", "index_shards": 4, "custom_fields": []}), &["index_shards", "custom_fields"]),
        (json!({"history_days": -1, "conversation_url": "mailto:x"}), &["history_days", "conversation_url"]),
        (json!({"identity": "closed", "blocked_identifiers": "x"}), &["identity", "blocked_identifiers"]),
        (
            json!({"identity": "guarded", "blocked_identifiers": [
                {"field": "email", "value": "info@example.com"}, {"field": "email", "value": "info"}, {"field": "name"}
            ]}),
            &["blocked_identifiers[1].value", "blocked_identifiers[2].field", "blocked_identifiers[2].value"],
        ),
    ] {
        let mut named: Vec<String> =
            api.patch("/settings", body.clone()).await.problem(422).into_iter().map(str::to_owned).collect();
        named.sort_by_key(|field| fields.iter().position(|expected| expected == field));
        assert_eq!(named, fields, "{body}");
    }
    assert_eq!(api.get("/settings").await.json, settings(&json!({})));
}

#[tokio::test]
async fn a_blocked_identifier_is_shown_but_leads_nowhere() {
    let api = api().await;
    let switchboard = json!({"field": "telephone", "value": "+12015550123"});
    api.patch("/settings", json!({"blocked_identifiers": [switchboard]})).await.ok();
    for name in ["Ada", "Bob"] {
        let answer = api.post("/contacts", json!({"name": name, "channels": {"telephone": "+12015550123"}})).await;
        assert_eq!((answer.status, answer.text("phone")), (201, "+12015550123"), "{name}");
    }
    assert_eq!(api.get("/contacts?phone=%2B12015550123").await.items("id"), [""; 0]);
    api.check().await;
}
