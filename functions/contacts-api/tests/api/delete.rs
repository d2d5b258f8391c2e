//! `DELETE /contacts/{id}`.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{ago, api};

#[tokio::test]
async fn a_deleted_contact_is_gone_everywhere() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    let path = format!("/contacts/{survivor}");
    let answer = api.delete(&path).await;
    assert_eq!((answer.status, &*answer.written), (204, ""));
    for path in [&path, &format!("/contacts/{other}"), &format!("{path}/conversations"), &format!("{path}/history")] {
        let gone = api.get(path).await;
        let until: Timestamp = gone.text("restorable_until").parse().unwrap();
        assert!((ago(0) + SignedDuration::from_hours(719)..ago(0) + SignedDuration::from_hours(720)).contains(&until));
        gone.problem(410);
    }
    api.get("/conversations/join").await.problem(404);
    api.patch(&path, json!({"name": "x"})).await.problem(410);
    api.delete(&path).await.problem(410);
    for query in ["", "?email=ada@example.com", "?phone=%2B15550001111", "?sort=email"] {
        assert_eq!(api.get(&format!("/contacts{query}")).await.items("id"), [""; 0], "{query}");
    }
    // Its identifiers are free again.
    api.add(json!({"channels": {"email": "ada@example.com"}})).await;
    api.check().await;
}

#[tokio::test]
async fn a_version_that_has_passed_is_412() {
    let api = api().await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    api.patch(&path, json!({"name": "B"})).await.ok();
    let delete = async |tags: &str| api.call("DELETE", &path).header("if-match", tags).send().await;
    for tags in ["\"1\"", "W/\"2\"", "\"1\", \"3\""] {
        delete(tags).await.problem(412);
    }
    assert_eq!(delete("2").await.problem(400), ["If-Match"]);
    assert_eq!(delete("\"1\", \"2\"").await.status, 204);
    delete("*").await.problem(410);
}

#[tokio::test]
async fn a_deleted_contact_is_restored_without_what_others_took_meanwhile() {
    let api = api().await;
    let ada = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com", "slack": "U01ABCD234"}})).await;
    let restore = async |id: &str| api.call("POST", &format!("/contacts/{id}/restore")).send().await;
    assert_eq!(restore(&ada).await.ok().json["contact"]["version"], 1, "it is not deleted");
    api.delete(&format!("/contacts/{ada}")).await;
    api.add(json!({"channels": {"slack": "U01ABCD234"}})).await;
    let restored = restore(&ada).await.ok().json;
    assert_eq!(restored["left_with_others"], json!([{"field": "slack", "value": "U01ABCD234"}]));
    assert_eq!((&restored["contact"]["name"], &restored["contact"]["version"]), (&json!("Ada"), &json!(3)));
    assert_eq!(api.get("/contacts?email=ada@example.com").await.items("id"), [&*ada]);
    assert_eq!(api.get("/contacts?slack=U01ABCD234").await.items("name"), [""; 1]);
    restore("0190c5f2-4a5b-7c3d-9e8f-0123456789ab").await.problem(404);
    restore("x").await.problem(404);
    api.check().await;
}

#[tokio::test]
async fn a_deletion_by_a_clock_that_ran_ahead_holds_nobody_off() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
    assert_eq!(api.delete(&format!("/contacts/{id}")).await.status, 204);
    let key = [("pk", format!("W#acme#C#{id}")), ("sk", "CONTACT".to_owned())];
    let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
    let ahead = AttributeValue::N(ago(-3_600).as_millisecond().to_string());
    let update = api.engine.client().update_item().table_name(api.engine.table()).set_key(Some(key.into()));
    let update =
        update.update_expression("SET deleted_at = :ahead").condition_expression("attribute_exists(deleted_at)");
    update.expression_attribute_values(":ahead", ahead).send().await.unwrap();

    let again = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
    // The claim remembers the deletion, but not for longer than it should.
    let folded = api.converse("later", 0, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
    assert_eq!(folded.contact.map(|id| id.to_string()), Some(again));
    api.check().await;
}
