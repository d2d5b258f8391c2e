//! One person in one workspace.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::cause::Cause;
use crate::custom::{CustomKey, CustomValue};
use crate::email::Email;
use crate::field::{Channel, Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Identifiers};
use crate::ids::ContactId;
use crate::name::Name;
use crate::outcome::Outcome;
use crate::phone::Phone;
use crate::stamp::{SourceRef, Stamp};

/// The most secondary identifiers of a contact. Beyond that the oldest is dropped and its claim released.
pub const MAX_ALSO_KNOWN_BY: usize = 20;
/// The most conflicts of a contact; the newest are kept.
pub const MAX_CONFLICTS: usize = 10;
/// The most contacts that can be joined into one. It bounds the item and the reads of a list of conversations.
pub const MAX_JOINED: usize = 500;
/// The most bytes of custom values of a contact, so that its item stays within DynamoDB's 400 KB.
pub const MAX_CUSTOM_BYTES: usize = 256 * 1024;
/// The bytes that a custom value takes in addition to its key and the value itself, for its stamp.
const CUSTOM_ENTRY_BYTES: usize = 200;

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The source that created it.
    pub source: SourceRef,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// The newest event of a conversation, to within a minute; `None` before the first.
    pub last_seen_at: Option<Timestamp>,
    /// Grows by one with every write.
    pub version: u64,
    /// Who wrote it last, and why; `None` if a build without causes wrote it.
    pub cause: Option<Cause>,
    /// The name and the custom values.
    pub values: BTreeMap<Field, FieldValue>,
    /// The values of the channels, and all others that lead to this contact.
    pub identifiers: Identifiers,
    /// When a person last changed or cleared a field. It stays when a newer observation takes the field.
    pub edited: BTreeMap<Field, Timestamp>,
    /// Contacts that were observed together with this one but contradict it, oldest first.
    pub conflicts: Vec<Conflict>,
    /// The contacts joined into this one, directly or through another.
    pub joined: Vec<ContactId>,
    /// The `Idempotency-Key` of the request that created it.
    pub request: Option<String>,
}

/// The value of a name or of a custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// The value.
    pub value: Value,
    /// When and from which source it was learnt.
    pub stamp: Stamp,
}

/// Another contact that contradicts this one although one observation named both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field of the identifier that stayed with the other contact.
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
            cause: None,
            values: BTreeMap::new(),
            identifiers: Identifiers::default(),
            edited: BTreeMap::new(),
            conflicts: Vec::new(),
            joined: Vec::new(),
            request: None,
        }
    }

    /// The value of a field, and when and from which source it was learnt.
    pub fn stamped(&self, field: &Field) -> Option<(&Value, &Stamp)> {
        match field {
            Field::Channel(channel) => self.identifiers.primary(*channel).map(|held| (&held.value, &held.stamp)),
            Field::Name | Field::Custom(_) => self.values.get(field).map(|entry| (&entry.value, &entry.stamp)),
        }
    }

    /// The values of all fields, each with its stamp: the name, the channels, the custom fields.
    pub fn all_stamped(&self) -> impl Iterator<Item = (Field, &Value, &Stamp)> {
        let channels = self.identifiers.primaries().iter();
        let channels = channels.map(|held| (Field::Channel(held.channel), &held.value, &held.stamp));
        let mut others =
            self.values.iter().map(|(field, entry)| (field.clone(), &entry.value, &entry.stamp)).peekable();
        let name = others.next_if(|(field, ..)| *field == Field::Name);
        name.into_iter().chain(channels).chain(others)
    }

    /// The value of a field.
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.stamped(field).map(|(value, _)| value)
    }

    /// The value of a channel's field.
    pub fn channel(&self, channel: Channel) -> Option<&Value> {
        self.identifiers.primary(channel).map(|held| &held.value)
    }

    /// The name of the person.
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
            (Field::Custom(key), Value::Custom(value)) => Some((key, value)),
            _ => None,
        })
    }

    /// How many bytes the custom values take, those of removed definitions included.
    pub(crate) fn custom_bytes(&self) -> usize {
        self.custom_values().map(|(key, value)| custom_bytes(key, value)).sum()
    }

    /// Whether the contact stays within [`MAX_CUSTOM_BYTES`] with this value in its field.
    pub(crate) fn has_room_for(&self, field: &Field, value: &Value) -> bool {
        let (Field::Custom(key), Value::Custom(value)) = (field, value) else { return true };
        let replaced = self.custom_values().find(|(other, _)| *other == key);
        let freed = replaced.map_or(0, |(key, value)| custom_bytes(key, value));
        self.custom_bytes() - freed + custom_bytes(key, value) <= MAX_CUSTOM_BYTES
    }

    /// Puts a value into its field. An identifier that it replaces becomes secondary. Returns the identifiers that the
    /// contact drops because it would have too many.
    pub fn set(&mut self, field: &Field, value: Value, stamp: Stamp) -> Vec<Identifier> {
        match field {
            Field::Channel(channel) => {
                if let Some(held) = HeldIdentifier::new(*channel, value, stamp) {
                    self.identifiers.promote(held);
                }
                self.identifiers.trim(MAX_ALSO_KNOWN_BY)
            }
            Field::Name | Field::Custom(_) => {
                self.values.insert(field.clone(), FieldValue { value, stamp });
                Vec::new()
            }
        }
    }

    /// Whether the contact holds this identifier.
    pub fn holds(&self, identifier: &Identifier) -> bool {
        self.identifiers.contains(identifier)
    }

    /// Whether a person changed a field at this time or later. Earlier observations neither refill the field nor bring
    /// back an identifier that was in it.
    pub(crate) fn is_edited_since(&self, field: &Field, at: Timestamp) -> bool {
        self.edited.get(field).is_some_and(|edited| at <= *edited)
    }

    /// When the contact was last active: the moment by which it sorts in the list.
    pub fn last_activity(&self) -> Timestamp {
        self.last_seen_at.unwrap_or(self.created_at)
    }

    /// Whether another state of this contact has the same values, identifiers, conflicts and joins, wherever they come
    /// from.
    pub(crate) fn says_the_same(&self, other: &Contact) -> bool {
        fn values(contact: &Contact) -> BTreeMap<Field, &Value> {
            contact.all_stamped().map(|(field, value, _)| (field, value)).collect()
        }
        fn secondary(contact: &Contact) -> BTreeSet<(Channel, &str)> {
            let held = contact.identifiers.secondary().iter();
            held.map(|held| (held.channel, held.value.as_str())).collect()
        }
        fn conflicts(contact: &Contact) -> BTreeSet<(&Field, ContactId)> {
            contact.conflicts.iter().map(|conflict| (&conflict.field, conflict.contact)).collect()
        }
        self.last_seen_at == other.last_seen_at
            && self.joined == other.joined
            && conflicts(self) == conflicts(other)
            && secondary(self) == secondary(other)
            && values(self) == values(other)
    }

    /// What a source did to the contact, as far as the contact still shows it.
    pub fn outcome_of(&self, source: &SourceRef) -> Outcome {
        let mut values = self.values.values().map(|entry| &entry.stamp);
        let mut identifiers = self.identifiers.iter().map(|held| &held.stamp);
        if self.source == *source {
            Outcome::Created
        } else if values.any(|stamp| stamp.source == *source) || identifiers.any(|stamp| stamp.source == *source) {
            Outcome::Updated
        } else {
            Outcome::Unchanged
        }
    }

    /// Adds a conflict, unless the contact has it. Returns whether it was added.
    pub(crate) fn add_conflict(&mut self, conflict: Conflict) -> bool {
        if self.has_conflict(&conflict.field, conflict.contact) {
            return false;
        }
        self.conflicts.push(conflict);
        let excess = self.conflicts.len().saturating_sub(MAX_CONFLICTS);
        self.conflicts.drain(..excess);
        true
    }

    /// Whether the contact has a conflict with another one over a field.
    pub(crate) fn has_conflict(&self, field: &Field, contact: ContactId) -> bool {
        self.conflicts.iter().any(|known| known.field == *field && known.contact == contact)
    }
}

impl FieldValue {
    /// The order of precedence of values of one field: the greater one wins.
    pub(crate) fn rank(&self) -> (&Stamp, &str) {
        (&self.stamp, self.value.as_str())
    }
}

/// How many bytes a custom value takes.
fn custom_bytes(key: &CustomKey, value: &CustomValue) -> usize {
    CUSTOM_ENTRY_BYTES + key.as_str().len() + value.as_str().len()
}
