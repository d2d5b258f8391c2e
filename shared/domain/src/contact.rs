//! One person in one workspace.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::custom::{CustomKey, CustomValue};
use crate::email::Email;
use crate::field::{Channel, Field, Value};
use crate::fold::Outcome;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::name::Name;
use crate::phone::Phone;
use crate::stamp::{SourceRef, Stamp};

/// The most secondary identifiers a contact keeps; beyond that the oldest goes and its claim is released.
pub const MAX_ALSO_KNOWN_BY: usize = 20;
/// The most conflicts a contact keeps, the newest.
pub const MAX_CONFLICTS: usize = 10;
/// The most contacts that can have been joined into one. It bounds the item and the reads of a list of conversations.
pub const MAX_JOINED: usize = 500;
/// The most bytes of custom values a contact has, so that it stays within DynamoDB's 400 KB an item.
pub const MAX_CUSTOM_BYTES: usize = 256 * 1024;
/// What a custom value takes besides its key and itself: where it came from.
const CUSTOM_ENTRY_BYTES: usize = 200;

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// What created it.
    pub source: SourceRef,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// The newest event of a conversation, to within a minute; `None` before the first.
    pub last_seen_at: Option<Timestamp>,
    /// Grows by one with every write.
    pub version: u64,
    /// What is known, and of fields cleared by hand that they were.
    pub values: BTreeMap<Field, Entry>,
    /// Identifiers that once stood in a field and still lead here.
    pub also_known_by: Vec<AlsoKnown>,
    /// Contacts that an observation named together with this one but that contradict it, oldest first.
    pub conflicts: Vec<Conflict>,
    /// The contacts joined into this one, directly or through another.
    pub joined: Vec<ContactId>,
    /// The `Idempotency-Key` of the request that created it.
    pub request: Option<String>,
}

/// A field's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The value; `None` when the field was cleared by hand.
    pub value: Option<Value>,
    /// Where the value, or the clearing, came from.
    pub stamp: Stamp,
    /// When a person last changed or cleared the field. It stays when a newer observation takes the field.
    pub edited_at: Option<Timestamp>,
}

/// A secondary identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlsoKnown {
    /// The channel in whose field it was told.
    pub channel: Channel,
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub stamp: Stamp,
}

/// Another contact that contradicts this one though an observation named both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field of the identifier that was left out.
    pub field: Field,
    /// The other contact.
    pub contact: ContactId,
    /// When it was found.
    pub at: Timestamp,
}

impl Contact {
    /// A contact without any values, as a decision creates it.
    pub fn new(id: ContactId, source: SourceRef, now: Timestamp) -> Contact {
        Contact {
            id,
            source,
            created_at: now,
            updated_at: now,
            last_seen_at: None,
            version: 0,
            values: BTreeMap::new(),
            also_known_by: Vec::new(),
            conflicts: Vec::new(),
            joined: Vec::new(),
            request: None,
        }
    }

    /// A field's value.
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.values.get(field)?.value.as_ref()
    }

    /// The value of a channel's field.
    pub fn channel(&self, channel: Channel) -> Option<&Value> {
        self.value(&Field::Channel(channel))
    }

    /// What the person is called.
    pub fn name(&self) -> Option<&Name> {
        match self.value(&Field::Name) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// The phone by which the contact is listed: the telephone, else the WhatsApp number.
    pub fn phone(&self) -> Option<&Phone> {
        let phone = self.channel(Channel::Telephone).or_else(|| self.channel(Channel::Whatsapp));
        match phone {
            Some(Value::Phone(phone)) => Some(phone),
            _ => None,
        }
    }

    /// The email address.
    pub fn email(&self) -> Option<&Email> {
        match self.channel(Channel::Email) {
            Some(Value::Email(email)) => Some(email),
            _ => None,
        }
    }

    /// The values of custom fields, defined or not.
    pub fn custom_values(&self) -> impl Iterator<Item = (&CustomKey, &CustomValue)> {
        self.values.iter().filter_map(|(field, entry)| match (field, &entry.value) {
            (Field::Custom(key), Some(Value::Custom(value))) => Some((key, value)),
            _ => None,
        })
    }

    /// How many bytes the custom values take, those of removed definitions included.
    pub(crate) fn custom_bytes(&self) -> usize {
        self.custom_values().map(|(key, value)| custom_bytes(key, value)).sum()
    }

    /// Every identifier by which the contact is known, those of its fields first. One that stands in two fields comes
    /// twice.
    pub fn identifiers(&self) -> impl Iterator<Item = Identifier> {
        let primary = self.values.iter().filter_map(|(field, entry)| match field {
            Field::Channel(channel) => entry.value.as_ref()?.identifier(*channel),
            Field::Name | Field::Custom(_) => None,
        });
        let secondary = self.also_known_by.iter().filter_map(|known| known.value.identifier(known.channel));
        primary.chain(secondary)
    }

    /// Whether the contact is known by this identifier.
    pub fn holds(&self, identifier: &Identifier) -> bool {
        self.identifiers().any(|held| held == *identifier)
    }

    /// Whether a person has changed a field at this moment or later: what was observed until then, neither refills the field
    /// nor brings back an identifier that stood in it.
    pub(crate) fn is_edited_since(&self, field: &Field, at: Timestamp) -> bool {
        self.values.get(field).and_then(|entry| entry.edited_at).is_some_and(|edited| at <= edited)
    }

    /// When the contact was last active: the moment by which it sorts in the list.
    pub fn last_activity(&self) -> Timestamp {
        self.last_seen_at.unwrap_or(self.created_at)
    }

    /// Whether another state of this contact says the same, wherever its values come from.
    pub(crate) fn says_the_same(&self, other: &Contact) -> bool {
        let values = |contact: &Contact| -> BTreeMap<Field, Option<Value>> {
            contact.values.iter().map(|(field, entry)| (field.clone(), entry.value.clone())).collect()
        };
        let secondary = |contact: &Contact| -> BTreeSet<(Channel, String)> {
            let known = contact.also_known_by.iter();
            known.map(|known| (known.channel, known.value.as_str().to_owned())).collect()
        };
        let conflicts = |contact: &Contact| -> BTreeSet<(Field, ContactId)> {
            contact.conflicts.iter().map(|conflict| (conflict.field.clone(), conflict.contact)).collect()
        };
        self.last_seen_at == other.last_seen_at
            && self.joined == other.joined
            && conflicts(self) == conflicts(other)
            && secondary(self) == secondary(other)
            && values(self) == values(other)
    }

    /// What a source has done to the contact, as far as the contact still shows it.
    pub fn outcome_of(&self, source: &SourceRef) -> Outcome {
        let mut stamps = self.values.values().map(|entry| &entry.stamp);
        let mut secondary = self.also_known_by.iter().map(|known| &known.stamp);
        if self.source == *source {
            Outcome::Created
        } else if stamps.any(|stamp| stamp.source == *source) || secondary.any(|stamp| stamp.source == *source) {
            Outcome::Updated
        } else {
            Outcome::Unchanged
        }
    }

    /// Drops the oldest secondary identifiers beyond the limit and gives them back: their claims are to be released.
    pub(crate) fn trim_also_known_by(&mut self) -> Vec<Identifier> {
        let excess = self.also_known_by.len().saturating_sub(MAX_ALSO_KNOWN_BY);
        if excess == 0 {
            return Vec::new();
        }
        self.also_known_by.sort_by(|a, b| (&a.stamp, a.value.as_str()).cmp(&(&b.stamp, b.value.as_str())));
        let dropped = self.also_known_by.drain(..excess);
        dropped.filter_map(|known| known.value.identifier(known.channel)).collect()
    }

    /// Adds a conflict unless it is already known; tells whether it was news.
    pub(crate) fn add_conflict(&mut self, conflict: Conflict) -> bool {
        if self.has_conflict(&conflict.field, conflict.contact) {
            return false;
        }
        self.conflicts.push(conflict);
        let excess = self.conflicts.len().saturating_sub(MAX_CONFLICTS);
        self.conflicts.drain(..excess);
        true
    }

    /// Whether the conflict is already stored.
    pub(crate) fn has_conflict(&self, field: &Field, contact: ContactId) -> bool {
        self.conflicts.iter().any(|known| known.field == *field && known.contact == contact)
    }
}

/// How many bytes a custom value takes.
pub(crate) fn custom_bytes(key: &CustomKey, value: &CustomValue) -> usize {
    CUSTOM_ENTRY_BYTES + key.as_str().len() + value.as_str().len()
}
