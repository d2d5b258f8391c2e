//! Imports that stand still, that are resumed, and that are cancelled.

use contacts_book::{Import, ImportStatus};
use contacts_csv::cut::Limits;
use contacts_files::keys;
use contacts_harness::{ImportHarness, people_csv, summary, workspace};
use jiff::SignedDuration;

use crate::chunks::killed;

const ROWS: usize = 25;
const LIMITS: Limits = Limits { rows: 10, bytes: u64::MAX };

/// Works on all chunks whose events have come until the import has ended.
async fn work(harness: &ImportHarness) -> Import {
    loop {
        let import = harness.imported("people.csv").await;
        if import.status.is_final() {
            return import;
        }
        let chunk = harness.chunk_event().await;
        harness.handle(&chunk).await.unwrap();
    }
}

async fn resume(harness: &ImportHarness, import: &Import) {
    let book = harness.book();
    let stopped = book.interrupt_import(&workspace(), import.clone(), SignedDuration::ZERO).await.unwrap();
    assert!(stopped.is_interrupted(), "{stopped:?}");
    assert!(book.resume_import(&workspace(), &stopped).await.unwrap());
    assert!(!book.resume_import(&workspace(), &stopped).await.unwrap(), "it runs again");
    let request = harness.put(&keys::resume(&workspace(), import.id), "{}").await;
    harness.handle(&request).await.unwrap();
}

#[tokio::test]
async fn an_import_whose_function_died_at_any_request_is_resumed_to_its_end() {
    for limits in [LIMITS, Limits { rows: 1_000, bytes: u64::MAX }] {
        let mut resumed = 0;
        for requests in 0.. {
            let harness = ImportHarness::with_chunks(limits).await;
            let event = harness.put("imports/acme/people.csv", people_csv(ROWS)).await;
            // Nobody delivers its event again.
            let died = killed(&harness, &event, limits, requests).await;
            let imports = harness.imports().await;
            if let Some(import) = imports.first().filter(|import| !import.status.is_final() && died) {
                resume(&harness, import).await;
                resumed += 1;
            }
            if !imports.is_empty() {
                let import = work(&harness).await;
                assert_eq!(summary(&import), "completed read=25 created=25", "after {requests} requests");
                assert_eq!(harness.people().await.len(), ROWS);
                assert!(import.error.is_none());
            }
            if !died {
                break;
            }
        }
        assert!(resumed > 5, "{resumed}");
    }
}

#[tokio::test]
async fn chunks_whose_events_were_lost_are_put_again_without_counting_rows_twice() {
    let harness = ImportHarness::with_chunks(LIMITS).await;
    let event = harness.put("imports/acme/people.csv", people_csv(ROWS)).await;
    harness.handle(&event).await.unwrap();
    let first = harness.chunk_event().await;
    harness.handle(&first).await.unwrap();
    // The events of the other chunks are lost.
    for _ in 0..2 {
        harness.chunk_event().await;
    }
    let import = harness.imported("people.csv").await;
    let done = import.counts.read;
    assert!((1..ROWS as u64).contains(&done), "{done}");
    resume(&harness, &import).await;
    let import = work(&harness).await;
    assert_eq!(summary(&import), "completed read=25 created=25");
}

#[tokio::test]
async fn only_an_import_without_progress_is_interrupted() {
    let harness = ImportHarness::with_chunks(LIMITS).await;
    let event = harness.put("imports/acme/people.csv", people_csv(ROWS)).await;
    harness.handle(&event).await.unwrap();
    let import = harness.imported("people.csv").await;
    let book = harness.book();
    let hour = SignedDuration::from_hours(1);
    let same = book.interrupt_import(&workspace(), import.clone(), hour).await.unwrap();
    assert_eq!(same.status, ImportStatus::Running);
    let ended = work(&harness).await;
    let same = book.interrupt_import(&workspace(), ended.clone(), SignedDuration::ZERO).await.unwrap();
    assert_eq!(
        (same.status, book.resume_import(&workspace(), &ended).await.unwrap()),
        (ImportStatus::Completed, false)
    );
}

#[tokio::test]
async fn a_cancelled_import_stops_and_its_rows_stay() {
    let harness = ImportHarness::with_chunks(LIMITS).await;
    let event = harness.put("imports/acme/people.csv", people_csv(ROWS)).await;
    harness.handle(&event).await.unwrap();
    let first = harness.chunk_event().await;
    harness.handle(&first).await.unwrap();
    let (book, id) = (harness.book(), harness.imported("people.csv").await.id);
    assert!(book.cancel_import(&workspace(), id).await.unwrap());
    assert!(!book.cancel_import(&workspace(), id).await.unwrap());
    for _ in 0..2 {
        let chunk = harness.chunk_event().await;
        harness.handle(&chunk).await.unwrap();
    }
    // Neither the file's event nor a request to resume starts it again.
    harness.handle(&event).await.unwrap();
    let request = harness.put(&keys::resume(&workspace(), id), "{}").await;
    harness.handle(&request).await.unwrap();
    let import = harness.imported("people.csv").await;
    assert_eq!(import.status, ImportStatus::Cancelled);
    assert!(import.finished_at.is_some() && !book.resume_import(&workspace(), &import).await.unwrap());
    assert_eq!(harness.people().await.len() as u64, import.counts.created);
    assert!((1..ROWS as u64).contains(&import.counts.created), "{:?}", import.counts);
}

#[tokio::test]
async fn an_import_that_is_cancelled_before_its_file_comes_imports_nothing() {
    let harness = ImportHarness::new().await;
    let import = harness.imports().await;
    assert!(import.is_empty());
    let order = Import {
        size_bytes: 1,
        ..Import::new(contacts::ImportId::new(), "people.csv", contacts::Country::US, contacts::time::now())
    };
    let book = harness.book();
    assert!(book.create_import(&workspace(), &order, &contacts_testing::person()).await.unwrap());
    assert!(book.cancel_import(&workspace(), order.id).await.unwrap());
    let event = harness.put(&keys::import(&workspace(), order.id), people_csv(ROWS)).await;
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.people().await, [""; 0]);
    assert_eq!(book.import(&workspace(), order.id).await.unwrap().unwrap().status, ImportStatus::Cancelled);
}
