//! One person in one workspace.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::cause::Cause;
use crate::conflict::Conflict;
use crate::custom::{CustomKey, CustomValue};
use crate::email::Email;
use crate::field::{Channel, Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold, Identifiers};
use crate::ids::ContactId;
use crate::name::Name;
use crate::observation::ConversationInfo;
use crate::outcome::Outcome;
use crate::phone::Phone;
use crate::proof::Proof;
use crate::settings::IdentityMode;
use crate::stamp::{SourceRef, Stamp};
use crate::unconfirmed::{self, Unconfirmed};

/// The most secondary identifiers of a contact. When the list is full, nothing is pushed out: the newcomer is left out.
pub const MAX_ALSO_KNOWN_BY: usize = 20;
/// The most contacts that can be joined into one. It bounds the item and the reads of a list of conversations.
pub const MAX_JOINED: usize = 100;
/// The most contacts that a contact is kept apart from.
pub const MAX_KEPT_APART: usize = 50;
/// The most bytes of custom values of a contact, in UTF-8: an index projects the contact, so its size is what each write of
/// it costs. Contacts of earlier builds may have up to 256 KiB. They stay as they are, but do not grow.
pub const MAX_CUSTOM_BYTES: usize = 32 * 1024;
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
    /// The conversation of that event; `None` before the first, if an older build noted it, or if the conversation was taken
    /// from the contact.
    pub last_conversation: Option<ConversationInfo>,
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
    /// What was said of the person by somebody who may not speak for them, oldest first.
    pub unconfirmed: Vec<Unconfirmed>,
    /// When a person last dismissed unconfirmed values: what was said until then is not suggested again.
    pub reviewed_at: Option<Timestamp>,
    /// Contacts that were observed together with this one but may not be joined with it, oldest first.
    pub conflicts: Vec<Conflict>,
    /// Contacts with which no conversation joins this one, because a person has separated them.
    pub kept_apart: Vec<ContactId>,
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
    /// How it was learnt.
    pub proof: Proof,
    /// Whether a person typed it, or a file replaced what a person had typed. Then only people replace a name.
    pub by_hand: bool,
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
            last_conversation: None,
            version: 0,
            cause: None,
            values: BTreeMap::new(),
            identifiers: Identifiers::default(),
            edited: BTreeMap::new(),
            unconfirmed: Vec::new(),
            reviewed_at: None,
            conflicts: Vec::new(),
            kept_apart: Vec::new(),
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

    /// How many bytes the custom values have, those of removed definitions included.
    pub(crate) fn custom_bytes(&self) -> usize {
        self.custom_values().map(|(_, value)| value.as_str().len()).sum()
    }

    /// How many bytes of an item the custom values take, with their keys and stamps.
    pub(crate) fn custom_item_bytes(&self) -> usize {
        let entry =
            |(key, value): (&CustomKey, &CustomValue)| CUSTOM_ENTRY_BYTES + key.as_str().len() + value.as_str().len();
        self.custom_values().map(entry).sum()
    }

    /// Whether the contact stays within [`MAX_CUSTOM_BYTES`] with this value in its field, or at least does not grow.
    pub(crate) fn has_room_for(&self, field: &Field, value: &Value) -> bool {
        let (Field::Custom(key), Value::Custom(value)) = (field, value) else { return true };
        let replaced = self.custom_values().find(|(other, _)| *other == key);
        let freed = replaced.map_or(0, |(_, value)| value.as_str().len());
        let added = value.as_str().len();
        added <= freed || self.custom_bytes() - freed + added <= MAX_CUSTOM_BYTES
    }

    /// Puts a name or a custom value into its field, whose unconfirmed values of the same text are thereby confirmed.
    pub(crate) fn set(&mut self, field: &Field, mut value: FieldValue) {
        let replaces_hand = self.values.get(field).is_some_and(|replaced| replaced.by_hand);
        value.by_hand |= replaces_hand && value.stamp.source.is_people();
        self.confirm(field, &value.value);
        self.values.insert(field.clone(), value);
    }

    /// Takes a value out of the unconfirmed ones.
    pub(crate) fn confirm(&mut self, field: &Field, value: &Value) {
        self.unconfirmed.retain(|entry| entry.field != *field || entry.value != *value);
    }

    /// Takes out the unconfirmed values that their fields have.
    pub(crate) fn drop_confirmed(&mut self) {
        let mut unconfirmed = std::mem::take(&mut self.unconfirmed);
        unconfirmed.retain(|entry| self.value(&entry.field) != Some(&entry.value));
        self.unconfirmed = unconfirmed;
    }

    /// Keeps a value for a person to accept, unless the contact has it or a person dismissed what was said until then.
    pub(crate) fn suggest(&mut self, entry: Unconfirmed) {
        let is_reviewed = self.reviewed_at.is_some_and(|reviewed| entry.stamp.at <= reviewed);
        if !is_reviewed && self.value(&entry.field) != Some(&entry.value) {
            unconfirmed::add(&mut self.unconfirmed, entry);
        }
    }

    /// Whether the identifier leads to the contact.
    pub fn holds(&self, identifier: &Identifier) -> bool {
        self.identifiers.owns(identifier)
    }

    /// Whether the contact is proven: it has an identifier that a channel or a token proves, or in a guarded workspace one
    /// that people entered. From then on hearsay cannot take it over.
    pub fn is_proven(&self, mode: IdentityMode) -> bool {
        self.identifiers.has_proof(mode.proves())
    }

    /// Whether an id is this contact's, or that of one that was joined into it.
    pub(crate) fn is_or_was(&self, id: ContactId) -> bool {
        self.id == id || self.joined.contains(&id)
    }

    /// Whether a person has separated this contact from another one.
    pub(crate) fn is_kept_apart_from(&self, other: &Contact) -> bool {
        let names = |one: &Contact, other: &Contact| one.kept_apart.iter().any(|id| other.is_or_was(*id));
        names(self, other) || names(other, self)
    }

    /// Separates this contact from another one. The oldest separation is forgotten when there are too many.
    pub(crate) fn keep_apart(&mut self, other: ContactId) -> bool {
        if self.kept_apart.contains(&other) {
            return false;
        }
        self.kept_apart.push(other);
        let excess = self.kept_apart.len().saturating_sub(MAX_KEPT_APART);
        self.kept_apart.drain(..excess);
        true
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

    /// Whether another state of this contact is the same, wherever its values come from.
    pub(crate) fn says_the_same(&self, other: &Contact) -> bool {
        type Held<'a> = (Channel, &'a str, Hold, Proof, bool);
        fn held(held: &HeldIdentifier) -> Held<'_> {
            (held.channel, held.value.as_str(), held.hold, held.proof, held.by_hand)
        }
        fn primaries(contact: &Contact) -> Vec<Held<'_>> {
            contact.identifiers.primaries().iter().map(held).collect()
        }
        fn besides(contact: &Contact) -> BTreeSet<Held<'_>> {
            let identifiers = &contact.identifiers;
            identifiers.secondary().iter().chain(identifiers.shared_besides()).map(held).collect()
        }
        fn values(contact: &Contact) -> Vec<(&Field, &Value, bool)> {
            contact.values.iter().map(|(field, entry)| (field, &entry.value, entry.by_hand)).collect()
        }
        fn unconfirmed(contact: &Contact) -> Vec<(&Field, &Value)> {
            contact.unconfirmed.iter().map(|entry| (&entry.field, &entry.value)).collect()
        }
        self.last_seen_at == other.last_seen_at
            && self.last_conversation == other.last_conversation
            && self.joined == other.joined
            && self.kept_apart == other.kept_apart
            && self.conflicts == other.conflicts
            && self.reviewed_at == other.reviewed_at
            && primaries(self) == primaries(other)
            && besides(self) == besides(other)
            && values(self) == values(other)
            && unconfirmed(self) == unconfirmed(other)
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
}

impl FieldValue {
    /// A value as its source says it.
    pub fn new(value: Value, stamp: Stamp, proof: Proof) -> FieldValue {
        let by_hand = stamp.source.is_by_hand();
        FieldValue { value, stamp, proof, by_hand }
    }

    /// Whether this value goes before another one of its field: what was typed by hand before what a conversation says,
    /// except in a custom field; else the newer one.
    pub(crate) fn precedes(&self, other: &FieldValue) -> bool {
        let by_hand_stays = |hand: &FieldValue, other: &FieldValue| {
            hand.by_hand && !other.stamp.source.is_people() && matches!(hand.value, Value::Name(_))
        };
        if by_hand_stays(self, other) || by_hand_stays(other, self) {
            return by_hand_stays(self, other);
        }
        (&self.stamp, self.value.as_str()) > (&other.stamp, other.value.as_str())
    }
}
