//! The requests that rows cost.

use contacts_harness::{ImportHarness, people_csv, summary};

/// So many rows that the batches at the beginning and at the end do not count.
const ROWS: usize = 4_000;

#[tokio::test]
async fn thousands_of_rows_take_few_requests() {
    let harness = ImportHarness::new().await;
    let first = harness.import("first", people_csv(ROWS)).await;
    assert_eq!(summary(&first), format!("completed read={ROWS} created={ROWS}"));
    let transactions = harness.faults.count("TransactWriteItems");
    assert!(transactions <= ROWS / 20, "{transactions}");
    // The last one marks the chunk as done.
    assert_eq!(harness.faults.contact_writes(), transactions - 1);
    // Eight batches are looked up before the first has turned out to be all new, with 100 claims a read.
    let reads = harness.faults.count("BatchGetItem");
    assert!(reads <= 8 * 4 + 10, "{reads}");

    harness.faults.reset_counts();
    let second = harness.import("second", people_csv(ROWS)).await;
    assert_eq!(summary(&second), format!("completed read={ROWS} unchanged={ROWS}"));
    assert_eq!(harness.faults.contact_writes(), 0);
    // Two identifiers a row and the contact, and the settings with each batch.
    let reads = harness.faults.count("BatchGetItem");
    assert!(reads <= 3 * ROWS / 100 + ROWS / 500 + 10, "{reads}");
}
