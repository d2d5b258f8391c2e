//! The page, served by the program.

use serde_json::{Value, json};

use crate::running::{Program, json_of};

async fn text(program: &Program, path: &str) -> String {
    reqwest::get(program.url(path)).await.unwrap().text().await.unwrap()
}

/// The path under which a document names one of its assets.
fn asset(html: &str, name: &str) -> String {
    let paths = html.split('"').filter(|text| text.starts_with("/assets/"));
    paths.into_iter().find(|path| path.ends_with(name)).unwrap().to_owned()
}

#[tokio::test]
async fn the_page_is_open_to_everyone_and_knows_where_to_sign_in() {
    let program = Program::start(&["--memory"]);
    let url = program.url("");
    let answer = reqwest::get(program.url("/?code=x")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let s3 = format!("http://127.0.0.1:{}", program.port + 2);
    assert!(policy.contains(&format!("connect-src 'self' {url} {s3};")), "{policy}");
    let script = asset(&answer.text().await.unwrap(), "/start.js");

    let client = reqwest::Client::new();
    let compressed = client.get(program.url(&script)).header("accept-encoding", "gzip, br").send().await.unwrap();
    assert_eq!(compressed.headers()["content-encoding"], "br");
    assert_eq!(compressed.headers()["cache-control"], "public, max-age=31536000, immutable");
    let head = client.head(program.url(&script)).send().await.unwrap();
    assert_eq!(head.status(), 200);

    let config: Value = json_of(reqwest::get(program.url("/config.json")).await).await;
    assert_eq!(config, json!({"issuer": url, "client_id": "contacts", "scope": "openid", "token": "id_token"}));
    // What is not the page's is still the API's.
    assert_eq!(reqwest::get(program.url("/contacts")).await.unwrap().status(), 401);
    assert_eq!(client.post(program.url("/")).send().await.unwrap().status(), 401);
    program.stop();
}

#[tokio::test]
async fn a_page_that_is_being_changed_is_read_at_every_request() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("index.html", r#"<script src="/assets/a.js"></script>"#);
    write("a.js", "1");
    let program = Program::start(&["--memory", "--page", folder.path().to_str().unwrap()]);
    let before = asset(&text(&program, "/").await, "/a.js");
    assert_eq!(text(&program, &before).await, "1");
    write("a.js", "2");
    let after = asset(&text(&program, "/").await, "/a.js");
    assert_eq!(text(&program, &after).await, "2");
    assert_eq!(reqwest::get(program.url(&before)).await.unwrap().status(), 404);
    program.stop();
}
