//! Imports that are created before their file is uploaded.

use contacts::{Country, CustomField, CustomKey, CustomType, ImportId, OnInvalid, time};
use contacts_book::{Import, ImportColumn, ImportStatus};
use contacts_csv::cut::Limits;
use contacts_files::keys;
use contacts_harness::{ImportHarness, assert_counts_add_up, summary, workspace};

use crate::chunks::killed;

/// An import with all options at their defaults.
fn order() -> Import {
    Import { size_bytes: 1, ..Import::new(ImportId::new(), "people.csv", Country::US, time::now()) }
}

fn columns(fields: &[(usize, &str, Option<CustomType>)]) -> Vec<ImportColumn> {
    let column = |&(column, field, create): &(usize, &str, _)| ImportColumn { column, field: field.to_owned(), create };
    fields.iter().map(column).collect()
}

async fn create(harness: &ImportHarness, order: &Import) {
    assert!(harness.book().create_import(&workspace(), order, &contacts_testing::person()).await.unwrap());
}

async fn upload(harness: &ImportHarness, order: &Import, file: &str) -> Import {
    let event = harness.put(&keys::import(&workspace(), order.id), file).await;
    harness.handle(&event).await.unwrap();
    stored(harness, order).await
}

async fn run(harness: &ImportHarness, order: Import, file: &str) -> Import {
    create(harness, &order).await;
    upload(harness, &order, file).await
}

/// An import as the book has it now.
async fn stored(harness: &ImportHarness, order: &Import) -> Import {
    harness.book().import(&workspace(), order.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_import_waits_for_its_upload_and_runs_once() {
    let harness = ImportHarness::new().await;
    let order = order();
    create(&harness, &order).await;
    assert_eq!(stored(&harness, &order).await, order);
    let file = "email\nada@example.com\n";
    let import = upload(&harness, &order, file).await;
    assert_eq!(summary(&import), "completed read=1 created=1");
    assert_eq!((import.id, import.file_name.as_str(), import.created_at), (order.id, "people.csv", order.created_at));
    assert_eq!((import.size_bytes, import.counts.bytes_done), (file.len() as u64, file.len() as u64));
    assert!(import.started_at.is_some() && import.finished_at.is_some());

    // Whoever has the link can use it again while it is valid.
    assert_eq!(upload(&harness, &order, "email\nbob@example.com\n").await, import);
    assert_eq!(harness.people().await, ["email:ada@example.com"]);
    assert_eq!(harness.imports().await.len(), 1);
}

#[tokio::test]
async fn the_ordered_mapping_header_and_country_count() {
    let harness = ImportHarness::new().await;
    let mapping = columns(&[(2, "name", None), (0, "name", None), (1, "telephone", None), (3, "telephone", None)]);
    let country = Country::parse("GB").unwrap();
    let order = Import { mapping: mapping.clone(), header: Some(false), default_country: country, ..order() };
    let file = "Lovelace,020 7031 3000,Ada,020 7031 3001\nPhone,Phone,Name,\n";
    let import = run(&harness, order, file).await;
    assert_eq!(summary(&import), "completed read=2 created=1 rejected=1");
    assert_eq!((import.mapping.as_slice(), import.header), (mapping.as_slice(), Some(false)));
    assert_eq!(harness.people().await, ["Ada Lovelace telephone:+442070313000 also:+442070313001"]);
}

#[tokio::test]
async fn cells_that_cannot_be_read_are_left_out_or_cost_their_row() {
    let harness = ImportHarness::new().await;
    let file = "name,email,telephone\nAda,ada@example.com,12\nBob,bob@,12\nEve,eve@example.com,+16502530000\n";
    let mapping = columns(&[(0, "name", None), (1, "email", None), (2, "telephone", None)]);
    let order = || Import { mapping: mapping.clone(), ..order() };
    let rejecting = Import { dry_run: true, on_invalid: OnInvalid::RejectRow, ..order() };
    let rejected = run(&harness, rejecting, file).await;
    assert_eq!(summary(&rejected), "completed read=3 created=1 rejected=2");
    assert_eq!(rejected.warnings, [""; 0]);

    let skipped = run(&harness, order(), file).await;
    assert_eq!(summary(&skipped), "completed read=3 created=2 rejected=1");
    assert_eq!(skipped.warnings, ["some cells could not be read and were left out; the report lists them"]);
    assert_eq!(skipped.reported, 2);
    let report = harness.report(&skipped).await;
    let lines: Vec<&str> = report.lines().collect();
    assert!(lines[1].starts_with("Ada,ada@example.com,12,skipped,2,telephone,"), "{report}");
    assert!(lines[2].starts_with("Bob,bob@,12,rejected,3,email; telephone,"), "{report}");
    assert_eq!(
        harness.people().await,
        ["Ada email:ada@example.com", "Eve telephone:+16502530000 email:eve@example.com"]
    );
}

#[tokio::test]
async fn a_dry_run_counts_as_the_real_run_and_writes_nothing() {
    let harness = ImportHarness::new().await;
    harness.import("before", "email,telephone\nada@example.com,\n,+16502530000\nbob@example.com,+16502530001\n").await;
    let before = harness.contacts().await;
    let file = "email,telephone,name,Budget\n\
                ada@example.com,+16502530000,Ada,100\n\
                ada@example.com,+16502530001,Ada,100\n\
                eve@example.com,,Eve,1\n\
                EVE@example.com,+16502530002,,\n\
                ,+16502530002,Eve,1\n\
                joe,,,\n\
                bob@example.com,,,many\n";
    let mapping =
        [(0, "email", None), (1, "telephone", None), (2, "name", None), (3, "custom.budget", Some(CustomType::Number))];
    let order = Import { mapping: columns(&mapping), ..order() };
    harness.faults.reset_counts();
    let dry = run(&harness, Import { dry_run: true, id: ImportId::new(), ..order.clone() }, file).await;
    let expected = "completed read=7 created=1 updated=4 unchanged=1 rejected=1 joined=1 conflicts=1";
    assert_eq!(summary(&dry), expected);
    assert_eq!(harness.faults.contact_writes(), 0);
    assert_eq!(harness.contacts().await, before);
    assert_eq!(harness.book().settings(&workspace()).await.unwrap().custom_fields, []);

    let real = run(&harness, order, file).await;
    assert_eq!(summary(&real), expected);
    assert_eq!(real.counts, dry.counts);
    let reports = (harness.report(&dry).await, harness.report(&real).await);
    assert_eq!(reports.0, reports.1);
    let eve = "Eve telephone:+16502530002 email:EVE@example.com custom.budget:1";
    assert!(harness.people().await.contains(&eve.to_owned()), "{:?}", harness.people().await);
}

#[tokio::test]
async fn custom_fields_are_defined_on_the_way() {
    let harness = ImportHarness::new().await;
    let field = |key: &str, label, kind| CustomField::new(CustomKey::parse(key).unwrap(), label, kind).unwrap();
    harness
        .book()
        .define_field(&workspace(), &field("plan", "Plan", CustomType::String), &contacts_testing::person())
        .await
        .unwrap()
        .unwrap();
    let mapping = [
        (0, "email", None),
        (1, "custom.plan", Some(CustomType::String)),
        (2, "custom.budget", Some(CustomType::Number)),
        (3, "custom.notes", Some(CustomType::String)),
    ];
    let file = "Email,Tariff,Budget in €,\nada@example.com,pro,12.50,x\n";
    let import = run(&harness, Import { mapping: columns(&mapping), ..order() }, file).await;
    assert_eq!(summary(&import), "completed read=1 created=1");
    let defined = [
        field("plan", "Plan", CustomType::String),
        field("budget", "Budget in €", CustomType::Number),
        field("notes", "notes", CustomType::String),
    ];
    assert_eq!(harness.book().settings(&workspace()).await.unwrap().custom_fields, defined);
    let ada = "email:ada@example.com custom.budget:12.5 custom.notes:x custom.plan:pro";
    assert_eq!(harness.people().await, [ada]);
}

#[tokio::test]
async fn a_mapping_that_does_not_fit_fails_its_import() {
    let harness = ImportHarness::new().await;
    let field = CustomField::new(CustomKey::parse("plan").unwrap(), "Plan", CustomType::String).unwrap();
    harness.book().define_field(&workspace(), &field, &contacts_testing::person()).await.unwrap().unwrap();
    let file = "Email,Plan\nada@example.com,5\n";
    for (fields, expected) in [
        (&[(0, "email", None), (2, "name", None)][..], "failed(column_out_of_range)"),
        (&[(0, "email", None), (1, "custom.tariff", None)], "failed(unknown_field)"),
        (&[(0, "email", None), (1, "custom.plan", Some(CustomType::Number))], "failed(field_type)"),
        (&[(0, "name", None)], "failed(no_identifier_column)"),
    ] {
        let import = run(&harness, Import { mapping: columns(fields), ..order() }, file).await;
        assert_eq!(summary(&import), expected, "{fields:?}");
        assert!(import.error.unwrap().reason.is_ascii());
    }
    assert_eq!(harness.people().await, [""; 0]);
}

#[tokio::test]
async fn a_dry_run_of_several_chunks_knows_each_by_itself() {
    let harness = ImportHarness::with_chunks(Limits { rows: 600, bytes: u64::MAX }).await;
    // Each person occurs twice in each of two chunks; 198 rows are folded at once.
    let crowd: String = (0..300).map(|n| format!("p{n}@example.com,Person {n}\n")).collect();
    let file = format!("email,name\n{crowd}{crowd}{crowd}{crowd}");
    for (dry_run, expected) in [
        (true, "completed read=1200 created=600 unchanged=600"),
        (false, "completed read=1200 created=300 unchanged=900"),
    ] {
        let order = Import { dry_run, ..order() };
        create(&harness, &order).await;
        upload(&harness, &order, &file).await;
        for _ in 0..2 {
            let chunk = harness.chunk_event().await;
            harness.handle(&chunk).await.unwrap();
        }
        let import = stored(&harness, &order).await;
        assert_eq!(summary(&import), expected);
    }
    assert_eq!(harness.people().await.len(), 300);
}

#[tokio::test]
async fn what_was_said_after_an_import_was_created_counts_more() {
    let harness = ImportHarness::new().await;
    let order = order();
    create(&harness, &order).await;
    // As in the same millisecond the source decides, the clock has to move on.
    while time::now() <= order.created_at {
        tokio::task::yield_now().await;
    }
    harness.import("later", "email,name\nada@example.com,Countess\n").await;
    let import = upload(&harness, &order, "email,name,telephone\nada@example.com,Ada,+16502530000\n").await;
    assert_eq!(summary(&import), "completed read=1 updated=1");
    assert_eq!(harness.people().await, ["Countess telephone:+16502530000 email:ada@example.com"]);
}

#[tokio::test]
async fn a_link_that_is_used_twice_imports_one_of_the_files_whole() {
    let file_of = |prefix: &str, header: &str| {
        let rows: String = (0..700).map(|n| format!("{prefix}{n:03}@example.com,Person {n:03}\n")).collect();
        format!("{header}\n{rows}")
    };
    let (first, second) = (file_of("a", "Email,Name"), file_of("b", "Email,Nome"));
    for requests in [0, 4, 8, 12, 25] {
        let harness = ImportHarness::new().await;
        let order = order();
        create(&harness, &order).await;
        let key = keys::import(&workspace(), order.id);
        let one = harness.put(&key, first.clone()).await;
        let died = killed(&harness, &one, Limits { rows: 10_000, bytes: u64::MAX }, requests).await;
        let two = harness.put(&key, second.clone()).await;
        assert!(died);
        // The events come in any order, and again.
        for event in [&two, &one, &two] {
            harness.handle(event).await.unwrap();
        }
        let import = stored(&harness, &order).await;
        assert_counts_add_up(&import);
        let people = harness.people().await;
        let of = |prefix: &str| people.iter().filter(|person| person.contains(&format!("email:{prefix}"))).count();
        match import.status {
            ImportStatus::Completed => {
                assert_eq!((of("a"), of("b"), import.counts.created), (0, 700, 700), "{requests}")
            }
            // The first was being imported when the second took its place.
            _ => assert_eq!((import.error.unwrap().code.as_str(), of("b")), ("file_replaced", 0), "{requests}"),
        }
    }
}

#[tokio::test]
async fn a_field_that_was_defined_otherwise_meanwhile_fails_the_import() {
    let harness = ImportHarness::new().await;
    let mapping = [(0, "email", None), (1, "custom.budget", Some(CustomType::String))];
    let field = CustomField::new(CustomKey::parse("budget").unwrap(), "Budget", CustomType::Number).unwrap();
    let order = Import { mapping: columns(&mapping), ..order() };
    create(&harness, &order).await;
    harness.book().define_field(&workspace(), &field, &contacts_testing::person()).await.unwrap().unwrap();
    let import = upload(&harness, &order, "Email,Budget\na@example.com,x\n").await;
    assert_eq!(summary(&import), "failed(field_type)");
}
