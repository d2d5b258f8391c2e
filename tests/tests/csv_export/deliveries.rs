//! Events: which ask for an export, and that they may come often and side by side.

use contacts::{ExportId, time};
use contacts_book::{Export, ExportFailure, ExportStatus};
use contacts_testing::Fault;
use csv_export::handle;

use crate::desk::Desk;
use crate::people::{crowd, heavy, workspace};

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let desk = Desk::new().await;
    crowd(&desk.book(), &workspace(), 3).await;
    let (id, event) = desk.ask().await;
    desk.handle(&event).await.unwrap();
    let (export, file) = (desk.exported(id).await, desk.file(id).await);
    crowd(&desk.book(), &workspace(), 5).await;
    desk.faults.take_counts();
    desk.bucket_faults.reset_counts();
    desk.handle(&event).await.unwrap();
    assert_eq!((desk.exported(id).await, desk.file(id).await), (export, file));
    assert_eq!(desk.faults.take_counts(), [("BatchGetItem".to_owned(), 1)].into());
    assert_eq!(desk.bucket_faults.take_operations(), [""; 0]);
}

#[tokio::test]
async fn an_export_that_has_failed_stays_so() {
    let desk = Desk::new().await;
    let (id, event) = desk.ask().await;
    let failure = ExportFailure { code: "internal".into(), reason: "r".into() };
    desk.book().finish_export(&workspace(), id, 0, Err(failure)).await.unwrap();
    let export = desk.exported(id).await;
    desk.handle(&event).await.unwrap();
    assert_eq!((desk.exported(id).await, desk.file(id).await), (export, None));
}

#[tokio::test]
async fn objects_that_ask_for_nothing_are_left_alone() {
    let desk = Desk::new().await;
    let (id, mut event) = desk.ask().await;
    desk.handle(&event).await.unwrap();
    let file = desk.event_of(&format!("exports/acme/{id}.csv")).await;
    desk.faults.take_counts();
    desk.bucket_faults.reset_counts();
    desk.handle(&file).await.unwrap();
    for key in ["exports/acme/notes.json", "exports/acme.json", &format!("imports/acme/{id}.json")] {
        let other = desk.put(key).await;
        desk.handle(&other).await.unwrap();
    }
    assert_eq!(desk.faults.take_counts(), [].into());

    // An export that is not in the book is none.
    let unknown = ExportId::new();
    let stray = desk.put(&format!("exports/acme/{unknown}.json")).await;
    desk.handle(&stray).await.unwrap();
    assert_eq!(desk.faults.take_counts(), [("BatchGetItem".to_owned(), 1)].into());

    // Of several records each is taken for itself.
    event.records = stray.records;
    event.records.extend(file.records);
    let (last, asked) = desk.ask().await;
    event.records.extend(asked.records);
    desk.handle(&event).await.unwrap();
    assert_eq!(desk.book().export(&workspace(), unknown).await.unwrap(), None);
    assert_eq!(desk.file(unknown).await, None);
    assert_eq!(desk.exported(last).await.status, ExportStatus::Completed);
    assert_eq!(desk.bucket_faults.take_operations(), ["PutObject"]);
}

#[tokio::test]
async fn what_is_in_the_request_does_not_matter_nor_the_case_of_its_id() {
    let desk = Desk::new().await;
    let id = ExportId::new();
    desk.book().create_export(&workspace(), &Export::new(id, time::now()), &contacts_testing::person()).await.unwrap();
    let event = desk.put(&format!("exports/acme/{}.json", id.to_string().to_uppercase())).await;
    desk.handle(&event).await.unwrap();
    assert!(desk.file(id).await.is_some());
}

#[tokio::test]
async fn the_same_event_twice_at_once_is_one_export() {
    let desk = Desk::new().await;
    crowd(&desk.book(), &workspace(), 1_500).await;
    let (id, event) = desk.ask().await;
    let (one, two) = (desk.exporter.clone(), desk.exporter.clone());
    let again = event.clone();
    let one = tokio::spawn(async move { handle(&one, event).await });
    let two = tokio::spawn(async move { handle(&two, again).await });
    one.await.unwrap().and(two.await.unwrap()).unwrap();
    let (export, file) = (desk.exported(id).await, desk.file(id).await.unwrap());
    assert_eq!((export.status, export.rows, file.rows.len()), (ExportStatus::Completed, 1_500, 1_500));
}

#[tokio::test]
async fn a_delivery_that_was_overtaken_leaves_the_file_alone() {
    let desk = Desk::with_small_parts().await;
    heavy(&desk.book()).await;
    let (id, event) = desk.ask().await;
    // After eight pages of a megabyte.
    desk.faults
        .inject(|request| (request.operation == "Query" && request.nth_of_operation == 8).then_some(Fault::Hold));
    let finish = async {
        desk.faults.held().await;
        desk.book().finish_export(&workspace(), id, 2, Ok(())).await.unwrap();
        desk.faults.release();
    };
    let (handled, ()) = tokio::join!(desk.handle(&event), finish);
    handled.unwrap();
    let export = desk.exported(id).await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 2));
    assert_eq!(desk.file(id).await, None);
    let operations = ["CreateMultipartUpload", "UploadPart", "AbortMultipartUpload"];
    assert_eq!(desk.bucket_faults.take_operations(), operations);
}
