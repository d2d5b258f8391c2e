//! Services that cannot be reached, or refuse.

use std::sync::atomic::{AtomicUsize, Ordering};

use contacts_book::{ContactBook, ExportStatus};
use contacts_testing::Fault;
use csv_export::{ExportError, Exporter, handle};
use lambda_runtime::Diagnostic;

use crate::desk::Desk;
use crate::door::{Step, Way};
use crate::people::{HEAVY, crowd, heavy, workspace};

#[tokio::test]
async fn an_export_that_is_cut_off_from_the_book_is_written_anew() {
    let desk = Desk::new().await;
    let ids = crowd(&desk.book(), &workspace(), 3_000).await;
    let (id, event) = desk.ask().await;
    let pages = AtomicUsize::new(0);
    desk.wire.break_with(move |operation| {
        let cut = operation == "Query" && pages.fetch_add(1, Ordering::SeqCst) >= 2;
        cut.then_some(Fault::TimeoutBefore)
    });
    let error = desk.handle(&event).await.unwrap_err();
    assert!(matches!(error, ExportError::BookUnavailable(_)), "{error:?}");
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    assert_eq!(desk.exported(id).await.status, ExportStatus::Running);
    assert_eq!(desk.file(id).await, None);

    desk.wire.mend();
    desk.handle(&event).await.unwrap();
    let (export, file) = (desk.exported(id).await, desk.file(id).await.unwrap());
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 3_000));
    assert_eq!(file.column("id"), ids.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_export_whose_last_answers_are_lost_ends_all_the_same() {
    let desk = Desk::new().await;
    crowd(&desk.book(), &workspace(), 3).await;
    let (id, event) = desk.ask().await;
    let updates = AtomicUsize::new(0);
    // The number of rows is saved; then the end is, too, but nobody is told so.
    desk.wire.break_with(move |operation| {
        let lost = operation == "UpdateItem" && (1..8).contains(&updates.fetch_add(1, Ordering::SeqCst));
        lost.then_some(Fault::TimeoutAfter)
    });
    desk.handle(&event).await.unwrap();
    let export = desk.exported(id).await;
    assert_eq!((export.status, export.rows, export.error), (ExportStatus::Completed, 3, None));
}

#[tokio::test]
async fn a_small_export_waits_for_its_bucket() {
    let desk = Desk::new().await;
    crowd(&desk.book(), &workspace(), 3).await;
    for way in [Way::Cut, Way::Busy] {
        let (id, event) = desk.ask().await;
        desk.door.shut(Step::Put, way);
        let error = desk.handle(&event).await.unwrap_err();
        assert!(matches!(error, ExportError::BucketUnavailable(_)), "{way:?}: {error:?}");
        assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
        assert_eq!(desk.door.take_steps(), [Step::Put]);
        let export = desk.exported(id).await;
        assert_eq!((export.status, export.rows), (ExportStatus::Running, 3), "{way:?}");

        desk.door.open();
        desk.handle(&event).await.unwrap();
        let (export, file) = (desk.exported(id).await, desk.file(id).await.unwrap());
        assert_eq!((export.status, export.rows, file.rows.len()), (ExportStatus::Completed, 3, 3), "{way:?}");
        desk.door.take_steps();
    }
}

#[tokio::test]
async fn the_parts_of_a_large_export_are_given_up_when_it_is_cut_off() {
    let desk = Desk::with_small_parts().await;
    heavy(&desk.book()).await;
    let (part, complete) =
        ([Step::Begin, Step::Part, Step::Abort], [Step::Begin, Step::Part, Step::Complete, Step::Abort]);
    let cases: [(Step, Way, &[Step]); 5] = [
        (Step::Begin, Way::Cut, &[Step::Begin]),
        (Step::Part, Way::Cut, &part),
        (Step::Part, Way::Busy, &part),
        (Step::Complete, Way::Cut, &complete),
        // At the second attempt S3 knows no such upload: the first one has succeeded.
        (Step::Complete, Way::BusyOnce, &complete),
    ];
    for (step, way, steps) in cases {
        let (id, event) = desk.ask().await;
        desk.door.shut(step, way);
        let error = desk.handle(&event).await.unwrap_err();
        assert!(matches!(error, ExportError::BucketUnavailable(_)), "{step:?} {way:?}: {error:?}");
        assert_eq!(desk.door.take_steps(), steps, "{step:?} {way:?}");
        assert_eq!(desk.exported(id).await.status, ExportStatus::Running);
        assert_eq!(desk.file(id).await.is_some(), way == Way::BusyOnce, "{step:?} {way:?}");

        desk.door.open();
        desk.handle(&event).await.unwrap();
        let (export, file) = (desk.exported(id).await, desk.file(id).await.unwrap());
        assert_eq!((export.status, export.rows), (ExportStatus::Completed, HEAVY as u64));
        assert_eq!(file.rows.len(), HEAVY);
        desk.door.take_steps();
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_bucket_does_not_stop_an_export() {
    let desk = Desk::with_small_parts().await;
    heavy(&desk.book()).await;
    for step in [Step::Begin, Step::Part] {
        desk.door.shut(step, Way::BusyOnce);
        let (export, file) = desk.export().await;
        assert_eq!((export.status, file.rows.len()), (ExportStatus::Completed, HEAVY), "{step:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_refuses_fails_the_export_for_good() {
    let desk = Desk::new().await;
    crowd(&desk.book(), &workspace(), 3).await;
    let (id, event) = desk.ask().await;
    let mut elsewhere = event.clone();
    elsewhere.records[0].s3.bucket.name = Some("another-bucket".to_owned());
    let diagnostic = Diagnostic::from(desk.handle(&elsewhere).await.unwrap_err());
    let told = (diagnostic.error_type.as_str(), diagnostic.error_message.as_str());
    assert_eq!(told, ("Internal", "the contacts could not be written to a file"));
    let export = desk.exported(id).await;
    assert_eq!((export.status, export.error.as_ref().unwrap().code.as_str()), (ExportStatus::Failed, "internal"));
    assert!(export.finished_at.is_some());

    desk.handle(&event).await.unwrap();
    assert_eq!(desk.exported(id).await, export);
    assert_eq!(desk.file(id).await, None);
    assert_eq!(desk.engine.audit().await, []);
}

#[tokio::test]
async fn a_table_that_refuses_is_a_defect() {
    let desk = Desk::new().await;
    let (_, event) = desk.ask().await;
    let book = ContactBook::new(desk.engine.client().clone(), "no-such-table");
    let exporter = Exporter::new(book, aws_sdk_s3::Client::new(&contacts_local::sdk_config("http://127.0.0.1:1")));
    let error = handle(&exporter, event).await.unwrap_err();
    assert_eq!(Diagnostic::from(error).error_type, "Internal");
}
