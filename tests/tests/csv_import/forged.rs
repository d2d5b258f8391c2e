//! Objects that others put where the import's plan puts its chunks.

use aws_lambda_events::event::s3::S3Event;
use contacts_book::{Import, ImportCounts, ImportStatus};
use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, assert_counts_add_up, people_csv, summary, workspace};
use serde_json::{Value, json};

const ROWS: usize = 25;
const CHUNKS: u32 = 3;

/// An import whose chunks wait for their workers, with the events of its chunks by number.
async fn planned() -> (ImportHarness, Import, Vec<S3Event>) {
    let harness = ImportHarness::with_chunks(Limits { rows: 10, bytes: u64::MAX }).await;
    let upload = harness.put("imports/acme/people.csv", people_csv(ROWS)).await;
    harness.handle(&upload).await.unwrap();
    let import = harness.imported("people.csv").await;
    assert_eq!((import.status, import.chunks.unwrap().total), (ImportStatus::Running, CHUNKS));
    let mut events = Vec::new();
    for number in 0..CHUNKS {
        events.push(harness.bucket.event(|key| key == key_of(&import, number)).await);
    }
    (harness, import, events)
}

fn key_of(import: &Import, number: u32) -> String {
    format!("chunks/acme/{}/{number}.json", import.id)
}

async fn chunk(harness: &ImportHarness, import: &Import, number: u32) -> Vec<u8> {
    harness.bucket.get(&key_of(import, number)).await.unwrap().bytes
}

/// Delivers the event of a forged object, which must change nothing.
async fn assert_ignored(harness: &ImportHarness, import: &Import, number: u32, body: impl Into<Vec<u8>>) {
    let before = harness.imported("people.csv").await;
    let event = harness.put(&key_of(import, number), body).await;
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.people().await, [""; 0]);
    assert_eq!(harness.imported("people.csv").await, before);
    assert_eq!(before.counts, ImportCounts { bytes_done: before.counts.bytes_done, ..ImportCounts::default() });
}

#[tokio::test]
async fn a_chunk_that_the_plan_did_not_make_writes_nothing_and_ends_nothing() {
    let (harness, import, events) = planned().await;
    let theirs = "name,email\nVictim,victim@example.com\n";
    let theirs_etag = harness.put("imports/rival/theirs.csv", theirs).await.records[0].s3.object.e_tag.clone().unwrap();
    let mut originals = Vec::new();
    for number in 0..CHUNKS {
        originals.push(chunk(&harness, &import, number).await);
    }
    let genuine: Value = serde_json::from_slice(&originals[1]).unwrap();
    let changed = |changes: Value| {
        let mut chunk = genuine.clone();
        chunk.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        chunk.to_string()
    };
    let unsealed = || {
        let mut chunk = genuine.clone();
        chunk.as_object_mut().unwrap().remove("seal").unwrap();
        chunk.to_string()
    };

    // A file of another workspace, and one that has only the ETag of the import's file.
    let theirs =
        json!({"key": "imports/rival/theirs.csv", "etag": theirs_etag.trim_matches('"'), "start": 0, "end": 38});
    assert_ignored(&harness, &import, 1, changed(theirs)).await;
    assert_ignored(&harness, &import, 1, changed(json!({"key": "imports/rival/theirs.csv"}))).await;
    // Numbers that the plan does not have, and one that it has for another chunk.
    for number in [CHUNKS, CHUNKS + 1, u32::MAX, 0, 2] {
        assert_ignored(&harness, &import, number, genuine.to_string()).await;
    }
    // Another range of the import's own file, another reading of it, and no proof or a wrong one.
    for changes in [
        json!({"start": 0}),
        json!({"end": genuine["end"].as_u64().unwrap() + 1}),
        json!({"line": 1}),
        json!({"columns": ["Email", "Phone", "Name"]}),
        json!({"seal": ""}),
        json!({"seal": "00".repeat(32)}),
        json!({"seal": "é"}),
    ] {
        assert_ignored(&harness, &import, 1, changed(changes)).await;
    }
    assert_ignored(&harness, &import, 1, unsealed()).await;
    for body in ["", "{", "[]", "null", "{}", "\u{FEFF}"] {
        assert_ignored(&harness, &import, 1, body).await;
    }

    // The plan's own chunks complete the import, each counted once however often it comes.
    for ((number, event), original) in (0..).zip(&events).zip(&originals) {
        harness.put(&key_of(&import, number), original.clone()).await;
        harness.handle(event).await.unwrap();
        harness.handle(event).await.unwrap();
    }
    let import = harness.imported("people.csv").await;
    assert_counts_add_up(&import);
    assert_eq!(summary(&import), format!("completed read={ROWS} created={ROWS}"));
    assert_eq!(import.chunks.unwrap().done, CHUNKS);
}

#[tokio::test]
async fn a_number_beyond_the_plan_is_never_counted_as_done() {
    let (harness, import, _) = planned().await;
    let (book, result) = (harness.book(), contacts_book::ChunkResult::default());
    for number in [CHUNKS, CHUNKS + 1, u32::MAX] {
        assert!(!book.finish_chunk(&workspace(), import.id, number, &result).await.unwrap(), "{number}");
    }
    assert!(book.finish_chunk(&workspace(), import.id, 0, &result).await.unwrap());
    assert!(!book.finish_chunk(&workspace(), import.id, 0, &result).await.unwrap());
    assert_eq!(harness.imported("people.csv").await.chunks.unwrap().done, 1);
}
