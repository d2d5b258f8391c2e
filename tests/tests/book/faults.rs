//! Lost answers.

use std::sync::atomic::{AtomicUsize, Ordering};

use contacts::{ConversationId, EditRefused, Field, Name, Patch, Request, Value};
use contacts_book::ContactBook;
use contacts_testing::{ByHand as _, Engine, Fault, FaultInjector, engine, person};

use crate::sources::{converse, event, form, invoke, workspace};

/// A book whose next `count` writes all meet the fault.
async fn failing(engine: &Engine, fault: Fault, count: usize) -> (ContactBook, FaultInjector) {
    let faults = FaultInjector::default();
    let left = AtomicUsize::new(count);
    let book = engine.book_through(&faults);
    faults.inject(move |request| {
        let writes = ["PutItem", "TransactWriteItems"].contains(&request.operation);
        let fails = writes && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        fails.then_some(fault)
    });
    (book, faults)
}

const LOST: [Fault; 2] = [Fault::TimeoutAfter, Fault::ErrorAfter];
const ALL: [Fault; 5] =
    [Fault::Throttled, Fault::TransactionConflict, Fault::TimeoutBefore, Fault::TimeoutAfter, Fault::ErrorAfter];

#[tokio::test]
async fn the_outcome_is_right_though_the_answer_was_lost() {
    for fault in ALL {
        // The SDK tries four times: 3 are its own affair, 6 are the book's.
        for count in [1, 3, 6] {
            let engine = engine().await;
            let (book, faults) = failing(&engine, fault, count).await;
            let answer = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap();
            assert_eq!(answer.outcome, "created", "{fault:?} {count}");
            faults.clear();
            let (book, _) = failing(&engine, fault, count).await;
            let answer = invoke(&book, &event("c-1", 0, &[("name", "Ada")])).await.unwrap();
            assert_eq!(answer.outcome, "updated", "{fault:?} {count}");
            assert_eq!(engine.audit().await, []);
        }
    }
}

#[tokio::test]
async fn a_contact_added_by_hand_does_not_conflict_with_its_own_lost_write() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let (book, _) = failing(&engine, fault, count).await;
            let request = Request { key: "k".into(), fingerprint: "f".into() };
            for request in [None, Some(&request)] {
                let email = format!("{}@x.com", request.is_some());
                let created = book.add(&workspace(), &form(&[("email", &email)]), request).await.unwrap();
                assert_eq!(created.unwrap().version, 1, "{fault:?} {count}");
            }
            assert_eq!(engine.audit().await, []);
        }
    }
}

#[tokio::test]
async fn a_contact_with_only_a_name_is_added_once() {
    for fault in LOST {
        let engine = engine().await;
        let (book, _) = failing(&engine, fault, 6).await;
        book.add(&workspace(), &form(&[("name", "Ada")]), None).await.unwrap().unwrap();
        let list = contacts_book::List { sort: contacts_book::Sort::Recent, prefix: None, limit: 10, after: None };
        assert_eq!(book.list(&workspace(), &list).await.unwrap().unwrap().contacts.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_definition_does_not_conflict_with_its_own_lost_write() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let key = contacts::CustomKey::parse("plan").unwrap();
            let field = contacts::CustomField::new(key.clone(), "Plan", contacts::CustomType::String).unwrap();
            let (book, _) = failing(&engine, fault, count).await;
            book.define_field(&workspace(), &field, &person()).await.unwrap().unwrap();
            let (book, _) = failing(&engine, fault, count).await;
            let settings = book.remove_field(&workspace(), &key, &person()).await.unwrap().unwrap();
            assert_eq!((settings.custom_fields.len(), settings.version), (0, 2), "{fault:?} {count}");
        }
    }
}

#[tokio::test]
async fn an_edit_is_not_stale_because_of_its_own_lost_write() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let id = converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
            let (book, _) = failing(&engine, fault, count).await;
            let name = |name: &str| Patch {
                values: vec![(Field::Name, Some(Value::Name(Name::parse(name).unwrap())))],
                ..Patch::default()
            };
            let edited = book.change(&workspace(), id, Some(1), &name("Ada")).await.unwrap().unwrap();
            assert_eq!(edited.version, 2);
            let stale = book.change(&workspace(), id, Some(1), &name("Bob")).await.unwrap();
            assert_eq!(stale, Err(EditRefused::Stale(2)));
        }
    }
}

#[tokio::test]
async fn a_conversation_is_not_linked_to_a_contact_that_is_deleted_meanwhile() {
    let engine = engine().await;
    let id = converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    // Between the reads and the write.
    faults.inject(|request| {
        let is_first_write = request.operation == "TransactWriteItems" && request.nth_of_operation == 0;
        is_first_write.then_some(Fault::Hold)
    });
    // The event changes no value of the contact: only the conversation is new.
    let event = event("c-2", 10, &[("email", "ada@x.com")]);
    let delete = async {
        faults.held().await;
        engine.book().delete(&workspace(), id, None, &person()).await.unwrap().unwrap();
        faults.release();
    };
    let (answer, ()) = tokio::join!(invoke(&book, &event), delete);
    let answer = answer.unwrap();
    assert_eq!((answer.outcome, answer.contact_id), ("suppressed", None));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_outage_ends_in_a_temporary_error_within_patience() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(std::time::Duration::from_millis(30));
    for fault in [Fault::Throttled, Fault::TimeoutBefore] {
        faults.inject(move |_| Some(fault));
        let error = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap_err();
        assert_eq!(lambda_runtime::Diagnostic::from(error).error_type, "Unavailable");
    }
    faults.inject(|request| (request.operation == "TransactWriteItems").then_some(Fault::TransactionConflict));
    let error = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap_err();
    let message = lambda_runtime::Diagnostic::from(error).error_message;
    let expected =
        "the event could not be folded yet; send it again: the contact is being changed by too many others at once";
    assert_eq!(message, expected);
}

#[tokio::test]
async fn a_conversation_is_unlinked_though_the_answer_was_lost() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let id = converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
            let (book, _) = failing(&engine, fault, count).await;
            let conversation = ConversationId::parse("c-1").unwrap();
            let unlinked = book.unlink(&workspace(), id, &conversation, &person()).await.unwrap();
            assert_eq!(unlinked, Ok(()), "{fault:?} {count}");
            assert_eq!(engine.audit().await, []);
        }
    }
}
