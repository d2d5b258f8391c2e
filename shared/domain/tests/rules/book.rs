//! Short forms for the tests: observations, and a book that checks every state that it is in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use contacts::memory::MemoryBook;
use contacts::{
    Actor, Caller, Channel, Contact, ContactId, ConversationChannel, ConversationId, ConversationInfo, CreateRefused,
    CustomField, CustomKey, CustomType, EditRefused, Field, Folded, Identifier, ImportId, MAX_CONFLICTS, Observation,
    Outcome, Patch, Record, Request, Settings, Settlement, SourceRef, Undone, Value, time,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// A book in memory that keeps the invariants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    book: MemoryBook,
    /// The identifiers that were free while a contact showed them as shared. Whoever takes such a one does not know of that
    /// contact.
    freed: BTreeSet<Identifier>,
}

/// A moment, in seconds after a fixed one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    time::from_millis(1_700_000_000_000) + SignedDuration::from_secs(seconds)
}

/// The moment at which everything is decided, after all observations.
pub(crate) fn now() -> Timestamp {
    at(1_000_000)
}

pub(crate) fn settings() -> Settings {
    let field = |key: &str, kind| CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
    Settings {
        version: 1,
        custom_fields: vec![field("plan", CustomType::String), field("budget", CustomType::Number)],
        ..Settings::default()
    }
}

pub(crate) fn field(name: &str) -> Field {
    Field::parse(name).unwrap()
}

pub(crate) fn value(name: &str, text: &str) -> Value {
    field(name).read(&text.into(), &settings()).unwrap().unwrap()
}

/// The identifier that a text is in a field.
pub(crate) fn identifier(name: &str, text: &str) -> Identifier {
    value(name, text).identifier(Channel::parse(name).unwrap()).unwrap()
}

/// An event of a conversation: `values` is pairs of field and text.
pub(crate) fn event(conversation: &str, seconds: i64, values: &[(&str, &str)]) -> Observation {
    let id = ConversationId::parse(conversation).unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::WebChat, assistant_id: "a-1".into() };
    with(Observation::of_conversation(info, at(seconds), now()).delivered_by("r-1"), values)
}

/// A row of an import.
pub(crate) fn row(import: ImportId, line: u64, seconds: i64, values: &[(&str, &str)]) -> Observation {
    with(Observation::of_row(import, line, at(seconds), now()), values)
}

/// A form that a person filled in.
pub(crate) fn form(seconds: i64, values: &[(&str, &str)]) -> Observation {
    with(Observation::new(SourceRef::Manual, person(), at(seconds), now()), values)
}

/// The person who fills in forms and makes edits.
pub(crate) fn person() -> Caller {
    Caller { actor: Actor::User("u-1".into()), request: Some("r-2".into()) }
}

fn with(mut observation: Observation, values: &[(&str, &str)]) -> Observation {
    for (name, text) in values {
        observation.add(field(name), value(name, text)).unwrap();
    }
    observation
}

/// A value of a field, as a pair of field and text, drawn from few so that they meet.
pub(crate) fn any_value() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        // Not clearly different: else the observations would be about several people.
        "[A-C][a-c]".prop_map(|name| ("name", format!("Ada {name}"))),
        "[a-d]".prop_map(|name| ("email", format!("{name}@x.com"))),
        "[0-4]".prop_map(|digit| ("telephone", format!("+1555123456{digit}"))),
        "[0-4]".prop_map(|digit| ("whatsapp", format!("+1555123456{digit}"))),
        "[UW]0000[01]".prop_map(|id| ("slack", id)),
        "[a-c]".prop_map(|plan| ("custom.plan", plan)),
        "[1-3]".prop_map(|budget| ("custom.budget", budget)),
    ]
}

pub(crate) fn patch(values: &[(&str, Option<&str>)]) -> Patch {
    let values = values.iter().map(|(name, text)| (field(name), text.map(|text| value(name, text)))).collect();
    Patch { values, ..Patch::default() }
}

impl Deref for Book {
    type Target = MemoryBook;

    fn deref(&self) -> &MemoryBook {
        &self.book
    }
}

impl DerefMut for Book {
    fn deref_mut(&mut self) -> &mut MemoryBook {
        &mut self.book
    }
}

impl Book {
    /// Folds an observation now.
    pub(crate) fn observe(&mut self, seen: &Observation) -> Folded {
        self.observe_at(seen, now())
    }

    /// Folds an observation at a moment.
    pub(crate) fn observe_at(&mut self, seen: &Observation, now: Timestamp) -> Folded {
        let folded = self.book.observe(seen, now);
        self.check();
        folded
    }

    /// Folds an observation and gives back the contact, which there must be.
    pub(crate) fn contact_of(&mut self, seen: &Observation) -> ContactId {
        self.observe(seen).contact.unwrap()
    }

    pub(crate) fn outcome(&mut self, seen: &Observation) -> Outcome {
        self.observe(seen).outcome
    }

    pub(crate) fn settle(
        &mut self,
        id: ContactId,
        settlement: &Settlement,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ContactId, EditRefused> {
        let settled = self.book.settle(id, settlement, caller, now);
        self.check();
        settled
    }

    pub(crate) fn create(&mut self, form: &Observation, request: Option<&Request>) -> Result<Contact, CreateRefused> {
        let created = self.book.create(form, request);
        self.check();
        created
    }

    pub(crate) fn edit(&mut self, id: ContactId, seconds: i64, patch: &Patch) -> Result<(), EditRefused> {
        let edited = self.book.edit(id, patch, &person(), at(seconds));
        self.check();
        edited
    }

    pub(crate) fn delete(&mut self, id: ContactId, seconds: i64) {
        self.book.delete(id, &person(), at(seconds));
        self.check();
    }

    pub(crate) fn restore(
        &mut self,
        id: ContactId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<Identifier>, EditRefused> {
        let left = self.book.restore(id, caller, now);
        self.check();
        left
    }

    pub(crate) fn erase(&mut self, id: ContactId, caller: &Caller, now: Timestamp) -> Result<(), EditRefused> {
        let erased = self.book.erase(id, caller, now);
        self.check();
        erased
    }

    pub(crate) fn unlink(
        &mut self,
        id: ContactId,
        conversation: &ConversationId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), EditRefused> {
        let unlinked = self.book.unlink(id, conversation, caller, now);
        self.check();
        unlinked
    }

    pub(crate) fn undo_join(
        &mut self,
        survivor: ContactId,
        other: ContactId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<Identifier>, EditRefused> {
        let left = self.book.undo_join(survivor, other, caller, now);
        self.check();
        left
    }

    /// Takes back an import from every contact. Returns how it was taken back, by contact.
    pub(crate) fn undo_import(&mut self, import: ImportId, seconds: i64) -> BTreeMap<ContactId, Undone> {
        let ids: Vec<ContactId> = self.live().map(|contact| contact.id).collect();
        let mut undone = BTreeMap::new();
        for id in ids {
            // A contact that was separated from another one was taken back with it.
            let done = self.book.undo_import(id, import, &person(), at(seconds));
            undone.extend(done.map(|done| (id, done)));
            self.check();
        }
        undone
    }

    /// The invariants 1 to 3 and 7 of the book, and that every record has a cause.
    fn check(&mut self) {
        let shown =
            self.live().flat_map(|contact| contact.identifiers.shared().map(|shared| shared.identifier.clone()));
        let freed: Vec<Identifier> = shown.filter(|identifier| !self.claims.contains_key(identifier)).collect();
        self.freed.extend(freed);
        for record in self.records.values() {
            let cause = match record {
                Record::Live(contact) | Record::Joined { contact, .. } => &contact.cause,
                Record::Deleted(tombstone) => &tombstone.cause,
            };
            assert!(cause.is_some(), "{record:?}");
        }
        for contact in self.live() {
            for identifier in contact.identifiers.owned().map(|held| &held.identifier) {
                let claim = self.claims.get(identifier).unwrap_or_else(|| panic!("{identifier:?} is not claimed"));
                assert_eq!(self.survivor(claim.contact).map(|c| c.id), Some(contact.id), "{identifier:?}");
            }
        }
        for contact in self.live() {
            for shared in contact.identifiers.shared() {
                let Some(claim) = self.claims.get(&shared.identifier) else { continue };
                let Some(owner) = self.survivor(claim.contact) else { continue };
                assert_ne!(owner.id, contact.id, "{:?} is owned, not shared", shared.identifier);
                let known = claim.shared_by.iter().any(|id| self.survivor(*id).is_some_and(|c| c.id == contact.id));
                let is_known = known || self.freed.contains(&shared.identifier);
                assert!(is_known, "{:?} is not known to be shared", shared.identifier);
            }
            for conflict in contact.conflicts.iter() {
                let Some(other) = self.survivor(conflict.contact) else { continue };
                let mirror = other.conflicts.iter().any(|mirror| {
                    mirror.field == conflict.field
                        && mirror.value == conflict.value
                        && self.survivor(mirror.contact).is_some_and(|c| c.id == contact.id)
                });
                assert!(mirror || other.conflicts.len() == MAX_CONFLICTS, "{conflict:?} is on one side only");
            }
        }
        for (identifier, claim) in &self.claims {
            if let Some(contact) = self.survivor(claim.contact) {
                assert!(!identifier.is_listed() || contact.holds(identifier), "{identifier:?}");
            }
        }
    }

    pub(crate) fn contact(&self, id: ContactId) -> &Contact {
        self.survivor(id).expect("a live contact")
    }

    /// A field's text.
    pub(crate) fn shows(&self, id: ContactId, name: &str) -> Option<&str> {
        self.contact(id).value(&field(name)).map(Value::as_str)
    }

    /// The unconfirmed values of a contact, as `field=value`.
    pub(crate) fn unconfirmed(&self, id: ContactId) -> Vec<String> {
        let entries = self.contact(id).unconfirmed.iter();
        entries.map(|entry| format!("{}={}", entry.field, entry.value.as_str())).collect()
    }

    /// The secondary identifiers of a contact, as `field=value`.
    pub(crate) fn also_known_by(&self, id: ContactId) -> BTreeSet<String> {
        let known = self.contact(id).identifiers.secondary().iter();
        known.map(|known| format!("{}={}", known.channel.as_str(), known.value.as_str())).collect()
    }
}
