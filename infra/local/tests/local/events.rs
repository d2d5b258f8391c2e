//! The events of created objects.

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use contacts_local::{Options, Wiring};
use serde_json::{Value, json};

use crate::support::{SLOW, listener, next, put, s3, start, start_with, stored, subscribed, within};

fn record(event: &Value) -> &Value {
    &event["Records"][0]
}

#[tokio::test]
async fn an_upload_has_the_event_of_s3() {
    let (subscriber, mut events) = listener(|_| Ok(()));
    let system = start(subscribed(subscriber)).await;
    put(&s3(&system), "imports/acme/my contacts+ü.csv", "hello").await;
    let mut event = next(&mut events).await;
    serde_json::from_value::<aws_lambda_events::s3::S3Event>(event.clone()).unwrap();
    let record = &mut event["Records"][0];
    for (pointer, shape) in [
        ("/eventTime", "0000-00-00T00:00:00.000Z"),
        ("/s3/object/sequencer", "0000000000000000"),
        ("/responseElements/x-amz-request-id", "00000000000000000000000000000000"),
        ("/responseElements/x-amz-id-2", "00000000000000000000000000000000"),
    ] {
        let value = record.pointer_mut(pointer).unwrap();
        assert_eq!(value.as_str().unwrap().len(), shape.len(), "{pointer}: {value}");
        *value = json!(shape);
    }
    assert_eq!(
        event,
        json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "0000-00-00T00:00:00.000Z",
            "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": "AWS:000000000000"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {
                "x-amz-request-id": "00000000000000000000000000000000",
                "x-amz-id-2": "00000000000000000000000000000000",
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "contacts-local",
                "bucket": {
                    "name": "contacts",
                    "ownerIdentity": {"principalId": "000000000000"},
                    "arn": "arn:aws:s3:::contacts",
                },
                "object": {
                    "key": "imports/acme/my+contacts%2B%C3%BC.csv",
                    "size": 5,
                    "eTag": "5d41402abc4b2a76b9719d911017c592",
                    "sequencer": "0000000000000000",
                },
            },
        }]})
    );
    system.stop().await;
}

#[tokio::test]
async fn every_way_to_create_an_object_has_an_event_and_no_other() {
    let (subscriber, mut events) = listener(|_| Ok(()));
    let system = start(subscribed(subscriber)).await;
    let client = s3(&system);
    put(&client, "a", "1").await;
    let first = next(&mut events).await;
    let copy = client.copy_object().bucket("contacts").key("b").copy_source("contacts/a");
    copy.send().await.unwrap();
    let second = next(&mut events).await;
    assert_eq!(record(&second)["eventName"], "ObjectCreated:Copy");
    let sequencer = |event: &Value| record(event)["s3"]["object"]["sequencer"].as_str().unwrap().to_owned();
    assert!(sequencer(&first) < sequencer(&second));
    let upload = client.create_multipart_upload().bucket("contacts").key("c").send().await.unwrap();
    let upload = upload.upload_id.unwrap();
    let part = client.upload_part().bucket("contacts").key("c").upload_id(&upload).part_number(1);
    let part = part.body(b"x".to_vec().into()).send().await.unwrap();
    let part = CompletedPart::builder().part_number(1).e_tag(part.e_tag.unwrap()).build();
    let parts = CompletedMultipartUpload::builder().parts(part).build();
    let complete = client.complete_multipart_upload().bucket("contacts").key("c");
    complete.upload_id(upload).multipart_upload(parts).send().await.unwrap();
    let third = next(&mut events).await;
    assert_eq!(record(&third)["eventName"], "ObjectCreated:CompleteMultipartUpload");
    client.delete_object().bucket("contacts").key("a").send().await.unwrap();
    let refused = client.put_object().bucket("contacts").key("b").if_none_match("*").send().await;
    assert!(refused.is_err());
    within(system.idle()).await;
    assert!(events.try_recv().is_err());
    system.stop().await;
}

#[tokio::test]
async fn a_subscriber_that_fails_is_tried_three_times() {
    let folder = tempfile::tempdir().unwrap();
    let (subscriber, mut events) = listener(|call| match call {
        0 => Err("not yet".to_owned()),
        1 => panic!("not yet, loudly"),
        2 => Ok(()),
        _ => Err("never".to_owned()),
    });
    let system = start_with(stored(&folder), subscribed(subscriber)).await;
    put(&s3(&system), "late", "1").await;
    within(system.idle()).await;
    let tries: Vec<Value> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    assert_eq!(tries.len(), 3);
    assert!(tries.iter().all(|event| *event == tries[0]));
    put(&s3(&system), "never", "1").await;
    within(system.idle()).await;
    assert_eq!(std::iter::from_fn(|| events.try_recv().ok()).count(), 3);
    system.stop().await;

    // What was handled or given up does not come back.
    let (subscriber, mut events) = listener(|_| Ok(()));
    let system = start_with(stored(&folder), subscribed(subscriber)).await;
    within(system.idle()).await;
    assert!(events.try_recv().is_err());
    system.stop().await;
}

#[tokio::test]
async fn what_was_not_handled_comes_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody there at all.
    let system = start_with(stored(&folder), Wiring::default()).await;
    put(&s3(&system), "a", "1").await;
    put(&s3(&system), "gone", "1").await;
    s3(&system).delete_object().bucket("contacts").key("gone").send().await.unwrap();
    system.stop().await;

    // Stopped between two attempts.
    let (subscriber, mut events) = listener(|_| Err("not now".to_owned()));
    let slow = Options { retries: SLOW, ..stored(&folder) };
    let system = start_with(slow, subscribed(subscriber)).await;
    assert_eq!(record(&next(&mut events).await)["s3"]["object"]["key"], "a");
    within(system.stop()).await;
    assert!(events.try_recv().is_err());

    let (subscriber, mut events) = listener(|_| Ok(()));
    let system = start_with(stored(&folder), subscribed(subscriber)).await;
    assert_eq!(record(&next(&mut events).await)["s3"]["object"]["key"], "a");
    within(system.idle()).await;
    assert!(events.try_recv().is_err());
    system.stop().await;
}
