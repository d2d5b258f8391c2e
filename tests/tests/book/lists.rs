//! Pages of lists.

use std::collections::{BTreeSet, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{ContactId, ConversationChannel, ConversationId, ConversationInfo, Field, ImportId, Observation, time};
use contacts_book::{ContactBook, Cursor, CursorError, List, Sort};
use contacts_testing::{Engine, engine};

use crate::sources::{at, converse, row, settings, workspace};

/// Contacts that were all last seen at one moment.
async fn people(engine: &Engine, count: usize, shards: u32) -> (ContactBook, BTreeSet<ContactId>) {
    let book = engine.book();
    // Half of them are written before the shards are raised: they stay where they are.
    let mut ids = BTreeSet::new();
    for (half, shards) in [(0..count / 2, 1), (count / 2..count, shards)] {
        book.raise_index_shards(&workspace(), shards, &contacts_testing::person()).await.unwrap();
        let seen: Vec<Observation> = half.map(person).collect();
        let folded = book.observe_all(&workspace(), &seen).await.unwrap();
        ids.extend(folded.into_iter().filter_map(|folded| folded.contact));
    }
    assert_eq!(ids.len(), count);
    (book, ids)
}

fn person(n: usize) -> Observation {
    let id = ConversationId::parse(&format!("c-{n}")).unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::Sms, assistant_id: "a".into() };
    let mut seen = Observation::of_conversation(info, at(0), time::now());
    for (name, text) in [("telephone", format!("+1555123{n:04}")), ("email", format!("mail-{:04}@x.com", n))] {
        let field = Field::parse(name).unwrap();
        let value = field.read(&text.as_str().into(), &settings()).unwrap().unwrap();
        seen.add(field, value).unwrap();
    }
    seen
}

/// All pages, one after the other; `between` is called after each.
pub(crate) async fn pages(
    book: &ContactBook,
    sort: Sort,
    prefix: Option<&str>,
    limit: usize,
    mut between: impl AsyncFnMut(&[ContactId]),
) -> Vec<ContactId> {
    let mut all = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let list = List { sort, prefix: prefix.map(str::to_owned), limit, after };
        let page = book.list(&workspace(), &list).await.unwrap().unwrap();
        assert!(page.contacts.len() <= limit);
        let ids: Vec<ContactId> = page.contacts.iter().map(|contact| contact.id).collect();
        between(&ids).await;
        all.extend(ids);
        // As text, as a client sends it back.
        after = page.next.map(|cursor| Cursor::parse(&cursor.to_string()).unwrap());
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn those_who_talked_are_found_among_thousands_who_did_not() {
    let engine = engine().await;
    let book = engine.book().with_index_shards(3);
    let talked = [
        converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await,
        converse(&book, "c-2", 500, &[("email", "bob@x.com")]).await,
    ];
    let import = ImportId::new();
    let rows: Vec<_> = (0..2_000).map(|n| row(import, n + 2, &[("email", &format!("mail-{n}@x.com"))])).collect();
    book.observe_all_assuming_new(&workspace(), &rows).await.unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let list = List { sort: Sort::Talked, prefix: None, limit: 1, after };
        let page = book.list(&workspace(), &list).await.unwrap().unwrap();
        found.extend(page.contacts.iter().map(|contact| contact.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [talked[1], talked[0]]);
}

#[tokio::test]
async fn a_thousand_contacts_with_equal_sort_values_are_paged_without_a_duplicate_or_a_gap() {
    for shards in [1, 4] {
        let engine = engine().await;
        let (book, ids) = people(&engine, 1_000, shards).await;
        for limit in [37, 50, 200] {
            let listed = pages(&book, Sort::Recent, None, limit, async |_| ()).await;
            let in_order: Vec<_> = ids.iter().rev().copied().collect();
            assert_eq!(listed, in_order, "{shards} shards, pages of {limit}");
        }
        for sort in [Sort::Phone, Sort::Email] {
            let listed = pages(&book, sort, None, 64, async |_| ()).await;
            assert_eq!(listed.len(), 1_000);
            assert_eq!(listed.iter().collect::<HashSet<_>>().len(), 1_000);
        }
        assert_eq!(engine.audit().await, []);
    }
}

#[tokio::test]
async fn deletions_between_pages_neither_repeat_nor_skip_others() {
    for (shards, sort) in [(1, Sort::Recent), (4, Sort::Recent), (1, Sort::Phone), (4, Sort::Email)] {
        let engine = engine().await;
        let (book, ids) = people(&engine, 500, shards).await;
        let mut deleted = HashSet::new();
        let mut rest: Vec<ContactId> = ids.iter().copied().collect();
        fastrand::Rng::with_seed(7).shuffle(&mut rest);
        let listed = pages(&book, sort, None, 50, async |page| {
            // The last contact of the page, which the cursor names, and three others anywhere.
            for id in page.last().copied().into_iter().chain(rest.drain(..3)) {
                if deleted.insert(id) {
                    book.delete(&workspace(), id, None, &contacts_testing::person()).await.unwrap().unwrap();
                }
            }
        })
        .await;
        assert_eq!(listed.iter().collect::<HashSet<_>>().len(), listed.len(), "no duplicate");
        let missing: Vec<_> = ids.iter().filter(|id| !listed.contains(id) && !deleted.contains(id)).collect();
        assert!(missing.is_empty(), "{shards} shards, {sort:?}: {missing:?}");
        let mut again = pages(&book, sort, None, 100, async |_| ()).await;
        again.sort();
        assert_eq!(again, ids.iter().filter(|id| !deleted.contains(id)).copied().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn entries_of_an_index_with_one_sort_value_are_paged_too() {
    // An index that is behind can show one phone twice. Here a hundred contacts claim to have it.
    let engine = engine().await;
    let (book, ids) = people(&engine, 3, 1).await;
    let all = engine.client().scan().table_name(engine.table()).send().await.unwrap();
    let id = ids.first().unwrap().to_string();
    let original = all.items().iter().find(|item| item["pk"].as_s().unwrap().ends_with(&id)).unwrap();
    for n in 0..100 {
        let copy = ContactId::new().to_string();
        let mut item = original.clone();
        for (name, value) in [("pk", format!("W#acme#C#{copy}")), ("id", copy.clone()), ("recent", format!("2000#{n}"))]
        {
            item.insert(name.into(), AttributeValue::S(value));
        }
        engine.client().put_item().table_name(engine.table()).set_item(Some(item)).send().await.unwrap();
    }
    let listed = pages(&book, Sort::Phone, None, 7, async |_| ()).await;
    assert_eq!((listed.len(), listed.iter().collect::<HashSet<_>>().len()), (103, 103));
}

#[tokio::test]
async fn prefixes_lists_and_cursors_go_together() {
    let engine = engine().await;
    let (book, _) = people(&engine, 120, 4).await;
    converse(&book, "x", 0, &[("slack", "U00NOPHONE")]).await;
    for (sort, prefix, count) in [
        (Sort::Phone, "+1555123", 120),
        (Sort::Phone, "+155512301", 20),
        (Sort::Phone, "+15551230007", 1),
        (Sort::Phone, "+44", 0),
        (Sort::Email, "mail-", 120),
        (Sort::Email, "mail-011", 10),
    ] {
        let listed = pages(&book, sort, Some(prefix), 7, async |_| ()).await;
        assert_eq!(listed.len(), count, "{sort:?} {prefix}");
    }
    assert_eq!(pages(&book, Sort::Phone, None, 50, async |_| ()).await.len(), 120, "only those that have a phone");
    assert_eq!(pages(&book, Sort::Recent, None, 50, async |_| ()).await.len(), 121);
    let list = |sort, after| List { sort, prefix: None, limit: 5, after };
    let page = book.list(&workspace(), &list(Sort::Phone, None)).await.unwrap().unwrap();
    let refused = book.list(&workspace(), &list(Sort::Email, page.next)).await.unwrap();
    assert_eq!(refused.unwrap_err(), CursorError::OtherList);
}

#[tokio::test]
async fn the_last_active_come_first() {
    let engine = engine().await;
    let book = engine.book();
    let mut ids = Vec::new();
    for (n, seconds) in [300, 100, 200].into_iter().enumerate() {
        ids.push(converse(&book, &format!("c-{n}"), seconds, &[("slack", &format!("U{n:05}"))]).await);
    }
    assert_eq!(pages(&book, Sort::Recent, None, 2, async |_| ()).await, [ids[0], ids[2], ids[1]]);
    converse(&book, "c-1", 400, &[]).await;
    assert_eq!(pages(&book, Sort::Recent, None, 2, async |_| ()).await, [ids[1], ids[0], ids[2]]);
    let other = contacts::Workspace::parse("other").unwrap();
    let list = List { sort: Sort::Recent, prefix: None, limit: 10, after: None };
    assert!(book.list(&other, &list).await.unwrap().unwrap().contacts.is_empty(), "each workspace has its own");
}
