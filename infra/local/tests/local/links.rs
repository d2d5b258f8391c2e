//! The links by which files go into the bucket and come out of it.

use reqwest::Client;
use serde_json::{Value, json};

use crate::running::Program;
use crate::workspace::POLL_INTERVAL;

async fn call(program: &Program, method: &str, path: &str, body: Option<&Value>) -> Value {
    let token: Value = reqwest::get(program.url("/dev/token?workspace=acme")).await.unwrap().json().await.unwrap();
    let mut request = Client::new().request(method.parse().unwrap(), program.url(path));
    if let Some(body) = body {
        request = request.json(body);
    }
    request.bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap().json().await.unwrap()
}

/// Asks until a job has ended.
async fn ended(program: &Program, path: &str) -> Value {
    loop {
        let job = call(program, "GET", path, None).await;
        if matches!(job["status"].as_str().unwrap(), "completed" | "failed") {
            return job;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

#[tokio::test]
async fn an_upload_link_admits_what_was_announced_and_nothing_else() {
    let program = Program::start(&["--memory"]);
    let file = "email,telephone\nada@example.com,12\nbob@example.com,+16502530000\n";
    let order = json!({"file_name": "Léute.csv", "size_bytes": file.len(), "on_invalid": "reject_row"});
    let import = call(&program, "POST", "/imports", Some(&order)).await;
    assert_eq!(import["status"], "awaiting_upload");
    let url = import["upload"]["url"].as_str().unwrap();
    let put = |body: &str, kind: &str| Client::new().put(url).header("content-type", kind).body(body.to_owned()).send();
    for (body, kind) in [(&file[1..], "text/csv"), (file, "text/html")] {
        assert_eq!(put(body, kind).await.unwrap().status(), 403, "{kind}");
    }
    assert_eq!(call(&program, "GET", "/imports", None).await["items"][0]["status"], "awaiting_upload");
    assert_eq!(put(file, "text/csv").await.unwrap().status(), 200);

    let import = ended(&program, &format!("/imports/{}", import["id"].as_str().unwrap())).await;
    assert_eq!(import["rows"], json!({"read": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1}));
    let report = reqwest::get(import["report_url"].as_str().unwrap()).await.unwrap();
    assert_eq!(report.headers()["content-type"], "text/csv; charset=utf-8");
    let saved_as = report.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(saved_as, "attachment; filename=\"L_ute-report.csv\"; filename*=UTF-8''L%C3%A9ute-report.csv");
    assert!(report.text().await.unwrap().contains("ada@example.com,12,rejected,2,telephone,"));

    let export = call(&program, "POST", "/exports", None).await;
    let export = ended(&program, &format!("/exports/{}", export["id"].as_str().unwrap())).await;
    let book = reqwest::get(export["url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    assert!(book.contains(",bob@example.com,"), "{book}");
    program.stop();
}
