//! The exports in the book.

use contacts::{ExportId, Workspace, time};
use contacts_book::{Export, ExportFailure, ExportStatus};
use contacts_testing::{Fault, FaultInjector, engine, person};

use crate::people::workspace;

#[tokio::test]
async fn a_status_never_goes_backwards() {
    let engine = engine().await;
    let (book, workspace) = (engine.book(), workspace());
    let failure = || ExportFailure { code: "internal".into(), reason: "r".into() };
    for result in [Ok(()), Err(failure())] {
        let begun = Export::new(ExportId::new(), time::now());
        book.create_export(&workspace, &begun, &person()).await.unwrap();
        assert!(book.save_export_progress(&workspace, begun.id, 7).await.unwrap());
        let found = book.export(&workspace, begun.id).await.unwrap().unwrap();
        assert!(found.progressed_at >= Some(begun.created_at), "{found:?}");
        assert_eq!(found, Export { rows: 7, progressed_at: found.progressed_at, ..begun.clone() });
        book.finish_export(&workspace, begun.id, 9, result.clone()).await.unwrap();
        let ended = book.export(&workspace, begun.id).await.unwrap().unwrap();
        let status = if result.is_ok() { ExportStatus::Completed } else { ExportStatus::Failed };
        assert_eq!((ended.status, ended.rows, ended.error.clone()), (status, 9, result.err()));
        assert!(ended.finished_at.unwrap() >= ended.created_at);

        book.create_export(&workspace, &begun, &person()).await.unwrap();
        assert!(!book.save_export_progress(&workspace, begun.id, 8).await.unwrap());
        for late in [Ok(()), Err(failure())] {
            book.finish_export(&workspace, begun.id, 10, late).await.unwrap();
        }
        assert_eq!(book.export(&workspace, begun.id).await.unwrap(), Some(ended));
    }
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_export_that_was_not_begun_is_not_made_by_its_end() {
    let engine = engine().await;
    let (book, id) = (engine.book(), ExportId::new());
    book.create_export(&Workspace::parse("other").unwrap(), &Export::new(id, time::now()), &person()).await.unwrap();
    assert!(!book.save_export_progress(&workspace(), id, 1).await.unwrap());
    book.finish_export(&workspace(), id, 1, Ok(())).await.unwrap();
    assert_eq!(book.export(&workspace(), id).await.unwrap(), None);
}

#[tokio::test]
async fn lost_answers_do_no_harm() {
    for fault in [Fault::Throttled, Fault::TimeoutBefore, Fault::TimeoutAfter, Fault::ErrorAfter] {
        let engine = engine().await;
        let faults = FaultInjector::default();
        let (book, workspace) = (engine.book_through(&faults), workspace());
        let begun = Export::new(ExportId::new(), time::now());
        // The SDK tries four times: of six faults the book sees one.
        let fail_six_times = || faults.inject(move |request| (request.nth < 6).then_some(fault));
        fail_six_times();
        book.create_export(&workspace, &begun, &person()).await.unwrap();
        fail_six_times();
        assert!(book.save_export_progress(&workspace, begun.id, 7).await.unwrap(), "{fault:?}");
        fail_six_times();
        book.finish_export(&workspace, begun.id, 9, Ok(())).await.unwrap();
        let export = book.export(&workspace, begun.id).await.unwrap().unwrap();
        assert_eq!((export.status, export.rows, export.error), (ExportStatus::Completed, 9, None), "{fault:?}");
    }
}
