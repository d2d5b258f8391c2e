//! Reading all contacts.

use std::collections::HashSet;
use std::time::Duration;

use contacts::{ContactId, Field, Name, Observation, Patch, Value};
use contacts_book::AllContacts;
use contacts_testing::{ByHand as _, Fault, FaultInjector, engine, person};

use crate::people::{conversation, create_contacts, workspace};

/// The rest of the contacts, and how many pages they came in.
async fn rest(all: &mut AllContacts) -> (Vec<ContactId>, usize) {
    let (mut ids, mut pages) = (Vec::new(), 0);
    while let Some(page) = all.next_page().await.unwrap() {
        assert!(!page.is_empty());
        ids.extend(page.iter().map(|contact| contact.id));
        pages += 1;
    }
    (ids, pages)
}

/// How many of the contacts each shard has.
fn shares(ids: &[ContactId], shards: u32) -> Vec<usize> {
    let mut shares = vec![0; shards as usize];
    for id in ids {
        let [.., a, b, c, d] = *id.as_bytes();
        shares[(u32::from_be_bytes([a, b, c, d]) % shards) as usize] += 1;
    }
    shares
}

#[tokio::test]
async fn shards_are_merged_in_order_for_a_query_a_page_of_each() {
    for shards in [1, 4, 64] {
        let engine = engine().await;
        let faults = FaultInjector::default();
        let book = engine.book_through(&faults);
        book.raise_index_shards(&workspace(), shards, &person()).await.unwrap();
        let ids = create_contacts(&book, &workspace(), 2_100).await;
        faults.take_counts();
        let mut all = book.all_contacts(&workspace()).await.unwrap();
        assert_eq!(all.settings().index_shards, shards);
        let (given, pages) = rest(&mut all).await;
        assert_eq!(given, ids, "{shards} shards");
        // Shards are read on together, not one after the other.
        assert!((2..40).contains(&pages), "{shards} shards: {pages} pages");
        let requests = faults.take_counts();
        // A full page may be the last one; only the next query shows it.
        let queries = shares(&ids, shards).iter().map(|share| share / (1_024 / shards as usize) + 1).sum();
        // The settings are read at both ends.
        assert_eq!(requests, [("BatchGetItem".to_owned(), 2), ("Query".to_owned(), queries)].into(), "{shards} shards");
        assert_eq!(all.next_page().await.unwrap(), None, "the end stays the end");
    }
}

#[tokio::test]
async fn a_contact_that_becomes_active_meanwhile_is_given_once() {
    for shards in [1, 4] {
        let engine = engine().await;
        let book = engine.book();
        book.raise_index_shards(&workspace(), shards, &person()).await.unwrap();
        let ids = create_contacts(&book, &workspace(), 2_100).await;
        let mut all = book.all_contacts(&workspace()).await.unwrap();
        let mut given: Vec<ContactId> = all.next_page().await.unwrap().unwrap().iter().map(|c| c.id).collect();
        let begun = given.len();
        assert!(begun < 1_500, "{begun}");
        // Of those that were given, of those that were read, and of those that were not; the last ones in between too.
        let active: Vec<ContactId> = ids.iter().copied().skip(3).step_by(100).collect();
        for (n, id) in active.iter().enumerate() {
            let mut seen: Observation = conversation(&format!("late-{n}"), 1_000_000 + n as i64, &[]);
            seen.contact = Some(*id);
            book.observe_all(&workspace(), &[seen]).await.unwrap();
        }
        given.extend(rest(&mut all).await.0);
        assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len(), "no duplicate");
        assert_eq!(given.iter().collect::<HashSet<_>>(), ids.iter().collect(), "no gap");
        let still: Vec<_> = given.iter().filter(|id| !active.contains(id)).collect();
        assert_eq!(still, ids.iter().filter(|id| !active.contains(id)).collect::<Vec<_>>(), "the others in order");
    }
}

#[tokio::test]
async fn contacts_that_move_to_new_shards_meanwhile_are_not_missed() {
    let engine = engine().await;
    let book = engine.book();
    let ids = create_contacts(&book, &workspace(), 2_000).await;
    let mut all = book.all_contacts(&workspace()).await.unwrap();
    let mut given: Vec<ContactId> = all.next_page().await.unwrap().unwrap().iter().map(|c| c.id).collect();
    book.raise_index_shards(&workspace(), 4, &person()).await.unwrap();
    for id in ids.iter().step_by(50) {
        let name = Value::Name(Name::parse("Renamed").unwrap());
        let patch = Patch { values: vec![(Field::Name, Some(name))], ..Patch::default() };
        book.change(&workspace(), *id, None, &patch).await.unwrap().unwrap();
    }
    given.extend(rest(&mut all).await.0);
    given.sort();
    let mut expected = ids;
    expected.sort();
    assert_eq!(given, expected);
}

#[tokio::test]
async fn contacts_made_meanwhile_come_last_and_deleted_ones_not_at_all() {
    let engine = engine().await;
    let book = engine.book();
    let ids = create_contacts(&book, &workspace(), 1_500).await;
    let mut all = book.all_contacts(&workspace()).await.unwrap();
    let begun = all.next_page().await.unwrap().unwrap().len();
    // The reading continues after the first of them.
    let deleted = [ids[begun - 1], ids[begun], ids[1_499]];
    for id in deleted {
        book.delete(&workspace(), id, None, &person()).await.unwrap().unwrap();
    }
    let new = book.observe_all(&workspace(), &[conversation("new", 1_000_000, &[("slack", "U00001")])]).await.unwrap();
    let (given, _) = rest(&mut all).await;
    let mut expected: Vec<ContactId> = ids[begun..].iter().copied().filter(|id| !deleted.contains(id)).collect();
    expected.extend(new[0].contact);
    assert_eq!(given, expected);
}

#[tokio::test]
async fn after_an_outage_the_reading_goes_on_where_it_stood() {
    let engine = engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults).with_retry_limit(Duration::from_millis(100));
    book.raise_index_shards(&workspace(), 4, &person()).await.unwrap();
    let ids = create_contacts(&book, &workspace(), 2_100).await;
    let mut all = book.all_contacts(&workspace()).await.unwrap();
    let mut given = Vec::new();
    let mut outages = 0;
    loop {
        // A short outage is waited out; then two more queries pass, and a long one begins.
        faults.inject(|request| {
            let down = request.operation == "Query" && !(5..7).contains(&request.nth_of_operation);
            down.then_some(Fault::Throttled)
        });
        match all.next_page().await {
            Ok(Some(page)) => given.extend(page.iter().map(|contact| contact.id)),
            Ok(None) => break,
            Err(error) => {
                assert!(error.is_temporary(), "{error:?}");
                outages += 1;
            }
        }
    }
    assert!(outages > 0);
    assert_eq!(given, ids);
}
