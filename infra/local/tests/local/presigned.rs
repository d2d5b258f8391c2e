//! What a browser does with the bucket: uploads and downloads with signed URLs.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use contacts_local::{System, Wiring};

use crate::support::{get, keys, put, raw, s3, start, start_with, stored};

async fn signed_put(system: &System, length: i64, presigning: PresigningConfig) -> PresignedRequest {
    let put = s3(system).put_object().bucket("contacts").key("imports/acme/1.csv");
    let put = put.content_type("text/csv").content_length(length);
    put.presigned(presigning).await.unwrap()
}

fn for_a_minute() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()
}

async fn send(request: &PresignedRequest, kind: &str, body: &'static str) -> u16 {
    let client = reqwest::Client::new();
    let put = client.put(request.uri()).header("content-type", kind).body(body).send();
    put.await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_signed_upload_admits_what_was_signed_and_nothing_else() {
    let system = start(Wiring::default()).await;
    let request = signed_put(&system, 5, for_a_minute()).await;
    assert_eq!(send(&request, "text/csv", "longer").await, 403);
    assert_eq!(send(&request, "text/csv", "less").await, 403);
    assert_eq!(send(&request, "text/html", "a,b,c").await, 403);
    let other = request.uri().replace("1.csv", "2.csv");
    let put = reqwest::Client::new().put(other).header("content-type", "text/csv");
    assert_eq!(put.body("a,b,c").send().await.unwrap().status(), 403);
    assert!(keys(&s3(&system)).await.is_empty());

    assert_eq!(send(&request, "text/csv", "a,b,c").await, 200);
    assert_eq!(get(&s3(&system), "imports/acme/1.csv").await, b"a,b,c");
    system.stop().await;
}

#[tokio::test]
async fn a_signature_ends() {
    let system = start(Wiring::default()).await;
    let past = PresigningConfig::builder().expires_in(Duration::from_secs(60));
    let past = past.start_time(SystemTime::now() - Duration::from_secs(61)).build().unwrap();
    let request = signed_put(&system, 5, past).await;
    assert_eq!(send(&request, "text/csv", "a,b,c").await, 403);
    system.stop().await;
}

#[tokio::test]
async fn a_signed_download_needs_no_key() {
    let system = start(Wiring::default()).await;
    let client = s3(&system);
    put(&client, "report.csv", "a,b").await;
    let get = client.get_object().bucket("contacts").key("report.csv");
    let get = get.response_content_disposition("attachment; filename=\"r.csv\"");
    let request = get.presigned(for_a_minute()).await.unwrap();
    let answer = reqwest::get(request.uri()).await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"r.csv\"");
    assert_eq!(answer.text().await.unwrap(), "a,b");
    system.stop().await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    let request = signed_put(&system, 100, for_a_minute()).await;
    let target = request.uri().strip_prefix(system.s3_url()).unwrap();
    let host = system.s3_url().strip_prefix("http://").unwrap();
    let head = format!("PUT {target} HTTP/1.1\r\nhost: {host}\r\n");
    let body = "content-type: text/csv\r\ncontent-length: 100\r\n\r\nten bytes.";
    raw(system.s3_url(), format!("{head}{body}").as_bytes()).await;
    assert!(keys(&s3(&system)).await.is_empty());
    // Also the unfinished file goes, at the latest with the request that the server gives up.
    system.stop().await;
    let blobs = std::fs::read_dir(folder.path().join("data/s3/blobs")).unwrap();
    assert_eq!(blobs.count(), 0);
}
