//! Deletions, and what they remove.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ConversationId, CreateRefused, EditRefused, Request};
use contacts_book::Found;
use contacts_testing::{ByHand as _, Fault, FaultInjector, engine, person};
use futures_util::future::join_all;

use crate::sources::{converse, workspace};

#[tokio::test]
async fn joined_contacts_links_and_joins_go_with_the_contact() {
    let engine = engine().await;
    let book = engine.book();
    let a = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    let b = converse(&book, "c-2", 10, &[("telephone", "+15551234567"), ("name", "Ada")]).await;
    converse(&book, "c-3", 100, &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await;
    for n in 0..30 {
        converse(&book, &format!("more-{n}"), 100, &[("email", "ada@x.com")]).await;
    }
    assert_eq!(book.delete(&workspace(), b, None, &person()).await.unwrap(), Err(EditRefused::Moved(a)));
    assert_eq!(book.delete(&workspace(), a, Some(1), &person()).await.unwrap(), Err(EditRefused::Stale(2)));
    book.delete(&workspace(), a, Some(2), &person()).await.unwrap().unwrap();
    for id in [a, b] {
        assert_eq!(book.contact(&workspace(), id).await.unwrap().1, Found::Nothing);
        assert_eq!(book.delete(&workspace(), id, None, &person()).await.unwrap(), Err(EditRefused::NotFound));
    }
    for conversation in ["c-1", "c-2", "c-3", "more-7"] {
        let id = ConversationId::parse(conversation).unwrap();
        assert_eq!(book.conversation(&workspace(), &id).await.unwrap(), None);
    }
    let left = engine.client().scan().table_name(engine.table()).send().await.unwrap();
    for item in left.items() {
        let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
        assert!(["CONTACT", "CLAIM"].contains(&sk.as_str()), "{pk} {sk} is left");
        assert!(item.contains_key("expires_at"), "{pk} stays for ever");
        let text = format!("{item:?}");
        assert!(!text.contains("Ada") && !text.contains("ada@x.com") && !text.contains("5551234567"), "{text}");
    }
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_interrupted_deletion_is_finished_by_the_next() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(std::time::Duration::from_millis(50));
    let a = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let b = converse(&book, "c-2", 10, &[("telephone", "+15551234567")]).await;
    converse(&book, "c-3", 100, &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await;
    faults.inject(|request| (request.operation == "BatchWriteItem").then_some(Fault::Throttled));
    assert!(book.delete(&workspace(), a, None, &person()).await.is_err());
    assert_eq!(book.contact(&workspace(), b).await.unwrap().1, Found::Nothing, "gone with the first write");
    let unfinished: Vec<String> = engine.audit().await.iter().map(ToString::to_string).collect();
    assert!(unfinished.contains(&format!("acme: contact {a}: its deletion is not finished")), "{unfinished:?}");
    faults.clear();
    assert_eq!(book.delete(&workspace(), a, None, &person()).await.unwrap(), Ok(()));
    assert_eq!(book.delete(&workspace(), a, None, &person()).await.unwrap(), Err(EditRefused::NotFound));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn looking_a_deleted_contact_up_finishes_its_deletion() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(std::time::Duration::from_millis(50));
    let id = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    faults.inject(|request| (request.operation == "BatchWriteItem").then_some(Fault::Throttled));
    assert!(book.delete(&workspace(), id, None, &person()).await.is_err());
    faults.clear();
    assert_eq!(book.contact(&workspace(), id).await.unwrap().1, Found::Nothing);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn the_kept_answer_of_a_request_goes_with_the_contact_also_when_that_was_joined() {
    let engine = engine().await;
    let book = engine.book();
    let older = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let request = Request { key: "k".into(), fingerprint: "f".into() };
    let form = crate::sources::form(&[("telephone", "+15551234567"), ("name", "Ada")]);
    let newer = book.add(&workspace(), &form, Some(&request)).await.unwrap().unwrap();
    let survivor = converse(&book, "c-2", 10, &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await;
    assert_eq!((survivor, newer.id == older), (older, false));
    book.delete(&workspace(), survivor, None, &person()).await.unwrap().unwrap();
    let again = book.add(&workspace(), &form, Some(&request)).await.unwrap();
    assert_eq!(again, Err(CreateRefused::Deleted));
    let left = format!("{:?}", engine.client().scan().table_name(engine.table()).send().await.unwrap().items());
    assert!(!left.contains("Ada") && !left.contains("5551234567"), "{left}");
}

#[tokio::test]
async fn an_identifier_of_a_deleted_contact_serves_a_newer_observation() {
    let engine = engine().await;
    let book = engine.book();
    let old = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    book.delete(&workspace(), old, None, &person()).await.unwrap().unwrap();
    let form = crate::sources::form(&[("email", "ada@x.com")]);
    let new = book.add(&workspace(), &form, None).await.unwrap().unwrap();
    assert_ne!(new.id, old);
    let later = (contacts::time::now().as_second() - crate::sources::at(0).as_second()) + 1;
    let conversation = converse(&book, "c-1", later, &[("email", "ada@x.com")]).await;
    assert_eq!(conversation, new.id);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn claims_that_have_expired_are_taken_over_by_one_contact_before_they_are_removed() {
    let engine = engine().await;
    let old = converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
    engine.book().delete(&workspace(), old, None, &person()).await.unwrap().unwrap();
    let left = engine.client().scan().table_name(engine.table()).send().await.unwrap();
    for item in left.items() {
        let update = engine.client().update_item().table_name(engine.table());
        let update = update.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
        let update = update.update_expression("SET expires_at = :past");
        update.expression_attribute_values(":past", AttributeValue::N("1".into())).send().await.unwrap();
    }
    // Older than the deletion, which has been forgotten.
    let books: Vec<_> = (0..8).map(|n| (engine.book(), format!("c-{n}"))).collect();
    let email = [("email", "ada@x.com")];
    let mut values = join_all(books.iter().map(|(book, conversation)| converse(book, conversation, 10, &email))).await;
    values.dedup();
    assert_eq!((values.len(), values[0] == old), (1, false));
    assert_eq!(engine.audit().await, []);
}
