//! The requests that rows cost.

use contacts_harness::{ImportHarness, people_csv, summary};

#[tokio::test]
async fn ten_thousand_rows_take_few_requests() {
    let harness = ImportHarness::new().await;
    let first = harness.import("first", people_csv(10_000)).await;
    assert_eq!(summary(&first), "completed read=10000 created=10000");
    let transactions = harness.faults.count("TransactWriteItems");
    assert!(transactions <= 10_000 / 20, "{transactions}");
    // The last one marks the chunk as done.
    assert_eq!(harness.faults.contact_writes(), transactions - 1);
    // Eight batches are looked up before the first has turned out to be all new, with 100 claims a read.
    let reads = harness.faults.count("BatchGetItem");
    assert!(reads <= 8 * 4 + 10, "{reads}");

    harness.faults.reset_counts();
    let second = harness.import("second", people_csv(10_000)).await;
    assert_eq!(summary(&second), "completed read=10000 unchanged=10000");
    assert_eq!(harness.faults.contact_writes(), 0);
    // Two identifiers a row and the contact, and the settings with each batch.
    let reads = harness.faults.count("BatchGetItem");
    assert!(reads <= 30_000 / 100 + 10_000 / 500 + 10, "{reads}");
}
