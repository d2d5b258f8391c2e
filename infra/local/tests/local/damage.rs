//! Files of the data folder that were damaged while no system ran.

use std::fs;
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use contacts_local::{Options, System, Wiring, sdk_config};

use crate::support::{get, keys, put, s3, start_with, stored};

async fn refusal(options: Options) -> String {
    match System::start(options, async |_| Ok(Wiring::default())).await {
        Ok(_) => panic!("it started"),
        Err(error) => contacts_lambda::causes(&error),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A table with some megabytes of items.
async fn fill(system: &System) {
    let client = aws_sdk_dynamodb::Client::new(&sdk_config(system.dynamodb_url()));
    let attribute = AttributeDefinition::builder().attribute_name("pk");
    let attribute = attribute.attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    let table = client.create_table().table_name("contacts").billing_mode(BillingMode::PayPerRequest);
    table.attribute_definitions(attribute).key_schema(key.build().unwrap()).send().await.unwrap();
    for n in 0..200 {
        let item = client.put_item().table_name("contacts").item("pk", AttributeValue::S(format!("{n}")));
        item.item("text", AttributeValue::S("x".repeat(10_000))).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_is_damaged_in_the_middle_does_not_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    fill(&system).await;
    system.stop().await;
    let file = folder.path().join("data/dynamodb.sqlite");
    let sound = fs::read(&file).unwrap();
    assert!(sound.len() > 2_000_000, "{}", sound.len());
    for (from, to) in [(sound.len() / 2, sound.len() / 2 + 20_000), (8_192, 12_288)] {
        let mut damaged = sound.clone();
        damaged[from..to].fill(0xA5);
        fs::write(&file, &damaged).unwrap();
        let refused = refusal(stored(&folder)).await;
        assert!(refused.contains(file.to_str().unwrap()) && refused.contains("is damaged"), "{from}: {refused}");
        assert_eq!(fs::read(&file).unwrap(), damaged, "nothing is changed");
    }
    fs::write(&file, "this is no database, but a text that is long enough to have a header of one".repeat(100))
        .unwrap();
    let refused = refusal(stored(&folder)).await;
    assert!(refused.contains(file.to_str().unwrap()), "{refused}");

    fs::write(&file, &sound).unwrap();
    start_with(stored(&folder), Wiring::default()).await.stop().await;
}

#[tokio::test]
async fn a_damaged_object_is_set_aside_and_the_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let system = start_with(stored(&folder), Wiring::default()).await;
    let client = s3(&system);
    put(&client, "good", "hello").await;
    let records = folder.path().join("data/s3/objects");
    let blobs = folder.path().join("data/s3/blobs");
    let good = files(&records);
    // One object for each way to be damaged.
    let mut bad = Vec::new();
    for key in ["cut off", "empty", "misnamed", "without bytes", "shortened", "elsewhere"] {
        let (before, bytes) = (files(&records), files(&blobs));
        put(&client, key, key).await;
        let record = files(&records).into_iter().find(|file| !before.contains(file)).unwrap();
        let blob = files(&blobs).into_iter().find(|file| !bytes.contains(file)).unwrap();
        bad.push((record, blob));
    }
    system.stop().await;
    let text = fs::read_to_string(&bad[0].0).unwrap();
    fs::write(&bad[0].0, &text[..text.len() / 2]).unwrap();
    fs::write(&bad[1].0, "").unwrap();
    fs::copy(&good[0], &bad[2].0).unwrap();
    fs::remove_file(&bad[3].1).unwrap();
    fs::write(&bad[4].1, "s").unwrap();
    let text = fs::read_to_string(&bad[5].0).unwrap();
    let blob = bad[5].1.file_name().unwrap().to_str().unwrap();
    fs::write(&bad[5].0, text.replace(blob, "../../issuer.pem")).unwrap();

    let system = start_with(stored(&folder), Wiring::default()).await;
    let client = s3(&system);
    assert_eq!(keys(&client).await, ["good"]);
    assert_eq!(get(&client, "good").await, b"hello");
    assert!(folder.path().join("data/issuer.pem").exists());
    let aside = files(&folder.path().join("data/s3/damaged"));
    for (record, blob) in &bad {
        assert!(aside.iter().any(|file| file.file_name() == record.file_name()), "{record:?}");
        let is_lost = *blob == bad[3].1;
        assert_eq!(aside.iter().any(|file| file.file_name() == blob.file_name()), !is_lost, "{blob:?}");
    }
    // It can be stored again, and the next start is as usual.
    put(&client, "empty", "again").await;
    system.stop().await;
    let system = start_with(stored(&folder), Wiring::default()).await;
    assert_eq!(keys(&s3(&system)).await, ["empty", "good"]);
    assert_eq!(files(&folder.path().join("data/s3/damaged")), aside);
    system.stop().await;
}

#[tokio::test]
async fn a_damaged_key_of_the_issuer_is_named() {
    let folder = tempfile::tempdir().unwrap();
    start_with(stored(&folder), Wiring::default()).await.stop().await;
    let file = folder.path().join("data/issuer.pem");
    fs::write(&file, "no key").unwrap();
    let refused = refusal(stored(&folder)).await;
    assert!(refused.contains(file.to_str().unwrap()), "{refused}");
}
