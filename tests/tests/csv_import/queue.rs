//! Notifications that come by a queue.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, people_csv, summary};
use contacts_testing::{Fault, FaultInjector};
use csv_import::{ImportError, Importer, Invocation, invoke};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde_json::{Value, json};

const LIMITS: Limits = Limits { rows: 10, bytes: u64::MAX };

/// The payload with which Lambda hands a message to the function.
fn message(body: &str) -> Value {
    let record = json!({
        "messageId": "m-1", "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:contacts-import-chunks",
    });
    json!({"Records": [record]})
}

/// Delivers a message with an event of the bucket.
async fn deliver(importer: &Importer, event: &S3Event) -> Result<(), ImportError> {
    call(importer, message(&serde_json::to_string(event).unwrap())).await
}

async fn call(importer: &Importer, payload: Value) -> Result<(), ImportError> {
    let invocation: Invocation = serde_json::from_value(payload).unwrap();
    invoke(importer, LambdaEvent::new(invocation, Context::default())).await
}

#[tokio::test]
async fn chunks_come_by_the_queue_and_files_by_the_bucket() {
    let harness = ImportHarness::with_chunks(LIMITS).await;
    let file = harness.put("imports/acme/people.csv", people_csv(25)).await;
    call(&harness.importer, serde_json::to_value(&file).unwrap()).await.unwrap();
    let mut last = None;
    while !harness.imported("people.csv").await.status.is_final() {
        let chunk = harness.chunk_event().await;
        deliver(&harness.importer, &chunk).await.unwrap();
        last = Some(chunk);
    }
    let import = harness.imported("people.csv").await;
    assert_eq!(summary(&import), "completed read=25 created=25");
    assert_eq!(import.chunks.unwrap().total, 3);
    // A queue may deliver a message more than once.
    deliver(&harness.importer, &last.unwrap()).await.unwrap();
    assert_eq!(harness.imported("people.csv").await, import);
}

#[tokio::test]
async fn the_test_of_the_notifications_is_ignored_and_other_messages_fail() {
    let harness = ImportHarness::new().await;
    let test = json!({
        "Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-22T10:00:00.000Z", "Bucket": "contacts-files",
        "RequestId": "r", "HostId": "h",
    });
    call(&harness.importer, message(&test.to_string())).await.unwrap();
    for body in ["", "secret", "{}", "[]", r#"{"Event": "secret"}"#, r#"{"Records": [{"eventSource": "aws:sqs"}]}"#] {
        let error = call(&harness.importer, message(body)).await.unwrap_err();
        assert_eq!(Diagnostic::from(error).error_type, "Internal", "{body}");
    }
    assert_eq!(harness.imports().await, []);
}

#[tokio::test]
async fn a_chunk_outlasts_a_short_outage_within_its_invocation() {
    let harness = ImportHarness::with_chunks(LIMITS).await;
    let file = harness.put("imports/acme/people.csv", people_csv(25)).await;
    harness.handle(&file).await.unwrap();
    let chunk = harness.chunk_event().await;
    let faults = FaultInjector::default();
    let book = harness.engine.book_through(&faults).with_retry_limit(Duration::ZERO);
    let importer = harness.bucket.importer(book).with_pauses([Duration::ZERO; 2]);
    // Two attempts fail at their first requests, with all the retries of the client.
    let requests = AtomicUsize::new(0);
    faults.inject(move |_| (requests.fetch_add(1, Ordering::SeqCst) < 8).then_some(Fault::Throttled));
    deliver(&importer, &chunk).await.unwrap();
    assert_eq!(harness.imported("people.csv").await.chunks.unwrap().done, 1);

    // A longer one fails the message, which comes again.
    let chunk = harness.chunk_event().await;
    faults.inject(|_| Some(Fault::Throttled));
    let error = deliver(&importer, &chunk).await.unwrap_err();
    assert!(matches!(error, ImportError::BookUnavailable(_)), "{error:?}");
    faults.clear();
    deliver(&importer, &chunk).await.unwrap();
    assert_eq!(harness.imported("people.csv").await.chunks.unwrap().done, 2);
}
