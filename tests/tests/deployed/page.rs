//! The page.

use std::process::Stdio;

use reqwest_tls::{Method, StatusCode};
use serde_json::json;
use tokio::process::Command;

use crate::deployment::Deployment;
use crate::tools::root;

pub(crate) async fn it_is_open_to_everyone_and_compressed(deployment: &Deployment) {
    let document = deployment.request(Method::GET, "/").send().await.unwrap();
    assert_eq!(document.status(), StatusCode::OK);
    let policy = document.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for origin in [deployment.issuer.url(), &deployment.page_origins()] {
        assert!(policy.contains(&format!(" {origin}")), "{policy}");
    }
    let html = document.text().await.unwrap();
    let script = html.split('"').find(|text| text.starts_with("/assets/") && text.ends_with("/start.js")).unwrap();

    let plain = deployment.request(Method::GET, script).send().await.unwrap().bytes().await.unwrap();
    let compressed = deployment.request(Method::GET, script).header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(compressed.headers()["content-encoding"], "br");
    assert_eq!(compressed.headers()["cache-control"], "public, max-age=31536000, immutable");
    let mut read = Vec::new();
    let compressed = compressed.bytes().await.unwrap();
    brotli::BrotliDecompress(&mut &*compressed, &mut read).unwrap();
    assert!(read == plain && compressed.len() < plain.len());

    let config = deployment.nobody().get("/config.json").await;
    let issuer = deployment.issuer.url();
    assert_eq!(config, json!({"issuer": issuer, "client_id": "contacts", "scope": "openid", "token": "id_token"}));
    let head = deployment.request(Method::HEAD, "/").send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
}

pub(crate) async fn a_person_signs_in_and_works_with_it(deployment: &Deployment) {
    let script = root().join("tests/browser/deployed.mjs");
    let script = Command::new("node").arg(script).arg(&deployment.outputs["PageUrl"]).stdin(Stdio::null()).output();
    let done = script.await.unwrap();
    let said = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "is all there? `make test` installs it\n{}", String::from_utf8_lossy(&said));
}
