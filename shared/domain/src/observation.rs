//! What one source says of one person at one moment.

use jiff::Timestamp;

use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::ids::{ContactId, ConversationId};
use crate::stamp::SourceRef;
use crate::time;

/// The most values with an identifier that one observation may tell. More would not fit one transaction.
pub const MAX_IDENTIFIERS: usize = 20;

/// An observation: values that were read and normalised, in the order in which they were captured.
#[derive(Debug, Clone)]
pub struct Observation {
    at: Timestamp,
    /// What tells it.
    pub source: SourceRef,
    /// The contact that it names by id, as a CSV row may.
    pub contact: Option<ContactId>,
    conversation: Option<ConversationInfo>,
    told: Vec<Told>,
    named: Vec<Named>,
}

/// One told value.
#[derive(Debug, Clone)]
pub struct Told {
    /// The field that it is told for.
    pub field: Field,
    /// The value.
    pub value: Value,
    /// Its rank: of two values told for one field, the one with the greater place counts.
    pub place: u32,
}

/// What an event says of its conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationInfo {
    /// The conversation's id.
    pub id: ConversationId,
    /// The medium.
    pub channel: ConversationChannel,
    /// The assistant that took part.
    pub assistant_id: String,
}

/// A conversation of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// What was said of it when it was linked.
    pub info: ConversationInfo,
    /// The moment of the event that linked it.
    pub started_at: Timestamp,
}

/// The medium of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ConversationChannel {
    Telephone,
    Sms,
    Whatsapp,
    WebChat,
    Email,
    Instagram,
    Slack,
    MicrosoftTeams,
}

impl ConversationChannel {
    /// All of them.
    pub const ALL: [ConversationChannel; 8] = [
        ConversationChannel::Telephone,
        ConversationChannel::Sms,
        ConversationChannel::Whatsapp,
        ConversationChannel::WebChat,
        ConversationChannel::Email,
        ConversationChannel::Instagram,
        ConversationChannel::Slack,
        ConversationChannel::MicrosoftTeams,
    ];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ConversationChannel::Telephone => "telephone",
            ConversationChannel::Sms => "sms",
            ConversationChannel::Whatsapp => "whatsapp",
            ConversationChannel::WebChat => "web_chat",
            ConversationChannel::Email => "email",
            ConversationChannel::Instagram => "instagram",
            ConversationChannel::Slack => "slack",
            ConversationChannel::MicrosoftTeams => "microsoft_teams",
        }
    }

    /// The medium of that name.
    pub fn parse(text: &str) -> Option<ConversationChannel> {
        ConversationChannel::ALL.into_iter().find(|channel| channel.as_str() == text)
    }
}

/// One observation tells more than [`MAX_IDENTIFIERS`] values that identify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is more than the {MAX_IDENTIFIERS} phones, addresses and handles that can be told at once")]
pub struct TooManyIdentifiers;

/// An identifier of an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) identifier: Identifier,
    /// The field for which it was told first; `None` for a conversation's id.
    pub(crate) field: Option<Field>,
}

impl Observation {
    /// An observation that says nothing yet. A moment in the future is read as `now`: a clock that runs ahead must not
    /// win over everything said until then.
    pub fn new(source: SourceRef, at: Timestamp, now: Timestamp) -> Observation {
        let at = time::to_millis(at.min(now));
        Observation { at, source, contact: None, conversation: None, told: Vec::new(), named: Vec::new() }
    }

    /// The same, observed at another moment.
    pub(crate) fn as_of(&self, now: Timestamp) -> Observation {
        Observation { at: time::to_millis(now), ..self.clone() }
    }

    /// When it was observed, never in the future.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The conversation that it is part of.
    pub fn conversation(&self) -> Option<&ConversationInfo> {
        self.conversation.as_ref()
    }

    /// Makes it part of a conversation, once.
    pub fn set_conversation(&mut self, conversation: ConversationInfo) {
        let identifier = Identifier::Conversation(conversation.id.clone());
        self.named.insert(0, Named { identifier, field: None });
        self.conversation = Some(conversation);
    }

    /// Tells a value after those told before; later ones count more.
    pub fn tell(&mut self, field: Field, value: Value) -> Result<(), TooManyIdentifiers> {
        let place = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
        self.tell_at(field, value, place)
    }

    /// Tells a value with a rank of its own, for sources where not the last told value counts.
    pub fn tell_at(&mut self, field: Field, value: Value, place: u32) -> Result<(), TooManyIdentifiers> {
        let identifies = |field: &Field| matches!(field, Field::Channel(_));
        if identifies(&field) && self.told.iter().filter(|told| identifies(&told.field)).count() >= MAX_IDENTIFIERS {
            return Err(TooManyIdentifiers);
        }
        let told = Told { field, value, place };
        if let Some(identifier) = told.identifier() {
            self.name(identifier, &told.field);
        }
        self.told.push(told);
        Ok(())
    }

    /// The told values, in the order in which they were captured.
    pub fn told(&self) -> &[Told] {
        &self.told
    }

    /// Whether it says who it is about: by an identifier or a name. The conversation's id alone does not, and the name
    /// alone not in a row of an import, which would make another contact of that name each time.
    pub fn names_somebody(&self) -> bool {
        self.told.iter().any(|told| match told.field {
            Field::Channel(_) => true,
            Field::Name => !matches!(self.source, SourceRef::Import { .. }),
            Field::Custom(_) => false,
        })
    }

    /// Its identifiers, each once, in the order in which they count: the conversation, then phones and emails in the
    /// order of capture, then handles.
    pub fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        self.named.iter().map(|named| &named.identifier)
    }

    pub(crate) fn named(&self) -> &[Named] {
        &self.named
    }

    fn name(&mut self, identifier: Identifier, field: &Field) {
        if self.identifiers().any(|known| *known == identifier) {
            return;
        }
        let is_handle = |identifier: &Identifier| {
            matches!(identifier, Identifier::Instagram(_) | Identifier::Slack(_) | Identifier::MicrosoftTeams(_))
        };
        let first_handle = self.named.iter().position(|named| is_handle(&named.identifier));
        let at = first_handle.filter(|_| !is_handle(&identifier)).unwrap_or(self.named.len());
        self.named.insert(at, Named { identifier, field: Some(field.clone()) });
    }
}

impl Told {
    pub(crate) fn identifier(&self) -> Option<Identifier> {
        match self.field {
            Field::Channel(channel) => self.value.identifier(channel),
            Field::Name | Field::Custom(_) => None,
        }
    }
}
