//! The history of contacts: the changes of the table become its entries.

use std::collections::BTreeSet;

use contacts::{Contact, ContactEvent, ContactId, Field, HistoryEntry, Name, Patch, Record, Value, apply, diff};
use contacts_book::{ContactBook, ContactChange};
use contacts_testing::{ByHand as _, Engine, engine, person};

use crate::sources::{contact, converse, workspace};

async fn entries(book: &ContactBook, id: ContactId, limit: usize) -> Vec<HistoryEntry> {
    let one = contact(book, id).await;
    let (mut entries, mut cursor) = (Vec::new(), None);
    loop {
        let page = book.history(&workspace(), &one, limit, cursor).await.unwrap();
        assert!(page.entries.len() <= limit && !page.entries.is_empty());
        entries.extend(page.entries.into_iter().map(|(entry, _)| entry));
        // A cursor goes through the text of a URL.
        cursor = page.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            return entries;
        }
    }
}

#[tokio::test]
async fn every_write_has_one_entry_and_pages_reach_all_of_them() {
    let engine = engine().await;
    let (book, mut before) = (engine.book(), Vec::new());
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    engine.keep_history(&mut before).await;
    let other = converse(&book, "c-2", 10, &[("telephone", "+15551234567"), ("slack", "U00001")]).await;
    engine.keep_history(&mut before).await;
    let name = Value::Name(Name::parse("Ada King").unwrap());
    let patch = Patch { values: vec![(Field::Name, Some(name))], ..Patch::default() };
    book.change(&workspace(), ada, None, &patch).await.unwrap().unwrap();
    engine.keep_history(&mut before).await;
    assert_eq!(converse(&book, "c-3", 100, &[("email", "ada@x.com"), ("telephone", "+15551234567")]).await, ada);
    engine.keep_history(&mut before).await;
    book.delete(&workspace(), ada, None, &person()).await.unwrap().unwrap();
    engine.keep_history(&mut before).await;
    book.restore(&workspace(), ada, &person()).await.unwrap().unwrap();
    engine.keep_history(&mut before).await;

    let all = entries(&book, ada, 50).await;
    let mut events: Vec<_> = all.iter().map(|entry| (entry.contact == ada, entry.version, entry.event)).collect();
    for limit in [1, 2, 3] {
        assert_eq!(entries(&book, ada, limit).await, all, "pages of {limit}");
    }
    events.retain(|(is_ada, ..)| *is_ada);
    let versions: Vec<_> = events.iter().map(|(_, version, event)| (*version, *event)).collect();
    use ContactEvent::{Created, Deleted, Joined, Restored, Updated};
    assert_eq!(versions, [(5, Restored), (4, Deleted), (3, Joined), (2, Updated), (1, Created)]);
    let theirs: Vec<_> = all.iter().filter(|entry| entry.contact == other).map(|entry| entry.event).collect();
    assert_eq!(theirs, [Joined, Created], "with what the joined contact had before");
    assert_eq!(engine.audit().await, [], "replayed, the history gives the contacts");

    let mut lost =
        engine.items().await.into_iter().find(|item| item["sk"].as_s().unwrap() == "H#000000000002").unwrap();
    lost.remove("after");
    engine.client().put_item().table_name(engine.table()).set_item(Some(lost)).send().await.unwrap();
    let found: Vec<String> = engine.audit().await.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|text| text.contains("its history, replayed, does not give the contact")), "{found:?}");
}

#[tokio::test]
async fn no_history_is_kept_for_no_days_and_other_items_have_none() {
    let engine = engine().await;
    let (book, before) = (engine.book(), Vec::new());
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    let (changes, items) = engine.changes_since(&before).await;
    assert_eq!((changes.len(), items.len()), (1, 4), "the contact, and not its claims and link");
    assert!(matches!(&changes[0].after, Some(Record::Live(contact)) if contact.id == ada));
    book.keep_history(&[(&changes[0], 0)]).await.unwrap();
    assert_eq!(engine.items().await.len(), items.len());
}

/// The contacts whose histories, each read whole, are complete and do not give the contact.
async fn contradicted(engine: &Engine) -> BTreeSet<ContactId> {
    let (book, mut found) = (engine.book(), BTreeSet::new());
    for item in engine.items().await {
        let Some(ContactChange { after: Some(record), .. }) = ContactChange::read(None, Some(&item)).unwrap() else {
            continue;
        };
        let stored = record.contact().unwrap();
        // Only its own: those of the contacts that were joined into it are listed with it otherwise.
        let alone = Contact { joined: Vec::new(), ..stored.clone() };
        let page = book.history(&workspace(), &alone, 1_000, None).await.unwrap();
        let mut entries: Vec<HistoryEntry> = page.entries.into_iter().map(|(entry, _)| entry).collect();
        entries.reverse();
        let is_complete = entries.iter().map(|entry| entry.version).eq(1..=record.version());
        let mut replayed = Contact::new(stored.id, stored.source.clone(), stored.created_at);
        entries.iter().for_each(|entry| apply(&mut replayed, &entry.changes));
        if is_complete && !diff(&replayed, stored).is_empty() {
            found.insert(stored.id);
        }
    }
    found
}

#[tokio::test]
async fn an_audit_that_replays_one_contact_at_a_time_finds_what_one_finds_that_reads_all_histories() {
    let engine = engine().await;
    let (book, mut before) = (engine.book(), Vec::new());
    for n in 0..30 {
        let (conversation, email) = (format!("c-{n}"), format!("person{n}@x.com"));
        for (seconds, name) in [(0, "Ada"), (100, "Ada K"), (200, "Ada King")].into_iter().take(1 + n % 3) {
            converse(&book, &conversation, seconds, &[("email", &email), ("name", name)]).await;
            engine.keep_history(&mut before).await;
        }
        if n % 5 == 4 {
            let other = format!("person{}@x.com", n - 1);
            converse(&book, &format!("j-{n}"), 300, &[("email", &email), ("telephone", "+15551234567")]).await;
            engine.keep_history(&mut before).await;
            let id = converse(&book, &format!("k-{n}"), 400, &[("email", &other)]).await;
            engine.keep_history(&mut before).await;
            book.delete(&workspace(), id, None, &person()).await.unwrap().unwrap();
            engine.keep_history(&mut before).await;
        }
    }
    assert_eq!((contradicted(&engine).await, engine.audit().await), (BTreeSet::new(), vec![]));

    // Of every third entry, what it changed is lost; every seventh is lost as a whole, so that its history is not complete.
    let entries = engine.items().await.into_iter().filter(|item| item["sk"].as_s().unwrap().starts_with("H#"));
    for (place, mut entry) in entries.enumerate() {
        if place % 7 == 0 {
            let delete = engine.client().delete_item().table_name(engine.table());
            delete.key("pk", entry["pk"].clone()).key("sk", entry["sk"].clone()).send().await.unwrap();
        } else if place % 3 == 0 {
            entry.remove("before");
            entry.remove("after");
            engine.client().put_item().table_name(engine.table()).set_item(Some(entry)).send().await.unwrap();
        }
    }
    let expected = contradicted(&engine).await;
    assert!(expected.len() > 3, "{}", expected.len());
    let texts = engine.audit().await.iter().map(ToString::to_string).collect::<Vec<_>>();
    let named = |text: &String| {
        let id =
            text.strip_prefix("acme: contact ")?.strip_suffix(": its history, replayed, does not give the contact")?;
        ContactId::parse(id).ok()
    };
    let found: BTreeSet<ContactId> = texts.iter().filter_map(named).collect();
    assert_eq!((&found, found.len()), (&expected, texts.len()), "{texts:?}");
    let scanned = engine.book().audit().await.unwrap().violations;
    assert_eq!(scanned.iter().filter_map(|violation| named(&violation.0)).collect::<BTreeSet<_>>(), expected);
}
