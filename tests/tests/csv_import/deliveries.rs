//! Events: how they name files, and deliveries that are repeated, late or concurrent.

use aws_lambda_events::event::s3::S3Event;
use contacts::Workspace;
use contacts_book::ImportStatus;
use contacts_harness::{ImportHarness, assert_counts_add_up, people_csv, summary};
use contacts_testing::FaultInjector;
use csv_import::{Importer, handle};
use lambda_runtime::{Context, LambdaEvent};

const FILE: &str = "name,email,telephone,mobile\n\
                    Ada,ada@example.com,+16502530000,+16502530001\n\
                    Bob,bob@example.com,,\n\
                    ,,,\n\
                    Eve,,,\n";

/// An importer with its own book and its own clients.
fn another_importer(harness: &ImportHarness) -> Importer {
    harness.importer_through(&FaultInjector::default())
}

#[tokio::test]
async fn keys_come_encoded() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/2026/my people+1 (ü) 100%.CSV", FILE).await;
    let key = event.records[0].s3.object.key.as_deref();
    assert_eq!(key, Some("imports/acme/2026/my+people%2B1+%28%C3%BC%29+100%25.CSV"));
    harness.handle(&event).await.unwrap();
    let import = harness.imported("my people+1 (ü) 100%.CSV").await;
    assert_eq!(summary(&import), "completed read=3 created=2 rejected=1");
}

#[tokio::test]
async fn only_csv_files_of_a_workspace_are_imported() {
    let harness = ImportHarness::new().await;
    for key in ["imports/acme/people.xlsx", "exports/acme/people.csv", "imports/people.csv", "imports/Acme/people.csv"]
    {
        let event = harness.put(key, FILE).await;
        harness.handle(&event).await.unwrap();
    }
    assert_eq!(harness.imports().await, []);
    assert_eq!(harness.faults.contact_writes(), 0);

    // Each record of an event is handled for itself.
    let mut event = harness.put("imports/acme/notes.txt", FILE).await;
    for key in ["imports/acme/broken.csv", "imports/beta/people.csv", "imports/acme/people.csv"] {
        let body = if key.contains("broken") { "" } else { FILE };
        event.records.extend(harness.put(key, body).await.records);
    }
    harness.handle(&event).await.unwrap();
    assert_eq!(summary(&harness.imported("broken.csv").await), "failed(empty_file)");
    assert_eq!(summary(&harness.imported("people.csv").await), "completed read=3 created=2 rejected=1");
    let beta = Workspace::parse("beta").unwrap();
    let imports = harness.book().imports(&beta, 10, None).await.unwrap().unwrap().imports;
    assert_eq!(imports.iter().map(summary).collect::<Vec<_>>(), ["completed read=3 created=2 rejected=1"]);
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", FILE).await;
    harness.handle(&event).await.unwrap();
    let import = harness.imported("people.csv").await;
    let contacts = harness.contacts().await;
    harness.faults.reset_counts();
    harness.handle(&event).await.unwrap();
    assert_eq!(harness.imported("people.csv").await, import);
    assert_eq!(harness.contacts().await, contacts);
    assert_eq!(harness.faults.count("BatchGetItem"), 1);
    assert_eq!(harness.faults.count("PutItem") + harness.faults.contact_writes(), 0);
}

#[tokio::test]
async fn importing_a_file_again_changes_nothing() {
    let harness = ImportHarness::new().await;
    harness.import("first", FILE).await;
    let contacts = harness.contacts().await;
    harness.faults.reset_counts();
    let second = harness.import("second", FILE).await;
    assert_eq!(summary(&second), "completed read=3 unchanged=2 rejected=1");
    assert_eq!(harness.faults.contact_writes(), 0);
    assert_eq!(harness.contacts().await, contacts);
    let ada = "Ada telephone:+16502530000 email:ada@example.com also:+16502530001";
    assert_eq!(harness.people().await, [ada, "Bob email:bob@example.com"]);
}

#[tokio::test]
async fn the_same_event_twice_at_once_is_one_import() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", people_csv(700)).await;
    let twin = another_importer(&harness);
    let (first, second) =
        tokio::join!(harness.handle(&event), handle(&twin, LambdaEvent::new(event.clone(), Context::default())));
    first.and(second).unwrap();
    let import = harness.imported("people.csv").await;
    assert_counts_add_up(&import);
    assert_eq!((import.status, import.counts.read, import.counts.rejected), (ImportStatus::Completed, 700, 0));
    assert_eq!(harness.people().await.len(), 700);
}

#[tokio::test]
async fn two_files_with_the_same_people_at_once_make_one_contact_each() {
    let harness = ImportHarness::new().await;
    let turned = |file: String| {
        let (header, rows) = file.split_once("\r\n").unwrap();
        let mut rows: Vec<&str> = rows.split_terminator("\r\n").collect();
        rows.reverse();
        format!("{header}\r\n{}", rows.join("\r\n"))
    };
    let one = harness.put("imports/acme/one.csv", people_csv(400)).await;
    let two = harness.put("imports/acme/two.csv", turned(people_csv(400))).await;
    let other = another_importer(&harness);
    let spawn = |importer: Importer, event: S3Event| {
        tokio::spawn(async move { handle(&importer, LambdaEvent::new(event, Context::default())).await })
    };
    let (first, second) = tokio::join!(spawn(harness.importer.clone(), one), spawn(other, two));
    first.unwrap().and(second.unwrap()).unwrap();
    let (one, two) = (harness.imported("one.csv").await, harness.imported("two.csv").await);
    assert_counts_add_up(&one);
    assert_counts_add_up(&two);
    assert_eq!((one.counts.read, two.counts.read), (400, 400));
    assert_eq!(one.counts.created + two.counts.created, 400);
    assert_eq!(harness.people().await.len(), 400);
}
