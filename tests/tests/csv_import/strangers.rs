//! Files of new people. The import writes them without looking them up, until one turns out to be known.

use contacts_book::ImportCounts;
use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, assert_counts_add_up, summary};
use contacts_testing::each_request;

use crate::chunks::killed;

/// So many rows are folded at once.
const BATCH: usize = 198;
/// So many batches are under way before the first is known to be all new.
const AT_ONCE: usize = 8;
const ONE_CHUNK: Limits = Limits { rows: 10_000, bytes: u64::MAX };

fn row(n: usize) -> String {
    format!("Person {n},+1650253{n:04},person{n}@example.com\n")
}

fn file(rows: impl IntoIterator<Item = String>) -> String {
    rows.into_iter().fold("Name,Phone,Email\n".to_owned(), |file, row| file + &row)
}

/// New people for so many whole batches, and a last one with `rest` rows. Among these: one who was known before, one who joins
/// two, one who has been met at the beginning of the file, and one who is somebody else with the address of one of those.
fn mostly_new(batches: usize, rest: usize) -> String {
    let late = batches * BATCH;
    let mut rows: Vec<String> = (0..late + rest).map(row).collect();
    rows[late + 3] = "Known,+442079460000,known@example.com\n".to_owned();
    rows[late + rest / 4] = "Both,+442079460001,both@example.com\n".to_owned();
    rows[late + rest / 2] = "Person 7,+442079460002,person7@example.com\n".to_owned();
    rows[late + 2 * rest / 3] = "Somebody Else,+442079460003,person8@example.com\n".to_owned();
    file(rows)
}

async fn harness_with_known(limits: Limits) -> ImportHarness {
    let harness = ImportHarness::with_chunks(limits).await;
    let known = ["Known,+442079460000,\n", ",+442079460001,\n", ",,both@example.com\n"];
    harness.import("before", file(known.map(str::to_owned))).await;
    harness.faults.reset_counts();
    harness
}

#[tokio::test]
async fn new_people_are_not_looked_up_until_a_known_one_occurs() {
    let batches = AT_ONCE + 4;
    let people = (batches + 1) * BATCH;
    // Each chunk is one batch, so that no earlier batch suggests a guess.
    let looked_up = harness_with_known(Limits { rows: BATCH as u64, bytes: u64::MAX }).await;
    let expected = looked_up.import("people", mostly_new(batches, BATCH)).await;
    let everything = looked_up.faults.count("BatchGetItem");
    assert!(everything > people / BATCH * 4, "{everything}");

    let harness = harness_with_known(ONE_CHUNK).await;
    let import = harness.import("people", mostly_new(batches, BATCH)).await;
    assert_eq!(summary(&import), format!("completed read={people} created={} updated=3 joined=1", people - 3));
    // Rows are compared with those of their chunk.
    assert_eq!((import.counts.duplicates, expected.counts.duplicates), (1, 0));
    assert_eq!(ImportCounts { duplicates: 0, ..import.counts }, expected.counts);
    assert!(harness.people().await == looked_up.people().await);
    let reads = harness.faults.count("BatchGetItem");
    // Of the last batch, only those who shared a transaction with a known person.
    assert!((AT_ONCE * 4..(AT_ONCE + 3) * 4).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_function_may_be_killed_between_a_wrong_guess_and_the_lookup() {
    // The second batch waits for the first, since both name one person; it is guessed to be of new people.
    let people = || mostly_new(1, 60);
    let alone = harness_with_known(ONE_CHUNK).await;
    let expected = alone.import("people", people()).await.counts;
    let book = alone.people().await;
    for requests in each_request() {
        let harness = harness_with_known(ONE_CHUNK).await;
        let event = harness.put("imports/acme/people.csv", people()).await;
        let died = killed(&harness, &event, ONE_CHUNK, requests).await;
        harness.handle(&event).await.unwrap();
        let import = harness.imported("people.csv").await;
        assert_counts_add_up(&import);
        // Rows that were written before the kill count as they did then, except for joins.
        assert_eq!(ImportCounts { joined: expected.joined, ..import.counts }, expected, "after {requests} requests");
        assert!(harness.people().await == book, "after {requests} requests");
        if !died {
            assert!(requests > 20, "{requests}");
            break;
        }
    }
}
