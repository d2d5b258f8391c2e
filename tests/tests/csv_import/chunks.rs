//! Large files: cut into chunks, which functions import concurrently, in any order, and may be killed at any request.

use contacts_book::{ImportCounts, ImportStatus};
use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, assert_counts_add_up, people_csv, workspace};
use contacts_testing::{Fault, FaultInjector, each_request};
use csv_import::handle;
use lambda_runtime::{Context, LambdaEvent};

fn rows(rows: u64) -> Limits {
    Limits { rows, bytes: u64::MAX }
}

/// People who occur up to three times, some with new values, line breaks in cells, ragged and blank lines. One row in twenty
/// has no identifier, and one in twenty joins two contacts that exist before.
fn mixed(people: usize) -> String {
    let mut file = "Name,Phone,Email,Mobile\n".to_owned();
    for n in 0..people {
        let (phone, mobile) = (format!("+1650253{n:04}"), format!("+1650254{n:04}"));
        file += &match n % 20 {
            0 => format!("\"Nobody\n{n}\",,\n"),
            1 => format!("Joined {n},{phone},joined{n}@example.com\n"),
            2 => format!("\"Twice\n\"\"{n}\"\"\",{phone},twice{n}@example.com,,extra\n\n,,,\n"),
            _ => format!("Person {n},{phone},person{n}@example.com,{mobile}\n"),
        };
    }
    for n in (0..people).rev() {
        file += &match n % 20 {
            2 => format!("Twice,,twice{n}@example.com,+1650255{n:04}\n"),
            3 => format!("Person {n} Newer,+1650253{n:04}\n,,PERSON{n}@example.com\n"),
            _ => String::new(),
        };
    }
    file
}

/// A harness with the contacts that rows of [`mixed`] join.
async fn harness_for_mixed(people: usize, limits: Limits) -> ImportHarness {
    let harness = ImportHarness::with_chunks(limits).await;
    let mut before = "email,telephone\n".to_owned();
    for n in (1..people).step_by(20) {
        before += &format!("joined{n}@example.com,\n,+1650253{n:04}\n");
    }
    harness.import("before", before).await;
    harness
}

#[tokio::test]
async fn a_book_does_not_depend_on_how_a_file_is_cut_or_in_which_order_it_is_done() {
    let people = 300;
    let mut expected: Option<(Vec<String>, ImportCounts)> = None;
    let by_bytes = Limits { rows: 1_000, bytes: 1_000 };
    for (limits, least) in [(rows(u64::MAX), 1), (rows(1_000), 1), (rows(10), 2), (rows(97), 2), (by_bytes, 10)] {
        let harness = harness_for_mixed(people, limits).await;
        let event = harness.put("imports/acme/people.csv", mixed(people)).await;
        harness.handle(&event).await.unwrap();
        let planned = harness.imported("people.csv").await;
        let chunks = planned.chunks.unwrap().total;
        let fewest = expected.as_ref().map_or(1, |(_, counts)| counts.read.div_ceil(limits.rows));
        assert!(u64::from(chunks) >= fewest.max(least), "{limits:?}: {chunks}");
        if chunks > 1 {
            assert_eq!((planned.status, planned.counts.read), (ImportStatus::Running, 0));
            let mut events = Vec::new();
            for _ in 0..chunks {
                events.push(harness.chunk_event().await);
            }
            fastrand::shuffle(&mut events);
            // Some concurrently, by functions that share no memory.
            for events in events.chunks(4) {
                let twin = || harness.importer_through(&FaultInjector::default());
                let work = events.iter().map(|event| {
                    let (importer, event) = (twin(), event.clone());
                    tokio::spawn(async move { handle(&importer, LambdaEvent::new(event, Context::default())).await })
                });
                for done in futures_util::future::join_all(work).await {
                    done.unwrap().unwrap();
                }
            }
        }
        let import = harness.imported("people.csv").await;
        assert_counts_add_up(&import);
        assert_eq!(
            (import.status, import.counts.bytes_done),
            (ImportStatus::Completed, import.size_bytes),
            "{limits:?}"
        );
        let found = (harness.people().await, import.counts);
        let (book, counts) = expected.get_or_insert_with(|| found.clone());
        assert_eq!(found.0, *book, "{limits:?}");
        assert_eq!(found.0.len(), people - people / 20);
        // The order of the rows of a person decides how each is counted.
        let alike = |counts: &ImportCounts| (counts.read, counts.rejected, counts.conflicts);
        assert_eq!(alike(&found.1), alike(counts), "{limits:?}");
    }
}

#[tokio::test]
async fn every_event_may_come_twice_late_and_side_by_side() {
    let people = 60;
    let harness = harness_for_mixed(people, rows(10)).await;
    let event = harness.put("imports/acme/people.csv", mixed(people)).await;
    let twin = || harness.importer_through(&FaultInjector::default()).with_chunks(rows(10));
    let (one, two) = (twin(), twin());
    let (first, second) = tokio::join!(
        handle(&one, LambdaEvent::new(event.clone(), Context::default())),
        handle(&two, LambdaEvent::new(event.clone(), Context::default()))
    );
    first.and(second).unwrap();
    let mut chunks = Vec::new();
    // Both may have written the object of a chunk, so there may be more events than chunks.
    while !harness.imported("people.csv").await.status.is_final() {
        let chunk = harness.chunk_event().await;
        let (first, second) = tokio::join!(
            handle(&one, LambdaEvent::new(chunk.clone(), Context::default())),
            handle(&two, LambdaEvent::new(chunk.clone(), Context::default()))
        );
        first.and(second).unwrap();
        // Again, after the chunk is done.
        harness.handle(&chunk).await.unwrap();
        harness.handle(&event).await.unwrap();
        chunks.push(chunk);
    }
    let import = harness.imported("people.csv").await;
    let alone = harness_for_mixed(people, rows(10)).await;
    assert_counts_add_up(&import);
    let expected = alone.import("people", mixed(people)).await.counts;
    // The order of the chunks decides which row of a person creates the contact.
    assert_eq!((import.counts.read, import.counts.rejected), (expected.read, expected.rejected));
    assert_eq!(import.counts.bytes_done, import.size_bytes);
    assert_eq!(harness.people().await, alone.people().await);

    harness.faults.reset_counts();
    for event in chunks.iter().chain([&event]) {
        harness.handle(event).await.unwrap();
    }
    assert_eq!(harness.imported("people.csv").await, import);
    assert_eq!(
        harness.faults.contact_writes() + harness.faults.count("UpdateItem") + harness.faults.count("PutItem"),
        0
    );
}

/// Delivers an event to a function that is killed after so many requests to table and bucket; `false` if it ended before.
pub(crate) async fn killed(
    harness: &ImportHarness,
    event: &aws_lambda_events::event::s3::S3Event,
    limits: Limits,
    requests: usize,
) -> bool {
    let faults = FaultInjector::default();
    let importer = harness.importer_through(&faults).with_chunks(limits);
    faults.inject(move |request| (request.nth == requests).then_some(Fault::Kill));
    let ended = faults.run_until_killed(handle(&importer, LambdaEvent::new(event.clone(), Context::default()))).await;
    ended.map(Result::unwrap).is_none()
}

#[tokio::test]
async fn a_function_may_be_killed_at_any_request() {
    // One chunk, which the planner imports itself; and several.
    for (people, limits) in [(12, rows(1_000)), (40, rows(15))] {
        let alone = harness_for_mixed(people, limits).await;
        let expected = alone.import("people", mixed(people)).await.counts;
        let book = alone.people().await;
        for requests in each_request() {
            let harness = harness_for_mixed(people, limits).await;
            let event = harness.put("imports/acme/people.csv", mixed(people)).await;
            let mut any = killed(&harness, &event, limits, requests).await;
            if any {
                harness.handle(&event).await.unwrap();
            }
            while !harness.imported("people.csv").await.status.is_final() {
                let chunk = harness.chunk_event().await;
                if killed(&harness, &chunk, limits, requests).await {
                    any = true;
                    harness.handle(&chunk).await.unwrap();
                }
            }
            let import = harness.imported("people.csv").await;
            assert_counts_add_up(&import);
            assert_eq!((import.counts.read, import.counts.bytes_done), (expected.read, import.size_bytes));
            if limits.rows > expected.read {
                // Rows that were written before the kill count as they did then, except for joins.
                let counts = ImportCounts { joined: expected.joined, ..import.counts };
                assert_eq!(counts, expected, "after {requests} requests");
            }
            assert_eq!(harness.people().await, book, "after {requests} requests");
            if !any {
                assert!(requests > 5, "{requests}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn progress_shows_the_chunks_that_are_done() {
    let harness = ImportHarness::with_chunks(rows(100)).await;
    let event = harness.put("imports/acme/people.csv", people_csv(250)).await;
    harness.handle(&event).await.unwrap();
    for (read, status) in [(100, ImportStatus::Running), (200, ImportStatus::Running), (250, ImportStatus::Completed)] {
        let chunk = harness.chunk_event().await;
        harness.handle(&chunk).await.unwrap();
        let import = harness.imported("people.csv").await;
        assert_counts_add_up(&import);
        if read < 250 {
            // The last chunk is the shortest, in whatever order their events come.
            assert!(import.counts.read <= read && import.counts.read > read - 100, "{:?}", import.counts);
        } else {
            assert_eq!((import.counts.read, import.counts.bytes_done), (250, import.size_bytes));
        }
        assert_eq!(import.status, status);
    }
}

#[tokio::test]
async fn indexes_are_spread_before_a_large_import() {
    let harness = ImportHarness::new().await;
    let rows: String = (0..149_999).map(|n| format!("p{}@example.com\n", n % 100_000)).collect();
    let file = format!("email\n{rows}");
    let event = harness.put("imports/acme/small.csv", file.clone()).await;
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.book().settings(&workspace()).await.unwrap().index_shards, 2);
    let event = harness.put("imports/acme/large.csv", file + "bob@example.com\n").await;
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.book().settings(&workspace()).await.unwrap().index_shards, 3);
}
