//! CSV files: put up by a link of the API, or copied into the bucket.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::api::Api;
use crate::deployment::Deployment;
use crate::wait::eventually;

/// Imports a file by a link of the API; gives the import when it has ended.
pub(crate) async fn upload(deployment: &Deployment, user: &Api<'_>, name: &str, file: &str) -> Value {
    let import = user.post("/imports", &json!({"file_name": name, "size_bytes": file.len()})).await;
    let status = put(deployment, &import["upload"], file).await;
    assert_eq!(status, StatusCode::OK);
    user.ended(&format!("/imports/{}", import["id"].as_str().unwrap())).await
}

/// Puts a file up as a browser does.
async fn put(deployment: &Deployment, upload: &Value, file: &str) -> StatusCode {
    let method = Method::from_bytes(upload["method"].as_str().unwrap().as_bytes()).unwrap();
    let mut request = deployment.http.request(method, upload["url"].as_str().unwrap()).body(file.to_owned());
    for (name, value) in upload["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.send().await.unwrap().status()
}

/// Copies a file into the bucket.
async fn copy(deployment: &Deployment, key: &str, file: &str) {
    let source = NamedTempFile::new().unwrap();
    std::fs::write(source.path(), file).unwrap();
    let target = format!("s3://{}/{key}", deployment.outputs["BucketName"]);
    deployment.aws_text(&["s3", "cp", "--quiet", source.path().to_str().unwrap(), &target]).await;
}

pub(crate) async fn a_file_is_imported_by_its_link(deployment: &Deployment) {
    let user = deployment.user("linked");
    let file = "Name,Email,Phone\nAda,ada@example.com,+15557654321\nNobody,,\nCharles,not an address,\n";
    let import = upload(deployment, &user, "people & friends.csv", file).await;
    assert_eq!(import["status"], "completed", "{import}");
    assert_eq!(
        import["rows"],
        json!({"read": 3, "created": 1, "updated": 0, "unchanged": 0, "rejected": 2}),
        "{import}"
    );
    assert_eq!(user.contacts("phone=%2B15557654321").await[0]["name"], "Ada");

    // The rejected rows, as they were and why; put right, they are taken.
    let report = deployment.download(&import["report_url"]).await;
    assert!(report.contains("import_reason") && report.contains("Nobody,,") && report.contains("line"), "{report}");
    let corrected = report.replace("Nobody,,", "Nobody,nell@example.com,").replace("not an address", "c@example.com");
    let import = upload(deployment, &user, "corrected.csv", &corrected).await;
    assert_eq!(import["rows"]["created"], 2, "{import}");
    assert_eq!(import["report_url"], Value::Null);
}

pub(crate) async fn a_link_takes_the_announced_file_only(deployment: &Deployment) {
    let user = deployment.user("announced");
    let file = "Email\nada@example.com\n";
    let import = user.post("/imports", &json!({"file_name": "people.csv", "size_bytes": file.len()})).await;
    let longer = format!("{file}grace@example.com\n");
    assert_eq!(put(deployment, &import["upload"], &longer).await, StatusCode::FORBIDDEN);
    let mut page = import["upload"].clone();
    page["headers"] = json!({"content-type": "text/html"});
    assert_eq!(put(deployment, &page, file).await, StatusCode::FORBIDDEN);
    let mut elsewhere = import["upload"].clone();
    elsewhere["url"] = import["upload"]["url"].as_str().unwrap().replace("/announced/", "/linked/").into();
    assert_eq!(put(deployment, &elsewhere, file).await, StatusCode::FORBIDDEN);
    assert_eq!(put(deployment, &import["upload"], file).await, StatusCode::OK);
    let import = user.ended(&format!("/imports/{}", import["id"].as_str().unwrap())).await;
    assert_eq!(import["rows"]["created"], 1, "{import}");
}

pub(crate) async fn a_copied_file_is_imported_whatever_its_name_is(deployment: &Deployment) {
    let user = deployment.user("copied");
    // What S3 encodes in its events.
    copy(deployment, "imports/copied/Grüße & 2026+neu (1) 100%25.CSV", "E-Mail;Name\nada@example.com;Ada\n").await;
    let import = user.only_import().await;
    assert_eq!(import["status"], "completed", "{import}");
    assert_eq!(import["file_name"], "Grüße & 2026+neu (1) 100%25.CSV");
    assert_eq!(user.contacts("email=ada@example.com").await[0]["name"], "Ada");
}

pub(crate) async fn a_large_file_is_imported_in_chunks(deployment: &Deployment) {
    let user = deployment.user("large");
    // More bytes than a chunk has, and than the AWS CLI puts up at once; few rows, since the emulator is slow.
    let wide = "x".repeat(300_000);
    let rows: String = (0..40).map(|n| format!("person-{n}@example.com,{wide}\n")).collect();
    copy(deployment, "imports/large/people.csv", &format!("Email,Nothing\n{rows}not an address,{wide}\n")).await;
    let import = user.only_import().await;
    assert_eq!(import["status"], "completed", "{import}");
    assert_eq!(
        import["rows"],
        json!({"read": 41, "created": 40, "updated": 0, "unchanged": 0, "rejected": 1}),
        "{import}"
    );
    assert_eq!(import["bytes"]["done"], import["bytes"]["total"]);
    let orders = deployment.keys(&format!("chunks/large/{}/", import["id"].as_str().unwrap())).await;
    assert!(orders.iter().filter(|key| key.ends_with(".json")).count() > 1, "{orders:?}");
    assert_eq!(user.contacts("email_prefix=person-&limit=200").await.len(), 40);
    assert!(deployment.download(&import["report_url"]).await.contains("not an address"));
}

pub(crate) async fn an_import_is_taken_back(deployment: &Deployment) {
    let user = deployment.user("undone");
    let earlier = upload(deployment, &user, "earlier.csv", "Name,Email\nAda,ada@example.com\n").await;
    assert_eq!(earlier["rows"]["created"], 1, "{earlier}");
    let file = "Name,Email,Phone\nAda Lovelace,ada@example.com,+15557654321\nNoor,noor@example.com,\n";
    let import = upload(deployment, &user, "wrong.csv", file).await;
    assert_eq!((&import["rows"]["created"], &import["rows"]["updated"]), (&json!(1), &json!(1)), "{import}");
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let asked = user.call(Method::POST, &format!("{path}/undo"), None).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{asked:?}");
    // It waits for the history of Ada, which the table's stream brings.
    let undone = eventually("the end of the undo", async || {
        let undo = user.get(&path).await["undo"].clone();
        (undo["status"] == "completed").then_some(undo)
    });
    let undone = undone.await;
    assert_eq!([&undone["removed"], &undone["restored"], &undone["kept"]], [1, 1, 0], "{undone}");
    let contacts = user.contacts("limit=200").await;
    assert_eq!(
        (contacts.len(), &contacts[0]["name"], &contacts[0]["channels"]["telephone"]),
        (1, &json!("Ada"), &Value::Null)
    );
}

pub(crate) async fn chunks_wait_in_their_queue(deployment: &Deployment) {
    let configured = ["s3api", "get-bucket-notification-configuration", "--bucket", &deployment.outputs["BucketName"]];
    let configured = deployment.aws(&configured).await;
    let [queue] = &configured["QueueConfigurations"].as_array().unwrap()[..] else { panic!("{configured}") };
    assert_eq!(queue["Filter"]["Key"]["FilterRules"][0]["Value"], "chunks/", "{configured}");
    let functions = configured["LambdaFunctionConfigurations"].as_array().unwrap();
    assert!(functions.iter().all(|function| function["Filter"]["Key"]["FilterRules"][0]["Value"] != "chunks/"));

    // Nobody but the bucket may send to it; whoever owns the account sends as the bucket does.
    let url = deployment.queue("ImportChunksFailuresUrl").replace("-failures", "");
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": deployment.outputs["BucketName"]});
    deployment.aws(&["sqs", "send-message", "--queue-url", &url, "--message-body", &test.to_string()]).await;
    let attributes = ["sqs", "get-queue-attributes", "--queue-url", &url, "--attribute-names", "All"];
    eventually("the queue of chunks is empty", async || {
        let attributes = &deployment.aws(&attributes).await["Attributes"];
        let none = |name: &str| attributes[name] == "0";
        (none("ApproximateNumberOfMessages") && none("ApproximateNumberOfMessagesNotVisible")).then_some(())
    })
    .await;
}
