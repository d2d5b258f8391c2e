//! What pages in a browser may do with the ports of DynamoDB and S3. Their credentials are known, so every page could sign.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use contacts_local::{System, Wiring};
use reqwest::{Client, Method, RequestBuilder};

use crate::support::{get, keys, put, s3, start};

/// The headers of requests that a page of another site, or one with a rebound name, can make its visitor's browser send.
const FOREIGN: [(&str, &str); 9] = [
    ("origin", "http://evil.example"),
    ("origin", "null"),
    ("origin", "http://127.0.0.1"),
    ("host", "evil.example"),
    ("host", "evil.example:3001"),
    ("host", "127.0.0.1.evil.example:3001"),
    ("host", "localhost.evil.example"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-dest", "script"),
];

fn scan(system: &System) -> RequestBuilder {
    let scan = Client::new().post(system.dynamodb_url()).body(r#"{"TableName": "contacts"}"#);
    let scan = scan.header("content-type", "application/x-amz-json-1.0").header("x-amz-date", "20261122T100000Z");
    scan.header("x-amz-target", "DynamoDB_20120810.Scan").header(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    )
}

async fn signed_put(system: &System) -> PresignedRequest {
    let put = s3(system).put_object().bucket("contacts").key("imports/acme/1.csv").content_type("text/csv");
    put.presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()).await.unwrap()
}

async fn signed_get(system: &System) -> PresignedRequest {
    let get = s3(system).get_object().bucket("contacts").key("report.csv");
    get.presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()).await.unwrap()
}

async fn refuses(request: RequestBuilder, name: &str, value: &str) {
    let answer = request.header(name, value).send().await.unwrap();
    assert_eq!(answer.status(), 403, "{name}: {value}");
    assert_eq!(answer.headers().get("access-control-allow-origin"), None, "{name}: {value}");
}

#[tokio::test]
async fn no_page_reads_the_database() {
    let system = start(Wiring::default()).await;
    // A program gets through; the table of this system does not exist.
    let answer = scan(&system).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("ResourceNotFoundException"));

    for (name, value) in FOREIGN {
        refuses(scan(&system), name, value).await;
        refuses(Client::new().get(system.dynamodb_url()), name, value).await;
        refuses(Client::new().request(Method::OPTIONS, system.dynamodb_url()), name, value).await;
    }
    // Not even the system's own page.
    refuses(scan(&system), "origin", system.url()).await;
    refuses(scan(&system), "origin", system.dynamodb_url()).await;
    system.stop().await;
}

#[tokio::test]
async fn no_page_of_another_site_uses_the_bucket() {
    let system = start(Wiring::default()).await;
    put(&s3(&system), "report.csv", "a,b").await;
    let (upload, download) = (signed_put(&system).await, signed_get(&system).await);
    for (name, value) in FOREIGN {
        let put = Client::new().put(upload.uri()).header("content-type", "text/csv").body("a,b,c");
        refuses(put, name, value).await;
        refuses(Client::new().get(download.uri()), name, value).await;
        refuses(Client::new().request(Method::OPTIONS, upload.uri()), name, value).await;
    }
    refuses(Client::new().get(download.uri()), "origin", system.s3_url()).await;
    // Another site's page cannot read what it shows in a frame or an image, but it could run it as a script.
    for dest in ["script", "iframe", "image", "empty"] {
        let get = Client::new().get(download.uri()).header("sec-fetch-mode", "navigate");
        refuses(get, "sec-fetch-dest", dest).await;
    }
    assert_eq!(keys(&s3(&system)).await, ["report.csv"]);
    system.stop().await;
}

/// `fetch` of Node sets it.
#[tokio::test]
async fn a_program_may_name_the_mode_of_its_requests() {
    let system = start(Wiring::default()).await;
    assert_eq!(scan(&system).header("sec-fetch-mode", "cors").send().await.unwrap().status(), 400);
    let put = Client::new().put(signed_put(&system).await.uri()).header("content-type", "text/csv").body("a,b,c");
    assert_eq!(put.header("sec-fetch-mode", "cors").send().await.unwrap().status(), 200);
    system.stop().await;
}

#[tokio::test]
async fn the_systems_own_page_uploads_and_downloads() {
    let system = start(Wiring::default()).await;
    let upload = signed_put(&system).await;
    let client = Client::new();
    let by_name = system.url().replace("127.0.0.1", "localhost");
    for origin in [system.url(), &by_name] {
        let preflight = client.request(Method::OPTIONS, upload.uri()).header("origin", origin);
        let preflight = preflight.header("access-control-request-method", "PUT");
        let preflight = preflight.header("access-control-request-headers", "content-type").send().await.unwrap();
        assert_eq!(preflight.status(), 200);
        assert_eq!(preflight.headers()["access-control-allow-origin"], *origin);
        assert!(preflight.headers()["access-control-allow-methods"].to_str().unwrap().contains("PUT"));
        assert_eq!(preflight.headers()["access-control-allow-headers"], "content-type");
        let put = client.put(upload.uri()).header("content-type", "text/csv").header("sec-fetch-mode", "cors");
        let put = put.header("origin", origin).body("a,b,c").send().await.unwrap();
        assert_eq!(put.status(), 200);
        assert_eq!(put.headers()["access-control-allow-origin"], *origin);
        assert_eq!(put.headers()["access-control-expose-headers"], "ETag");
        assert_eq!(put.headers()["vary"], "origin");
    }
    assert_eq!(get(&s3(&system), "imports/acme/1.csv").await, b"a,b,c");

    put(&s3(&system), "report.csv", "a,b").await;
    let visit = client.get(signed_get(&system).await.uri()).header("sec-fetch-mode", "navigate");
    let visit = visit.header("sec-fetch-dest", "document").header("sec-fetch-site", "cross-site");
    let visit = visit.send().await.unwrap();
    assert_eq!(visit.headers().get("access-control-allow-origin"), None);
    assert_eq!(visit.text().await.unwrap(), "a,b");
    system.stop().await;
}
