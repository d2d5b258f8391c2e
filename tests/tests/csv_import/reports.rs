//! The report: rejected rows, ready to be corrected.

use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, summary};

#[tokio::test]
async fn a_corrected_report_is_imported_like_its_file() {
    let harness = ImportHarness::new().await;
    let file = "Name;Phone;Email;Notes\r\n\
                Ada;12;ada@example.com;\"a; \"\"b\"\"\nc\"\r\n\
                Bob;+1 650 253 0000;bob@example.com;\r\n\
                =1+1;4.41E+11;eve;x;more\r\n";
    // Enough others for their columns to be recognised.
    let others: String = (0..8).map(|n| format!("P{n};+1 650 253 100{n};p{n}@example.com;\r\n")).collect();
    let import = harness.import("people", format!("{file}{others}")).await;
    assert_eq!(summary(&import), "completed read=11 created=10 rejected=1");
    let report = harness.report(&import).await;
    let expected = "Name;Phone;Email;Notes;;import_result;import_line;import_column;import_reason\r\n\
         Ada;12;ada@example.com;\"a; \"\"b\"\"\nc\";;skipped;2;Phone;\
         phone_too_short: has too few digits for a phone number of its country\r\n\
         '=1+1;4.41E+11;eve;x;more;rejected;5;\"Phone; Email\";\
         \"phone_scientific_notation: was shortened to scientific notation by a spreadsheet and has lost digits; \
         email_malformed: is not of the form name@domain; \
         names_nobody: has no phone, email, handle or id to identify a contact\"\r\n";
    assert_eq!(report, expected);

    let corrected =
        report.replace(";12;", ";+1 650 253 0001;").replace("4.41E+11;eve;", "+441632960000;eve@example.com;");
    let again = harness.import("corrected", corrected).await;
    assert_eq!(summary(&again), "completed read=2 created=1 updated=1");
    let people = [
        "=1+1 telephone:+441632960000 email:eve@example.com",
        "Ada telephone:+16502530001 email:ada@example.com",
        "Bob telephone:+16502530000 email:bob@example.com",
    ];
    let found = harness.people().await;
    assert_eq!(
        found.iter().filter(|person| !person.starts_with('P')).collect::<Vec<_>>(),
        people.iter().collect::<Vec<_>>()
    );
    assert_eq!(again.warnings, ["ignored columns: \"Notes\", \"5\""]);
}

#[tokio::test]
async fn conflicts_are_reported_and_their_rows_are_taken() {
    let harness = ImportHarness::new().await;
    harness.import("before", "email,telephone\nada@example.com,+16502530000\nbob@example.com,+16502530001\n").await;
    let bob = harness
        .contacts()
        .await
        .into_iter()
        .find(|c| c.email().is_some_and(|e| e.as_str().starts_with("bob")))
        .unwrap();
    let import = harness.import("after", "name,email,telephone\nAda,ada@example.com,+16502530001\n").await;
    assert_eq!(summary(&import), "completed read=1 updated=1 conflicts=1");
    let report = harness.report(&import).await;
    let line = report.lines().nth(1).unwrap();
    assert!(line.starts_with("Ada,ada@example.com,+16502530001,conflict,2,telephone,"), "{line}");
    let reason = format!("belongs to contact {}, which was not joined with this row's contact (contradiction)", bob.id);
    assert!(line.contains("conflict: ") && line.contains(&reason), "{line}");

    // What the row says may be about either of them, so it waits in the conflict that both have.
    let people = ["telephone:+16502530000 email:ada@example.com", "telephone:+16502530001 email:bob@example.com"];
    assert_eq!(harness.people().await, people);
    for contact in harness.contacts().await {
        let conflict = &contact.conflicts[0];
        let withheld: Vec<&str> = conflict.withheld.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!((contact.conflicts.len(), withheld.as_slice()), (1, &["Ada"][..]));
        assert_eq!(conflict.value.as_ref().map(|value| value.as_str()), Some("+16502530001"));
    }
}

#[tokio::test]
async fn the_report_of_many_chunks_is_in_the_order_of_the_file() {
    let harness = ImportHarness::with_chunks(Limits { rows: 7, bytes: u64::MAX }).await;
    let rows: String = (0..50)
        .map(|n| format!("p{n}@example.com,{}\n", if n % 6 == 0 { "12".to_owned() } else { format!("+1650253{n:04}") }))
        .collect();
    let event = harness.put("imports/acme/people.csv", format!("email,telephone\n{rows}")).await;
    harness.handle(&event).await.unwrap();
    let mut chunks = Vec::new();
    for _ in 0..8 {
        chunks.push(harness.chunk_event().await);
    }
    for chunk in chunks.iter().rev() {
        harness.handle(chunk).await.unwrap();
    }
    let import = harness.imported("people.csv").await;
    assert_eq!((summary(&import).as_str(), import.reported), ("completed read=50 created=50", 9));
    let report = harness.report(&import).await;
    let lines: Vec<u64> = report.lines().skip(1).map(|line| line.split(',').nth(3).unwrap().parse().unwrap()).collect();
    assert_eq!(lines, (0..50).step_by(6).map(|n| n + 2).collect::<Vec<u64>>());
}

#[tokio::test]
async fn an_import_without_rejected_rows_has_no_report() {
    let harness = ImportHarness::new().await;
    let import = harness.import("people", "email\nada@example.com\n").await;
    assert_eq!(import.reported, 0);
    let key = format!("reports/acme/{}.csv", import.id);
    assert_eq!(harness.bucket.get(&key).await, None);
}
