//! Files after an erasure.

use aws_sdk_s3::Client;
use contacts::{ContactId, CustomField, CustomKey, CustomType, ExportId, Identifier, time};
use contacts_book::{Export, ExportStatus};
use contacts_files::keys;
use contacts_harness::{Bucket, ImportHarness, summary, workspace};
use contacts_testing::person;

const FILE: &str = "Name,Email,Phone\n\
    Ada Lovelace,ada.lovelace@example.com,+1 555 123 4567\n\
    Bob Stone,bob@example.com,+1 555 987 6543\n\
    Ada Lovelace,ada.lovelace@example.com,not a phone\n";
const TRACES: [&str; 4] = ["Lovelace", "ada.lovelace", "lovelace", "123 4567"];

/// The keys of all objects, and those of which key or content names the person.
async fn objects(client: &Client) -> (Vec<String>, Vec<String>) {
    let list = client.list_objects_v2().bucket(Bucket::NAME).send().await.unwrap();
    let (mut keys, mut naming) = (Vec::new(), Vec::new());
    for object in list.contents() {
        let key = object.key().unwrap().to_owned();
        let body =
            client.get_object().bucket(Bucket::NAME).key(&key).send().await.unwrap().body.collect().await.unwrap();
        let text = format!("{key}\n{}", String::from_utf8_lossy(&body.to_vec()));
        if TRACES.iter().any(|trace| text.contains(trace)) {
            naming.push(key.clone());
        }
        keys.push(key);
    }
    (keys, naming)
}

async fn ada(harness: &ImportHarness) -> ContactId {
    let email = Identifier::Email("ada.lovelace@example.com".into());
    harness.book().contact_by(&workspace(), &email).await.unwrap().1.unwrap().id
}

/// Erases the person, and delivers the order to remove files as often as S3 may.
async fn erase(harness: &ImportHarness, id: ContactId) {
    harness.book().erase(&workspace(), id, &person()).await.unwrap().unwrap();
    let order = harness.put(&keys::erasure(&workspace(), id), "{}").await;
    for _ in 0..2 {
        harness.handle(&order).await.unwrap();
    }
}

#[tokio::test]
async fn files_from_before_an_erasure_are_removed_and_old_ones_bring_nobody_back() {
    let harness = ImportHarness::new().await;
    let (book, client) = (harness.book(), harness.bucket.client());
    let import = harness.import("ada-lovelace", FILE).await;
    assert_eq!(summary(&import), "completed read=3 created=2 unchanged=1");
    let done = ExportId::new();
    for (id, runs) in [(done, false), (ExportId::new(), true)] {
        book.create_export(&workspace(), &Export::new(id, time::now()), &person()).await.unwrap();
        harness.put(&keys::export(&workspace(), id), "Name\nAda Lovelace\n").await;
        harness.put(&keys::export_request(&workspace(), id), "{}").await;
        if !runs {
            book.finish_export(&workspace(), id, 1, Ok(())).await.unwrap();
        }
    }
    // Another workspace is another book.
    harness.put("exports/other/x.csv", "Name\nNobody\n").await;
    let (_, naming) = objects(client).await;
    assert_eq!(naming.len(), 5, "{naming:?}: the upload, the reported rows, the report and two exports");

    let id = ada(&harness).await;
    erase(&harness, id).await;
    let (keys, naming) = objects(client).await;
    assert_eq!(naming, [""; 0]);
    assert!(keys.iter().all(|key| key.ends_with(".json") || key == "exports/other/x.csv"), "{keys:?}");
    let items = format!("{:?}", harness.engine.items().await);
    assert!(!TRACES.iter().any(|trace| items.contains(trace)), "{items}");
    let import = harness.imports().await.remove(0);
    assert_eq!((import.file_name.as_str(), import.key), ("erased.csv", None));
    assert_eq!(book.export(&workspace(), done).await.unwrap().unwrap().status, ExportStatus::Completed);
    let new = Export::new(ExportId::new(), time::now());
    let running = book.create_export(&workspace(), &new, &person()).await.unwrap();
    assert_eq!(running.id, new.id, "the one that ran has failed");
    assert_eq!(harness.people().await, ["Bob Stone telephone:+15559876543 email:bob@example.com"]);

    // The same file once more.
    let again = harness.import("people", FILE).await;
    assert_eq!(summary(&again), "completed read=3 unchanged=1 rejected=2");
    let report = harness.report(&again).await;
    assert!(!TRACES.iter().any(|trace| report.contains(trace)), "{report}");
    assert!(report.contains("rejected,2,,erased: names somebody whose data were erased"), "{report}");
    assert_eq!(harness.people().await, ["Bob Stone telephone:+15559876543 email:bob@example.com"]);
}

#[tokio::test]
async fn an_import_that_runs_keeps_its_files_and_an_order_without_an_erasure_does_nothing() {
    let harness = ImportHarness::with_chunks(contacts_csv::cut::Limits { rows: 2, bytes: u64::MAX }).await;
    let upload = harness.put("imports/acme/people.csv", FILE).await;
    let order = harness.put(&keys::erasure(&workspace(), ContactId::new()), "{}").await;
    harness.handle(&order).await.unwrap();
    harness.handle(&upload).await.unwrap();
    let first = harness.chunk_event().await;
    harness.handle(&first).await.unwrap();
    let id = ada(&harness).await;
    erase(&harness, id).await;
    let import = harness.finish("people.csv").await;
    assert_eq!(summary(&import), "completed read=3 created=2 rejected=1");
    assert_eq!(harness.people().await, ["Bob Stone telephone:+15559876543 email:bob@example.com"]);
}

#[tokio::test]
async fn the_values_of_a_deleted_field_are_removed_and_those_of_a_new_one_stay() {
    let harness = ImportHarness::new().await;
    let book = harness.book();
    let plan = CustomKey::parse("plan").unwrap();
    let field = CustomField::new(plan.clone(), "Plan", CustomType::String).unwrap();
    book.define_field(&workspace(), &field, &person()).await.unwrap().unwrap();
    let people = |name: &str| format!("Email,custom.plan\nada@example.com,{name}\nbob@example.com,free\n");
    harness.import("people", people("pro")).await;
    let values = async || {
        let contacts = harness.contacts().await;
        let mut values: Vec<String> = contacts
            .iter()
            .flat_map(|contact| contact.custom_values().map(|(_, value)| value.as_str().to_owned()))
            .collect();
        values.sort();
        values
    };
    assert_eq!(values().await, ["free", "pro"]);
    let order = harness.put(&keys::purge(&workspace(), &plan), "{}").await;
    harness.handle(&order).await.unwrap();
    assert_eq!(values().await, ["free", "pro"], "the settings do not order it");

    book.order_purge(&workspace(), &plan, &person()).await.unwrap().unwrap();
    book.define_field(&workspace(), &field, &person()).await.unwrap().unwrap();
    let new = "Email,custom.plan\nada@example.com,gold\n";
    harness.import("new", new).await;
    for _ in 0..2 {
        harness.handle(&order).await.unwrap();
    }
    assert_eq!(values().await, ["gold"]);
    assert_eq!(book.settings(&workspace()).await.unwrap().purges, []);
    // Out of time: the next one goes on.
    book.order_purge(&workspace(), &plan, &person()).await.unwrap().unwrap();
    assert!(!book.purge_values(&workspace(), &plan, std::time::Duration::ZERO).await.unwrap());
    assert!(book.purge_values(&workspace(), &plan, std::time::Duration::MAX).await.unwrap());
    assert_eq!(values().await, [""; 0]);
    assert_eq!(harness.engine.audit().await, []);
}
