//! What rows cost.

use crate::desk::{Desk, crowd, told};

#[tokio::test]
async fn ten_thousand_rows_take_few_requests() {
    let desk = Desk::new().await;
    let first = desk.import("first", crowd(10_000)).await;
    assert_eq!(told(&first), "completed read=10000 created=10000");
    let transactions = desk.faults.count("TransactWriteItems");
    assert!(transactions <= 10_000 / 20, "{transactions}");
    // The last one marks the chunk as done.
    assert_eq!(desk.faults.contact_writes(), transactions - 1);
    // Eight batches are looked up before the first has turned out to be all new, with 100 claims a read.
    let reads = desk.faults.count("BatchGetItem");
    assert!(reads <= 8 * 4 + 10, "{reads}");

    desk.faults.reset_counts();
    let second = desk.import("second", crowd(10_000)).await;
    assert_eq!(told(&second), "completed read=10000 unchanged=10000");
    assert_eq!(desk.faults.contact_writes(), 0);
    // Two identifiers a row and the contact, and the settings with each batch.
    let reads = desk.faults.count("BatchGetItem");
    assert!(reads <= 30_000 / 100 + 10_000 / 500 + 10, "{reads}");
}
