//! A contact of the API or of the model, in a form that can be compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts::memory::MemoryBook;
use contacts::{Channel, Contact, Field, LAST_SEEN_STEP, Raw, Settings};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::run::SoakError;

/// The compared parts of a contact. Source and moments of its values depend on the order of the steps, so they are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shown {
    /// Texts by field.
    values: BTreeMap<String, String>,
    /// All identifiers as kind and match key, those of the fields included.
    pub(super) identifiers: BTreeSet<String>,
    pub(super) last_seen_at: Option<Timestamp>,
    pub(super) conversations: BTreeSet<String>,
}

impl Shown {
    /// The contacts of a model.
    pub(super) fn all_of(model: &MemoryBook) -> Vec<Shown> {
        let mut conversations: HashMap<_, BTreeSet<String>> = HashMap::new();
        for (contact, conversation) in &model.links {
            let owner = model.survivor(*contact).map(|contact| contact.id);
            conversations.entry(owner).or_default().insert(conversation.info.id.to_string());
        }
        let of = |contact: &Contact| Shown {
            conversations: conversations.remove(&Some(contact.id)).unwrap_or_default(),
            ..Shown::of(contact)
        };
        model.live().map(of).collect()
    }

    fn of(contact: &Contact) -> Shown {
        let values = contact.all_stamped().map(|(field, value, _)| (field.to_string(), value.as_str().to_owned()));
        let identifiers = contact.identifiers.iter().map(|held| name_of(&held.identifier));
        Shown {
            values: values.collect(),
            identifiers: identifiers.collect(),
            last_seen_at: contact.last_seen_at,
            conversations: BTreeSet::new(),
        }
    }

    /// A contact of the API.
    pub(super) fn of_json(contact: &Json, settings: &Settings) -> Result<Shown, SoakError> {
        let mut shown = Shown::default();
        let mut note = |field: Field, text: &str, is_primary: bool| -> Result<(), SoakError> {
            let value = field.read(&Raw::from(text), settings)?.ok_or("a blank value")?;
            if let Field::Channel(channel) = &field {
                shown.identifiers.extend(value.identifier(*channel).map(|identifier| name_of(&identifier)));
            }
            if is_primary {
                shown.values.insert(field.to_string(), text.to_owned());
            }
            Ok(())
        };
        if let Some(name) = contact["name"].as_str() {
            note(Field::Name, name, true)?;
        }
        for channel in Channel::ALL {
            if let Some(text) = contact["channels"][channel.as_str()].as_str() {
                note(Field::Channel(channel), text, true)?;
            }
        }
        for (key, value) in contact["custom_fields"].as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            note(Field::parse(&format!("custom.{key}"))?, &text, true)?;
        }
        for known in contact["also_known_by"].as_array().into_iter().flatten() {
            let text = |name: &str| known[name].as_str().unwrap_or_default();
            note(Field::parse(text("field"))?, text("value"), false)?;
        }
        shown.last_seen_at = contact["last_seen_at"].as_str().map(str::parse).transpose()?;
        Ok(shown)
    }

    /// All names under which it can be found.
    pub(super) fn known_by(&self) -> impl Iterator<Item = String> {
        let conversations = self.conversations.iter().map(|conversation| format!("conversation {conversation}"));
        self.identifiers.iter().cloned().chain(conversations)
    }

    /// How another one differs from this, the expected one.
    pub(super) fn differences(&self, other: &Shown) -> Vec<String> {
        let mut all = Vec::new();
        let fields: BTreeSet<&String> = self.values.keys().chain(other.values.keys()).collect();
        for field in fields {
            let (expected, found) = (self.values.get(field), other.values.get(field));
            if expected != found {
                all.push(format!("{field} is {found:?}, expected {expected:?}"));
            }
        }
        for (what, expected, found) in [
            ("identifiers", &self.identifiers, &other.identifiers),
            ("conversations", &self.conversations, &other.conversations),
        ] {
            let lacking: Vec<_> = expected.difference(found).collect();
            let superfluous: Vec<_> = found.difference(expected).collect();
            if !(lacking.is_empty() && superfluous.is_empty()) {
                all.push(format!("of the {what} {lacking:?} are not there, and {superfluous:?} should not be"));
            }
        }
        let seen_alike = match (self.last_seen_at, other.last_seen_at) {
            (Some(expected), Some(found)) => expected.duration_since(found).abs() < LAST_SEEN_STEP,
            (expected, found) => expected == found,
        };
        if !seen_alike {
            all.push(format!("last seen at {:?}, expected {:?}", other.last_seen_at, self.last_seen_at));
        }
        all
    }
}

/// An identifier in full, unlike its `Debug`: these people are invented.
pub(super) fn name_of(identifier: &contacts::Identifier) -> String {
    format!("{} {}", identifier.kind(), identifier.match_key())
}
