//! The contents of the file.

use std::collections::{BTreeMap, HashSet};

use contacts::{Contact, CustomType, Workspace};
use contacts_book::{ContactBook, ExportStatus, List, Sort};
use contacts_testing::Fault;

use crate::harness::{ExportHarness, File};
use crate::people::{
    THREE_PARTS, at, call, conversation, create_contacts, create_large_contacts, define, form, long_text, workspace,
};

const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "telephone",
    "whatsapp",
    "whatsapp_user_id",
    "email",
    "instagram",
    "slack",
    "microsoft_teams",
    "dial_code",
    "also_known_by",
];

fn header(custom: &[&str]) -> Vec<String> {
    COLUMNS.iter().chain(custom).chain(&["created_at", "last_seen_at"]).map(|name| (*name).to_owned()).collect()
}

async fn contacts(book: &ContactBook) -> Vec<Contact> {
    let list = List { sort: Sort::Recent, prefix: None, limit: 1_000, after: None };
    book.list(&workspace(), &list).await.unwrap().unwrap().contacts
}

/// The rows by name, without the columns that every contact has a value of its own in.
fn cells(file: &File) -> BTreeMap<&str, Vec<&str>> {
    let shown = |row: &'_ Vec<String>| row.len() - 2;
    file.rows.iter().map(|row| (row[1].as_str(), row[2..shown(row)].iter().map(String::as_str).collect())).collect()
}

#[tokio::test]
async fn every_value_is_written_as_it_is_documented() {
    let harness = ExportHarness::new().await;
    let book = harness.book();
    define(&book, "note", CustomType::String).await;
    let settings = define(&book, "budget", CustomType::Number).await;
    let digits = "-1234567890123456789.0123456789012345678";
    let note = "two\r\nlines, \"quoted\"; \u{1F469}\u{1F3FD}\u{200D}\u{1F680}";
    let people: [&[(&str, &str)]; 6] = [
        &[
            ("name", "Ada Lovelace"),
            ("telephone", "+1 650 253 0000"),
            ("whatsapp", "+4930901820"),
            ("email", "Ada@Example.com"),
            ("instagram", "@ada"),
            ("slack", "U01ABC"),
            ("microsoft_teams", "29:1abc"),
            ("custom.note", note),
            ("custom.budget", digits),
        ],
        &[("name", "=HYPERLINK(\"http://x\")"), ("microsoft_teams", "-2:x"), ("custom.note", "'+1")],
        &[("name", "'=guarded"), ("microsoft_teams", "@x:y"), ("custom.budget", "-5")],
        &[("name", "عمر حداد"), ("email", "+tag@x.com"), ("custom.note", "007")],
        &[("name", "'t Hooft"), ("whatsapp", "+33142685300"), ("custom.budget", "00042.50")],
        &[("name", "José 😀"), ("instagram", "jose"), ("custom.note", "@home")],
    ];
    for values in people {
        book.observe_all(&workspace(), &[form(&settings, values)]).await.unwrap();
    }
    let (export, file) = harness.export().await;
    assert_eq!((export.status, export.rows, export.error), (ExportStatus::Completed, 6, None));
    assert!(export.finished_at.unwrap() >= export.created_at);
    assert_eq!(file.content_type, "text/csv; charset=utf-8");
    assert_eq!(file.header, header(&["custom.note", "custom.budget"]));
    let expected: [(&str, [&str; 11]); 6] = [
        (
            "Ada Lovelace",
            ["+16502530000", "+4930901820", "", "Ada@Example.com", "ada", "U01ABC", "29:1abc", "US", "", note, digits],
        ),
        ("'=HYPERLINK(\"http://x\")", ["", "", "", "", "", "", "'-2:x", "", "", "''+1", ""]),
        ("''=guarded", ["", "", "", "", "", "", "'@x:y", "", "", "", "-5"]),
        ("عمر حداد", ["", "", "", "'+tag@x.com", "", "", "", "", "", "007", ""]),
        ("'t Hooft", ["", "+33142685300", "", "", "", "", "", "FR", "", "", "42.5"]),
        ("José 😀", ["", "", "", "", "jose", "", "", "", "", "'@home", ""]),
    ];
    let expected: BTreeMap<&str, Vec<&str>> = expected.iter().map(|(name, cells)| (*name, cells.to_vec())).collect();
    assert_eq!(cells(&file), expected);
    let contacts = contacts(&book).await;
    let of_all = |value: fn(&Contact) -> String| contacts.iter().rev().map(value).collect::<Vec<_>>();
    assert_eq!(file.column("id"), of_all(|contact| contact.id.to_string()));
    assert_eq!(file.column("created_at"), of_all(|contact| contact.created_at.to_string()));
    assert_eq!(file.column("last_seen_at"), [""; 6]);
    assert_eq!(harness.engine.audit().await, []);
}

#[tokio::test]
async fn an_empty_book_gives_a_header_alone() {
    let harness = ExportHarness::new().await;
    let (export, file) = harness.export().await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 0));
    assert_eq!((file.header, file.rows.len()), (header(&[]), 0));
    assert_eq!(harness.bucket_faults.take_operations(), ["PutObject"]);
}

#[tokio::test]
async fn contacts_that_were_joined_or_deleted_are_not_in_it() {
    let harness = ExportHarness::new().await;
    let book = harness.book();
    let observation = |n: i64, values: &[(&str, &str)]| conversation(&format!("c-{n}"), 100 * n, values);
    let (phone, email) = (("telephone", "+16502530000"), ("email", "ada@example.com"));
    let seen = [
        observation(1, &[("name", "Ada"), phone]),
        observation(2, &[email]),
        observation(3, &[("name", "Bob"), ("slack", "U00001")]),
        observation(4, &[("name", "Eve"), ("slack", "U00002")]),
        // Whose phone and email these are is one person.
        observation(5, &[phone, email]),
    ];
    let folded = book.observe_all(&workspace(), &seen).await.unwrap();
    book.delete(&workspace(), folded[2].contact.unwrap(), None, &contacts_testing::person()).await.unwrap().unwrap();
    let (export, file) = harness.export().await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 2));
    assert_eq!(file.column("name"), ["Eve", "Ada"]);
    assert_eq!(file.column("email"), ["", "ada@example.com"]);
    assert_eq!(file.column("last_seen_at"), [at(400).to_string(), at(500).to_string()]);
}

#[tokio::test]
async fn a_contact_is_written_as_it_shows_itself_without_what_nobody_confirmed() {
    let harness = ExportHarness::new().await;
    let line = ("telephone", "+16502530000");
    let seen = [
        call("c-1", 100, &[line, ("email", "ada@example.com"), ("name", "Ada Lovelace")]),
        // Somebody else on the same line: it is shared.
        call("c-2", 200, &[line, ("email", "bart@example.com"), ("name", "Bartholomew Frey")]),
        conversation("c-3", 300, &[("email", "ada@example.com"), ("name", "Mallory")]),
        // A placeholder.
        conversation("c-4", 400, &[("slack", "U00001"), ("email", "noreply@example.com"), ("name", "Eve")]),
    ];
    harness.book().observe_all(&workspace(), &seen).await.unwrap();
    let (export, file) = harness.export().await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 3));
    let expected: [(&str, [&str; 9]); 3] = [
        ("Ada Lovelace", [line.1, "", "", "ada@example.com", "", "", "", "US", ""]),
        ("Bartholomew Frey", [line.1, "", "", "bart@example.com", "", "", "", "US", ""]),
        ("Eve", ["", "", "", "noreply@example.com", "", "U00001", "", "", ""]),
    ];
    let expected: BTreeMap<&str, Vec<&str>> = expected.iter().map(|(name, cells)| (*name, cells.to_vec())).collect();
    assert_eq!(cells(&file), expected);
    assert_eq!(harness.engine.audit().await, []);
}

#[tokio::test]
async fn a_workspace_gets_its_own_contacts_and_no_others() {
    let harness = ExportHarness::new().await;
    let book = harness.book();
    // The one's name is the beginning of the other's.
    let workspaces = ["acme", "acme-2"].map(|name| Workspace::parse(name).unwrap());
    for (workspace, people) in workspaces.iter().zip([3, 5]) {
        let ids = create_contacts(&book, workspace, people).await;
        let (id, event) = harness.order_for(workspace).await;
        harness.handle(&event).await.unwrap();
        let file = harness.file_in(workspace, id).await.unwrap();
        assert_eq!(file.column("id"), ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        for other in workspaces.iter().filter(|other| *other != workspace) {
            assert_eq!(harness.file_in(other, id).await, None);
            assert_eq!(book.export(other, id).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn thousands_of_contacts_are_in_it_once_in_order_for_a_query_a_page() {
    let harness = ExportHarness::new().await;
    let ids = create_contacts(&harness.book(), &workspace(), 2_100).await;
    let (id, event) = harness.order().await;
    harness.handle(&event).await.unwrap();
    let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 2_100));
    assert_eq!(file.column("id"), ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut requests = harness.faults.take_counts();
    // Of 1,024 contacts each.
    assert_eq!(requests.remove("Query"), Some(3));
    // The export, and the settings before and after.
    assert_eq!(requests.remove("BatchGetItem"), Some(3));
    // Its counts, perhaps also once a second, and its end.
    assert!(requests.remove("UpdateItem").is_some_and(|updates| (2..20).contains(&updates)));
    assert_eq!(requests, BTreeMap::new());
}

#[tokio::test]
async fn contacts_that_become_active_meanwhile_are_in_it_once() {
    let harness = ExportHarness::new().await;
    let ids = create_contacts(&harness.book(), &workspace(), 1_500).await;
    let (id, event) = harness.order().await;
    // At the second page, the export has read the first of these contacts and not yet the other.
    let seen = [ids[3], ids[1_300]].map(|id| {
        let mut seen = conversation(&format!("late-{id}"), 1_000_000, &[]);
        seen.contact = Some(id);
        seen
    });
    harness
        .faults
        .inject(|request| (request.operation == "Query" && request.nth_of_operation == 1).then_some(Fault::Hold));
    let observe = async {
        harness.faults.held().await;
        harness.book().observe_all(&workspace(), &seen).await.unwrap();
        harness.faults.release();
    };
    let (handled, ()) = tokio::join!(harness.handle(&event), observe);
    handled.unwrap();
    let (export, file) = (harness.exported(id).await, harness.file(id).await.unwrap());
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, 1_500));
    let mut expected = ids;
    let moved = expected.remove(1_300);
    expected.push(moved);
    assert_eq!(file.column("id"), expected.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_large_file_is_sent_in_parts() {
    let harness = ExportHarness::with_small_parts().await;
    create_large_contacts(&harness.book(), THREE_PARTS).await;
    let (export, file) = harness.export().await;
    assert_eq!((export.status, export.rows), (ExportStatus::Completed, THREE_PARTS as u64));
    assert_eq!(file.column("email").into_iter().collect::<HashSet<_>>().len(), THREE_PARTS);
    let text = long_text();
    assert!(file.column("custom.text").iter().all(|cell| *cell == text));
    assert_eq!(file.content_type, "text/csv; charset=utf-8");
    assert!(file.etag.ends_with("-3\""), "{}", file.etag);
    let operations = ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"];
    assert_eq!(harness.bucket_faults.take_operations(), operations);
}
