//! `DELETE /contacts/{id}`.

use serde_json::json;

use crate::support::api;

#[tokio::test]
async fn a_deleted_contact_is_gone_everywhere() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    let path = format!("/contacts/{survivor}");
    let answer = api.delete(&path).await;
    assert_eq!((answer.status, &*answer.written), (204, ""));
    for path in [&path, &format!("/contacts/{other}"), &format!("{path}/conversations"), "/conversations/join"] {
        api.get(path).await.problem(404);
    }
    api.patch(&path, json!({"name": "x"})).await.problem(404);
    api.delete(&path).await.problem(404);
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
    delete("*").await.problem(404);
}
