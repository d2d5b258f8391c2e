//! A book in memory: it notes what a decision asks for, and does what the decision says.

use std::collections::{BTreeMap, BTreeSet};

use contacts::{
    Change, Channel, Claim, Contact, ContactId, Conversation, ConversationChannel, ConversationId, ConversationInfo,
    Country, CreateRefused, Creation, CustomField, CustomKey, CustomType, EditRefused, Field, Folded, Identifier,
    ImportId, Join, Observation, Outcome, Patch, Record, Request, Settings, Snapshot, SourceRef, Value, create, delete,
    edit, fold, time,
};
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) claims: BTreeMap<Identifier, Claim>,
    pub(crate) records: BTreeMap<ContactId, Record>,
    pub(crate) links: Vec<(ContactId, Conversation)>,
    pub(crate) joins: Vec<(ContactId, Join)>,
    /// How many decisions wrote something.
    pub(crate) writes: usize,
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
        default_country: Country::US,
        custom_fields: vec![field("plan", CustomType::String), field("budget", CustomType::Number)],
        index_shards: 1,
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

/// An event of a conversation: `told` is pairs of field and text.
pub(crate) fn event(conversation: &str, seconds: i64, told: &[(&str, &str)]) -> Observation {
    let id = ConversationId::parse(conversation).unwrap();
    let mut observation = Observation::new(SourceRef::Conversation(id.clone()), at(seconds), now());
    let channel = ConversationChannel::WebChat;
    observation.conversation = Some(ConversationInfo { id, channel, assistant_id: "a-1".into() });
    tell(observation, told)
}

/// A row of an import.
pub(crate) fn row(import: ImportId, line: u64, seconds: i64, told: &[(&str, &str)]) -> Observation {
    tell(Observation::new(SourceRef::Import { id: import, line }, at(seconds), now()), told)
}

/// A form that a person filled in.
pub(crate) fn form(seconds: i64, told: &[(&str, &str)]) -> Observation {
    tell(Observation::new(SourceRef::Manual, at(seconds), now()), told)
}

fn tell(mut observation: Observation, told: &[(&str, &str)]) -> Observation {
    for (name, text) in told {
        observation.tell(field(name), value(name, text)).unwrap();
    }
    observation
}

pub(crate) fn patch(values: &[(&str, Option<&str>)]) -> Patch {
    let values = values.iter().map(|(name, text)| (field(name), text.map(|text| value(name, text)))).collect();
    Patch { values, dismiss_conflicts: false }
}

impl Book {
    /// Folds an observation now.
    pub(crate) fn observe(&mut self, seen: &Observation) -> Folded {
        self.observe_at(seen, now())
    }

    /// Folds an observation at a moment, again while joins are left over.
    pub(crate) fn observe_at(&mut self, seen: &Observation, now: Timestamp) -> Folded {
        let mut joined = Vec::new();
        loop {
            let mut snapshot = self.snapshot(&seen.identifiers(), seen.contact);
            let folded = fold(&mut snapshot, seen, now, ContactId::new()).unwrap();
            self.apply(&mut snapshot, now);
            joined.extend(&folded.joined);
            if !folded.unfinished {
                return Folded { joined, ..folded };
            }
        }
    }

    /// Folds an observation and gives back the contact, which there must be.
    pub(crate) fn told(&mut self, seen: &Observation) -> ContactId {
        self.observe(seen).contact.unwrap()
    }

    pub(crate) fn create(&mut self, form: &Observation, request: Option<&Request>) -> Result<Contact, CreateRefused> {
        let mut identifiers = form.identifiers();
        identifiers.extend(request.map(|request| Identifier::Request(request.key.clone())));
        let mut snapshot = self.snapshot(&identifiers, None);
        match create(&mut snapshot, form, request, form.at(), ContactId::new()).unwrap()? {
            Creation::Repeated(contact) => Ok(*contact),
            Creation::New(id) => {
                self.apply(&mut snapshot, form.at());
                Ok(self.contact(id).clone())
            }
        }
    }

    pub(crate) fn edit(&mut self, id: ContactId, seconds: i64, patch: &Patch) -> Result<(), EditRefused> {
        let mut snapshot = self.snapshot(&patch.identifiers(), Some(id));
        edit(&mut snapshot, id, patch, at(seconds)).unwrap()?;
        self.apply(&mut snapshot, at(seconds));
        Ok(())
    }

    pub(crate) fn delete(&mut self, id: ContactId, seconds: i64) {
        let mut snapshot = self.snapshot(&[], Some(id));
        delete(&mut snapshot, id, at(seconds)).unwrap();
        self.apply(&mut snapshot, at(seconds));
    }

    fn snapshot(&self, identifiers: &[Identifier], id: Option<ContactId>) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut wanted: Vec<ContactId> = id.into_iter().collect();
        for identifier in identifiers {
            let claim = self.claims.get(identifier).cloned();
            wanted.extend(claim.as_ref().map(|claim| claim.contact));
            snapshot.note_claim(identifier.clone(), claim);
        }
        while let Some(id) = wanted.pop() {
            let record = self.records.get(&id).cloned();
            if let Some(Record::Joined { into, .. }) = &record {
                wanted.push(*into);
            }
            snapshot.note_record(id, record);
        }
        snapshot
    }

    fn apply(&mut self, snapshot: &mut Snapshot, now: Timestamp) {
        snapshot.settle(now);
        let changes = snapshot.changes();
        assert!(changes.len() <= 100, "{} items do not fit a transaction", changes.len());
        self.writes += usize::from(!changes.is_empty());
        for change in changes {
            match change {
                Change::Record { record, read } => {
                    assert_eq!(self.records.get(&record.id()).map(Record::version), read);
                    self.records.insert(record.id(), record.clone());
                }
                Change::Claim { identifier, claim, .. } => {
                    self.claims.insert(identifier.clone(), claim.clone());
                }
                Change::Release { identifier, .. } => {
                    self.claims.remove(identifier);
                }
                Change::Link { contact, conversation } => self.links.push((contact, conversation.clone())),
                Change::Join { contact, join } => self.joins.push((contact, join.clone())),
                Change::StillLive { contact } => {
                    assert!(matches!(self.records.get(&contact), Some(Record::Live(_))));
                }
            }
        }
        self.check();
    }

    /// The invariants 1 to 3 of the book.
    fn check(&self) {
        for contact in self.live() {
            for identifier in contact.identifiers() {
                let claim = self.claims.get(&identifier).unwrap_or_else(|| panic!("{identifier:?} is not claimed"));
                assert_eq!(self.survivor(claim.contact).map(|c| c.id), Some(contact.id), "{identifier:?}");
            }
        }
        for (identifier, claim) in &self.claims {
            if let Some(contact) = self.survivor(claim.contact) {
                assert!(!identifier.is_listed() || contact.holds(identifier), "{identifier:?}");
            }
        }
    }

    /// The live contact that an id leads to.
    pub(crate) fn survivor(&self, mut id: ContactId) -> Option<&Contact> {
        loop {
            match self.records.get(&id)? {
                Record::Live(contact) => return Some(contact),
                Record::Joined { into, .. } => id = *into,
                Record::Deleted(_) => return None,
            }
        }
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &Contact> {
        self.records.values().filter_map(|record| match record {
            Record::Live(contact) => Some(contact),
            _ => None,
        })
    }

    pub(crate) fn contact(&self, id: ContactId) -> &Contact {
        self.survivor(id).expect("a live contact")
    }

    /// A field's text.
    pub(crate) fn shows(&self, id: ContactId, name: &str) -> Option<&str> {
        self.contact(id).value(&field(name)).map(Value::as_str)
    }

    /// The secondary identifiers of a contact, as `field=value`.
    pub(crate) fn also_known_by(&self, id: ContactId) -> BTreeSet<String> {
        let known = self.contact(id).also_known_by.iter();
        known.map(|known| format!("{}={}", known.channel.as_str(), known.value.as_str())).collect()
    }

    pub(crate) fn outcome(&mut self, seen: &Observation) -> Outcome {
        self.observe(seen).outcome
    }
}
