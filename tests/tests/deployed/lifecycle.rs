//! The deployment is changed, moved to another table, removed, and made again.

use contacts::time;
use contacts_book::Audit;
use reqwest_tls::StatusCode;
use reqwest_tls::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::api::Api;
use crate::deployment::{Deployment, STACK};
use crate::tools::root;
use crate::wait::eventually;

/// The table that is restored.
const RESTORED: &str = "contacts-restored";

pub(crate) async fn the_book_is_sound(deployment: &Deployment) {
    audit(deployment, &deployment.outputs["TableName"]).await;
}

/// Reads a whole table, which must contradict itself nowhere.
async fn audit(deployment: &Deployment, table: &str) {
    let client = deployment.dynamodb();
    let mut audit = Audit::default();
    let mut items = 0;
    let mut pages = client.scan().table_name(table).into_paginator().send();
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
    let contact = user.post(path, &json!({"name": "Ada"})).await;

    let printed = deployment.deploy(&["WorkspaceClaim=tenant".to_owned(), "ImportConcurrency=2".to_owned()]).await;
    assert!(printed.contains("ApiUrl"), "{printed}");

    // The function reads another claim of the token now; all other parameters are unchanged.
    assert_eq!(user.status(path).await, StatusCode::FORBIDDEN);
    let user = tenant(deployment, "updated");
    assert_eq!(user.contacts("limit=10").await, [contact]);
}

/// A user whose workspace is in the claim that the update has chosen.
fn tenant<'a>(deployment: &'a Deployment, workspace: &str) -> Api<'a> {
    let mut claims = deployment.issuer.claims("nowhere");
    claims["tenant"] = workspace.into();
    deployment.bearer(&deployment.issuer.sign(&claims))
}

pub(crate) async fn a_restored_table_takes_the_place_of_the_other(deployment: &Deployment) {
    let table = &deployment.outputs["TableName"];
    let user = tenant(deployment, "restored");
    let early = user.post("/contacts", &json!({"name": "Ada"})).await;
    let restore = ["dynamodb", "restore-table-to-point-in-time", "--source-table-name", table];
    let restore = [&restore[..], &["--target-table-name", RESTORED, "--use-latest-restorable-time"]].concat();
    deployment.aws(&restore).await;
    let late = user.post("/contacts", &json!({"name": "Grace"})).await;
    audit(deployment, RESTORED).await;

    // Nothing moves by mistake.
    let to = |table: &str| format!("TableName={table}");
    let adopt = "--adopt".to_owned();
    let gradually = "ReleaseType=Canary10Percent5Minutes".to_owned();
    for (words, why) in [
        (vec![to(RESTORED)], "belongs to no stack of its own"),
        (vec![adopt.clone(), to("contacts-restord")], "would get an empty one"),
        (vec![adopt.clone(), to(RESTORED), gradually], "with ReleaseType=AllAtOnce"),
    ] {
        let refused = deployment.deploy_fails(STACK, &words).await;
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(user.contacts("limit=10").await.len(), 2);

    deployment.deploy(&[adopt, to(RESTORED)]).await;
    // Until their aliases moved, the versions before kept the roles with the permissions for the other table.
    let function = format!("{STACK}-contacts-api:live");
    let function = deployment.aws(&["lambda", "get-function-configuration", "--function-name", &function]).await;
    assert!(function["Role"].as_str().unwrap().contains(&format!(":role/{RESTORED}/")), "{function}");
    assert_eq!(deployment.outputs_now().await["TableName"], RESTORED);
    assert_eq!(user.contacts("limit=10").await, [early]);
    let path = |contact: &Value| format!("/contacts/{}", contact["id"].as_str().unwrap());
    assert_eq!(user.status(&path(&late)).await, StatusCode::NOT_FOUND);
    // What a restoration does not bring: the deletion protection and the stream, which is followed.
    assert!(deployment.aws_fails(&["dynamodb", "delete-table", "--table-name", RESTORED]).await.contains("protect"));
    let new = user.post("/contacts", &json!({"name": "Edsger"})).await;
    let history = format!("{}/history", path(&new));
    eventually("a history", async || (!user.get(&history).await["items"].as_array()?.is_empty()).then_some(())).await;

    // The other table stays as it was, protected, and has what was written after the time of the restoration.
    let key = json!({"pk": {"S": format!("W#restored#C#{}", late["id"].as_str().unwrap())}, "sk": {"S": "CONTACT"}});
    let get = ["dynamodb", "get-item", "--table-name", table, "--key", &key.to_string()];
    assert!(deployment.aws(&get).await["Item"].is_object());
    assert!(deployment.aws_fails(&["dynamodb", "delete-table", "--table-name", table]).await.contains("protect"));
}

pub(crate) async fn the_data_outlive_their_stacks_and_are_adopted(deployment: &Deployment) {
    let (table, bucket) = (&deployment.outputs["TableName"], &deployment.outputs["BucketName"]);
    let items = async || {
        let count = ["dynamodb", "scan", "--table-name", table, "--select", "COUNT"];
        deployment.aws(&count).await["Count"].as_u64().unwrap()
    };
    let (rows, files) = (items().await, deployment.keys("").await);
    assert!(rows > 0 && !files.is_empty());

    let all = [STACK.to_owned(), format!("{table}-data"), format!("{RESTORED}-data")];
    delete(deployment, &all).await;
    assert_eq!((items().await, deployment.keys("").await), (rows, files.clone()));
    let rest = deployment.aws(&["lambda", "list-functions"]).await;
    assert_eq!(rest["Functions"], json!([]));
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

    // A new stack of the same name takes over the table that there was first, and the bucket.
    let refused = deployment.deploy_fails(STACK, &deployment.parameters()).await;
    assert!(refused.contains("deploy with --adopt"), "{refused}");
    deployment.deploy(&[vec!["--adopt".to_owned()], deployment.parameters()].concat()).await;
    let outputs = deployment.outputs_now().await;
    assert_eq!((&outputs["TableName"], &outputs["BucketName"]), (table, bucket));
    assert_eq!((items().await, deployment.keys("").await), (rows, files));
    let user = deployment.user("restored").at(deployment.url_of(&outputs["ApiUrl"]));
    let names: Vec<Value> = user.contacts("limit=10").await.iter().map(|contact| contact["name"].clone()).collect();
    assert_eq!(names, ["Grace", "Ada"]);
    // The bucket notifies the functions of the new stack.
    let file = "name,email\nEdsger,edsger@example.com\n";
    let import = user.post("/imports", &json!({"file_name": "people.csv", "size_bytes": file.len()})).await;
    let put = deployment.http.put(import["upload"]["url"].as_str().unwrap()).header(CONTENT_TYPE, "text/csv");
    assert!(put.body(file).send().await.unwrap().status().is_success());
    assert_eq!(user.only_import().await["status"], "completed");

    // Nothing but the data is left, and it can be removed.
    delete(deployment, &all[..2]).await;
    for table in [table, RESTORED] {
        assert!(deployment.aws_fails(&["dynamodb", "delete-table", "--table-name", table]).await.contains("protect"));
        let protection = ["dynamodb", "update-table", "--table-name", table, "--no-deletion-protection-enabled"];
        deployment.aws(&protection).await;
        deployment.aws(&["dynamodb", "delete-table", "--table-name", table]).await;
    }
    deployment.aws_text(&["s3", "rb", "--force", &format!("s3://{bucket}")]).await;
}

pub(crate) async fn a_table_leaves_the_stack_of_a_former_build(deployment: &Deployment) {
    // As far as the table goes, such a stack is the present one of the table with an API beside it.
    let template = std::fs::read_to_string(root().join("infra/data.yaml")).unwrap();
    let api = "Resources:\n  HttpApi:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: {Name: former, ProtocolType: HTTP}\n";
    let template = template.replace("Resources:\n", api);
    let name = ["--parameters", "ParameterKey=TableName,ParameterValue=former"];
    let create = ["cloudformation", "create-stack", "--stack-name", "former", "--template-body", &template];
    deployment.aws(&[&create[..], &name].concat()).await;
    deployment.aws_text(&["cloudformation", "wait", "stack-create-complete", "--stack-name", "former"]).await;
    let item = json!({"pk": {"S": "W#acme"}, "sk": {"S": "SETTINGS"}}).to_string();
    deployment.aws_text(&["dynamodb", "put-item", "--table-name", "former", "--item", &item]).await;
    let identity = "Table.[TableId, LatestStreamArn]";
    let describe = ["dynamodb", "describe-table", "--table-name", "former", "--query", identity];
    let before = deployment.aws(&describe).await;

    let refused = deployment.deploy_fails("former", &deployment.parameters()).await;
    assert!(refused.contains("infra/UPGRADING.md"), "{refused}");
    let words = [vec!["--adopt".to_owned()], deployment.parameters()].concat();
    deployment.deploy_stack("former", &words).await;

    // It is the same table, with the same stream, in another stack.
    assert_eq!(deployment.aws(&describe).await, before);
    let items = deployment.aws(&["dynamodb", "scan", "--table-name", "former"]).await;
    assert_eq!(items["Items"], json!([serde_json::from_str::<Value>(&item).unwrap()]));
    let resource = ["cloudformation", "describe-stack-resource", "--logical-resource-id", "Table", "--stack-name"];
    let adopted = deployment.aws(&[&resource[..], &["former-data"]].concat()).await;
    assert_eq!(adopted["StackResourceDetail"]["PhysicalResourceId"], "former");
    deployment.aws_fails(&[&resource[..], &["former"]].concat()).await;
}

/// Deletes stacks, and waits until they are gone.
async fn delete(deployment: &Deployment, stacks: &[String]) {
    for stack in stacks {
        deployment.aws(&["cloudformation", "delete-stack", "--stack-name", stack]).await;
    }
    let list =
        ["cloudformation", "list-stacks", "--query", "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName"];
    eventually("the stacks are gone", async || {
        let names = deployment.aws(&list).await;
        let is_there = |stack: &String| names.as_array().unwrap().iter().any(|name| *name == **stack);
        (!stacks.iter().any(is_there)).then_some(())
    })
    .await;
}
