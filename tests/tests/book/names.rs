//! Finding people by name and by the start of their phone, and reading everybody while the book changes.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contacts::{ContactId, Country, ImportId, text};
use contacts_book::{ContactBook, Sort};
use contacts_testing::{ByHand as _, engine, person};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::lists::pages;
use crate::sources::{event, form, invoke, row, workspace};

/// Adds people by file, in shards of which some were added later. Returns the name of each, which is that of its row.
async fn add(book: &ContactBook, names: &[String], shards: u32) -> BTreeMap<ContactId, String> {
    let import = ImportId::new();
    let mut people = BTreeMap::new();
    for (part, shards) in [(0..names.len() / 2, 1), (names.len() / 2..names.len(), shards)] {
        book.raise_index_shards(&workspace(), shards, &person()).await.unwrap();
        let rows = |n: usize| row(import, n as u64 + 2, &[("name", &names[n]), ("email", &format!("mail-{n}@x.com"))]);
        let rows: Vec<_> = part.clone().map(rows).collect();
        let folded = book.observe_all(&workspace(), &rows).await.unwrap();
        people.extend(part.zip(folded).map(|(n, folded)| (folded.contact.unwrap(), names[n].clone())));
    }
    people
}

async fn found(book: &ContactBook, prefix: &str, limit: usize) -> Vec<ContactId> {
    pages(book, Sort::Name, Some(prefix), limit, async |_| ()).await
}

#[tokio::test]
async fn people_are_found_by_first_and_last_name_accents_aside() {
    let engine = engine().await;
    let book = engine.book();
    let names = ["Ada Lovelace", "José Álvarez", "Øyvind Ada", "ADA ADAMS", "Adam", "山田 太郎"].map(str::to_owned);
    let people = add(&book, &names, 1).await;
    for (prefix, expected) in [
        ("ada", &["ADA ADAMS", "Ada Lovelace", "Øyvind Ada", "Adam"][..]),
        ("Ada  l", &["Ada Lovelace"]),
        ("LOVE", &["Ada Lovelace"]),
        ("lovelace a", &["Ada Lovelace"]),
        ("jose", &["José Álvarez"]),
        ("alvá", &["José Álvarez"]),
        ("山", &["山田 太郎"]),
        ("太郎", &["山田 太郎"]),
        ("ovelace", &[]),
    ] {
        let listed: Vec<&str> = found(&book, prefix, 2).await.iter().map(|id| people[id].as_str()).collect();
        assert_eq!(listed, expected, "{prefix}");
    }
    // A new name is found at once, the one before no more.
    let id = *people.iter().find(|(_, name)| *name == "Adam").unwrap().0;
    let name = contacts::Value::Name(contacts::Name::parse("Eve Bell").unwrap());
    let patch = contacts::Patch { values: vec![(contacts::Field::Name, Some(name))], ..contacts::Patch::default() };
    book.change(&workspace(), id, None, &patch).await.unwrap().unwrap();
    assert_eq!((found(&book, "bel", 5).await, found(&book, "adam", 5).await.len()), (vec![id], 1));
    assert_eq!(engine.audit().await, []);
}

#[test]
fn any_names_are_listed_once_each_in_order() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let word = "[abé]{1,2}|ß|👩‍💻|[a-b]{60}";
    let names = prop::collection::vec(prop::collection::vec(word, 1..4).prop_map(|words| words.join(" ")), 1..40);
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let case = (names, "[abé]{0,2}( [ab])?", 1..9usize, prop::sample::select(vec![1u32, 3]));
    TestRunner::new(config)
        .run(&case, |(names, prefix, limit, shards)| {
            runtime.block_on(async {
                let engine = engine().await;
                let book = engine.book();
                let people = add(&book, &names, shards).await;
                let sought = text::fold(&prefix);
                let is_found = |name: &str| {
                    let folded = text::fold(name);
                    let family = folded.rsplit_once(' ').map(|(given, family)| format!("{family} {given}"));
                    folded.starts_with(&sought) || family.is_some_and(|family| family.starts_with(&sought))
                };
                let expected: BTreeSet<_> =
                    people.iter().filter(|(_, name)| is_found(name)).map(|(id, _)| *id).collect();
                let listed = found(&book, &prefix, limit).await;
                prop_assert_eq!(listed.len(), expected.len());
                prop_assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);

                let all = pages(&book, Sort::Name, None, limit, async |_| ()).await;
                let keys: Vec<String> = all.iter().map(|id| text::fold(&people[id])).collect();
                prop_assert!(keys.is_sorted(), "{:?}", keys);
                prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), people.len());
                prop_assert_eq!(engine.audit().await, []);
                Ok(())
            })
        })
        .unwrap();
}

#[tokio::test]
async fn a_phone_is_found_as_it_is_dialled_at_home_and_from_abroad() {
    let engine = engine().await;
    let book = engine.book();
    book.set_default_country(&workspace(), Country::parse("DE").unwrap(), &person()).await.unwrap();
    for phone in ["+4917612345678", "+4930123456", "+17613456789"] {
        book.add(&workspace(), &form(&[("telephone", phone)]), None).await.unwrap().unwrap();
    }
    for (prefix, count) in [("0176", 1), ("176", 2), ("0049 176", 1), ("+49", 2), ("030/1", 1), ("9", 0), ("ada", 0)] {
        for limit in [1, 10] {
            assert_eq!(pages(&book, Sort::Phone, Some(prefix), limit, async |_| ()).await.len(), count, "{prefix}");
        }
    }
}

#[tokio::test]
async fn everybody_is_read_once_by_creation_whatever_happens_between_the_pages() {
    for shards in [1, 4] {
        let engine = engine().await;
        let book = engine.book();
        let names: Vec<String> = (0..300).map(|n| format!("Person {n}")).collect();
        let people = add(&book, &names, shards).await;
        let mut others: Vec<ContactId> = people.keys().copied().collect();
        let mut random = fastrand::Rng::with_seed(11);
        random.shuffle(&mut others);
        let (mut deleted, mut turn) = (HashSet::new(), 0);
        let listed = pages(&book, Sort::Created, None, 17, async |_| {
            turn += 1;
            // Somebody is deleted, some become active or are renamed, somebody is new, and shards are added.
            let gone = others.pop().unwrap();
            book.delete(&workspace(), gone, None, &person()).await.unwrap().unwrap();
            deleted.insert(gone);
            for n in 0..20 {
                let mail = format!("mail-{}@x.com", random.usize(0..300));
                let values = [("email", mail.as_str()), ("name", "Somebody Else")];
                invoke(&book, &event(&format!("c-{turn}-{n}"), turn, &values)).await.unwrap();
            }
            invoke(&book, &event(&format!("new-{turn}"), 0, &[("instagram", &format!("new.{turn}"))])).await.unwrap();
            book.raise_index_shards(&workspace(), shards + 1, &person()).await.unwrap();
        })
        .await;
        assert_eq!(listed.iter().collect::<HashSet<_>>().len(), listed.len(), "nobody twice");
        let missing: Vec<_> = people.keys().filter(|id| !listed.contains(id) && !deleted.contains(*id)).collect();
        assert_eq!(missing, Vec::<&ContactId>::new(), "{shards} shards");
        assert!(listed.is_sorted(), "the oldest first");
        assert_eq!(engine.audit().await, []);
    }
}
