//! Random concurrent histories with faults: whatever happens, the invariants hold.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use contacts::{ContactId, ConversationId, CreateRefused, EditRefused, IdentityMode, ImportId, Patch, Request};
use contacts_book::keys::{SCHEMA, SK};
use contacts_book::{ContactBook, Found};
use contacts_testing::{ByHand as _, Fault, FaultInjector, engine, person};
use conversation_upsert::UpsertError;
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::sources::{event_on, form, invoke, row, settings, workspace};

type Values = Vec<(&'static str, String)>;

#[derive(Debug, Clone)]
enum Act {
    Observe { conversation: u8, seconds: i64, values: Values },
    Import { rows: Vec<Values>, strangers: bool },
    Create { values: Values, request: Option<u8> },
    Edit { contact: prop::sample::Index, values: Values, cleared: Vec<&'static str>, dismisses: bool },
    Unlink { contact: prop::sample::Index, conversation: u8 },
    Delete { contact: prop::sample::Index },
    Restore { contact: prop::sample::Index },
}

/// Values of few people, so that the operations collide.
fn values() -> impl Strategy<Value = Values> {
    let one = prop_oneof![
        3 => "[a-e]".prop_map(|name| ("email", format!("{name}@x.com"))),
        3 => "[0-5]".prop_map(|digit| ("telephone", format!("+1555123456{digit}"))),
        1 => "[0-5]".prop_map(|digit| ("whatsapp", format!("+1555123456{digit}"))),
        1 => "U0000[0-2]".prop_map(|id| ("slack", id)),
        2 => "Ada King|Zeno Bloom|Carl Quist".prop_map(|name| ("name", name)),
    ];
    prop::collection::vec(one, 1..4)
}

fn act() -> impl Strategy<Value = Act> {
    let cleared = prop::sample::subsequence(vec!["telephone", "email", "slack", "name"], 0..3);
    prop_oneof![
        8 => (0..8u8, 0..500i64, values()).prop_map(|(conversation, seconds, values)| Act::Observe { conversation, seconds, values }),
        3 => (prop::collection::vec(values(), 1..6), any::<bool>()).prop_map(|(rows, strangers)| Act::Import { rows, strangers }),
        2 => (values(), prop::option::of(0..3u8)).prop_map(|(values, request)| Act::Create { values, request }),
        3 => (any::<prop::sample::Index>(), values(), cleared, any::<bool>())
            .prop_map(|(contact, values, cleared, dismisses)| Act::Edit { contact, values, cleared, dismisses }),
        1 => (any::<prop::sample::Index>(), 0..8u8).prop_map(|(contact, conversation)| Act::Unlink { contact, conversation }),
        1 => any::<prop::sample::Index>().prop_map(|contact| Act::Delete { contact }),
        1 => any::<prop::sample::Index>().prop_map(|contact| Act::Restore { contact }),
    ]
}

/// The acknowledged contacts and conversations, which must exist afterwards.
#[derive(Default)]
struct Seen {
    ids: Mutex<Vec<ContactId>>,
    /// The contacts into which the events of a conversation were folded. An event that proves an identifier may be about
    /// another contact than its conversation.
    conversations: Mutex<HashMap<String, HashSet<ContactId>>>,
    unlinked: Mutex<HashSet<String>>,
    deleted: AtomicBool,
}

impl Seen {
    fn some(&self, contact: prop::sample::Index) -> Option<ContactId> {
        let ids = self.ids.lock().unwrap();
        (!ids.is_empty()).then(|| *contact.get(&ids))
    }
}

async fn perform(book: &ContactBook, act: Act, seen: &Seen) {
    match act {
        Act::Observe { conversation, seconds, values } => {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            // Calls prove the first telephone, which the people of a household share.
            let channel = if conversation % 2 == 0 { "web_chat" } else { "telephone" };
            let conversation = format!("c-{conversation}");
            match invoke(book, &event_on(channel, &conversation, seconds, &values)).await {
                Ok(answer) => {
                    if let Some(id) = answer.contact_id {
                        let id = ContactId::parse(&id).unwrap();
                        seen.ids.lock().unwrap().push(id);
                        seen.conversations.lock().unwrap().entry(conversation).or_default().insert(id);
                    }
                }
                Err(UpsertError::Unavailable(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        Act::Import { rows, strangers } => {
            let import = ImportId::new();
            let rows: Vec<_> = (2..)
                .zip(&rows)
                .map(|(line, values)| {
                    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
                    row(import, line, &values)
                })
                .collect();
            let folded = if strangers {
                book.observe_all_assuming_new(&workspace(), &rows).await.map(|(folded, _)| folded)
            } else {
                book.observe_all(&workspace(), &rows).await
            };
            match folded {
                Ok(folded) => seen.ids.lock().unwrap().extend(folded.iter().filter_map(|folded| folded.contact)),
                Err(error) => assert!(error.is_temporary(), "{error:?}"),
            }
        }
        Act::Create { values, request } => {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let request = request.map(|key| Request { key: key.to_string(), fingerprint: format!("{values:?}") });
            match book.add(&workspace(), &form(&values), request.as_ref()).await {
                Ok(Ok(contact)) => seen.ids.lock().unwrap().push(contact.id),
                Ok(Err(CreateRefused::Nobody)) => panic!("it names somebody"),
                Ok(Err(_)) => {}
                Err(error) => assert!(error.is_temporary(), "{error:?}"),
            }
        }
        Act::Edit { contact, values, cleared, dismisses } => {
            let Some(id) = seen.some(contact) else { return };
            let mut patch = Patch { dismiss_conflicts: dismisses, ..Patch::default() };
            for (name, text) in &values {
                let field = contacts::Field::parse(name).unwrap();
                let value = field.read(&text.as_str().into(), &settings()).unwrap();
                if patch.values.iter().all(|(other, _)| *other != field) {
                    patch.values.push((field, value));
                }
            }
            for name in cleared {
                let field = contacts::Field::parse(name).unwrap();
                if patch.values.iter().all(|(other, _)| *other != field) {
                    patch.values.push((field, None));
                }
            }
            match book.change(&workspace(), id, None, &patch).await {
                Ok(
                    Ok(_)
                    | Err(
                        EditRefused::Known { .. }
                        | EditRefused::Moved(_)
                        | EditRefused::NotFound
                        | EditRefused::Deleted { .. },
                    ),
                ) => {}
                Ok(Err(EditRefused::Nobody)) => {}
                Ok(Err(refused)) => panic!("{refused:?}"),
                Err(error) => assert!(error.is_temporary(), "{error:?}"),
            }
        }
        Act::Unlink { contact, conversation } => {
            let Some(id) = seen.some(contact) else { return };
            let conversation = format!("c-{conversation}");
            seen.unlinked.lock().unwrap().insert(conversation.clone());
            let conversation = ConversationId::parse(&conversation).unwrap();
            match book.unlink(&workspace(), id, &conversation, &person()).await {
                Ok(Ok(()) | Err(EditRefused::Moved(_) | EditRefused::NotFound | EditRefused::Deleted { .. })) => {}
                Ok(Err(refused)) => panic!("{refused:?}"),
                Err(error) => assert!(error.is_temporary(), "{error:?}"),
            }
        }
        Act::Restore { contact } => {
            let Some(id) = seen.some(contact) else { return };
            match book.restore(&workspace(), id, &person()).await {
                Ok(Ok(_) | Err(EditRefused::NotFound | EditRefused::Moved(_))) => {}
                Ok(Err(refused)) => panic!("{refused:?}"),
                Err(error) => assert!(error.is_temporary(), "{error:?}"),
            }
        }
        Act::Delete { contact } => {
            let Some(id) = seen.some(contact) else { return };
            seen.deleted.store(true, Ordering::SeqCst);
            if let Err(error) = book.delete(&workspace(), id, None, &person()).await {
                assert!(error.is_temporary(), "{error:?}");
            }
        }
    }
}

async fn history(acts: Vec<Act>, identity: IdentityMode, seed: u64) {
    let engine = engine().await;
    let guard = |settings: &mut contacts::Settings| {
        settings.identity = identity;
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(_) = engine.book().change_settings(&workspace(), &person(), guard).await.unwrap();
    let rng = Mutex::new(fastrand::Rng::with_seed(seed));
    let faults = FaultInjector::default();
    faults.inject(move |_| {
        let mut rng = rng.lock().unwrap();
        let faults = [
            Fault::Throttled,
            Fault::TransactionConflict,
            Fault::TimeoutBefore,
            Fault::TimeoutAfter,
            Fault::ErrorAfter,
        ];
        (rng.f64() < 0.12).then(|| faults[rng.usize(..faults.len())])
    });
    let books: Vec<ContactBook> = (0..6).map(|_| engine.book_through(&faults)).collect();
    let seen = Seen::default();
    let mut lanes: Vec<Vec<Act>> = vec![Vec::new(); books.len()];
    for (n, act) in acts.into_iter().enumerate() {
        lanes[n % books.len()].push(act);
    }
    join_all(lanes.into_iter().zip(&books).map(|(lane, book)| {
        let seen = &seen;
        async move {
            for act in lane {
                perform(book, act, seen).await;
            }
        }
    }))
    .await;
    faults.clear();
    let book = engine.book();
    assert_eq!(engine.audit().await, []);
    for item in engine.items().await {
        let is_contact = item[SK].as_s().is_ok_and(|sk| sk == "CONTACT");
        assert!(!is_contact || item.contains_key("cause"), "{item:?}");
        assert!(item.contains_key(SCHEMA), "{item:?}");
    }
    // An event that is older than the deletion of its conversation's contact does not bring the conversation back.
    if seen.deleted.into_inner() {
        return;
    }
    let unlinked = seen.unlinked.into_inner().unwrap();
    let conversations = seen.conversations.into_inner().unwrap();
    for (conversation, ids) in conversations.into_iter().filter(|(conversation, _)| !unlinked.contains(conversation)) {
        let conversation = ConversationId::parse(&conversation).unwrap();
        let found = book.conversation(&workspace(), &conversation).await.unwrap().map(|found| found.contact);
        let mut now = HashSet::new();
        for id in ids {
            now.extend(match book.contact(&workspace(), id).await.unwrap().1 {
                Found::Live(_) => Some(id),
                Found::Moved(survivor) => Some(survivor),
                Found::Deleted { .. } | Found::Nothing => None,
            });
        }
        assert!(found.is_some_and(|found| now.contains(&found)), "{conversation:?} is lost");
    }
}

/// Runs this many random histories, one after the other.
fn histories(cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // A history that fails once may not fail again when it is shrunk: the whole of it is printed instead.
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() });
    runner
        .run(&(prop::collection::vec(act(), 10..90), any::<[bool; 2]>(), any::<u64>()), |(mut acts, flags, seed)| {
            let [deletes, is_guarded] = flags;
            acts.retain(|act| deletes || !matches!(act, Act::Delete { .. }));
            let identity = if is_guarded { IdentityMode::Guarded } else { IdentityMode::Open };
            runtime.block_on(history(acts, identity, seed));
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_history_breaks_an_invariant() {
    // Each history has an engine of its own, which works on one request at a time.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| histories(Config::default().cases / 10));
        }
    });
}
