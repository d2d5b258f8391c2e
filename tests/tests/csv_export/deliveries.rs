//! Events: which of them order an export, and deliveries that are repeated or concurrent.

use contacts::{ExportId, time};
use contacts_book::{Export, ExportFailure, ExportStatus};
use contacts_testing::Fault;
use csv_export::handle;

use crate::harness::ExportHarness;
use crate::people::{THREE_PARTS, create_contacts, create_large_contacts, workspace};

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 3).await;
    let (id, event) = harness.order().await;
    harness.handle(&event).await.unwrap();
    let (export, file) = (harness.exported(id).await, harness.file(id).await);
    create_contacts(&harness.book(), &workspace(), 5).await;
    harness.faults.take_counts();
    harness.bucket_faults.reset_counts();
    harness.handle(&event).await.unwrap();
    assert_eq!((harness.exported(id).await, harness.file(id).await), (export, file));
    assert_eq!(harness.faults.take_counts(), [("BatchGetItem".to_owned(), 1)].into());
    assert_eq!(harness.bucket_faults.take_operations(), [""; 0]);
}

#[tokio::test]
async fn an_export_that_has_failed_stays_so() {
    let harness = ExportHarness::new().await;
    let (id, event) = harness.order().await;
    let failure = ExportFailure { code: "internal".into(), reason: "r".into() };
    harness.book().finish_export(&workspace(), id, 0, Err(failure)).await.unwrap();
    let export = harness.exported(id).await;
    harness.handle(&event).await.unwrap();
    assert_eq!((harness.exported(id).await, harness.file(id).await), (export, None));
}

#[tokio::test]
async fn objects_that_are_not_export_requests_are_ignored() {
    let harness = ExportHarness::new().await;
    let (id, mut event) = harness.order().await;
    harness.handle(&event).await.unwrap();
    let file = harness.bucket.event(|key| key == format!("exports/acme/{id}.csv")).await;
    harness.faults.take_counts();
    harness.bucket_faults.reset_counts();
    harness.handle(&file).await.unwrap();
    for key in ["exports/acme/notes.json", "exports/acme.json", &format!("imports/acme/{id}.json")] {
        let other = harness.put(key).await;
        harness.handle(&other).await.unwrap();
    }
    assert_eq!(harness.faults.take_counts(), [].into());

    // An order for an export that is not in the book is ignored.
    let unknown = ExportId::new();
    let stray = harness.put(&format!("exports/acme/{unknown}.json")).await;
    harness.handle(&stray).await.unwrap();
    assert_eq!(harness.faults.take_counts(), [("BatchGetItem".to_owned(), 1)].into());

    // Each record of an event is handled for itself.
    event.records = stray.records;
    event.records.extend(file.records);
    let (last, asked) = harness.order().await;
    event.records.extend(asked.records);
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.book().export(&workspace(), unknown).await.unwrap(), None);
    assert_eq!(harness.file(unknown).await, None);
    assert_eq!(harness.exported(last).await.status, ExportStatus::Completed);
    assert_eq!(harness.bucket_faults.take_operations(), ["PutObject"]);
}

#[tokio::test]
async fn what_is_in_the_request_does_not_matter_nor_the_case_of_its_id() {
    let harness = ExportHarness::new().await;
    let id = ExportId::new();
    harness
        .book()
        .create_export(&workspace(), &Export::new(id, time::now()), &contacts_testing::person())
        .await
        .unwrap();
    let event = harness.put(&format!("exports/acme/{}.json", id.to_string().to_uppercase())).await;
    harness.handle(&event).await.unwrap();
    assert!(harness.file(id).await.is_some());
}

#[tokio::test]
async fn the_same_event_twice_at_once_is_one_export() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 1_500).await;
    let (id, event) = harness.order().await;
    let (one, two) = (harness.exporter.clone(), harness.exporter.clone());
    let again = event.clone();
    let one = tokio::spawn(async move { handle(&one, event).await });
    let two = tokio::spawn(async move { handle(&two, again).await });
    one.await.unwrap().and(two.await.unwrap()).unwrap();
    let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
    assert_eq!((export.status, export.rows, file.rows.len()), (ExportStatus::Completed, 1_500, 1_500));
}

#[tokio::test]
async fn a_delivery_that_was_overtaken_leaves_the_file_alone() {
    let harness = ExportHarness::with_small_parts().await;
    create_large_contacts(&harness.book(), THREE_PARTS).await;
    let (id, event) = harness.order().await;
    // After eight pages of a megabyte.
    harness
        .faults
        .inject(|request| (request.operation == "Query" && request.nth_of_operation == 8).then_some(Fault::Hold));
    let finish = async {
        harness.faults.held().await;
        harness.book().finish_export(&workspace(), id, 2, Ok(())).await.unwrap();
        harness.faults.release();
    };
    let (handled, ()) = tokio::join!(harness.handle(&event), finish);
    handled.unwrap();
    let export = harness.exported(id).await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 2));
    assert_eq!(harness.file(id).await, None);
    let operations = ["CreateMultipartUpload", "UploadPart", "AbortMultipartUpload"];
    assert_eq!(harness.bucket_faults.take_operations(), operations);
}
