//! What cannot be carried out is kept, with the reason.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use reqwest_tls::StatusCode;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::conversations::{event, send, send_off};
use crate::deployment::Deployment;
use crate::wait::eventually;

/// A message of one of the queues that is about `mark`, and takes it out.
pub(crate) async fn letter(deployment: &Deployment, queue: &str, mark: &str) -> Value {
    let url = deployment.queue(queue);
    eventually(&format!("a message about {mark}"), async || {
        let receive = ["sqs", "receive-message", "--queue-url", &url, "--visibility-timeout", "1"];
        let received = deployment.aws(&[&receive[..], &["--max-number-of-messages", "10"]].concat()).await;
        for message in received["Messages"].as_array()? {
            let body = message["Body"].as_str().unwrap();
            if body.contains(mark) {
                let receipt = message["ReceiptHandle"].as_str().unwrap();
                let delete = ["sqs", "delete-message", "--queue-url", &url, "--receipt-handle", receipt];
                deployment.aws(&delete).await;
                return Some(serde_json::from_str(body).unwrap());
            }
        }
        None
    })
    .await
}

/// Puts an object into the bucket.
async fn put(deployment: &Deployment, key: &str, text: &str) {
    let source = NamedTempFile::new().unwrap();
    std::fs::write(source.path(), text).unwrap();
    let put = ["s3api", "put-object", "--bucket", &deployment.outputs["BucketName"], "--key", key, "--body"];
    deployment.aws(&[&put[..], &[source.path().to_str().unwrap()]].concat()).await;
}

pub(crate) async fn a_poisoned_event_lands_in_the_queue_and_can_be_sent_again(deployment: &Deployment) {
    let mut poisoned = event("poisoned", "poisoned-1", "email", "late@example.com");
    poisoned["occurred_at"] = json!("tomorrow");
    send_off(deployment, &poisoned).await;
    send_off(deployment, &event("poisoned", "sound-1", "email", "sound@example.com")).await;

    let letter = letter(deployment, "ConversationUpsertFailuresUrl", "poisoned-1").await;
    assert_eq!(letter["requestContext"]["condition"], "RetriesExhausted", "{letter}");
    assert_eq!(letter["requestContext"]["approximateInvokeCount"], 3, "{letter}");
    assert_eq!(letter["responsePayload"]["errorType"], "InvalidEvent", "{letter}");
    assert!(letter["responsePayload"]["errorMessage"].as_str().unwrap().contains("occurred_at"), "{letter}");

    // Nothing of it is lost: put right, it counts.
    let mut again = letter["requestPayload"].clone();
    assert_eq!(again, poisoned);
    again["occurred_at"] = json!("2026-11-20T10:00:00Z");
    let (_, answer) = send(deployment, &again).await;
    assert_eq!(answer["outcome"], "created", "{answer}");
    let user = deployment.user("poisoned");
    assert_eq!(user.contacts("email=late@example.com").await.len(), 1);
    assert_eq!(user.contacts("email=sound@example.com").await.len(), 1);
}

pub(crate) async fn an_object_that_means_nothing_stops_no_import(deployment: &Deployment) {
    let user = deployment.user("noise");
    for key in ["imports/noise/notes.txt", "imports/Not-A-Workspace/people.csv", "imports/people.csv", "elsewhere.csv"]
    {
        put(deployment, key, "Email\nada@example.com\n").await;
    }
    put(deployment, "imports/noise/people.csv", "Email\nada@example.com\n").await;
    assert_eq!(user.only_import().await["rows"]["created"], 1);
    assert_eq!(user.get("/imports").await["items"].as_array().unwrap().len(), 1);
    // An unreadable file fails only its own import.
    put(deployment, "imports/unreadable/photo.csv", "\u{89}PNG\r\n\u{1a}\n\0\0\0\r").await;
    let import = deployment.user("unreadable").only_import().await;
    assert_eq!((&import["status"], &import["error"]["code"]), (&json!("failed"), &json!("not_text")), "{import}");
}

pub(crate) async fn an_order_that_cannot_be_carried_out_lands_in_the_queue(deployment: &Deployment) {
    let user = deployment.user("orders");
    let file = "Email\nada@example.com\n";
    let import = user.post("/imports", &json!({"file_name": "people.csv", "size_bytes": file.len()})).await;
    let id = import["id"].as_str().unwrap();
    // A newer build has written the import: this one must not work on it.
    let schema = set_schema(deployment, id, "99").await;
    let key = format!("imports/orders/{id}.csv");
    put(deployment, &key, file).await;
    let letter = letter(deployment, "CsvImportFailuresUrl", id).await;
    assert_eq!(letter["responsePayload"]["errorType"], "Unavailable", "{letter}");
    assert_eq!(letter["requestPayload"]["Records"][0]["s3"]["object"]["key"], key);
    set_schema(deployment, id, &schema).await;
    assert_eq!(user.get(&format!("/imports/{id}")).await["status"], "awaiting_upload");
    assert_eq!(user.status(&format!("/imports/{id}")).await, StatusCode::OK);
}

/// Sets the schema number of an import's item. Returns what it was.
async fn set_schema(deployment: &Deployment, id: &str, schema: &str) -> String {
    let update = deployment.dynamodb().update_item().table_name(&deployment.outputs["TableName"]);
    let update = update
        .key("pk", AttributeValue::S("W#orders#M".to_owned()))
        .key("sk", AttributeValue::S(id.to_owned()))
        .update_expression("SET #schema = :schema")
        .expression_attribute_names("#schema", "schema")
        .expression_attribute_values(":schema", AttributeValue::N(schema.to_owned()))
        .return_values(ReturnValue::UpdatedOld);
    let old = update.send().await.unwrap().attributes.unwrap();
    old["schema"].as_n().unwrap().clone()
}
