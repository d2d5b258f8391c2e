//! A book that an older build wrote gets the sort keys of newer indexes.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::{AttributeValue, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate};
use contacts::ContactId;
use contacts_book::Sort;
use contacts_book::keys::{FAMILY_KEY, NAME_INDEX, NAME_KEY, SCHEMA};
use contacts_book::schema::create_table;
use contacts_testing::{ByHand as _, Engine, Fault, FaultInjector, engine};

use crate::lists::pages;
use crate::sources::{form, workspace};

/// Adds people, and takes from their items what an older build did not write.
async fn older(engine: &Engine, count: usize) -> Vec<ContactId> {
    let book = engine.book();
    let mut ids = Vec::new();
    for n in 0..count {
        let name = format!("Ada Person{n}");
        ids.push(book.add(&workspace(), &form(&[("name", &name)]), None).await.unwrap().unwrap().id);
    }
    for id in &ids {
        update(engine, *id, "REMOVE name_key, family_key").await;
    }
    ids
}

async fn update(engine: &Engine, id: ContactId, expression: &str) {
    let update = engine.client().update_item().table_name(engine.table());
    let update = update.key("pk", AttributeValue::S(format!("W#acme#C#{id}")));
    let update = update.key("sk", AttributeValue::S("CONTACT".to_owned()));
    update.update_expression(expression).send().await.unwrap();
}

async fn found(engine: &Engine, prefix: &str) -> usize {
    pages(&engine.book(), Sort::Name, Some(prefix), 20, async |_| ()).await.len()
}

#[tokio::test]
async fn contacts_get_their_sort_keys_and_nothing_else_changes() {
    let engine = engine().await;
    let ids = older(&engine, 30).await;
    assert_eq!(found(&engine, "ada").await, 0);
    assert_eq!(engine.audit().await.len(), 30, "check says so");
    let before = engine.book().contact(&workspace(), ids[0]).await.unwrap();
    assert_eq!(engine.book().reindex(|_| ()).await.unwrap(), 30);
    assert_eq!((found(&engine, "ada").await, found(&engine, "person7").await), (30, 1));
    assert_eq!(engine.book().contact(&workspace(), ids[0]).await.unwrap(), before);
    assert_eq!(engine.book().reindex(|_| ()).await.unwrap(), 0, "nothing is left to do");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn it_may_be_interrupted_at_each_write_and_repeated() {
    let engine = engine().await;
    older(&engine, 12).await;
    let mut indexed = 0;
    for writes in 0..12 {
        let faults = FaultInjector::default();
        let book = engine.book_through(&faults).with_retry_limit(std::time::Duration::ZERO);
        let left = AtomicUsize::new(writes);
        faults.inject(move |request| {
            let fails = request.operation == "UpdateItem"
                && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
            fails.then_some(Fault::TimeoutBefore)
        });
        let interrupted = book.reindex(|_| ()).await.is_err();
        let now = found(&engine, "ada").await;
        assert!(now >= indexed && (interrupted || now == 12), "nothing is lost again: {indexed} {now}");
        indexed = now;
    }
    engine.book().reindex(|_| ()).await.unwrap();
    assert_eq!(found(&engine, "ada").await, 12);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn it_does_not_undo_what_others_write_meanwhile() {
    let engine = engine().await;
    let ids = older(&engine, 40).await;
    let book = engine.book();
    let name = |text: &str| {
        let name = contacts::Value::Name(contacts::Name::parse(text).unwrap());
        contacts::Patch { values: vec![(contacts::Field::Name, Some(name))], ..contacts::Patch::default() }
    };
    let renames = async {
        for id in &ids {
            book.change(&workspace(), *id, None, &name("Grace Hopper")).await.unwrap().unwrap();
        }
    };
    let (_, indexed) = tokio::join!(renames, book.reindex(|_| ()));
    indexed.unwrap();
    assert_eq!((found(&engine, "hopper").await, found(&engine, "ada").await), (40, 0));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_item_of_a_newer_format_is_left_alone() {
    let engine = engine().await;
    let ids = older(&engine, 2).await;
    let newer = "SET #schema = :newer";
    let update = engine.client().update_item().table_name(engine.table());
    let update = update.key("pk", AttributeValue::S(format!("W#acme#C#{}", ids[0])));
    let update = update.key("sk", AttributeValue::S("CONTACT".to_owned())).update_expression(newer);
    let update = update.expression_attribute_names("#schema", SCHEMA);
    update.expression_attribute_values(":newer", AttributeValue::N("99".to_owned())).send().await.unwrap();
    assert_eq!(engine.book().reindex(|_| ()).await.unwrap(), 1);
    let item = engine.client().get_item().table_name(engine.table());
    let item = item.key("pk", AttributeValue::S(format!("W#acme#C#{}", ids[0])));
    let item = item.key("sk", AttributeValue::S("CONTACT".to_owned())).send().await.unwrap().item.unwrap();
    assert!(!item.contains_key(NAME_KEY) && !item.contains_key(FAMILY_KEY));
}

#[tokio::test]
async fn a_table_without_the_index_has_everybody_in_it_once_it_is_created() {
    let engine = engine().await;
    older(&engine, 5).await;
    let delete = DeleteGlobalSecondaryIndexAction::builder().index_name(NAME_INDEX).build().unwrap();
    let update = GlobalSecondaryIndexUpdate::builder().delete(delete).build();
    let table = engine.client().update_table().table_name(engine.table()).global_secondary_index_updates(update);
    table.send().await.unwrap();
    create_table(engine.client(), engine.table()).await.unwrap();
    assert_eq!((found(&engine, "ada").await, found(&engine, "person4").await), (5, 1));
    assert_eq!(engine.audit().await, []);
}
