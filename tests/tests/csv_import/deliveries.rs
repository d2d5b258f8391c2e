//! Events: how they name files, and that they may come often, late and side by side.

use aws_lambda_events::event::s3::S3Event;
use contacts::Workspace;
use contacts_book::ImportStatus;
use contacts_testing::FaultInjector;
use csv_import::{Importer, handle};
use lambda_runtime::{Context, LambdaEvent};

use crate::desk::{Desk, crowd, told};

const FILE: &str = "name,email,telephone,mobile\n\
                    Ada,ada@example.com,+16502530000,+16502530001\n\
                    Bob,bob@example.com,,\n\
                    ,,,\n\
                    Eve,,,\n";

/// An importer with its own book and its own clients.
fn another_importer(desk: &Desk) -> Importer {
    desk.importer_through(&FaultInjector::default())
}

#[tokio::test]
async fn keys_come_encoded() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/2026/my people+1 (ü) 100%.CSV", FILE).await;
    let key = event.records[0].s3.object.key.as_deref();
    assert_eq!(key, Some("imports/acme/2026/my+people%2B1+%28%C3%BC%29+100%25.CSV"));
    desk.handle(&event).await.unwrap();
    let import = desk.imported("my people+1 (ü) 100%.CSV").await;
    assert_eq!(told(&import), "completed read=3 created=2 rejected=1");
}

#[tokio::test]
async fn only_csv_files_of_a_workspace_are_imported() {
    let desk = Desk::new().await;
    for key in ["imports/acme/people.xlsx", "exports/acme/people.csv", "imports/people.csv", "imports/Acme/people.csv"]
    {
        let event = desk.put(key, FILE).await;
        desk.handle(&event).await.unwrap();
    }
    assert_eq!(desk.imports().await, []);
    assert_eq!(desk.faults.contact_writes(), 0);

    // Of several records each is taken for itself.
    let mut event = desk.put("imports/acme/notes.txt", FILE).await;
    for key in ["imports/acme/broken.csv", "imports/beta/people.csv", "imports/acme/people.csv"] {
        let body = if key.contains("broken") { "" } else { FILE };
        event.records.extend(desk.put(key, body).await.records);
    }
    desk.handle(&event).await.unwrap();
    assert_eq!(told(&desk.imported("broken.csv").await), "failed(empty_file)");
    assert_eq!(told(&desk.imported("people.csv").await), "completed read=3 created=2 rejected=1");
    let beta = Workspace::parse("beta").unwrap();
    let imports = desk.book().imports(&beta, 10, None).await.unwrap().unwrap().imports;
    assert_eq!(imports.iter().map(told).collect::<Vec<_>>(), ["completed read=3 created=2 rejected=1"]);
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", FILE).await;
    desk.handle(&event).await.unwrap();
    let import = desk.imported("people.csv").await;
    let contacts = desk.contacts().await;
    desk.faults.reset_counts();
    desk.handle(&event).await.unwrap();
    assert_eq!(desk.imported("people.csv").await, import);
    assert_eq!(desk.contacts().await, contacts);
    assert_eq!(desk.faults.count("BatchGetItem"), 1);
    assert_eq!(desk.faults.count("PutItem") + desk.faults.contact_writes(), 0);
}

#[tokio::test]
async fn the_same_file_again_says_nothing_new() {
    let desk = Desk::new().await;
    desk.import("first", FILE).await;
    let contacts = desk.contacts().await;
    desk.faults.reset_counts();
    let second = desk.import("second", FILE).await;
    assert_eq!(told(&second), "completed read=3 unchanged=2 rejected=1");
    assert_eq!(desk.faults.contact_writes(), 0);
    assert_eq!(desk.contacts().await, contacts);
    let ada = "Ada telephone:+16502530000 email:ada@example.com also:+16502530001";
    assert_eq!(desk.people().await, [ada, "Bob email:bob@example.com"]);
}

#[tokio::test]
async fn the_same_event_twice_at_once_is_one_import() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", crowd(700)).await;
    let twin = another_importer(&desk);
    let (first, second) =
        tokio::join!(desk.handle(&event), handle(&twin, LambdaEvent::new(event.clone(), Context::default())));
    first.and(second).unwrap();
    let import = desk.imported("people.csv").await;
    told(&import);
    assert_eq!((import.status, import.counts.read, import.counts.rejected), (ImportStatus::Completed, 700, 0));
    assert_eq!(desk.people().await.len(), 700);
}

#[tokio::test]
async fn two_files_with_the_same_people_at_once_make_one_contact_each() {
    let desk = Desk::new().await;
    let turned = |file: String| {
        let (header, rows) = file.split_once("\r\n").unwrap();
        let mut rows: Vec<&str> = rows.split_terminator("\r\n").collect();
        rows.reverse();
        format!("{header}\r\n{}", rows.join("\r\n"))
    };
    let one = desk.put("imports/acme/one.csv", crowd(400)).await;
    let two = desk.put("imports/acme/two.csv", turned(crowd(400))).await;
    let other = another_importer(&desk);
    let spawn = |importer: Importer, event: S3Event| {
        tokio::spawn(async move { handle(&importer, LambdaEvent::new(event, Context::default())).await })
    };
    let (first, second) = tokio::join!(spawn(desk.importer.clone(), one), spawn(other, two));
    first.unwrap().and(second.unwrap()).unwrap();
    let (one, two) = (desk.imported("one.csv").await, desk.imported("two.csv").await);
    told(&one);
    told(&two);
    assert_eq!((one.counts.read, two.counts.read), (400, 400));
    assert_eq!(one.counts.created + two.counts.created, 400);
    assert_eq!(desk.people().await.len(), 400);
}
