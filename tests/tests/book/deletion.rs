//! Deletions, what takes them back, and what is removed in the end.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ContactId, ConversationId, CreateRefused, EditRefused, Request, diff};
use contacts_book::{ContactBook, Found};
use contacts_testing::{ByHand as _, Fault, FaultInjector, engine, person};
use futures_util::future::join_all;

use crate::sources::{contact, converse, workspace};

/// Seconds after which an event is newer than every deletion of a test.
const LATER: i64 = 1_000_000_000;

/// A contact into which another was joined, with conversations of both.
async fn joined(book: &ContactBook) -> (ContactId, ContactId) {
    let a = converse(book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    let b = converse(book, "c-2", 10, &[("telephone", "+15551234567"), ("name", "Ada")]).await;
    converse(book, "c-3", 100, &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await;
    for n in 0..30 {
        converse(book, &format!("more-{n}"), 100, &[("email", "ada@x.com")]).await;
    }
    (a, b)
}

#[tokio::test]
async fn a_deleted_contact_is_found_nowhere_and_can_be_restored_with_everything() {
    let engine = engine().await;
    let book = engine.book();
    let (a, b) = joined(&book).await;
    assert_eq!(book.delete(&workspace(), b, None, &person()).await.unwrap(), Err(EditRefused::Moved(a)));
    assert_eq!(book.delete(&workspace(), a, Some(1), &person()).await.unwrap(), Err(EditRefused::Stale(2)));
    let before = contact(&book, a).await;
    book.delete(&workspace(), a, Some(2), &person()).await.unwrap().unwrap();
    for id in [a, b] {
        let Found::Deleted { restorable_until: Some(until) } = book.contact(&workspace(), id).await.unwrap().1 else {
            panic!("it can be restored")
        };
        let refused = EditRefused::Deleted { restorable_until: Some(until) };
        assert_eq!(book.delete(&workspace(), id, None, &person()).await.unwrap(), Err(refused));
    }
    for conversation in ["c-1", "c-2", "c-3", "more-7"] {
        let id = ConversationId::parse(conversation).unwrap();
        assert_eq!(book.conversation(&workspace(), &id).await.unwrap(), None);
    }
    assert_eq!(engine.audit().await, []);

    assert_eq!(book.restore(&workspace(), b, &person()).await.unwrap().err(), Some(EditRefused::Moved(a)));
    let restored = book.restore(&workspace(), a, &person()).await.unwrap().unwrap();
    assert_eq!((restored.contact.id, restored.left_with_others.len()), (a, 0));
    assert_eq!(diff(&before, &contact(&book, a).await), []);
    assert_eq!(book.contact(&workspace(), b).await.unwrap().1, Found::Moved(a));
    let conversations = book.conversations(&workspace(), &restored.contact, 50, None).await.unwrap().unwrap();
    assert_eq!(conversations.conversations.len(), 33);
    assert_eq!(book.restore(&workspace(), a, &person()).await.unwrap().unwrap().contact.version, 4, "nothing to do");
    let nobody = book.restore(&workspace(), ContactId::new(), &person()).await.unwrap();
    assert!(matches!(nobody, Err(EditRefused::NotFound)), "{nobody:?}");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn nothing_is_left_of_a_contact_whose_tombstone_has_expired() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(std::time::Duration::from_millis(50));
    let (a, _) = joined(&book).await;
    let request = Request { key: "k".into(), fingerprint: "f".into() };
    book.add(&workspace(), &crate::sources::form(&[("name", "Ada"), ("slack", "U00001")]), Some(&request))
        .await
        .unwrap()
        .unwrap();
    converse(&book, "c-4", 100, &[("email", "ada@x.com"), ("slack", "U00001")]).await;
    let deleted = contact(&book, a).await;
    assert_eq!(deleted.joined.len(), 2);
    book.delete(&workspace(), a, None, &person()).await.unwrap().unwrap();
    let other = converse(&book, "later", LATER, &[("telephone", "+15551234567")]).await;
    assert_ne!(other, a);
    let tombstone = engine.client().delete_item().table_name(engine.table());
    let key = |text: String| AttributeValue::S(text);
    tombstone.key("pk", key(format!("W#acme#C#{a}"))).key("sk", key("CONTACT".into())).send().await.unwrap();
    assert_eq!(book.restore(&workspace(), a, &person()).await.unwrap().err(), Some(EditRefused::NotFound));

    // It is repeated until it is done.
    faults.inject(|request| (request.operation == "BatchWriteItem").then_some(Fault::Throttled));
    assert!(book.remove_expired(&workspace(), &deleted).await.is_err());
    faults.clear();
    book.remove_expired(&workspace(), &deleted).await.unwrap();
    let left = engine.client().scan().table_name(engine.table()).send().await.unwrap();
    let others = ["SETTINGS".to_owned(), format!("W#acme#C#{other}")];
    for item in left.items() {
        let text = format!("{item:?}");
        assert!(!text.contains("Ada") && !text.contains("ada@x.com") && !text.contains("U00001"), "{text}");
        let theirs = item.get("contact_id").is_some_and(|id| id.as_s().unwrap() == &other.to_string());
        assert!(theirs || others.contains(item["pk"].as_s().unwrap()), "{text}");
    }
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_request_whose_contact_was_deleted_is_not_answered_also_when_that_was_joined() {
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
