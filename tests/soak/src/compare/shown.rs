//! A contact of the API or of the model, in a form that can be compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts::memory::MemoryBook;
use contacts::{Channel, Contact, Field, LAST_SEEN_STEP, Raw, Settings};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::state::SoakError;

/// The compared parts of a contact. Source and moments of its values depend on the order of the steps, so they are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shown {
    /// Texts by field.
    pub(super) values: BTreeMap<String, String>,
    /// All identifiers that lead to it as kind and match key, those of the fields included.
    pub(super) identifiers: BTreeSet<String>,
    /// Those that several people share and that lead to another contact.
    pub(super) shared: BTreeSet<String>,
    /// Values that nobody has confirmed, as field and text.
    pub(super) unconfirmed: BTreeSet<String>,
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
        let unconfirmed = contact.unconfirmed.iter();
        let unconfirmed = unconfirmed.map(|entry| format!("{} {}", entry.field, entry.value.as_str()));
        Shown {
            values: values.collect(),
            identifiers: contact.identifiers.owned().map(|held| name_of(&held.identifier)).collect(),
            shared: contact.identifiers.shared().map(|held| name_of(&held.identifier)).collect(),
            unconfirmed: unconfirmed.collect(),
            last_seen_at: contact.last_seen_at,
            conversations: BTreeSet::new(),
        }
    }

    /// A contact of the API.
    pub(super) fn of_json(contact: &Json, settings: &Settings) -> Result<Shown, SoakError> {
        let mut shown = Shown::default();
        for entry in list(contact, "shared") {
            let Field::Channel(channel) = Field::parse(text(entry, "field"))? else {
                return Err("not a channel".into());
            };
            let value = Field::Channel(channel).read(&Raw::from(text(entry, "value")), settings)?;
            shown.shared.extend(value.and_then(|value| value.identifier(channel)).map(|known| name_of(&known)));
        }
        for entry in list(contact, "unconfirmed") {
            shown.unconfirmed.insert(format!("{} {}", text(entry, "field"), text_of(&entry["value"])));
        }
        let mut note = |field: Field, text: &str, is_primary: bool| -> Result<(), SoakError> {
            let value = field.read(&Raw::from(text), settings)?.ok_or("a blank value")?;
            if let Field::Channel(channel) = &field {
                let identifier = value.identifier(*channel).filter(|identifier| !settings.blocks(identifier));
                let identifier = identifier.map(|identifier| name_of(&identifier));
                shown.identifiers.extend(identifier.filter(|identifier| !shown.shared.contains(identifier)));
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
            note(Field::parse(&format!("custom.{key}"))?, &text_of(value), true)?;
        }
        for known in list(contact, "also_known_by") {
            note(Field::parse(text(known, "field"))?, text(known, "value"), false)?;
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
            ("shared identifiers", &self.shared, &other.shared),
            ("unconfirmed values", &self.unconfirmed, &other.unconfirmed),
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

/// The entries of a member of a contact.
pub(super) fn list<'a>(contact: &'a Json, member: &str) -> impl Iterator<Item = &'a Json> {
    contact[member].as_array().into_iter().flatten()
}

fn text<'a>(entry: &'a Json, member: &str) -> &'a str {
    entry[member].as_str().unwrap_or_default()
}

/// A text or a number as text.
pub(super) fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// An identifier in full, unlike its `Debug`: these people are invented.
pub(super) fn name_of(identifier: &contacts::Identifier) -> String {
    format!("{} {}", identifier.kind(), identifier.match_key())
}
