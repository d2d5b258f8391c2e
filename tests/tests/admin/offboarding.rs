//! A workspace leaves the system.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use contact_changes::{Changes, StreamEvent};
use contacts::{Country, ImportId, time};
use contacts_admin::{AdminError, Inventory, Offboarding};
use contacts_book::{ContactBook, Import, ImportStatus, ItemKind};
use contacts_csv::cut::Limits;
use contacts_harness::{Bucket, ImportHarness};
use contacts_testing::{Fault, FaultInjector, person};
use serde_json::json;

use crate::tenants::{fill, image, items_of, objects_of, workspace};

/// Closes the workspace and removes everything of it.
async fn offboard(harness: &ImportHarness, book: &ContactBook, name: &str) -> Result<Inventory, AdminError> {
    let workspace = workspace(name);
    let s3 = harness.bucket.client();
    let offboarding = Offboarding { book, s3, bucket: Bucket::NAME, workspace: &workspace };
    offboarding.close().await?;
    offboarding.remove(|_| ()).await
}

/// Asserts that nothing is left of a workspace but the moment of its closing.
async fn assert_only_marked(harness: &ImportHarness, name: &str) {
    let items = items_of(harness, name).await;
    assert_eq!(items.len(), 1, "{items:?}");
    let mut names: Vec<&str> = items[0].keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["cause", "closed_at", "default_country", "index_shards", "pk", "schema", "sk", "version"]);
    assert_eq!(objects_of(harness, name).await, [""; 0]);
}

#[tokio::test]
async fn everything_of_a_workspace_is_removed_and_nothing_of_one_whose_name_starts_with_its_name() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    fill(&harness, "acme-2").await;
    let (book, acme) = (harness.book(), workspace("acme"));
    let (others, their_objects) = (items_of(&harness, "acme-2").await, objects_of(&harness, "acme-2").await);
    let s3 = harness.bucket.client();
    let offboarding = Offboarding { book: &book, s3, bucket: Bucket::NAME, workspace: &acme };

    let mut found = offboarding.found().await.unwrap();
    assert!(matches!(offboarding.remove(|_| ()).await, Err(AdminError::NotClosed(_))));
    assert_eq!(offboarding.found().await.unwrap(), found, "nothing was removed");
    let all = [
        ItemKind::Settings,
        ItemKind::Contact,
        ItemKind::History,
        ItemKind::Join,
        ItemKind::Conversation,
        ItemKind::Claim,
        ItemKind::Import,
        ItemKind::Chunk,
        ItemKind::Export,
        ItemKind::RunningExport,
    ];
    assert_eq!(found.items.keys().copied().collect::<Vec<_>>(), all);
    let mut objects: Vec<&str> = found.objects.keys().copied().collect();
    objects.sort_unstable();
    assert_eq!(objects, ["chunks/", "exports/", "imports/", "reports/"]);

    let closed_at = offboarding.close().await.unwrap();
    assert_eq!(offboarding.close().await.unwrap(), closed_at, "the first closing counts");
    let removed = offboarding.remove(|_| ()).await.unwrap();
    found.items.remove(&ItemKind::Settings);
    assert_eq!(removed, found);
    assert_only_marked(&harness, "acme").await;
    assert_eq!(items_of(&harness, "acme-2").await, others);
    assert_eq!(objects_of(&harness, "acme-2").await, their_objects);
    assert_eq!(harness.engine.audit().await, []);

    assert!(offboarding.remove(|_| ()).await.unwrap().is_empty(), "it may be repeated");
    assert_eq!(book.settings(&acme).await.unwrap().closed_at, Some(closed_at));
    let left = Inventory { items: BTreeMap::from([(ItemKind::Settings, 1)]), ..Inventory::default() };
    assert_eq!(offboarding.found().await.unwrap(), left);
}

#[tokio::test]
async fn it_may_be_interrupted_at_each_request_and_repeated() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    let file: String = (0..60).map(|n| format!("p{n}@x.com\n")).collect();
    let event = harness.put("imports/acme/more.csv", format!("email\n{file}")).await;
    harness.handle(&event).await.unwrap();
    let mut interruptions = 0;
    for requests in 0.. {
        let faults = FaultInjector::default();
        let book = harness.engine.book_through(&faults).with_retry_limit(Duration::ZERO);
        let left = AtomicUsize::new(requests);
        faults.inject(move |_| {
            let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
            fails.then_some(Fault::TimeoutBefore)
        });
        if offboard(&harness, &book, "acme").await.is_ok() {
            break;
        }
        interruptions += 1;
    }
    assert!(interruptions > 5, "{interruptions}");
    assert_only_marked(&harness, "acme").await;
}

#[tokio::test]
async fn files_and_chunks_that_come_after_the_closing_import_nothing() {
    let harness = ImportHarness::with_chunks(Limits { rows: 1, bytes: u64::MAX }).await;
    let book = harness.book();
    let late = harness.put("imports/acme/late.csv", "email\nada@x.com\nbob@x.com\n").await;
    let event = harness.put("imports/acme/people.csv", "email\nada@x.com\nbob@x.com\n").await;
    harness.handle(&event).await.unwrap();
    let chunk = harness.chunk_event().await;
    let waiting = Import::new(ImportId::new(), "waiting.csv", Country::US, time::now());
    book.create_import(&workspace("acme"), &waiting, &person()).await.unwrap();

    book.close_workspace(&workspace("acme"), &person()).await.unwrap();
    for import in harness.imports().await {
        assert_eq!(import.status, ImportStatus::Failed, "{}", import.file_name);
        assert_eq!(import.error.unwrap().code, "workspace_closed");
    }
    harness.handle(&chunk).await.unwrap();
    harness.handle(&late).await.unwrap();
    assert_eq!(harness.imports().await.len(), 2, "the late file began no import");
    assert_eq!(harness.contacts().await, []);

    // An import that was ordered while the workspace was being closed.
    let ordered = Import { id: ImportId::new(), file_name: "ordered.csv".to_owned(), ..waiting };
    book.create_import(&workspace("acme"), &ordered, &person()).await.unwrap();
    let event = harness.put(&format!("imports/acme/{}.csv", ordered.id), "email\nada@x.com\n").await;
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.imported("ordered.csv").await.error.unwrap().code, "workspace_closed");

    offboard(&harness, &book, "acme").await.unwrap();
    harness.handle(&event).await.unwrap();
    assert_only_marked(&harness, "acme").await;
}

#[tokio::test]
async fn changes_that_are_followed_late_leave_no_history() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    let changes = Changes::new(harness.book(), None);
    let contacts = items_of(&harness, "acme").await.into_iter().filter(|item| item["sk"].as_s().unwrap() == "CONTACT");
    let records = contacts.enumerate().map(
        |(number, item)| json!({"dynamodb": {"NewImage": image(&item), "SequenceNumber": format!("{number:03}")}}),
    );
    let event: StreamEvent = serde_json::from_value(json!({"Records": records.collect::<Vec<_>>()})).unwrap();
    assert_eq!(event.records.len(), 10);
    offboard(&harness, &harness.book(), "acme").await.unwrap();
    assert_eq!(contact_changes::handle(&changes, event).await.failures, []);
    assert_only_marked(&harness, "acme").await;
}
