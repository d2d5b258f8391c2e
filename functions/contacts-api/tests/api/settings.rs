//! `/settings`.

use serde_json::json;

use crate::support::{JSON, api};

#[tokio::test]
async fn the_default_country_is_read_and_changed() {
    let api = api().await;
    assert_eq!(api.get("/settings").await.ok().json, json!({"default_country": "US"}));
    assert_eq!(
        api.patch("/settings", json!({"default_country": "gb"})).await.ok().json,
        json!({"default_country": "GB"})
    );
    assert_eq!(
        api.call("PATCH", "/settings").body(JSON, "{}").send().await.ok().json,
        json!({"default_country": "GB"})
    );
    assert_eq!(api.get("/settings").await.json, json!({"default_country": "GB"}));
}

#[tokio::test]
async fn what_is_no_country_or_no_setting_is_422() {
    let api = api().await;
    for (body, fields) in [
        (json!({"default_country": "UK"}), &["default_country"][..]),
        (json!({"default_country": null}), &["default_country"]),
        (json!({"default_country": 1}), &["default_country"]),
        (json!({"default_country": ""}), &["default_country"]),
        (json!({"default_country": "GB", "index_shards": 4, "custom_fields": []}), &["index_shards", "custom_fields"]),
    ] {
        let mut named: Vec<String> =
            api.patch("/settings", body.clone()).await.problem(422).into_iter().map(str::to_owned).collect();
        named.sort_by_key(|field| fields.iter().position(|expected| expected == field));
        assert_eq!(named, fields, "{body}");
    }
    assert_eq!(api.get("/settings").await.json, json!({"default_country": "US"}));
}
