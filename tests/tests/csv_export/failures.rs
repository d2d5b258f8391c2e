//! Services that cannot be reached, or refuse.

use std::convert::Infallible;

use contacts::{ExportId, Settings, time};
use contacts_book::{BookError, ContactBook, Export, ExportStatus};
use contacts_testing::{Fault, person};
use csv_export::{ExportError, Exporter, handle};
use lambda_runtime::Diagnostic;

use crate::harness::ExportHarness;
use crate::people::{TWO_PARTS, create_contacts, create_large_contacts, workspace};

/// Makes the next `times` requests to an operation of the bucket meet a fault.
fn fail(harness: &ExportHarness, operation: &'static str, fault: Fault, times: usize) {
    harness
        .bucket_faults
        .inject(move |request| (request.operation == operation && request.nth_of_operation < times).then_some(fault));
}

#[tokio::test]
async fn an_export_that_is_cut_off_from_the_book_is_written_anew() {
    let harness = ExportHarness::new().await;
    let ids = create_contacts(&harness.book(), &workspace(), 2_100).await;
    let (id, event) = harness.order().await;
    harness.faults.inject(|request| {
        (request.operation == "Query" && request.nth_of_operation >= 2).then_some(Fault::TimeoutBefore)
    });
    let error = harness.handle(&event).await.unwrap_err();
    assert!(matches!(error, ExportError::BookUnavailable(_)), "{error:?}");
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    assert_eq!(harness.exported(id).await.status, ExportStatus::Running);
    assert_eq!(harness.file(id).await, None);

    harness.faults.clear();
    harness.handle(&event).await.unwrap();
    let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 2_100));
    assert_eq!(file.column("id"), ids.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_export_whose_last_answers_are_lost_ends_all_the_same() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 3).await;
    let (id, event) = harness.order().await;
    // The first update saves the number of rows. The next ones save the end, but their answers are lost.
    harness.faults.inject(|request| {
        let lost = request.operation == "UpdateItem" && (1..8).contains(&request.nth_of_operation);
        lost.then_some(Fault::TimeoutAfter)
    });
    harness.handle(&event).await.unwrap();
    let export = harness.exported(id).await;
    assert_eq!((export.status, export.rows, export.error), (ExportStatus::Completed, 3, None));
}

#[tokio::test]
async fn a_small_export_waits_for_its_bucket() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 3).await;
    for fault in [Fault::TimeoutBefore, Fault::ErrorAfter] {
        let (id, event) = harness.order().await;
        fail(&harness, "PutObject", fault, usize::MAX);
        let error = harness.handle(&event).await.unwrap_err();
        assert!(matches!(error, ExportError::BucketUnavailable(_)), "{fault:?}: {error:?}");
        assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
        assert_eq!(harness.bucket_faults.take_operations(), ["PutObject"]);
        let export = harness.exported(id).await;
        assert_eq!((export.status, export.rows), (ExportStatus::Running, 3), "{fault:?}");

        harness.bucket_faults.clear();
        harness.handle(&event).await.unwrap();
        let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
        assert_eq!((export.status, export.rows, file.rows.len()), (ExportStatus::Completed, 3, 3), "{fault:?}");
        harness.bucket_faults.reset_counts();
    }
}

#[tokio::test]
async fn the_parts_of_a_large_export_are_given_up_when_it_is_cut_off() {
    let harness = ExportHarness::with_small_parts().await;
    create_large_contacts(&harness.book(), TWO_PARTS).await;
    let [create, part, complete, abort] =
        ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"];
    let cases: [(&str, Fault, usize, &[&str]); 5] = [
        (create, Fault::TimeoutBefore, usize::MAX, &[create]),
        (part, Fault::TimeoutBefore, usize::MAX, &[create, part, abort]),
        (part, Fault::ErrorAfter, usize::MAX, &[create, part, abort]),
        (complete, Fault::TimeoutBefore, usize::MAX, &[create, part, complete, abort]),
        // The first attempt succeeds but its answer says otherwise; at the second S3 no longer knows the upload.
        (complete, Fault::ErrorAfter, 1, &[create, part, complete, abort]),
    ];
    for (operation, fault, times, operations) in cases {
        let (id, event) = harness.order().await;
        fail(&harness, operation, fault, times);
        let error = harness.handle(&event).await.unwrap_err();
        assert!(matches!(error, ExportError::BucketUnavailable(_)), "{operation} {fault:?}: {error:?}");
        assert_eq!(harness.bucket_faults.take_operations(), operations, "{operation} {fault:?}");
        assert_eq!(harness.exported(id).await.status, ExportStatus::Running);
        assert_eq!(harness.file(id).await.is_some(), times == 1, "{operation} {fault:?}");

        harness.bucket_faults.clear();
        harness.handle(&event).await.unwrap();
        let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
        assert_eq!((export.status, export.rows), (ExportStatus::Completed, TWO_PARTS as u64));
        assert_eq!(file.rows.len(), TWO_PARTS);
        harness.bucket_faults.reset_counts();
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_bucket_does_not_stop_an_export() {
    let harness = ExportHarness::with_small_parts().await;
    create_large_contacts(&harness.book(), TWO_PARTS).await;
    for operation in ["CreateMultipartUpload", "UploadPart"] {
        fail(&harness, operation, Fault::ErrorAfter, 1);
        let (export, file) = harness.export().await;
        assert_eq!((export.status, file.rows.len()), (ExportStatus::Completed, TWO_PARTS), "{operation}");
    }
}

#[tokio::test]
async fn a_bucket_that_refuses_fails_the_export_for_good() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 3).await;
    let (id, event) = harness.order().await;
    let mut elsewhere = event.clone();
    elsewhere.records[0].s3.bucket.name = Some("another-bucket".to_owned());
    let diagnostic = Diagnostic::from(harness.handle(&elsewhere).await.unwrap_err());
    let values = (diagnostic.error_type.as_str(), diagnostic.error_message.as_str());
    assert_eq!(values, ("Internal", "the contacts could not be written to a file"));
    let export = harness.exported(id).await;
    assert_eq!((export.status, export.error.as_ref().unwrap().code.as_str()), (ExportStatus::Failed, "internal"));
    assert!(export.finished_at.is_some());

    harness.handle(&event).await.unwrap();
    assert_eq!(harness.exported(id).await, export);
    assert_eq!(harness.file(id).await, None);
    assert_eq!(harness.engine.audit().await, []);
}

#[tokio::test]
async fn a_table_that_refuses_is_a_defect() {
    let harness = ExportHarness::new().await;
    let (_, event) = harness.order().await;
    let book = ContactBook::new(harness.engine.client().clone(), "no-such-table");
    let exporter = Exporter::new(book, aws_sdk_s3::Client::new(&contacts_local::sdk_config("http://127.0.0.1:1")));
    let error = handle(&exporter, event).await.unwrap_err();
    assert_eq!(Diagnostic::from(error).error_type, "Internal");
}

#[tokio::test]
async fn an_export_of_a_closed_workspace_fails_with_a_code() {
    let harness = ExportHarness::new().await;
    create_contacts(&harness.book(), &workspace(), 3).await;
    let (id, event) = harness.order().await;
    // As between the closing of the workspace and the failing of its jobs.
    let close = |settings: &mut Settings| {
        settings.closed_at = Some(time::now());
        Ok::<(), Infallible>(())
    };
    harness.book().change_settings(&workspace(), &person(), close).await.unwrap().unwrap();
    harness.handle(&event).await.unwrap();
    let export = harness.exported(id).await;
    assert_eq!(export.status, ExportStatus::Failed);
    assert_eq!(export.error.unwrap().code, "workspace_closed");
    assert_eq!(harness.file(id).await, None);
    let next = Export::new(ExportId::new(), time::now());
    let refused = harness.book().create_export(&workspace(), &next, &person()).await;
    assert!(matches!(refused, Err(BookError::Closed)), "{refused:?}");
}
