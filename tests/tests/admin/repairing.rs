//! What an audit finds is repaired where that is safe.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts_admin::{Repaired, repair};
use contacts_book::ContactBook;
use contacts_harness::ImportHarness;
use contacts_testing::Engine;
use conversation_upsert::UpsertError;

use crate::tenants::{event, fill, invoke};

/// Takes her address from a contact, and changes its place in an index, as a defect might: the claim of the address stays.
async fn stray(engine: &Engine, book: &ContactBook) {
    let ada = invoke(book, &event("acme", "s-1", &[("email", "stray@x.com"), ("name", "Ada")])).await.unwrap();
    let pk = AttributeValue::S(format!("W#acme#C#{}", ada.contact_id.unwrap()));
    let get = engine.client().get_item().table_name(engine.table()).consistent_read(true);
    let get = get.key("pk", pk).key("sk", AttributeValue::S("CONTACT".to_owned()));
    let mut item = get.send().await.unwrap().item.unwrap();
    let Some(AttributeValue::M(values)) = item.get_mut("values") else { panic!("{item:?}") };
    values.remove("email").unwrap();
    item.remove("email");
    item.insert("name_key".to_owned(), AttributeValue::S("somebody".to_owned()));
    engine.client().put_item().table_name(engine.table()).set_item(Some(item)).send().await.unwrap();
}

#[tokio::test]
async fn a_claim_that_no_contact_lists_is_removed_and_its_address_is_free_again() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    let (engine, book) = (&harness.engine, harness.book().with_retry_limit(std::time::Duration::from_millis(50)));
    stray(engine, &book).await;
    let next_event = event("acme", "s-2", &[("email", "stray@x.com")]);
    assert!(matches!(invoke(&book, &next_event).await, Err(UpsertError::Unavailable(_))), "it blocks its address");

    let audited = book.audit().await.unwrap();
    let texts: Vec<String> = audited.violations.iter().map(ToString::to_string).collect();
    assert!(texts.iter().any(|text| text.contains("which does not list it")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("its index attributes do not match")), "{texts:?}");
    assert_eq!((texts.len(), audited.strays.len()), (2, 1), "{texts:?}");
    assert_eq!(repair(&book, &audited).await.unwrap(), Repaired { indexed: 1, released: 1 });
    assert_eq!(book.audit().await.unwrap().violations, []);
    assert_eq!(repair(&book, &audited).await.unwrap(), Repaired { indexed: 0, released: 0 }, "it may be repeated");
    assert_eq!(invoke(&book, &next_event).await.unwrap().outcome, "created");
}

#[tokio::test]
async fn a_claim_whose_contact_was_written_since_stays() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    let book = harness.book();
    stray(&harness.engine, &book).await;
    let audited = book.audit().await.unwrap();
    // Another value, by the conversation that names the contact.
    invoke(&book, &event("acme", "s-1", &[("slack", "U00009")])).await.unwrap();
    assert_eq!(repair(&book, &audited).await.unwrap().released, 0);
    let audited = book.audit().await.unwrap();
    assert_eq!(repair(&book, &audited).await.unwrap().released, 1);
}
