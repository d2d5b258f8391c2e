//! Random histories of a book: whatever conversations, files and people do.

use std::collections::{BTreeMap, BTreeSet};

use contacts::{
    Actor, Cause, Change, Contact, ContactId, ConversationChannel, Decision, Existing, IdentityMode, ImportId, Patch,
    Record, Settlement, diff,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::book::{Book, any_value, at, form, patch, person, row};
use crate::trust::on;

/// Something that happens to a book.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// An event of the conversation with this number.
    Event { channel: ConversationChannel, conversation: u8, seconds_late: i64, values: Vec<(&'static str, String)> },
    /// A row of a file of its own, which may name one of the live contacts by its id.
    Row { contact: Option<Index>, existing: Existing, values: Vec<(&'static str, String)> },
    /// A form.
    Form { values: Vec<(&'static str, String)> },
    /// An edit of one of the live contacts.
    Edit { contact: Index, values: BTreeMap<&'static str, Option<String>> },
    /// The conflicts, unconfirmed values or secondary identifiers of a contact are dismissed.
    Dismiss { contact: Index, conflicts: bool, unconfirmed: bool, also_known_by: bool },
    /// One of the conflicts is settled.
    Settle { conflict: Index, decision: u8, apply_withheld: bool },
    /// A conversation is taken from its contact.
    Unlink { conversation: Index },
    /// A join is taken back.
    UndoJoin { join: Index },
    /// A file is taken back.
    UndoFile { file: Index },
    /// A contact is deleted.
    Delete { contact: Index },
    /// A deleted contact is restored.
    Restore { contact: Index },
    /// A contact is erased.
    Erase { contact: Index },
    /// Whom the workspace believes is changed.
    Believe { mode: IdentityMode },
}

/// A value, of several people: their names may clearly differ, and some values name nobody.
fn value() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        8 => any_value(),
        1 => prop::sample::select(vec!["Bo Lindqvist", "Camila Fuentes"]).prop_map(|name| ("name", name.to_owned())),
        1 => prop::sample::select(vec!["telephone", "whatsapp"]).prop_map(|field| (field, "+19999999999".to_owned())),
    ]
}

pub(crate) fn values() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    prop::collection::vec(value(), 1..5)
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let channel = prop::sample::select(vec![
        ConversationChannel::WebChat,
        ConversationChannel::WebChat,
        ConversationChannel::Telephone,
        ConversationChannel::Whatsapp,
        ConversationChannel::Email,
        ConversationChannel::Slack,
    ]);
    let existing = prop_oneof![6 => Just(Existing::Update), 1 => Just(Existing::FillBlanks), 1 => Just(Existing::Skip)];
    let row = (prop::option::weighted(0.2, any::<Index>()), existing, values());
    let event = (channel, 0..4u8, 0..5i64, values());
    let edit = prop::collection::btree_map(
        prop::sample::select(vec!["name", "email", "telephone", "custom.plan"]),
        any::<bool>(),
        1..3,
    );
    let edit = (any::<Index>(), edit, any_value());
    prop_oneof![
        6 => event.prop_map(|(channel, conversation, seconds_late, values)| {
            Act::Event { channel, conversation, seconds_late, values }
        }),
        3 => row.prop_map(|(contact, existing, values)| Act::Row { contact, existing, values }),
        1 => values().prop_map(|values| Act::Form { values }),
        1 => (any::<Index>(), any::<[bool; 3]>()).prop_map(|(contact, [conflicts, unconfirmed, also_known_by])| {
            Act::Dismiss { contact, conflicts, unconfirmed, also_known_by }
        }),
        1 => edit.prop_map(|(contact, cleared, (field, text))| {
            let cleared = cleared.into_iter().filter(|(_, clears)| *clears).map(|(field, _)| (field, None));
            Act::Edit { contact, values: cleared.chain([(field, Some(text))]).collect() }
        }),
        2 => (any::<Index>(), 0..3u8, any::<bool>()).prop_map(|(conflict, decision, apply_withheld)| {
            Act::Settle { conflict, decision, apply_withheld }
        }),
        1 => any::<Index>().prop_map(|conversation| Act::Unlink { conversation }),
        1 => any::<Index>().prop_map(|join| Act::UndoJoin { join }),
        1 => any::<Index>().prop_map(|file| Act::UndoFile { file }),
        1 => any::<Index>().prop_map(|contact| Act::Delete { contact }),
        1 => any::<Index>().prop_map(|contact| Act::Restore { contact }),
        1 => any::<Index>().prop_map(|contact| Act::Erase { contact }),
        1 => prop::sample::select(vec![IdentityMode::Open, IdentityMode::Guarded]).prop_map(|mode| Act::Believe { mode }),
    ]
}

fn texts<'a>(values: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    values.iter().map(|(field, text)| (*field, text.as_str())).collect()
}

/// Performs an act at a moment. One that is refused changes nothing, which is a case, too.
pub(crate) fn perform(book: &mut Book, act: &Act, seconds: i64) {
    match act {
        Act::Event { channel, conversation, seconds_late, values } => {
            let conversation = format!("{}-{conversation}", channel.as_str());
            book.observe_at(&on(*channel, &conversation, seconds - seconds_late, &texts(values)), at(seconds));
        }
        Act::Row { contact, existing, values } => {
            let contact = contact.and_then(|contact| one_of(&contact, book.live().map(|contact| contact.id)));
            let mut row = row(ImportId::new(), 2, seconds, &texts(values));
            (row.contact, row.existing) = (contact, *existing);
            book.observe_at(&row, at(seconds));
        }
        Act::Form { values } => {
            let _ = book.create(&form(seconds, &texts(values)), None);
        }
        Act::Dismiss { contact, conflicts, unconfirmed, also_known_by } => {
            if let Some(id) = one_of(contact, book.live().map(|contact| contact.id)) {
                let patch = Patch {
                    dismiss_conflicts: *conflicts,
                    keep_unconfirmed: unconfirmed.then(Vec::new),
                    keep_also_known_by: also_known_by.then(Vec::new),
                    ..Patch::default()
                };
                let _ = book.edit(id, seconds, &patch);
            }
        }
        Act::Edit { contact, values } => {
            if let Some(id) = one_of(contact, book.live().map(|contact| contact.id)) {
                let values: Vec<(&str, Option<&str>)> =
                    values.iter().map(|(field, text)| (*field, text.as_deref())).collect();
                let _ = book.edit(id, seconds, &patch(&values));
            }
        }
        Act::Settle { conflict, decision, apply_withheld } => {
            let of = |contact: &Contact| -> Vec<(ContactId, String)> {
                contact.conflicts.iter().map(|conflict| (contact.id, conflict.id())).collect()
            };
            if let Some((id, conflict)) = one_of(conflict, book.live().flat_map(of)) {
                let decision = match decision {
                    0 => Decision::SamePerson { keep: Vec::new() },
                    1 => Decision::BelongsHere,
                    _ => Decision::DifferentPeople,
                };
                let settlement = Settlement { conflict, decision, apply_withheld: *apply_withheld };
                let _ = book.settle(id, &settlement, &person(), at(seconds));
            }
        }
        Act::Unlink { conversation } => {
            if let Some((holder, conversation)) = one_of(conversation, book.links.clone())
                && let Some(id) = book.survivor(holder).map(|contact| contact.id)
            {
                let _ = book.unlink(id, &conversation.info.id, &person(), at(seconds));
            }
        }
        Act::UndoJoin { join } => {
            let joins: Vec<_> = book.joins.clone();
            let is_live = |id: ContactId| matches!(book.records.get(&id), Some(Record::Live(_)));
            if let Some((survivor, join)) = one_of(join, joins.into_iter().filter(|(survivor, _)| is_live(*survivor))) {
                let _ = book.undo_join(survivor, join.other, &person(), at(seconds));
            }
        }
        Act::UndoFile { file } => {
            let files: BTreeSet<ImportId> =
                book.history.iter().filter_map(|entry| import_of(entry.cause.as_ref()?)).collect();
            if let Some(import) = one_of(file, files) {
                book.undo_import(import, seconds);
            }
        }
        Act::Delete { contact } => {
            if let Some(id) = one_of(contact, book.live().map(|contact| contact.id)) {
                book.delete(id, seconds);
            }
        }
        Act::Restore { contact } => {
            let deleted = book.records.values().filter(|record| matches!(record, Record::Deleted(_))).map(Record::id);
            if let Some(id) = one_of(contact, deleted) {
                let _ = book.restore(id, &person(), at(seconds));
            }
        }
        Act::Believe { mode } => book.settings.identity = *mode,
        Act::Erase { contact } => {
            if let Some(id) = one_of(contact, book.records.keys().copied()) {
                let _ = book.erase(id, &person(), at(seconds));
            }
        }
    }
}

fn one_of<T: Clone>(which: &Index, all: impl IntoIterator<Item = T>) -> Option<T> {
    let all: Vec<T> = all.into_iter().collect();
    (!all.is_empty()).then(|| which.get(&all).clone())
}

fn import_of(cause: &Cause) -> Option<ImportId> {
    match cause.actor {
        Actor::Import(import) => Some(import),
        _ => None,
    }
}

/// Performs acts, one a second. Returns the second after the last one.
pub(crate) fn perform_all(book: &mut Book, acts: &[Act]) -> i64 {
    let mut seconds = 0;
    for act in acts {
        perform(book, act, seconds);
        seconds += 1;
    }
    seconds
}

/// What differs between two states of a contact. The order in which it got what is not in a field means nothing.
pub(crate) fn differences(before: &Contact, after: &Contact) -> Vec<Change> {
    fn is_same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
        one.len() == other.len() && one.iter().all(|entry| other.contains(entry))
    }
    let mut changes = diff(before, after);
    changes.retain(|change| match change {
        Change::Secondary { before, after } | Change::Shared { before, after } => !is_same(before, after),
        Change::KeptApart { before, after } => !is_same(before, after),
        _ => true,
    });
    changes
}
