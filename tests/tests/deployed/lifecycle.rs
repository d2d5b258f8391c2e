//! The deployment is changed, and removed.

use contacts::time;
use contacts_book::Audit;
use reqwest_tls::StatusCode;

use crate::deployment::{Deployment, STACK};
use crate::wait::eventually;

pub(crate) async fn the_book_is_sound(deployment: &Deployment) {
    let client = deployment.dynamodb();
    let mut audit = Audit::default();
    let mut items = 0;
    let mut pages = client.scan().table_name(&deployment.outputs["TableName"]).into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page.unwrap().items() {
            audit.add(item, time::now());
            items += 1;
        }
    }
    assert!(items > 0);
    assert_eq!(audit.finish(), []);
}

pub(crate) async fn an_update_changes_what_it_says_and_loses_nothing(deployment: &Deployment) {
    let user = deployment.user("updated");
    let path = "/contacts";
    let contact = user.post(path, &serde_json::json!({"name": "Ada"})).await;

    let printed = deployment.deploy(&["WorkspaceClaim=tenant".to_owned(), "ImportConcurrency=2".to_owned()]).await;
    assert!(printed.contains("ApiUrl"), "{printed}");

    // The function reads another claim of the token now; all other parameters are unchanged.
    assert_eq!(user.status(path).await, StatusCode::FORBIDDEN);
    let mut claims = deployment.issuer.claims("nowhere");
    claims["tenant"] = "updated".into();
    let user = deployment.bearer(&deployment.issuer.sign(&claims));
    assert_eq!(user.contacts("limit=10").await, [contact]);
}

pub(crate) async fn the_data_outlive_the_stack(deployment: &Deployment) {
    let (table, bucket) = (&deployment.outputs["TableName"], &deployment.outputs["BucketName"]);
    let items = async || {
        let count = ["dynamodb", "scan", "--table-name", table, "--select", "COUNT"];
        deployment.aws(&count).await["Count"].as_u64().unwrap()
    };
    let (rows, files) = (items().await, deployment.keys("").await);
    assert!(rows > 0 && !files.is_empty());

    deployment.aws(&["cloudformation", "delete-stack", "--stack-name", STACK]).await;
    let describe = ["cloudformation", "list-stacks", "--stack-status-filter", "DELETE_COMPLETE"];
    eventually("the stack is gone", async || {
        let gone = deployment.aws(&describe).await;
        gone["StackSummaries"].as_array().unwrap().iter().find(|stack| stack["StackName"] == STACK).map(drop)
    })
    .await;

    assert_eq!((items().await, deployment.keys("").await), (rows, files));
    assert!(deployment.aws_fails(&["dynamodb", "delete-table", "--table-name", table]).await.contains("protect"));
    let rest = deployment.aws(&["lambda", "list-functions"]).await;
    assert_eq!(rest["Functions"], serde_json::json!([]));
    for (service, list, member) in [
        ("apigatewayv2", "get-apis", "Items"),
        ("lambda", "list-event-source-mappings", "EventSourceMappings"),
        ("sqs", "list-queues", "QueueUrls"),
        ("cloudwatch", "describe-alarms", "MetricAlarms"),
        ("logs", "describe-log-groups", "logGroups"),
    ] {
        let rest = deployment.aws(&[service, list]).await;
        assert!(rest[member].as_array().is_none_or(Vec::is_empty), "{rest}");
    }

    // Nothing but the data is left, and it can be removed.
    let protection = ["dynamodb", "update-table", "--table-name", table, "--no-deletion-protection-enabled"];
    deployment.aws(&protection).await;
    deployment.aws(&["dynamodb", "delete-table", "--table-name", table]).await;
    deployment.aws_text(&["s3", "rb", "--force", &format!("s3://{bucket}")]).await;
}
