//! Files of new people, who are written without being looked for, until one of them turns out to be known.

use contacts_book::ImportCounts;
use contacts_csv::cut::Limits;

use crate::chunks::killed;
use crate::desk::{Desk, told};

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

/// New people for so many batches, and among those of the last: one who was known before, one who joins two, and one who
/// has been met at the beginning of the file.
fn mostly_new(batches: usize) -> String {
    let (people, late) = (batches * BATCH, (batches - 1) * BATCH);
    let mut rows: Vec<String> = (0..people).map(row).collect();
    rows[late + 3] = "Known,+442079460000,known@example.com\n".to_owned();
    rows[late + 50] = "Both,+442079460001,both@example.com\n".to_owned();
    rows[late + 90] = "Again,+442079460002,person7@example.com\n".to_owned();
    file(rows)
}

async fn desk(limits: Limits) -> Desk {
    let desk = Desk::with_chunks(limits).await;
    let known = ["Known,+442079460000,\n", ",+442079460001,\n", ",,both@example.com\n"];
    desk.import("before", file(known.map(str::to_owned))).await;
    desk.faults.reset_counts();
    desk
}

#[tokio::test]
async fn they_are_not_looked_for_until_somebody_is_known() {
    let batches = AT_ONCE + 5;
    let people = batches * BATCH;
    // Each chunk a batch of its own: nothing to guess from.
    let looked_up = desk(Limits { rows: BATCH as u64, bytes: u64::MAX }).await;
    let expected = looked_up.import("people", mostly_new(batches)).await;
    let everything = looked_up.faults.count("BatchGetItem");
    assert!(everything > batches * 4, "{everything}");

    let desk = desk(ONE_CHUNK).await;
    let import = desk.import("people", mostly_new(batches)).await;
    assert_eq!(told(&import), format!("completed read={people} created={} updated=3 joined=1", people - 3));
    assert_eq!(import.counts, expected.counts);
    assert!(desk.people().await == looked_up.people().await);
    let reads = desk.faults.count("BatchGetItem");
    // Of the last batch, only who shared a transaction with somebody known.
    assert!((AT_ONCE * 4..(AT_ONCE + 3) * 4).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_function_may_die_between_a_wrong_guess_and_the_look() {
    // The second batch waits for the first, since both name one person; it is guessed to be of new people.
    let batches = 2;
    let alone = desk(ONE_CHUNK).await;
    let expected = alone.import("people", mostly_new(batches)).await.counts;
    let book = alone.people().await;
    for requests in 0.. {
        let desk = desk(ONE_CHUNK).await;
        let event = desk.put("imports/acme/people.csv", mostly_new(batches)).await;
        let died = killed(&desk, &event, ONE_CHUNK, requests).await;
        desk.handle(&event).await.unwrap();
        let import = desk.imported("people.csv").await;
        told(&import);
        // What was done before the death counts as what it was, but for joins.
        assert_eq!(ImportCounts { joined: expected.joined, ..import.counts }, expected, "after {requests} requests");
        assert!(desk.people().await == book, "after {requests} requests");
        if !died {
            assert!(requests > batches * 10, "{requests}");
            break;
        }
    }
}
