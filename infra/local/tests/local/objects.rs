//! Objects of the bucket, through the SDK.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, MetadataDirective, ObjectIdentifier};
use contacts_local::{System, Wiring, sdk_config};

use crate::support::{code, get, keys, put, s3, start, start_with, stored};

const MD5_OF_HELLO: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

async fn bucket() -> (System, aws_sdk_s3::Client) {
    let system = start(Wiring::default()).await;
    let client = s3(&system);
    (system, client)
}

#[tokio::test]
async fn an_object_comes_back_with_what_was_said_of_it() {
    let (system, client) = bucket().await;
    let stored = client.put_object().bucket("contacts").key("a.csv").body(b"hello".to_vec().into());
    let stored = stored.content_type("text/csv").content_disposition("attachment");
    let stored = stored.metadata("rows", "7").send().await.unwrap();
    assert_eq!(stored.e_tag(), Some(MD5_OF_HELLO));
    let object = client.get_object().bucket("contacts").key("a.csv").send().await.unwrap();
    assert_eq!(object.content_type(), Some("text/csv"));
    assert_eq!(object.content_disposition(), Some("attachment"));
    assert_eq!(object.metadata().unwrap()["rows"], "7");
    assert_eq!(object.e_tag(), Some(MD5_OF_HELLO));
    assert_eq!(object.body.collect().await.unwrap().to_vec(), b"hello");
    let head = client.head_object().bucket("contacts").key("a.csv").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(5), Some("text/csv")));
    assert_eq!((head.e_tag(), &head.metadata().unwrap()["rows"]), (Some(MD5_OF_HELLO), &"7".into()));
    let list = client.list_objects_v2().bucket("contacts").send().await.unwrap();
    assert_eq!(list.contents()[0].e_tag(), Some(MD5_OF_HELLO));
    assert_eq!(list.contents()[0].size(), Some(5));
    for _ in 0..2 {
        client.delete_object().bucket("contacts").key("a.csv").send().await.unwrap();
    }
    let gone = client.get_object().bucket("contacts").key("a.csv").send().await;
    assert_eq!(code(gone), "NoSuchKey");
    let gone = client.head_object().bucket("contacts").key("a.csv").send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found());
    system.stop().await;
}

#[tokio::test]
async fn a_range_is_a_part_of_the_object() {
    let (system, client) = bucket().await;
    put(&client, "digits", "0123456789").await;
    let range = async |range: &str| {
        let get = client.get_object().bucket("contacts").key("digits").range(range).send().await;
        match get {
            Ok(object) => {
                let range = object.content_range.clone().unwrap();
                let body = object.body.collect().await.unwrap().to_vec();
                format!("{} {range}", String::from_utf8(body).unwrap())
            }
            error => code(error),
        }
    };
    assert_eq!(range("bytes=0-3").await, "0123 bytes 0-3/10");
    assert_eq!(range("bytes=8-").await, "89 bytes 8-9/10");
    assert_eq!(range("bytes=-2").await, "89 bytes 8-9/10");
    assert_eq!(range("bytes=5-99").await, "56789 bytes 5-9/10");
    assert_eq!(range("bytes=10-").await, "InvalidRange");
    system.stop().await;
}

#[tokio::test]
async fn any_text_is_a_key_and_none_is_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    let client = s3(&system);
    let longest = "é".repeat(512);
    let long = "x".repeat(200);
    let mut hostile = vec![
        "a",
        "a/b",
        "a/b/c",
        "a//b",
        "/a",
        "a/",
        "../x",
        "../../x",
        "./x",
        "..",
        ".",
        "lock",
        "A",
        "con",
        "a b",
        "a+b",
        "a%2Fb",
        "a?b#c",
        "a\\b",
        "a:b",
        "ünï 🦀",
        "\"<&>'",
        "~",
        &long,
        &longest,
    ];
    for key in &hostile {
        put(&client, key, *key).await;
    }
    for key in &hostile {
        assert_eq!(get(&client, key).await, key.as_bytes(), "{key}");
    }
    hostile.sort_unstable();
    assert_eq!(keys(&client).await, hostile);
    // All of it is in the data folder.
    let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(outside.len(), 1);
    let identifiers = hostile.iter().map(|key| ObjectIdentifier::builder().key(*key).build().unwrap());
    let all = Delete::builder().set_objects(Some(identifiers.collect())).build().unwrap();
    client.delete_objects().bucket("contacts").delete(all).send().await.unwrap();
    assert!(keys(&client).await.is_empty());
    let too_long = client.put_object().bucket("contacts").key("x".repeat(1025)).send().await;
    assert_eq!(code(too_long), "KeyTooLongError");
    system.stop().await;
}

#[tokio::test]
async fn a_listing_comes_in_pages_and_folders() {
    let (system, client) = bucket().await;
    for key in ["a/1", "a/2", "a/b/3", "a/b/4", "b", "c/5"] {
        put(&client, key, key).await;
    }
    let list = async |prefix: &str, delimiter: Option<&str>, size: i32| {
        let list = client.list_objects_v2().bucket("contacts").prefix(prefix);
        let list = list.set_delimiter(delimiter.map(str::to_owned)).max_keys(size);
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let page = list.clone().set_continuation_token(token).send().await.unwrap();
            assert!(page.key_count().unwrap() <= size);
            found.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
            let prefixes = page.common_prefixes().iter();
            found.extend(prefixes.map(|prefix| prefix.prefix().unwrap().to_owned()));
            token = page.next_continuation_token;
            assert_eq!(token.is_some(), page.is_truncated.unwrap());
            if token.is_none() {
                found.sort();
                break found;
            }
        }
    };
    for size in [1, 2, 3, 1000] {
        let all = ["a/1", "a/2", "a/b/3", "a/b/4", "b", "c/5"];
        assert_eq!(list("", None, size).await, all, "{size}");
        assert_eq!(list("", Some("/"), size).await, ["a/", "b", "c/"], "{size}");
        assert_eq!(list("a/", Some("/"), size).await, ["a/1", "a/2", "a/b/"], "{size}");
        assert_eq!(list("a/b", None, size).await, ["a/b/3", "a/b/4"], "{size}");
        assert!(list("d", Some("/"), size).await.is_empty());
    }
    let after = client.list_objects_v2().bucket("contacts").start_after("a/b/3").send().await.unwrap();
    assert_eq!(after.contents().len(), 3);
    let list = client.list_objects_v2().bucket("contacts").continuation_token("?").send().await;
    assert_eq!(code(list), "InvalidArgument");
    system.stop().await;
}

#[tokio::test]
async fn conditions_are_kept() {
    let (system, client) = bucket().await;
    let etag = put(&client, "k", "1").await;
    let get = || client.get_object().bucket("contacts").key("k");
    assert_eq!(code(get().if_match(&etag).send().await), "ok");
    assert_eq!(code(get().if_match("\"other\"").send().await), "PreconditionFailed");
    assert_eq!(code(get().if_none_match(&etag).send().await), "304");
    assert_eq!(code(get().if_none_match("\"other\"").send().await), "ok");
    let modified = get().send().await.unwrap().last_modified.unwrap();
    assert_eq!(code(get().if_modified_since(modified).send().await), "304");
    assert_eq!(code(get().if_unmodified_since(modified).send().await), "ok");
    let head = client.head_object().bucket("contacts").key("k").if_none_match(&etag);
    assert_eq!(code(head.send().await), "304");
    let put = |body: &'static str| {
        let body = ByteStream::from_static(body.as_bytes());
        client.put_object().bucket("contacts").key("k").body(body)
    };
    assert_eq!(code(put("2").if_none_match("*").send().await), "PreconditionFailed");
    assert_eq!(code(put("2").if_match("\"other\"").send().await), "PreconditionFailed");
    assert_eq!(code(put("2").if_match(&etag).send().await), "ok");
    assert_eq!(code(put("3").if_match(&etag).send().await), "PreconditionFailed");
    system.stop().await;
}

#[tokio::test]
async fn of_many_creators_one_succeeds() {
    let (system, client) = bucket().await;
    let create = |n: u8| {
        let put = client.put_object().bucket("contacts").key("once").if_none_match("*");
        put.body(vec![n; 10_000].into()).send()
    };
    let outcomes = futures_util::future::join_all((0..16).map(create)).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    system.stop().await;
}

#[tokio::test]
async fn a_body_that_is_not_the_announced_one_leaves_what_was_there() {
    let (system, client) = bucket().await;
    put(&client, "k", "before").await;
    let put = || client.put_object().bucket("contacts").key("k").body(b"after".to_vec().into());
    let wrong = "AAAAAAAAAAAAAAAAAAAAAA==";
    assert_eq!(code(put().content_md5(wrong).send().await), "BadDigest");
    assert_eq!(code(put().checksum_crc32("AAAAAA==").send().await), "BadDigest");
    let wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(code(put().checksum_sha256(wrong).send().await), "BadDigest");
    assert_eq!(get(&client, "k").await, b"before");
    assert_eq!(keys(&client).await, ["k"]);
    system.stop().await;
}

#[tokio::test]
async fn a_copy_has_the_attributes_of_its_source_or_new_ones() {
    let (system, client) = bucket().await;
    let put = client.put_object().bucket("contacts").key("a b+ü").body(b"hello".to_vec().into());
    put.content_type("text/csv").metadata("rows", "7").send().await.unwrap();
    let copy = |key| {
        let copy = client.copy_object().bucket("contacts").key(key);
        copy.copy_source("contacts/a%20b%2B%C3%BC")
    };
    let copied = copy("same").send().await.unwrap();
    assert_eq!(copied.copy_object_result().unwrap().e_tag(), Some(MD5_OF_HELLO));
    let replace = copy("other").metadata_directive(MetadataDirective::Replace);
    replace.content_type("text/plain").send().await.unwrap();
    let head = async |key| client.head_object().bucket("contacts").key(key).send().await.unwrap();
    assert_eq!(head("same").await.content_type(), Some("text/csv"));
    assert_eq!(head("same").await.metadata().unwrap()["rows"], "7");
    assert_eq!(head("other").await.content_type(), Some("text/plain"));
    assert_eq!(head("other").await.metadata().map_or(0, |metadata| metadata.len()), 0);
    client.delete_object().bucket("contacts").key("a b+ü").send().await.unwrap();
    assert_eq!(get(&client, "same").await, b"hello");
    assert_eq!(code(copy("third").send().await), "NoSuchKey");
    system.stop().await;
}

#[tokio::test]
async fn there_is_one_bucket_and_it_asks_who_you_are() {
    let (system, client) = bucket().await;
    let buckets = client.list_buckets().send().await.unwrap();
    assert_eq!(buckets.buckets()[0].name(), Some("contacts"));
    assert!(buckets.buckets()[0].creation_date().is_some(), "the command line needs it");
    client.head_bucket().bucket("contacts").send().await.unwrap();
    client.get_bucket_location().bucket("contacts").send().await.unwrap();
    let again = client.create_bucket().bucket("contacts").send().await;
    assert_eq!(code(again), "BucketAlreadyOwnedByYou");
    let other = client.put_object().bucket("other").key("k").send().await;
    assert_eq!(code(other), "NoSuchBucket");
    assert_eq!(code(client.list_objects_v2().bucket("other").send().await), "NoSuchBucket");
    let credentials = aws_sdk_s3::config::Credentials::new("local", "wrong", None, None, "test");
    let config = aws_sdk_s3::config::Builder::from(&sdk_config(system.s3_url()));
    let stranger = config.credentials_provider(credentials).build();
    let refused = aws_sdk_s3::Client::from_conf(stranger);
    let refused = refused.list_objects_v2().bucket("contacts").send().await;
    assert_eq!(code(refused), "SignatureDoesNotMatch");
    let unsigned = reqwest::get(format!("{}/contacts/k", system.s3_url())).await.unwrap();
    assert_eq!(unsigned.status(), 403);
    system.stop().await;
}
