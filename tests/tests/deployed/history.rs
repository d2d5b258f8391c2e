//! What follows the changes of contacts: their history, events, and deletions that are taken back.

use std::collections::BTreeMap;

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api::Api;
use crate::conversations::{event, send};
use crate::deployment::Deployment;
use crate::wait::eventually;

/// The history of a contact, the newest entry first, once it has so many entries.
async fn entries(user: &Api<'_>, path: &str, count: usize) -> Vec<Value> {
    eventually(&format!("{count} entries of {path}"), async || {
        let history = user.get(&format!("{path}/history")).await["items"].as_array().unwrap().clone();
        (history.len() == count).then_some(history)
    })
    .await
}

fn words<'a>(entries: &'a [Value], name: &str) -> Vec<&'a str> {
    entries.iter().map(|entry| entry[name].as_str().unwrap_or_default()).collect()
}

/// The fields that an entry names.
fn fields(entry: &Value) -> Vec<&str> {
    words(entry["changes"].as_array().unwrap(), "field")
}

pub(crate) async fn every_change_is_kept_and_published_and_a_deletion_is_taken_back(deployment: &Deployment) {
    let queue = Subscription::of(deployment, "history").await;
    let user = deployment.user("history");
    let mut first_event = event("history", "history-1", "email", "ada@example.com");
    first_event["captured"].as_array_mut().unwrap().push(json!({"field": "name", "value": "Ada"}));
    let (_, answer) = send(deployment, &first_event).await;
    let id = answer["contact_id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let path = format!("/contacts/{id}");
    let patched = user.call(Method::PATCH, &path, Some(&json!({"name": "Ada King"}))).await;
    assert_eq!(patched.status, StatusCode::OK, "{patched:?}");

    let history = entries(&user, &path, 2).await;
    assert_eq!(words(&history, "event"), ["updated", "created"]);
    assert_eq!(words(&history, "actor"), ["user:somebody", "assistant:front-desk"]);
    assert_eq!(words(&history, "source"), ["manual/edit", "conversation/history-1"]);
    assert_eq!(history[0]["changes"], json!([{"field": "name", "before": "Ada", "after": "Ada King"}]));
    let created = fields(&history[1]);
    assert!(["name", "email"].iter().all(|field| created.contains(field)), "{created:?}");

    let deleted = user.call(Method::DELETE, &path, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");
    let gone = user.call(Method::GET, &path, None).await;
    assert_eq!(gone.status, StatusCode::GONE, "{gone:?}");
    assert!(gone.json()["restorable_until"].is_string(), "{gone:?}");
    assert_eq!(user.contacts("email=ada@example.com").await, [] as [Value; 0]);
    let restored = user.call(Method::POST, &format!("{path}/restore"), None).await;
    assert_eq!(restored.status, StatusCode::OK, "{restored:?}");
    assert_eq!(restored.json()["left_with_others"], json!([]));
    assert_eq!(user.get(&path).await["name"], "Ada King");
    assert_eq!(user.contacts("email=ada@example.com").await[0]["id"], id);
    assert_eq!(user.get("/conversations/history-1").await["contact_id"], id);
    let history = entries(&user, &path, 4).await;
    assert_eq!(words(&history, "event"), ["restored", "deleted", "updated", "created"]);

    // Each change once, or more often: a version is a version.
    let events = queue.until(4).await;
    let kinds: Vec<_> = events.values().map(|event| event["detail-type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact.created", "contact.updated", "contact.deleted", "contact.restored"]);
    for event in events.values() {
        assert_eq!((&event["source"], &event["detail"]["contact_id"]), (&json!("contacts"), &json!(id)), "{event}");
        let text = event.to_string();
        assert!(!text.contains("ada@example.com") && !text.contains("Ada"), "no values: {text}");
    }
    assert_eq!(events[&2]["detail"]["fields"], json!(["name"]));
    assert_eq!(events[&2]["detail"]["actor"], "user");
    queue.end().await;
}

pub(crate) async fn what_belonged_to_a_deleted_contact_goes_with_its_tombstone(deployment: &Deployment) {
    let (_, answer) = send(deployment, &event("expired", "expired-1", "email", "gone@example.com")).await;
    let path = format!("/contacts/{}", answer["contact_id"].as_str().unwrap());
    let user = deployment.user("expired");
    entries(&user, &path, 1).await;
    let deleted = user.call(Method::DELETE, &path, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");

    // As DynamoDB does after 30 days.
    let table = &deployment.outputs["TableName"];
    let pk = format!("W#expired#C#{}", answer["contact_id"].as_str().unwrap());
    let key = json!({"pk": {"S": pk}, "sk": {"S": "CONTACT"}}).to_string();
    deployment.aws(&["dynamodb", "delete-item", "--table-name", table, "--key", &key]).await;
    let values = json!({":workspace": {"S": "W#expired#"}}).to_string();
    let scan = ["dynamodb", "scan", "--table-name", table, "--filter-expression", "begins_with(pk, :workspace)"];
    let scan = [&scan[..], &["--expression-attribute-values", &values]].concat();
    eventually("a workspace without items", async || {
        let left = deployment.aws(&scan).await;
        left["Items"].as_array().unwrap().is_empty().then_some(())
    })
    .await;
    assert_eq!(user.status(&path).await, StatusCode::NOT_FOUND);
}

/// A queue that gets the events of a workspace, as those who use the bus would make one.
struct Subscription<'a> {
    deployment: &'a Deployment,
    rule: String,
    url: String,
}

impl<'a> Subscription<'a> {
    async fn of(deployment: &'a Deployment, workspace: &str) -> Subscription<'a> {
        let rule = format!("events-of-{workspace}");
        let made = deployment.aws(&["sqs", "create-queue", "--queue-name", &rule]).await;
        let url = made["QueueUrl"].as_str().unwrap().to_owned();
        let attributes = ["sqs", "get-queue-attributes", "--queue-url", &url, "--attribute-names", "QueueArn"];
        let attributes = deployment.aws(&attributes).await;
        let target = format!("Id=queue,Arn={}", attributes["Attributes"]["QueueArn"].as_str().unwrap());
        let pattern = json!({"source": ["contacts"], "detail": {"workspace_id": [workspace]}}).to_string();
        let bus = &deployment.outputs["EventBusName"];
        let put = ["events", "put-rule", "--event-bus-name", bus, "--name", &rule, "--event-pattern", &pattern];
        deployment.aws(&put).await;
        let put = ["events", "put-targets", "--event-bus-name", bus, "--rule", &rule, "--targets", &target];
        deployment.aws(&put).await;
        Subscription { deployment, rule, url }
    }

    /// The events by the version of their contact, once there are so many versions.
    async fn until(&self, count: usize) -> BTreeMap<u64, Value> {
        let mut events = BTreeMap::new();
        eventually(&format!("{count} events"), async || {
            let receive = ["sqs", "receive-message", "--queue-url", &self.url, "--max-number-of-messages", "10"];
            let received = self.deployment.aws(&receive).await;
            for message in received["Messages"].as_array().into_iter().flatten() {
                let event: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
                events.insert(event["detail"]["version"].as_u64().unwrap(), event);
            }
            (events.len() >= count).then_some(())
        })
        .await;
        events
    }

    /// Removes the queue and its rule. When the stack is deleted, only the table and the bucket may remain.
    async fn end(self) {
        let bus = &self.deployment.outputs["EventBusName"];
        for words in [
            &["events", "remove-targets", "--event-bus-name", bus, "--rule", &self.rule, "--ids", "queue"][..],
            &["events", "delete-rule", "--event-bus-name", bus, "--name", &self.rule],
            &["sqs", "delete-queue", "--queue-url", &self.url],
        ] {
            self.deployment.aws(words).await;
        }
    }
}
