//! Conflicts: listed, dismissed, and checked on both of their contacts.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ContactId, Decision, EditRefused, Patch, Settlement};
use contacts_book::keys::CONFLICT_AT;
use contacts_book::{ContactBook, List, Sort};
use contacts_testing::{ByHand as _, Engine, FaultInjector, engine, person};
use futures_util::future::join_all;

use crate::sources::{contact, converse, workspace};

/// Two contacts that contradict each other, named by one observation.
async fn conflict(book: &ContactBook, n: i64) -> [ContactId; 2] {
    let (email, phone) = (format!("ada-{n}@x.com"), format!("+1555123000{n}"));
    let (email, phone) = (("email", &*email), ("telephone", &*phone));
    let ids = format!("U0000ADA{n} U0000BOB{n}");
    let (ada, bob) = ids.split_once(' ').unwrap();
    let a = converse(book, &format!("a-{n}"), n, &[email, ("slack", ada)]).await;
    let b = converse(book, &format!("b-{n}"), n, &[phone, ("slack", bob)]).await;
    converse(book, &format!("both-{n}"), n + 60, &[email, phone]).await;
    [a, b]
}

async fn listed(book: &ContactBook, limit: usize) -> Vec<ContactId> {
    let mut list = List { sort: Sort::Conflict, prefix: None, limit, after: None };
    let mut ids = Vec::new();
    loop {
        let page = book.list(&workspace(), &list).await.unwrap().unwrap();
        assert!(page.contacts.len() <= limit);
        assert!(page.contacts.iter().all(|contact| !contact.conflicts.is_empty()));
        ids.extend(page.contacts.iter().map(|contact| contact.id));
        list.after = page.next;
        if list.after.is_none() {
            return ids;
        }
    }
}

fn dismissal() -> Patch {
    Patch { dismiss_conflicts: true, ..Patch::default() }
}

#[tokio::test]
async fn contacts_in_conflict_are_listed_the_newest_conflict_first() {
    for shards in [1, 4] {
        let engine = engine().await;
        let book = engine.book();
        book.raise_index_shards(&workspace(), shards, &person()).await.unwrap();
        converse(&book, "other", 0, &[("email", "other@x.com")]).await;
        let mut pairs = Vec::new();
        for n in 0..4 {
            pairs.push(conflict(&book, n).await);
        }
        let all = listed(&book, 50).await;
        assert_eq!(all.len(), 8);
        for (place, pair) in pairs.iter().rev().enumerate() {
            let mut listed = all[2 * place..2 * place + 2].to_vec();
            listed.sort();
            assert_eq!(listed, *pair);
        }
        for limit in [1, 3] {
            assert_eq!(listed(&book, limit).await, all, "page by page");
        }
        // Of a conflict with a deleted contact nothing is left to settle.
        book.delete(&workspace(), pairs[0][0], None, &person()).await.unwrap().unwrap();
        book.change(&workspace(), pairs[1][1], None, &dismissal()).await.unwrap().unwrap();
        assert_eq!(listed(&book, 3).await, all[..4]);
        assert_eq!(engine.audit().await, []);
    }
}

#[tokio::test]
async fn dismissed_conflicts_leave_both_contacts() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let [a, b] = conflict(&book, 0).await;
    faults.take_counts();
    book.change(&workspace(), b, None, &dismissal()).await.unwrap().unwrap();
    let cost = BTreeMap::from([("BatchGetItem".to_owned(), 2), ("TransactWriteItems".to_owned(), 1)]);
    assert_eq!(faults.take_counts(), cost, "the other contact is read as well");
    for id in [a, b] {
        assert!(contact(&book, id).await.conflicts.is_empty());
    }
    assert_eq!(engine.audit().await, []);
}

/// Changes an item, and returns the violations that this makes.
async fn violations(
    engine: &Engine,
    id: ContactId,
    change: impl Fn(&mut BTreeMap<String, AttributeValue>),
) -> Vec<String> {
    let items = engine.items().await;
    let is_contact = |item: &&std::collections::HashMap<String, AttributeValue>| {
        item["pk"].as_s().unwrap().ends_with(&id.to_string()) && item["sk"].as_s().unwrap() == "CONTACT"
    };
    let read = items.iter().find(is_contact).unwrap().clone();
    let mut item: BTreeMap<_, _> = read.clone().into_iter().collect();
    change(&mut item);
    let put = |item| engine.client().put_item().table_name(engine.table()).set_item(Some(item)).send();
    put(item.into_iter().collect()).await.unwrap();
    let found = engine.audit().await.iter().map(ToString::to_string).collect();
    put(read).await.unwrap();
    assert_eq!(engine.audit().await, []);
    found
}

#[tokio::test]
async fn a_conflict_on_one_contact_only_is_found_out() {
    let engine = engine().await;
    let [a, b] = conflict(&engine.book(), 0).await;
    let found = violations(&engine, b, |item| {
        item.remove("conflicts");
        item.remove(CONFLICT_AT);
    });
    assert_eq!(found.await, [format!("acme: contact {a} has a conflict that contact {b} does not have")]);
    let found = violations(&engine, b, |item| {
        item.remove(CONFLICT_AT);
    });
    let found = found.await;
    assert!(
        found.len() == 1 && found[0].contains(&b.to_string()) && found[0].contains("index attributes"),
        "{found:?}"
    );
    // A contact that once had too many conflicts may have forgotten this one.
    let full_at = |at: i64| {
        violations(&engine, b, move |item| {
            item.remove("conflicts");
            item.remove(CONFLICT_AT);
            item.insert("conflicts_full_at".to_owned(), AttributeValue::N(at.to_string()));
        })
    };
    assert_eq!(full_at(contacts::time::now().as_millisecond()).await, [""; 0]);
    assert_eq!(full_at(0).await.len(), 1, "it had too many before");
    // An older build recorded conflicts on one contact.
    let found = violations(&engine, a, |item| {
        let Some(AttributeValue::L(conflicts)) = item.get_mut("conflicts") else { panic!("no conflicts") };
        let AttributeValue::M(conflict) = &mut conflicts[0] else { panic!("no conflict") };
        let other = conflict.clone();
        conflict.retain(|name, _| ["f", "contact_id", "at"].contains(&name.as_str()));
        conflict.insert("f".to_owned(), AttributeValue::S("email".to_owned()));
        conflicts.push(AttributeValue::M(other));
    });
    assert_eq!(found.await, [""; 0]);
}

#[tokio::test]
async fn a_claim_that_does_not_fit_how_the_contact_has_the_identifier_is_found_out() {
    let engine = engine().await;
    let id = converse(&engine.book(), "c-1", 0, &[("email", "ada@x.com")]).await;
    for (hold, kind) in
        [("shared", "a email that it shows as another contact's"), ("blocked", "a email that names nobody")]
    {
        let found = violations(&engine, id, |item| {
            let Some(AttributeValue::M(values)) = item.get_mut("values") else { panic!("no values") };
            let Some(AttributeValue::M(email)) = values.get_mut("email") else { panic!("no email") };
            email.insert("hold".to_owned(), AttributeValue::S(hold.to_owned()));
        })
        .await;
        assert!(found.contains(&format!("acme: contact {id} has the claim of {kind}")), "{found:?}");
        assert!(found.iter().any(|text| text.ends_with("which does not list it")), "{found:?}");
    }
    let found = violations(&engine, id, |item| {
        let Some(AttributeValue::M(values)) = item.get_mut("values") else { panic!("no values") };
        let Some(AttributeValue::M(email)) = values.get("email") else { panic!("no email") };
        let mut unconfirmed = email.clone();
        unconfirmed.insert("f".to_owned(), AttributeValue::S("email".to_owned()));
        item.insert("unconfirmed".to_owned(), AttributeValue::L(vec![AttributeValue::M(unconfirmed)]));
    });
    assert_eq!(found.await, [format!("acme: contact {id}: its email is unconfirmed, but stands in the field")]);
}

#[tokio::test]
async fn a_conflict_that_several_settle_at_once_is_settled_once() {
    let decisions = || {
        [Decision::SamePerson { keep: Vec::new() }, Decision::BelongsHere, Decision::DifferentPeople]
            .into_iter()
            .flat_map(|decision| [(0, decision.clone()), (1, decision)])
    };
    for round in 0..5 {
        let engine = engine().await;
        let book = engine.book();
        let pair = conflict(&book, round).await;
        let id = contact(&book, pair[0]).await.conflicts[0].id();
        // Both contacts talk meanwhile.
        let talk = (0..4).map(|n| {
            let (book, email) = (engine.book(), format!("ada-{round}@x.com"));
            async move { converse(&book, &format!("more-{n}"), 500 + n, &[("email", &email)]).await }
        });
        let settle = decisions().map(|(side, decision)| {
            let (book, conflict) = (engine.book(), id.clone());
            async move {
                let settlement = Settlement { conflict, decision, apply_withheld: false };
                book.settle(&workspace(), pair[side], &settlement, &person()).await.unwrap()
            }
        });
        let (_, settled) = tokio::join!(join_all(talk), join_all(settle));
        let done = settled.iter().filter(|result| result.is_ok()).count();
        let refused = |result: &Result<_, EditRefused>| {
            !matches!(result, Ok(_) | Err(EditRefused::NotFound | EditRefused::Moved(_)))
        };
        assert!(done == 1 && !settled.iter().any(refused), "{settled:?}");
        assert_eq!(listed(&book, 50).await, []);
        assert_eq!(engine.audit().await, []);
    }
}
