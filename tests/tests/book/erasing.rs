//! Erasures: what remains of a person in the table, and who is kept out afterwards.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use contacts::{
    Caller, ContactId, ConversationId, Country, EditRefused, Field, ImportId, Outcome, Patch, Request, Settings, time,
};
use contacts_book::{ContactBook, ContactChange, Found, Import, Rehearsal};
use contacts_testing::{ByHand as _, Engine, Fault, FaultInjector, each_request, engine, person};
use jiff::Timestamp;

use crate::sources::{contact, converse_on, event_on, form, invoke, row, settings, workspace};

/// What names the person, in any form.
const TRACES: [&str; 9] = [
    "Lovelace",
    "ada.lovelace@example.com",
    "countess@example.com",
    "5551234567",
    "5559990000",
    "U0ADA0001",
    "wa-15551234567",
    "chat-of-ada",
    "taken-from-ada",
];

type Item = HashMap<String, AttributeValue>;

/// The texts of [`TRACES`] that are in some items, also in Base64 and in any case.
fn traces_in(items: &[Item]) -> Vec<&'static str> {
    let text = format!("{items:?}").to_lowercase();
    let is_in = |trace: &str| {
        text.contains(&trace.to_lowercase()) || text.contains(&STANDARD_NO_PAD.encode(trace).to_lowercase())
    };
    TRACES.into_iter().filter(|trace| is_in(trace)).collect()
}

/// The changes of contacts between two states of the table, as a stream would report them.
fn changes(before: &[Item], after: &[Item]) -> Vec<ContactChange> {
    let key = |item: &Item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone());
    let by_key = |items: &[Item]| -> BTreeMap<_, Item> { items.iter().map(|item| (key(item), item.clone())).collect() };
    let (old, new) = (by_key(before), by_key(after));
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let changed = keys.into_iter().filter(|key| old.get(key) != new.get(key));
    changed.filter_map(|key| ContactChange::read(old.get(key), new.get(key)).unwrap()).collect()
}

async fn keep(book: &ContactBook, changes: &[ContactChange]) {
    book.keep_history(&changes.iter().map(|change| (change, 400)).collect::<Vec<_>>()).await.unwrap();
}

fn patch(field: &str, text: &str) -> Patch {
    let field = Field::parse(field).unwrap();
    let value = field.read(&text.into(), &settings()).unwrap();
    Patch { values: vec![(field, value)], ..Patch::default() }
}

/// Far more than an erasure takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// The people of the tests.
struct Story {
    ada: ContactId,
    /// Joined into her.
    joined: ContactId,
    /// In conflict with her, and with values of hers that wait for a person.
    bob: ContactId,
    /// The table before the last change of hers.
    before: Vec<Item>,
}

/// A person with everything that a book can know of one, whose history is kept but for the last change.
async fn story(engine: &Engine) -> Story {
    let book = engine.book();
    let request = Request { key: "k-1".into(), fingerprint: "f".into() };
    let values = [
        ("name", "Ada Lovelace"),
        ("email", "ada.lovelace@example.com"),
        ("slack", "U0ADA0001"),
        ("telephone", "+15559990000"),
    ];
    let ada = book.add(&workspace(), &form(&values), Some(&request)).await.unwrap().unwrap().id;
    let mut items = engine.items().await;
    keep(&book, &changes(&[], &items)).await;
    book.change(&workspace(), ada, None, &patch("email", "countess@example.com")).await.unwrap().unwrap();
    let now = time::now().as_second() - crate::sources::at(0).as_second();
    let whatsapp = ("whatsapp", "+15551234567");
    let joined = converse_on(&book, "whatsapp", "wa-15551234567", now - 300, &[whatsapp]).await;
    let both = [whatsapp, ("email", "countess@example.com")];
    converse_on(&book, "whatsapp", "chat-of-ada", now - 200, &both).await;
    converse_on(&book, "whatsapp", "taken-from-ada", now - 100, &[whatsapp, ("name", "Countess Lovelace")]).await;
    let survivor = contact_by_email(&book).await;
    for step in [None, Some(ConversationId::parse("taken-from-ada").unwrap())] {
        if let Some(taken) = step {
            book.unlink(&workspace(), survivor, &taken, &person()).await.unwrap().unwrap();
        }
        let after = engine.items().await;
        keep(&book, &changes(&items, &after)).await;
        items = after;
    }

    let bob = converse_on(&book, "telephone", "c-bob", now - 20, &[("telephone", "+15557654321")]).await;
    let stated = [("telephone", "+15557654321"), ("email", "countess@example.com"), ("name", "Ada Lovelace")];
    converse_on(&book, "web_chat", "c-both", now - 10, &stated).await;
    let import = Import::new(ImportId::new(), "ada-lovelace.csv", Country::US, time::now());
    book.create_import(&workspace(), &import, &person()).await.unwrap();
    let after = engine.items().await;
    keep(&book, &changes(&items, &after)).await;
    book.change(&workspace(), survivor, None, &patch("name", "Lady Lovelace")).await.unwrap().unwrap();
    let other = if survivor == ada { joined } else { ada };
    Story { ada: survivor, joined: other, bob, before: after }
}

async fn contact_by_email(book: &ContactBook) -> ContactId {
    let email = contacts::Identifier::Email("countess@example.com".into());
    book.contact_by(&workspace(), &email).await.unwrap().1.unwrap().id
}

#[tokio::test]
async fn what_was_deleted_of_the_person_before_is_erased_too() {
    let engine = engine().await;
    let book = engine.book();
    let Story { ada, .. } = story(&engine).await;
    book.delete(&workspace(), ada, None, &person()).await.unwrap().unwrap();
    // Later than the deletion.
    let soon = time::now().as_second() - crate::sources::at(0).as_second() + 1;
    let email = ("email", "countess@example.com");
    let anew = converse_on(&book, "web_chat", "c-anew", soon, &[email, ("name", "Ada Lovelace")]).await;
    assert_ne!(anew, ada);
    book.erase(&workspace(), anew, &person()).await.unwrap().unwrap();
    let left = engine.items().await;
    assert_eq!(traces_in(&left), [""; 0], "{left:#?}");
    assert_eq!(engine.audit().await, []);
    assert!(matches!(book.restore(&workspace(), ada, &person()).await.unwrap(), Err(EditRefused::NotFound)));
}

#[tokio::test]
async fn two_that_had_each_other_s_identifiers_are_erased_together() {
    let engine = engine().await;
    let book = engine.book();
    let (email, line, slack) =
        (("email", "countess@example.com"), ("telephone", "+15551234567"), ("slack", "U0ADA0001"));
    // Later than each deletion.
    let soon = || time::now().as_second() - crate::sources::at(0).as_second() + 1;
    let first = converse_on(&book, "web_chat", "c-1", soon() - 300, &[email, line, slack]).await;
    book.delete(&workspace(), first, None, &person()).await.unwrap().unwrap();
    let second = converse_on(&book, "web_chat", "c-2", soon(), &[line, slack]).await;
    book.restore(&workspace(), first, &person()).await.unwrap().unwrap();
    book.delete(&workspace(), second, None, &person()).await.unwrap().unwrap();
    assert_eq!(converse_on(&book, "web_chat", "c-3", soon(), &[email, line]).await, first);
    // The second has what the first had, and the first what the second had.
    let workspace = workspace();
    let erased = tokio::time::timeout(LIMIT, book.erase(&workspace, first, &person())).await;
    erased.expect("it ends").unwrap().unwrap();
    let left = engine.items().await;
    assert_eq!(traces_in(&left), [""; 0], "{left:#?}");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn nothing_in_the_table_names_an_erased_person() {
    let engine = engine().await;
    let (book, story) = (engine.book(), story(&engine).await);
    let Story { ada, joined, bob, before } = story;
    assert_eq!(contact(&book, ada).await.joined, [joined]);
    assert!(!contact(&book, bob).await.conflicts.is_empty());
    let full = engine.items().await;
    assert_eq!(traces_in(&full), TRACES, "the test tells what it looks for");
    assert_eq!(engine.audit().await, []);

    assert_eq!(book.erase(&workspace(), joined, &person()).await.unwrap(), Err(EditRefused::Moved(ada)));
    let erased = book.erase(&workspace(), ada, &person()).await.unwrap().unwrap();
    let left = engine.items().await;
    assert_eq!(traces_in(&left), [""; 0], "{left:#?}");
    assert_eq!(engine.audit().await, []);
    for (id, found) in [(ada, Found::Deleted { restorable_until: None }), (joined, Found::Nothing)] {
        assert_eq!(book.contact(&workspace(), id).await.unwrap().1, found);
    }
    assert!(matches!(book.restore(&workspace(), ada, &person()).await.unwrap(), Err(EditRefused::NotFound)));
    assert_eq!(contact(&book, bob).await.conflicts, []);
    assert_eq!(book.erase(&workspace(), ada, &person()).await.unwrap(), Ok(erased), "it may be repeated");
    let nobody = book.erase(&workspace(), ContactId::new(), &person()).await.unwrap();
    assert_eq!(nobody, Err(EditRefused::NotFound));

    // The history follows late: what was not kept yet must not come back.
    let late = changes(&before, &full);
    let among = book.erased_among(&late.iter().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(among.into_iter().collect::<Vec<_>>(), [ada]);
    // The change was looked at before the erasure, and is written after it.
    keep(&book, &late).await;
    assert_ne!(traces_in(&engine.items().await), [""; 0]);
    for change in changes(&full, &left) {
        keep(&book, std::slice::from_ref(&change)).await;
        book.finish_forgetting(&change).await.unwrap();
    }
    let items = engine.items().await;
    assert_eq!(traces_in(&items), [""; 0], "{items:#?}");
    assert_eq!(engine.audit().await, []);
}

/// What a table has, by the kinds of its items.
fn summary(items: &[Item]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for item in items {
        let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
        let kind = pk.split('#').nth(2).unwrap_or_default();
        let is_entry = pk.split('#').count() > 3;
        *kinds.entry(format!("{kind} {is_entry} {}", sk.split(['#', '-']).next().unwrap().len())).or_default() += 1;
    }
    kinds
}

#[tokio::test]
async fn an_erasure_that_died_at_any_request_is_repeated_to_the_same_end() {
    let whole = engine().await;
    let Story { ada, .. } = story(&whole).await;
    whole.book().erase(&workspace(), ada, &person()).await.unwrap().unwrap();
    let expected = summary(&whole.items().await);
    for requests in each_request().step_by(2) {
        let engine = engine().await;
        let Story { ada, .. } = story(&engine).await;
        let faults = FaultInjector::default();
        faults.inject(move |request| (request.nth == requests).then_some(Fault::Kill));
        let book = engine.book_through(&faults);
        if faults.run_until_killed(book.erase(&workspace(), ada, &person())).await.is_some() {
            assert!(requests > 20, "{requests}");
            break;
        }
        assert!(matches!(
            engine.book().contact(&workspace(), ada).await.unwrap().1,
            Found::Live(_) | Found::Deleted { restorable_until: None }
        ));
        engine.book().erase(&workspace(), ada, &person()).await.unwrap().unwrap();
        let items = engine.items().await;
        assert_eq!(traces_in(&items), [""; 0], "after {requests} requests");
        assert_eq!(summary(&items), expected, "after {requests} requests");
        assert_eq!(engine.audit().await, []);
    }
}

#[tokio::test]
async fn late_events_and_old_files_bring_nobody_back_and_the_person_does() {
    let engine = engine().await;
    let Story { ada, .. } = story(&engine).await;
    let book = engine.book();
    // A process that has read the settings before, and one that writes people whom it takes for new unread.
    let other = engine.book();
    other.settings(&workspace()).await.unwrap();
    book.erase(&workspace(), ada, &person()).await.unwrap().unwrap();

    let known = [("email", "ada.lovelace@example.com"), ("name", "Ada Lovelace")];
    for channel in ["web_chat", "email"] {
        let answer = invoke(&book, &event_on(channel, "late", 0, &known)).await.unwrap();
        assert_eq!((answer.outcome, answer.contact_id), ("suppressed", None));
    }
    let rows = |email: &str| vec![row(ImportId::new(), 2, &[("email", email), ("name", "Ada Lovelace")])];
    for book in [&other, &book, &engine.book()] {
        for email in ["ada.lovelace@example.com", "countess@example.com"] {
            let (folded, _) = book.observe_all_assuming_new(&workspace(), &rows(email)).await.unwrap();
            assert_eq!(folded[0].outcome, Outcome::Erased);
            let rehearsed = book.rehearse_all(&workspace(), &mut Rehearsal::default(), &rows(email)).await.unwrap();
            assert_eq!(rehearsed[0].outcome, Outcome::Erased);
        }
    }
    assert_eq!(traces_in(&engine.items().await), [""; 0]);

    let later = 1_000_000_000;
    let anew = converse_on(&book, "whatsapp", "chat-of-ada", later, &[("whatsapp", "+15551234567")]).await;
    assert_ne!(anew, ada);
    let answer = invoke(&book, &event_on("whatsapp", "chat-of-ada", 0, &[("name", "Ada Lovelace")])).await.unwrap();
    assert_eq!(answer.outcome, "suppressed", "a late event also after that");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_erasure_is_repeated_in_a_table_that_was_restored_from_before_it() {
    let (current, restored) = (engine().await, engine().await);
    let Story { ada, bob, .. } = story(&current).await;
    let copy = async |items: Vec<Item>| {
        for item in items {
            let put = restored.client().put_item().table_name(restored.table()).set_item(Some(item));
            put.send().await.unwrap();
        }
    };
    copy(current.items().await).await;
    current.book().erase(&workspace(), ada, &person()).await.unwrap().unwrap();
    let first = restored.book().replay_erasures(&current.book()).await.unwrap();
    assert_eq!((first.erased, first.left), (1, vec![]));
    let items = restored.items().await;
    assert_eq!(traces_in(&items), [""; 0]);
    let entries = |items: &[Item]| {
        let is_of_ledger = |item: &&Item| item["pk"].as_s().unwrap().starts_with("W#acme#E#");
        let entries = items.iter().filter(is_of_ledger);
        entries.map(|item| (item["pk"].as_s().unwrap().clone(), item["erased_at"].clone())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(entries(&items), entries(&current.items().await), "the ledger is the same");
    assert!(entries(&items).len() > 5);
    assert_eq!(contact(&restored.book(), bob).await.conflicts, []);
    restored.book().replay_erasures(&current.book()).await.unwrap();
    assert_eq!(restored.audit().await, []);
}

#[tokio::test]
async fn a_workspace_without_a_ledger_keeps_nobody_out() {
    let engine = engine().await;
    let Story { ada, .. } = story(&engine).await;
    let book = engine.book();
    let none = |settings: &mut Settings| {
        settings.erasure_days = 0;
        Ok::<_, std::convert::Infallible>(())
    };
    book.change_settings(&workspace(), &Caller::system("test"), none).await.unwrap().unwrap();
    let erased = book.erase(&workspace(), ada, &person()).await.unwrap().unwrap();
    let settings = book.settings(&workspace()).await.unwrap();
    assert_eq!((settings.ledger, settings.last_erasure), (None, Some(erased.at)));
    let items = engine.items().await;
    assert!(!items.iter().any(|item| item["pk"].as_s().unwrap().starts_with("W#acme#E")));
    assert_eq!(traces_in(&items), [""; 0]);
    let row = row(ImportId::new(), 2, &[("email", "countess@example.com")]);
    assert_eq!(book.observe_all(&workspace(), &[row]).await.unwrap()[0].outcome, Outcome::Created);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_new_ledger_makes_claims_void_and_a_known_one_removes_them() {
    let engine = engine().await;
    let Story { ada, .. } = story(&engine).await;
    let book = engine.book();
    let claims = async |id: ContactId| {
        let is_theirs = |item: &Item| item.get("contact_id").is_some_and(|of| *of == AttributeValue::S(id.to_string()));
        let items = engine.items().await;
        let claims = items.into_iter().filter(|item| item["sk"].as_s().unwrap() == "CLAIM" && is_theirs(item));
        claims.map(|claim| claim.contains_key("expires_at")).collect::<Vec<_>>()
    };
    book.erase(&workspace(), ada, &person()).await.unwrap().unwrap();
    let void = claims(ada).await;
    assert!(!void.is_empty() && void.iter().all(|expires| *expires), "{void:?}");
    let old = |settings: &mut Settings| {
        settings.ledger.as_mut().unwrap().since = Timestamp::UNIX_EPOCH;
        Ok::<_, std::convert::Infallible>(())
    };
    book.change_settings(&workspace(), &Caller::system("test"), old).await.unwrap().unwrap();
    let eve = book.add(&workspace(), &form(&[("email", "eve@x.com")]), None).await.unwrap().unwrap().id;
    book.erase(&workspace(), eve, &person()).await.unwrap().unwrap();
    assert_eq!(claims(eve).await, [true; 0]);
}
