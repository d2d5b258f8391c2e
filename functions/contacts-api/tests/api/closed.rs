//! A workspace that leaves the system.

use serde_json::{Value, json};

use crate::support::{JSON, MERGE_PATCH, api};

#[tokio::test]
async fn what_writes_is_refused_with_a_name_and_what_reads_is_answered() {
    let api = api().await;
    api.define("plan", "string").await;
    let id = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
    let one = format!("/contacts/{id}");
    api.book().close_workspace(&api.workspace(), &contacts_testing::person()).await.unwrap();
    let file = json!({"file_name": "people.csv", "size_bytes": 10});
    let writes: [(&str, &str, &str, Value); 8] = [
        ("POST", "/contacts", JSON, json!({"name": "Bob"})),
        ("PATCH", &one, MERGE_PATCH, json!({"name": "Ada King"})),
        ("PATCH", "/settings", MERGE_PATCH, json!({"default_country": "GB"})),
        ("POST", "/custom-fields", JSON, json!({"key": "size", "label": "Size", "type": "string"})),
        ("PATCH", "/custom-fields/plan", MERGE_PATCH, json!({"label": "The plan"})),
        ("POST", "/imports", JSON, file),
        ("POST", "/exports", JSON, json!({})),
        ("DELETE", &one, JSON, Value::Null),
    ];
    for (method, path, kind, body) in writes {
        let call = api.call(method, path);
        let answer = if body.is_null() { call.send().await } else { call.json(kind, &body).send().await };
        answer.problem(403);
        assert_eq!((answer.text("code"), answer.text("detail")), ("workspace_closed", "the workspace is closed"));
    }
    assert_eq!(api.bucket.objects().len(), 0);
    for path in ["/contacts", &*one, "/settings", "/custom-fields", "/imports"] {
        api.get(path).await.ok();
    }
    let rival = api.token_of("rival").call("POST", "/contacts").json(JSON, &json!({"name": "Bob"})).send().await;
    assert_eq!(rival.status, 201, "{rival:?}");
    api.check().await;
}
