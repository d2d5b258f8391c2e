//! What each kind of observation costs in requests.

use std::collections::BTreeMap;

use contacts::{Country, CreateRefused, Field, ImportId, Observation, Outcome, Patch, SourceRef, Value, time};
use contacts_book::ContactBook;
use contacts_testing::{ByHand as _, FaultInjector, Meter, engine, person};

use crate::sources::{channel, converse, form, row, settings, workspace};

fn requests(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
}

async fn cost(
    faults: &FaultInjector,
    book: &ContactBook,
    conversation: &str,
    seconds: i64,
    values: &[(&str, &str)],
) -> BTreeMap<String, usize> {
    faults.take_counts();
    converse(book, conversation, seconds, values).await;
    faults.take_counts()
}

#[tokio::test]
async fn an_upsert_costs_two_reads_and_at_most_one_write() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let email = ("email", "ada@x.com");
    let read_then_write = requests(&[("BatchGetItem", 1), ("TransactWriteItems", 1)]);
    assert_eq!(cost(&faults, &book, "c-1", 0, &[email]).await, read_then_write, "a new contact");
    assert_eq!(cost(&faults, &book, "c-1", 30, &[email]).await, requests(&[("BatchGetItem", 2)]), "no news");
    let value = requests(&[("BatchGetItem", 2), ("PutItem", 1)]);
    assert_eq!(cost(&faults, &book, "c-1", 30, &[email, ("name", "Ada")]).await, value, "a new value");
    assert_eq!(cost(&faults, &book, "c-1", 300, &[email]).await, value, "seen later");
    let transaction = requests(&[("BatchGetItem", 2), ("TransactWriteItems", 1)]);
    assert_eq!(cost(&faults, &book, "c-2", 0, &[email]).await, transaction, "a new conversation");
    assert_eq!(cost(&faults, &book, "c-1", 30, &[("slack", "U00001")]).await, transaction, "a new identifier");
    assert_eq!(cost(&faults, &book, "c-3", 0, &[("telephone", "+15551234567")]).await, read_then_write, "another");
    let both = [email, ("telephone", "+15551234567")];
    assert_eq!(cost(&faults, &book, "c-1", 30, &both).await, transaction, "a join");
    let (bob, carol) = (("instagram", "bob.b"), ("email", "carol@x.com"));
    cost(&faults, &book, "c-4", 0, &[bob, ("slack", "U0000BOB1")]).await;
    cost(&faults, &book, "c-5", 0, &[carol, ("slack", "U0000CAR1")]).await;
    assert_eq!(cost(&faults, &book, "c-6", 30, &[bob, carol]).await, transaction, "a conflict, on both contacts");
    assert_eq!(cost(&faults, &book, "c-6", 30, &[bob, carol]).await, requests(&[("BatchGetItem", 2)]), "no news");
}

#[tokio::test]
async fn an_erasure_adds_a_read_unit_for_each_identifier_and_no_request() {
    let engine = engine().await;
    let eve = engine.book().add(&workspace(), &form(&[("email", "eve@x.com")]), None).await.unwrap().unwrap().id;
    engine.book().erase(&workspace(), eve, &person()).await.unwrap().unwrap();
    let (faults, meter) = (FaultInjector::default(), Meter::default());
    let (counted, metered) = (engine.book_through(&faults), meter.book(&engine));
    let email = ("email", "ada@x.com");
    let first = cost(&faults, &counted, "c-0", 0, &[("email", "dan@x.com")]).await;
    assert_eq!(first, requests(&[("BatchGetItem", 2), ("TransactWriteItems", 1)]), "a process learns of the ledger");
    let read_then_write = requests(&[("BatchGetItem", 1), ("TransactWriteItems", 1)]);
    assert_eq!(cost(&faults, &counted, "c-1", 0, &[email]).await, read_then_write, "a new contact");
    assert_eq!(cost(&faults, &counted, "c-1", 30, &[email]).await, requests(&[("BatchGetItem", 2)]), "no news");
    metered.settings(&workspace()).await.unwrap();
    meter.take();
    converse(&metered, "c-1", 30, &[email]).await;
    let spent = meter.take();
    assert_eq!(
        (spent.read_units, spent.write_units),
        (6.0, 0.0),
        "no news: two identifiers are looked up in the ledger"
    );
}

#[tokio::test]
async fn an_upsert_costs_the_units_that_the_table_of_costs_says() {
    let engine = engine().await;
    let meter = Meter::default();
    let book = meter.book(&engine);
    let (email, phone) = (("email", "ada@x.com"), ("telephone", "+15551234567"));
    for (what, conversation, seconds, values, units) in [
        ("new", "c-1", 0, &[email][..], (3.0, 11.0)),
        ("no news", "c-1", 0, &[email], (4.0, 0.0)),
        ("first name", "c-1", 1, &[email, ("name", "Ada King")], (4.0, 4.0)),
        ("another last name", "c-1", 2, &[email, ("name", "Ada Lovelace")], (4.0, 6.0)),
        ("a name of one word", "c-1", 3, &[email, ("name", "Ada")], (4.0, 5.0)),
        ("seen a minute later", "c-1", 70, &[email], (4.0, 3.0)),
        ("new phone", "c-1", 70, &[phone], (4.0, 6.0)),
        ("new conversation", "c-2", 140, &[email], (4.0, 8.0)),
        ("new, with a name", "c-3", 140, &[("email", "bob@x.com"), ("name", "Bob Stone")], (3.0, 13.0)),
        ("new, by phone", "c-4", 140, &[("whatsapp", "+15551234568")], (3.0, 11.0)),
        ("join", "c-4", 140, &[email], (5.0, 10.0)),
    ] {
        converse(&book, conversation, seconds, values).await;
        let spent = meter.take();
        assert_eq!((spent.read_units, spent.write_units), units, "{what}");
    }
    let rows: Vec<_> = (0..33)
        .map(|n| {
            row(
                ImportId::new(),
                n + 2,
                &[
                    ("email", &format!("mail-{n}@x.com")),
                    ("telephone", &format!("+1555124{n:04}")),
                    ("name", "Ada King"),
                ],
            )
        })
        .collect();
    book.observe_all_assuming_new(&workspace(), &rows).await.unwrap();
    assert_eq!(meter.take().write_units / 33.0, 12.0, "a row with name, phone and email");
}

#[tokio::test]
async fn creations_share_transactions_and_claims_are_read_a_hundred_at_a_time() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let import = ImportId::new();
    let rows: Vec<_> = (0..1_000)
        .map(|n| {
            row(import, n + 2, &[("email", &format!("mail-{n}@x.com")), ("telephone", &format!("+1555123{n:04}"))])
        })
        .collect();
    book.observe_all(&workspace(), &rows).await.unwrap();
    let counts = faults.take_counts();
    // 2,000 claims and the settings; three items for each contact.
    assert_eq!(counts, requests(&[("BatchGetItem", 21), ("TransactWriteItems", 31)]));
    book.observe_all(&workspace(), &rows).await.unwrap();
    assert_eq!(faults.take_counts(), requests(&[("BatchGetItem", 31)]), "no news: 2,000 claims, 1,000 contacts");
}

#[tokio::test]
async fn new_people_are_written_unread_and_read_where_they_are_known() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let import = ImportId::new();
    let rows = |people: std::ops::Range<u64>| -> Vec<_> {
        people.map(|n| row(import, n + 2, &[("email", &format!("mail-{n}@x.com")), ("name", "Ada")])).collect()
    };
    let (folded, right) = book.observe_all_assuming_new(&workspace(), &rows(0..100)).await.unwrap();
    assert!(right && folded.iter().all(|folded| folded.outcome == Outcome::Created));
    assert_eq!(faults.take_counts(), requests(&[("TransactWriteItems", 2)]));

    // Fifty are known: of three transactions one is refused, and its people are looked up.
    let (folded, right) = book.observe_all_assuming_new(&workspace(), &rows(50..200)).await.unwrap();
    assert!(!right);
    // Rows of the same import that were folded before count as what they did then.
    assert!(folded.iter().all(|folded| folded.outcome == Outcome::Created));
    assert_eq!(engine.audit().await, []);
    let contacts: std::collections::HashSet<_> = folded.iter().map(|folded| folded.contact).collect();
    assert_eq!(contacts.len(), 150);
    let counts = faults.take_counts();
    assert_eq!((counts["TransactWriteItems"], counts["BatchGetItem"]), (3, 2), "{counts:?}");
}

#[tokio::test]
async fn rows_that_contradict_each_other_are_no_news_the_second_time() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let rows = |import| {
        let values: [&[(&str, &str)]; 3] = [
            &[("email", "ada@x.com"), ("name", "Ada"), ("telephone", "+15551234567")],
            &[("email", "ADA@x.com"), ("name", "Countess"), ("telephone", "+15551234568")],
            &[("telephone", "+15551234567"), ("name", "Augusta")],
        ];
        (2..).zip(values).map(|(line, values)| row(import, line, values)).collect::<Vec<_>>()
    };
    book.observe_all(&workspace(), &rows(ImportId::new())).await.unwrap();
    faults.take_counts();
    let folded = book.observe_all(&workspace(), &rows(ImportId::new())).await.unwrap();
    assert!(folded.iter().all(|folded| folded.outcome == Outcome::Unchanged), "{folded:?}");
    assert_eq!(faults.take_counts(), requests(&[("BatchGetItem", 2)]));
}

#[tokio::test]
async fn a_form_and_an_edit_read_the_settings_with_everything_else() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let ada = book.add(&workspace(), &form(&[("email", "ada@x.com")]), None).await.unwrap().unwrap().id;
    assert_eq!(faults.take_counts(), requests(&[("BatchGetItem", 1), ("TransactWriteItems", 1)]), "added");
    let name = Patch { values: vec![(Field::Name, None)], dismiss_conflicts: true, ..Patch::default() };
    book.change(&workspace(), ada, None, &name).await.unwrap().unwrap();
    assert_eq!(faults.take_counts(), requests(&[("BatchGetItem", 1)]), "nothing to change");
    let name = Patch { values: vec![(Field::Name, Some(value("name", "Ada")))], ..Patch::default() };
    book.change(&workspace(), ada, None, &name).await.unwrap().unwrap();
    assert_eq!(faults.take_counts(), requests(&[("BatchGetItem", 1), ("PutItem", 1)]), "changed");
}

#[tokio::test]
async fn a_form_is_read_again_when_the_settings_have_changed() {
    let engine = engine().await;
    let (book, elsewhere, workspace) = (engine.book(), engine.book(), &workspace());
    book.settings(workspace).await.unwrap();
    elsewhere.set_default_country(workspace, Country::parse("GB").unwrap(), &person()).await.unwrap();
    let added = book.create(workspace, None, |settings| {
        let mut form = Observation::new(SourceRef::Manual, person(), time::now(), time::now());
        let field = Field::parse("telephone").unwrap();
        let phone = field.read(&"020 7946 0001".into(), settings).map_err(|_| CreateRefused::Nobody)?;
        form.add(field, phone.unwrap()).unwrap();
        Ok::<_, CreateRefused>(form)
    });
    let (added, settings) = added.await.unwrap().unwrap();
    assert_eq!(channel(&added, "telephone").as_deref(), Some("+442079460001"));
    assert_eq!(settings.default_country.as_str(), "GB");
    assert_eq!(engine.audit().await, []);
}

fn value(field: &str, text: &str) -> Value {
    Field::parse(field).unwrap().read(&text.into(), &settings()).unwrap().unwrap()
}
