//! `/custom-fields`.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value, json};

use crate::support::{JSON, api};

#[tokio::test]
async fn fields_are_defined_listed_relabelled_and_removed() {
    let api = api().await;
    assert_eq!(api.get("/custom-fields").await.ok().json, json!({"items": [], "next_cursor": null}));
    let plan = json!({"key": "plan", "label": " Plan ", "type": "string"});
    let answer = api.post("/custom-fields", plan).await;
    assert_eq!((answer.status, answer.header("location")), (201, Some("/custom-fields/plan")));
    let plan = json!({"key": "plan", "label": "Plan", "type": "string"});
    assert_eq!(answer.json, plan);
    let budget = json!({"key": "budget", "label": "Budget", "type": "number"});
    assert_eq!(api.post("/custom-fields", budget.clone()).await.json, budget);
    assert_eq!(api.get("/custom-fields").await.json, json!({"items": [plan, budget], "next_cursor": null}));
    let tariff = json!({"key": "plan", "label": "Tariff", "type": "string"});
    assert_eq!(api.patch("/custom-fields/plan", json!({"label": " Tariff"})).await.ok().json, tariff);
    assert_eq!(api.call("PATCH", "/custom-fields/plan").body(JSON, "{}").send().await.ok().json, tariff);
    let answer = api.delete("/custom-fields/plan").await;
    assert_eq!((answer.status, &*answer.written), (204, ""));
    assert_eq!(api.get("/custom-fields").await.json["items"], json!([budget]));
}

#[tokio::test]
async fn a_taken_key_is_409() {
    let api = api().await;
    api.define("plan", "string").await;
    let answer = api.post("/custom-fields", json!({"key": "plan", "label": "x", "type": "number"})).await;
    assert_eq!(answer.problem(409), ["key"]);
}

#[tokio::test]
async fn a_bad_definition_is_422_and_all_that_is_wrong_is_named() {
    let api = api().await;
    for (body, fields) in [
        (json!({}), &["key", "label", "type"][..]),
        (json!({"key": "a b", "label": " ", "type": "boolean"}), &["key", "type", "label"]),
        (json!({"key": 1, "label": null, "type": []}), &["key", "label", "type"]),
        (json!({"key": " plan", "label": "x", "type": "string"}), &["key"]),
        (json!({"key": "plan", "label": "x".repeat(101), "type": "string"}), &["label"]),
        (json!({"key": "plan", "label": "Plan", "type": "string", "required": true}), &["required"]),
    ] {
        assert_eq!(api.post("/custom-fields", body.clone()).await.problem(422), fields, "{body}");
    }
    assert_eq!(api.get("/custom-fields").await.json["items"], json!([]));
}

#[tokio::test]
async fn key_and_type_never_change() {
    let api = api().await;
    api.define("plan", "string").await;
    for (body, fields) in [
        (json!({"key": "plan"}), &["key"][..]),
        (json!({"label": "x", "key": "y", "type": "number", "z": 1}), &["key", "type", "z"]),
        (json!({"label": null}), &["label"]),
        (json!({"label": ""}), &["label"]),
        (json!({"label": 1}), &["label"]),
    ] {
        assert_eq!(api.patch("/custom-fields/plan", body.clone()).await.problem(422), fields, "{body}");
    }
    assert_eq!(api.get("/custom-fields").await.items("label"), ["plan"]);
}

#[tokio::test]
async fn an_unknown_key_is_404() {
    let api = api().await;
    for key in ["plan", "Plan", "a%20b", "%C3%A9"] {
        let path = format!("/custom-fields/{key}");
        api.patch(&path, json!({"label": "x"})).await.problem(404);
        api.patch(&path, json!({})).await.problem(404);
        api.delete(&path).await.problem(404);
    }
}

#[tokio::test]
async fn a_workspace_has_at_most_100() {
    let api = api().await;
    for n in 0..100 {
        api.define(&format!("f{n}"), "string").await;
    }
    api.post("/custom-fields", json!({"key": "one", "label": "x", "type": "string"})).await.problem(422);
    let answer = api.get("/custom-fields").await;
    assert_eq!((answer.items("key").len(), &answer.json["next_cursor"]), (100, &Value::Null));
}

#[tokio::test]
async fn custom_values_have_32_kib_together() {
    let api = api().await;
    for n in 0..10 {
        api.define(&format!("field_{n}"), "string").await;
    }
    let custom = |count: usize, text: &str| -> Value {
        (0..count).map(|n| (format!("field_{n}"), json!(text))).collect::<Map<_, _>>().into()
    };
    let full = "x".repeat(4_000);
    let too_much = json!({"name": "Ada", "custom_fields": custom(9, &full)});
    let refused = api.post("/contacts", too_much).await;
    assert_eq!(refused.problem(422), ["custom_fields.field_8"]);
    assert!(refused.written.contains("32 KiB"), "{refused:?}");
    // Bytes count, not characters.
    let wide = json!({"name": "Ada", "custom_fields": custom(3, &"€".repeat(4_000))});
    assert_eq!(api.post("/contacts", wide).await.problem(422), ["custom_fields.field_2"]);
    assert_eq!(api.get("/contacts").await.items("id"), [""; 0]);

    let contact = format!("/contacts/{}", api.add(json!({"name": "Ada", "custom_fields": custom(8, &full)})).await);
    let refused = api.patch(&contact, json!({"custom_fields": {"field_8": &full}})).await;
    assert_eq!(refused.problem(422), ["custom_fields.field_8"]);
    assert!(refused.written.contains("32 KiB"), "{refused:?}");
    api.patch(&contact, json!({"custom_fields": {"field_0": "short", "field_8": &full}})).await.ok();
}

/// Of an earlier build, which allowed 256 KiB.
#[tokio::test]
async fn a_contact_that_is_larger_than_allowed_stays_but_does_not_grow() {
    let api = api().await;
    for n in 0..3 {
        api.define(&format!("field_{n}"), "string").await;
    }
    let custom = json!({"field_0": "a", "field_1": "b"});
    let id = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}, "custom_fields": custom})).await;
    let key = [("pk", format!("W#acme#C#{id}")), ("sk", "CONTACT".to_owned())];
    let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
    let update = api.engine.client().update_item().table_name(api.engine.table()).set_key(Some(key.into()));
    let update = update.update_expression("SET #values.#field.#value = :large");
    let names = [("#values", "values"), ("#field", "custom.field_0"), ("#value", "v")];
    let names = names.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let large = AttributeValue::S("x".repeat(200_000));
    let update = update.set_expression_attribute_names(Some(names.into()));
    update.expression_attribute_values(":large", large).send().await.unwrap();

    let contact = format!("/contacts/{id}");
    assert_eq!(api.get(&contact).await.ok().json["custom_fields"]["field_0"].as_str().unwrap().len(), 200_000);
    assert_eq!(api.get("/contacts").await.items("id"), [&id]);
    api.patch(&contact, json!({"name": "Countess"})).await.ok();
    api.patch(&contact, json!({"custom_fields": {"field_1": "c"}})).await.ok();
    let grown = api.patch(&contact, json!({"custom_fields": {"field_2": "new"}})).await;
    assert_eq!(grown.problem(422), ["custom_fields.field_2"]);
    api.patch(&contact, json!({"custom_fields": {"field_0": "small", "field_2": "new"}})).await.ok();
    api.check().await;
}

#[tokio::test]
async fn the_values_of_a_removed_field_are_removed_on_request() {
    let api = api().await;
    api.define("plan", "string").await;
    api.delete("/custom-fields/plan?purge=maybe").await.problem(400);
    api.bucket.faults.inject(|_| Some(contacts_testing::Fault::TimeoutBefore));
    api.delete("/custom-fields/plan?purge=true").await.problem(503);
    api.bucket.faults.clear();
    assert_eq!(api.delete("/custom-fields/plan?purge=true").await.status, 204, "repeated, though the field is removed");
    let order = "https://contacts.s3.us-east-1.amazonaws.com/purges/acme/plan.json";
    assert!(api.bucket.objects().contains_key(order));
    assert_eq!(api.get("/custom-fields").await.items("key"), [""; 0]);
    api.delete("/custom-fields/plan?purge=false").await.problem(404);
    api.check().await;
}
