//! Uploads in parts.

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use contacts_local::Wiring;

use crate::support::{code, get, keys, put, s3, start};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn parts_become_one_object() {
    let system = start(Wiring::default()).await;
    let client = s3(&system);
    let upload = client.create_multipart_upload().bucket("contacts").key("big.csv");
    let upload = upload.content_type("text/csv").send().await.unwrap().upload_id.unwrap();
    let part = async |number: i32, bytes: Vec<u8>| {
        let part = client.upload_part().bucket("contacts").key("big.csv").upload_id(&upload);
        let part = part.part_number(number).body(bytes.into()).send().await.unwrap();
        CompletedPart::builder().part_number(number).e_tag(part.e_tag.unwrap()).build()
    };
    let complete = async |parts: Vec<CompletedPart>| {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = client.complete_multipart_upload().bucket("contacts").key("big.csv");
        complete.upload_id(&upload).multipart_upload(parts).send().await
    };
    let third = part(30, b"end".to_vec()).await;
    let replaced = part(2, vec![b'x'; 10]).await;
    let first = part(2, vec![b'1'; 5 * MIB]).await;
    let second = part(10, vec![b'2'; 6 * MIB]).await;
    assert!(keys(&client).await.is_empty());

    let reversed = complete(vec![second.clone(), first.clone()]).await;
    assert_eq!(code(reversed), "InvalidPartOrder");
    assert_eq!(code(complete(vec![replaced, second.clone()]).await), "InvalidPart");
    let small = part(1, b"small".to_vec()).await;
    assert_eq!(code(complete(vec![small, first.clone()]).await), "EntityTooSmall");
    let whole = complete(vec![first, second, third.clone()]).await.unwrap();
    let etag = whole.e_tag.unwrap();
    assert!(etag.ends_with("-3\""), "{etag}");

    let bytes = get(&client, "big.csv").await;
    assert_eq!(bytes.len(), 11 * MIB + 3);
    assert_eq!((bytes[0], bytes[5 * MIB], &bytes[11 * MIB..]), (b'1', b'2', &b"end"[..]));
    let head = client.head_object().bucket("contacts").key("big.csv").send().await.unwrap();
    assert_eq!((head.content_type(), head.e_tag.clone()), (Some("text/csv"), Some(etag)));
    assert_eq!(code(complete(vec![third]).await), "NoSuchUpload");
    system.stop().await;
}

#[tokio::test]
async fn an_aborted_upload_is_gone() {
    let system = start(Wiring::default()).await;
    let client = s3(&system);
    let upload = client.create_multipart_upload().bucket("contacts").key("k").send().await.unwrap();
    let upload = upload.upload_id.unwrap();
    let part = async |key: &str, upload: &str| {
        let part = client.upload_part().bucket("contacts").key(key).part_number(1);
        code(part.upload_id(upload).body(b"x".to_vec().into()).send().await)
    };
    assert_eq!(part("k", &upload).await, "ok");
    assert_eq!(part("other", &upload).await, "NoSuchUpload");
    assert_eq!(part("k", "../../objects").await, "NoSuchUpload");
    let abort = client.abort_multipart_upload().bucket("contacts").key("k");
    assert_eq!(code(abort.upload_id(&upload).send().await), "ok");
    assert_eq!(part("k", &upload).await, "NoSuchUpload");
    system.stop().await;
}

#[tokio::test]
async fn a_part_can_be_a_part_of_another_object() {
    let system = start(Wiring::default()).await;
    let client = s3(&system);
    put(&client, "a/source", "0123456789").await;
    let upload = client.create_multipart_upload().bucket("contacts").key("k").send().await.unwrap();
    let upload = upload.upload_id.unwrap();
    let copy = client.upload_part_copy().bucket("contacts").key("k").upload_id(&upload).part_number(1);
    let copy = copy.copy_source("contacts/a/source").copy_source_range("bytes=2-5").send().await.unwrap();
    let etag = copy.copy_part_result.unwrap().e_tag.unwrap();
    let part = CompletedPart::builder().part_number(1).e_tag(etag).build();
    let parts = CompletedMultipartUpload::builder().parts(part).build();
    let complete = client.complete_multipart_upload().bucket("contacts").key("k").upload_id(&upload);
    complete.multipart_upload(parts).send().await.unwrap();
    assert_eq!(get(&client, "k").await, b"2345");
    system.stop().await;
}
