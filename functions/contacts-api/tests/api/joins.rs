//! `GET /contacts/{id}/joins` and `POST …/joins/{other_id}/undo`.

use serde_json::{Value, json};

use crate::support::{TestApi, api};

/// Two contacts by two conversations, which a third conversation joins: the survivor and the other.
async fn joined(api: &TestApi) -> (String, String) {
    let first = api.converse("c-1", 300, &[("email", "ada@x.org"), ("name", "Ada")]).await.contact.unwrap();
    let second =
        api.converse("c-2", 200, &[("telephone", "+16502530000"), ("custom.plan", "pro")]).await.contact.unwrap();
    let both = api.converse("c-3", 100, &[("email", "ada@x.org"), ("telephone", "+16502530000")]).await;
    assert_eq!((both.contact, both.joined.as_slice()), (Some(first), &[second][..]));
    (first.to_string(), second.to_string())
}

#[tokio::test]
async fn a_join_is_listed_and_undone() {
    let api = api().await;
    api.define("plan", "string").await;
    let (survivor, other) = joined(&api).await;
    let joins = api.get(&format!("/contacts/{survivor}/joins")).await.ok().json["items"].clone();
    assert_eq!((joins.as_array().unwrap().len(), &joins[0]["contact_id"]), (1, &json!(other)));
    // The joined contact's id leads to the survivor, also here.
    assert_eq!(api.get(&format!("/contacts/{other}/joins")).await.status, 308);

    let undone = api.call("POST", &format!("/contacts/{survivor}/joins/{other}/undo")).send().await.ok().json;
    assert_eq!((&undone["contact"]["id"], &undone["contact"]["phone"]), (&json!(survivor), &Value::Null));
    assert_eq!((&undone["restored"]["id"], &undone["restored"]["phone"]), (&json!(other), &json!("+16502530000")));
    assert_eq!(undone["left_with_others"], json!([]));
    for (id, plan) in [(&survivor, Value::Null), (&other, json!("pro"))] {
        let contact = api.get(&format!("/contacts/{id}")).await.ok().json;
        assert_eq!((&contact["id"], &contact["custom_fields"]["plan"]), (&json!(id), &plan));
        assert_eq!(contact["kept_apart"].as_array().unwrap().len(), 1);
    }
    assert_eq!(api.get("/contacts?phone=%2B16502530000").await.ok().items("id"), [&*other]);
    // Its conversation is its own again.
    assert_eq!(api.get(&format!("/contacts/{other}/conversations")).await.ok().items("conversation_id"), ["c-2"]);
    assert_eq!(api.get(&format!("/contacts/{survivor}/joins")).await.ok().json["items"], json!([]));
    assert_eq!(api.call("POST", &format!("/contacts/{survivor}/joins/{other}/undo")).send().await.status, 404);
    api.check().await;
}

#[tokio::test]
async fn what_others_took_since_stays_with_them() {
    let api = api().await;
    api.define("plan", "string").await;
    let (survivor, other) = joined(&api).await;
    // The phone is removed from the contact, and somebody else is added with it.
    let path = format!("/contacts/{survivor}");
    api.patch(&path, json!({"channels": {"telephone": null}})).await.ok();
    api.post("/contacts", json!({"name": "Bob", "channels": {"telephone": "+16502530000"}})).await;
    let undone = api.call("POST", &format!("/contacts/{survivor}/joins/{other}/undo")).send().await.ok().json;
    assert_eq!(undone["left_with_others"], json!([{"field": "telephone", "value": "+16502530000"}]));
    assert_eq!(undone["restored"]["phone"], Value::Null);
    api.check().await;
}

#[tokio::test]
async fn only_a_join_into_the_contact_itself_is_undone() {
    let api = api().await;
    api.define("plan", "string").await;
    let (survivor, other) = joined(&api).await;
    let stranger = api.converse("c-9", 10, &[("email", "eve@x.org")]).await.contact.unwrap().to_string();
    for (id, of, status) in [
        (&stranger, &other, 404),
        (&survivor, &stranger, 404),
        (&other, &survivor, 308),
        (&"0190c5f2-4a5b-7c3d-9e8f-0123456789ab".to_owned(), &other, 404),
    ] {
        let answer = api.call("POST", &format!("/contacts/{id}/joins/{of}/undo")).send().await;
        assert_eq!(answer.status, status, "{id} {of}");
    }
    assert_eq!(api.get(&format!("/contacts/{survivor}")).await.ok().json["phone"], "+16502530000");
    api.check().await;
}
