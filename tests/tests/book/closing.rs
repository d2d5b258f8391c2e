//! A closed workspace: nothing is written to its book.

use contacts::{CustomField, CustomKey, CustomType, ExportId, Patch, time};
use contacts_book::{BookError, Export};
use contacts_testing::{ByHand as _, FaultInjector, engine, person};

use crate::sources::{contact, converse, event, form, invoke, workspace};

#[tokio::test]
async fn events_are_suppressed_everything_else_is_refused_and_reads_go_on() {
    let engine = engine().await;
    // A book that has read the settings before.
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let closed = engine.book().close_workspace(&workspace(), &person()).await.unwrap();
    assert!(closed.is_closed());
    let before = engine.items().await;

    faults.take_counts();
    for values in [[("email", "ada@x.com"), ("name", "Ada")], [("email", "bob@x.com"), ("name", "Bob")]] {
        let answer = invoke(&book, &event("c-2", 10, &values)).await.unwrap();
        assert_eq!((answer.outcome, answer.contact_id), ("suppressed", None));
    }
    let add = book.add(&workspace(), &form(&[("email", "carol@x.com")]), None).await;
    let change = book.change(&workspace(), ada, None, &Patch::default()).await;
    let delete = book.delete(&workspace(), ada, None, &person()).await;
    let restore = book.restore(&workspace(), ada, &person()).await;
    let field = CustomField::new(CustomKey::parse("plan").unwrap(), "Plan", CustomType::String).unwrap();
    let define = book.define_field(&workspace(), &field, &person()).await;
    let export = book.create_export(&workspace(), &Export::new(ExportId::new(), time::now()), &person()).await;
    for refused in
        [add.map(drop), change.map(drop), delete.map(drop), restore.map(drop), define.map(drop), export.map(drop)]
    {
        assert!(matches!(refused, Err(BookError::Closed)), "{refused:?}");
    }
    let counts = faults.take_counts();
    assert!(counts.keys().all(|operation| operation == "BatchGetItem"), "no request more than the reads: {counts:?}");
    assert_eq!(engine.items().await, before);
    assert_eq!(contact(&book, ada).await.id, ada);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_book_of_another_workspace_is_open() {
    let engine = engine().await;
    let closed = contacts::Workspace::parse("acme-2").unwrap();
    engine.book().close_workspace(&closed, &person()).await.unwrap();
    assert_eq!(engine.items().await.len(), 1, "the mark of one that had nothing");
    converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
    assert_eq!(engine.audit().await, []);
}
