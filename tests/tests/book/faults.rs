//! Answers that get lost.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use contacts::{EditRefused, Field, Name, Patch, Request, Value};
use contacts_book::ContactBook;
use contacts_testing::{ByHand as _, Engine, Fault, Wire, engine};

use crate::told::{event, form, invoke, tell, workspace};

/// A book whose next `count` writes all end so.
async fn failing(engine: &Engine, fault: Fault, count: usize) -> (ContactBook, Wire) {
    let wire = Wire::default();
    let left = AtomicUsize::new(count);
    let book = engine.book_by(&wire);
    wire.break_with(move |operation| {
        let writes = ["PutItem", "TransactWriteItems"].contains(&operation);
        let fails = writes && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        fails.then_some(fault)
    });
    (book, wire)
}

const LOST: [Fault; 2] = [Fault::TimeoutAfter, Fault::ErrorAfter];
const ALL: [Fault; 5] =
    [Fault::Throttled, Fault::TransactionConflict, Fault::TimeoutBefore, Fault::TimeoutAfter, Fault::ErrorAfter];

#[tokio::test]
async fn the_outcome_is_told_as_it_was_though_the_answer_was_lost() {
    for fault in ALL {
        // The SDK tries four times: 3 are its own affair, 6 are the book's.
        for count in [1, 3, 6] {
            let engine = engine().await;
            let (book, wire) = failing(&engine, fault, count).await;
            let answer = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap();
            assert_eq!(answer.outcome, "created", "{fault:?} {count}");
            wire.mend();
            let (book, _) = failing(&engine, fault, count).await;
            let answer = invoke(&book, &event("c-1", 0, &[("name", "Ada")])).await.unwrap();
            assert_eq!(answer.outcome, "updated", "{fault:?} {count}");
            assert_eq!(engine.audit().await, []);
        }
    }
}

#[tokio::test]
async fn a_contact_added_by_hand_is_not_told_to_exist_already() {
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
async fn a_contact_with_nothing_but_a_name_is_added_once() {
    for fault in LOST {
        let engine = engine().await;
        let (book, _) = failing(&engine, fault, 6).await;
        book.add(&workspace(), &form(&[("name", "Ada")]), None).await.unwrap().unwrap();
        let list = contacts_book::List { sort: contacts_book::Sort::Recent, prefix: None, limit: 10, after: None };
        assert_eq!(book.list(&workspace(), &list).await.unwrap().unwrap().contacts.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_definition_is_not_told_to_exist_already_or_to_be_gone() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let key = contacts::CustomKey::parse("plan").unwrap();
            let field = contacts::CustomField::new(key.clone(), "Plan", contacts::CustomType::String).unwrap();
            let (book, _) = failing(&engine, fault, count).await;
            book.define_field(&workspace(), &field, &contacts_testing::person()).await.unwrap().unwrap();
            let (book, _) = failing(&engine, fault, count).await;
            let settings = book.remove_field(&workspace(), &key, &contacts_testing::person()).await.unwrap().unwrap();
            assert_eq!((settings.custom_fields.len(), settings.version), (0, 2), "{fault:?} {count}");
        }
    }
}

#[tokio::test]
async fn an_edit_is_not_told_to_be_stale_by_itself() {
    for fault in LOST {
        for count in [1, 6] {
            let engine = engine().await;
            let id = tell(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
            let (book, _) = failing(&engine, fault, count).await;
            let name = |name: &str| Patch {
                values: vec![(Field::Name, Some(Value::Name(Name::parse(name).unwrap())))],
                dismiss_conflicts: false,
            };
            let edited = book.change(&workspace(), id, Some(1), &name("Ada")).await.unwrap().unwrap();
            assert_eq!(edited.version, 2);
            let stale = book.change(&workspace(), id, Some(1), &name("Bob")).await.unwrap();
            assert_eq!(stale, Err(EditRefused::Stale(2)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_not_linked_to_a_contact_that_is_deleted_meanwhile() {
    let engine = engine().await;
    let id = tell(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
    let wire = Wire::default();
    let book = engine.book_by(&wire);
    let (other, runtime) = (engine.book(), tokio::runtime::Handle::current());
    let deleted = AtomicBool::new(false);
    wire.break_with(move |operation| {
        // Between the reads and the write.
        if operation == "TransactWriteItems" && !deleted.swap(true, Ordering::SeqCst) {
            let (other, runtime) = (other.clone(), runtime.clone());
            let delete = move || {
                runtime.block_on(other.delete(&workspace(), id, None, &contacts_testing::person())).unwrap().unwrap()
            };
            std::thread::spawn(delete).join().unwrap();
        }
        None
    });
    // Nothing of the contact itself changes: only the conversation is new.
    let answer = invoke(&book, &event("c-2", 10, &[("email", "ada@x.com")])).await.unwrap();
    assert_eq!((answer.outcome, answer.contact_id), ("suppressed", None));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_outage_ends_in_a_temporary_error_within_patience() {
    let engine = engine().await;
    let wire = Wire::default();
    let book = engine.book_by(&wire).with_retry_limit(std::time::Duration::from_millis(30));
    for fault in [Fault::Throttled, Fault::TimeoutBefore] {
        wire.break_with(move |_| Some(fault));
        let error = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap_err();
        assert_eq!(lambda_runtime::Diagnostic::from(error).error_type, "Unavailable");
    }
    wire.break_with(|operation| (operation == "TransactWriteItems").then_some(Fault::TransactionConflict));
    let error = invoke(&book, &event("c-1", 0, &[("email", "ada@x.com")])).await.unwrap_err();
    let message = lambda_runtime::Diagnostic::from(error).error_message;
    let expected =
        "the event could not be folded yet; send it again: the contact is being changed by too many others at once";
    assert_eq!(message, expected);
}
