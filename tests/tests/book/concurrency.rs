//! Many at once.

use contacts::{ContactId, ImportId};
use contacts_book::{List, Sort};
use contacts_testing::{Engine, engine};
use futures_util::future::join_all;

use crate::sources::{converse, row, workspace};

/// 64 first events of one person by 8 connections at once; `spell` writes the identifier in the way of event `n`.
async fn one_person(engine: &Engine, field: &str, spell: impl Fn(usize) -> (String, String)) -> ContactId {
    let books: Vec<_> = (0..8).map(|_| engine.book_through(&contacts_testing::FaultInjector::default())).collect();
    let events: Vec<_> = (0..64).map(|n| (n, spell(n))).collect();
    let values = join_all(events.iter().map(|(n, (conversation, text))| {
        let book = &books[n % books.len()];
        async move { converse(book, conversation, *n as i64, &[(field, text)]).await }
    }));
    let mut ids = values.await;
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{field}: exactly one contact");
    assert_eq!(engine.audit().await, []);
    ids[0]
}

async fn count(engine: &Engine) -> usize {
    let list = List { sort: Sort::Recent, prefix: None, limit: 200, after: None };
    engine.book().list(&workspace(), &list).await.unwrap().unwrap().contacts.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_first_events_with_a_phone_in_different_spellings_make_one_contact() {
    let engine = engine().await;
    let spellings =
        ["+15551234567", "(555) 123-4567", "555.123.4567", "15551234567", "+1 555 123 4567", "1-555-123-4567"];
    one_person(&engine, "telephone", |n| (format!("c-{n}"), spellings[n % spellings.len()].to_owned())).await;
    assert_eq!(count(&engine).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_first_events_with_an_email_make_one_contact() {
    let engine = engine().await;
    let spellings = ["Ada@Example.com", "ada@example.com", " ada@EXAMPLE.com "];
    one_person(&engine, "email", |n| (format!("c-{n}"), spellings[n % spellings.len()].to_owned())).await;
    assert_eq!(count(&engine).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_first_events_with_a_handle_make_one_contact() {
    let engine = engine().await;
    one_person(&engine, "instagram", |n| (format!("c-{n}"), ["ada_l", "@Ada_L"][n % 2].to_owned())).await;
    assert_eq!(count(&engine).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_first_events_of_one_conversation_make_one_contact() {
    let engine = engine().await;
    one_person(&engine, "name", |n| ("c-1".to_owned(), format!("Ada {n}"))).await;
    assert_eq!(count(&engine).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_the_same_people_at_once_make_one_contact_each() {
    let engine = engine().await;
    let people: Vec<_> = (0..200).map(|n| (format!("mail-{n}@x.com"), format!("+1555123{n:04}"))).collect();
    let batches = (0..4).map(|batch| {
        let (book, import) = (engine.book(), ImportId::new());
        let rows: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(n, (email, phone))| {
                // Each batch goes its own way through the same people.
                let values: &[(&str, &str)] =
                    if (n + batch) % 3 == 0 { &[("email", email)] } else { &[("telephone", phone), ("email", email)] };
                row(import, n as u64 + 2, values)
            })
            .collect();
        async move {
            if batch < 2 {
                book.observe_all(&workspace(), &rows).await.unwrap().len()
            } else {
                book.observe_all_assuming_new(&workspace(), &rows).await.unwrap().0.len()
            }
        }
    });
    assert_eq!(join_all(batches).await, [200; 4]);
    assert_eq!(engine.audit().await, []);
    assert_eq!(count(&engine).await, 200);
}
