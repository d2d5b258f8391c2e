//! `diff` lists everything that a write changes: applied to the state before, it gives the state after.

use std::collections::BTreeMap;

use contacts::{Contact, ContactId, apply, diff};
use proptest::prelude::*;

use crate::book::{Book, any_value, event, patch};

/// Something that happens to a book.
#[derive(Debug, Clone)]
enum Act {
    /// An event of the conversation with this number.
    Event { conversation: u8, seconds: i64, values: Vec<(&'static str, String)> },
    /// An edit of one of the live contacts.
    Edit { contact: usize, seconds: i64, values: Vec<(&'static str, Option<String>)> },
}

fn act() -> impl Strategy<Value = Act> {
    let event = (0..3u8, 0..500i64, prop::collection::vec(any_value(), 0..4));
    let set = prop::collection::vec((any_value(), any::<bool>()), 1..3);
    prop_oneof![
        4 => event.prop_map(|(conversation, seconds, values)| Act::Event { conversation, seconds, values }),
        1 => (0..4usize, 0..500i64, set).prop_map(|(contact, seconds, values)| {
            let values: BTreeMap<&str, Option<String>> =
                values.into_iter().map(|((field, text), clears)| (field, (!clears).then_some(text))).collect();
            Act::Edit { contact, seconds, values: values.into_iter().collect() }
        }),
    ]
}

fn perform(book: &mut Book, act: &Act) {
    match act {
        Act::Event { conversation, seconds, values } => {
            let values: Vec<(&str, &str)> = values.iter().map(|(field, text)| (*field, text.as_str())).collect();
            book.observe(&event(&format!("c-{conversation}"), *seconds, &values));
        }
        Act::Edit { contact, seconds, values } => {
            let live: Vec<ContactId> = book.live().map(|contact| contact.id).collect();
            let Some(id) = live.get(contact % live.len().max(1)) else { return };
            let values: Vec<(&str, Option<&str>)> =
                values.iter().map(|(field, text)| (*field, text.as_deref())).collect();
            // A refused edit changes nothing, which is a case, too.
            let _ = book.edit(*id, *seconds, &patch(&values));
        }
    }
}

/// The contacts of a book, those joined into others included.
fn contacts(book: &Book) -> BTreeMap<ContactId, Contact> {
    book.records.iter().filter_map(|(id, record)| Some((*id, record.contact()?.clone()))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn the_diff_of_any_write_gives_the_state_after_it(acts in prop::collection::vec(act(), 1..12)) {
        let mut book = Book::default();
        for act in &acts {
            let before = contacts(&book);
            perform(&mut book, act);
            for (id, after) in contacts(&book) {
                let blank = Contact::new(id, after.source.clone(), after.created_at);
                let before = before.get(&id).unwrap_or(&blank);
                let changes = diff(before, &after);
                let mut replayed = before.clone();
                apply(&mut replayed, &changes);
                // What every write changes, and no change lists.
                replayed.version = after.version;
                replayed.updated_at = after.updated_at;
                replayed.cause.clone_from(&after.cause);
                prop_assert_eq!(&replayed, &after, "{:?}", act);
                prop_assert_eq!(diff(&after, &after), []);
                if after.version == before.version {
                    prop_assert_eq!(changes, [], "nothing was written, so nothing changed");
                }
            }
        }
    }
}
