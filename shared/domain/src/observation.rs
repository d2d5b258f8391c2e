//! Observations: what one source says about one person at one time.

use jiff::Timestamp;

use crate::cause::{Actor, Caller, Cause};
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::ids::{ContactId, ConversationId, ImportId};
use crate::stamp::SourceRef;
use crate::time;

/// The maximum number of values that identify the person in one observation. More would not fit one transaction.
pub const MAX_IDENTIFIERS: usize = 20;

/// An observation: parsed and normalised values, in the order in which they were captured.
#[derive(Debug, Clone)]
pub struct Observation {
    at: Timestamp,
    caller: Caller,
    /// Where it comes from.
    pub source: SourceRef,
    /// The contact that it names by id, as a CSV row may.
    pub contact: Option<ContactId>,
    conversation: Option<ConversationInfo>,
    values: Vec<ObservedValue>,
    named: Vec<NamedIdentifier>,
}

/// One observed value.
#[derive(Debug, Clone)]
pub struct ObservedValue {
    /// The field.
    pub field: Field,
    /// The value.
    pub value: Value,
    /// If two values are for one field, the one with the greater rank takes it.
    pub rank: u32,
}

/// What an event says about its conversation.
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
    /// Its description in the event that linked it.
    pub info: ConversationInfo,
    /// When the event that linked it occurred.
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
    /// All variants.
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

    /// Parses the name.
    pub fn parse(text: &str) -> Option<ConversationChannel> {
        ConversationChannel::ALL.into_iter().find(|channel| channel.as_str() == text)
    }
}

/// An observation has more than [`MAX_IDENTIFIERS`] values that identify the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("exceeds the maximum of {MAX_IDENTIFIERS} phones, addresses and handles")]
pub struct TooManyIdentifiers;

/// An identifier of an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedIdentifier {
    pub(crate) identifier: Identifier,
    /// The field in which it was observed first; `None` for a conversation's id.
    pub(crate) field: Option<Field>,
}

impl Observation {
    /// Creates an observation without values. A time in the future counts as `now`: a clock that runs ahead must not
    /// override everything observed until then.
    pub fn new(source: SourceRef, caller: Caller, at: Timestamp, now: Timestamp) -> Observation {
        let at = time::to_millis(at.min(now));
        Observation { at, caller, source, contact: None, conversation: None, values: Vec::new(), named: Vec::new() }
    }

    /// Creates the observation of an import row that starts at the given physical line.
    pub fn of_row(import: ImportId, line: u64, at: Timestamp, now: Timestamp) -> Observation {
        let caller = Caller { actor: Actor::Import(import), request: None };
        Observation::new(SourceRef::Import { id: import, line }, caller, at, now)
    }

    /// Creates the observation of an event of a conversation.
    pub fn of_conversation(info: ConversationInfo, at: Timestamp, now: Timestamp) -> Observation {
        let caller = Caller { actor: Actor::Assistant(info.assistant_id.clone()), request: None };
        let mut observation = Observation::new(SourceRef::Conversation(info.id.clone()), caller, at, now);
        let identifier = Identifier::Conversation(info.id.clone());
        observation.named.push(NamedIdentifier { identifier, field: None });
        observation.conversation = Some(info);
        observation
    }

    /// Sets the id of the request that delivered the observation.
    #[must_use]
    pub fn delivered_by(mut self, request: &str) -> Observation {
        self.caller.request = Some(request.to_owned());
        self
    }

    /// Returns a copy that was observed at `now`.
    pub(crate) fn as_of(&self, now: Timestamp) -> Observation {
        Observation { at: time::to_millis(now), ..self.clone() }
    }

    /// When it was observed, never in the future.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The cause of a write that is based on this observation and decided at `now`.
    pub(crate) fn cause(&self, now: Timestamp) -> Cause {
        self.caller.cause(Some(self.source.clone()), now)
    }

    /// The conversation that it belongs to.
    pub fn conversation(&self) -> Option<&ConversationInfo> {
        self.conversation.as_ref()
    }

    /// Adds a value with a greater rank than all earlier ones.
    ///
    /// # Errors
    /// [`TooManyIdentifiers`] when it would be one identifier too many.
    pub fn add(&mut self, field: Field, value: Value) -> Result<(), TooManyIdentifiers> {
        let rank = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.add_ranked(field, value, rank)
    }

    /// Adds a value with an explicit rank, for sources in which the last value is not the one that counts.
    ///
    /// # Errors
    /// [`TooManyIdentifiers`] when it would be one identifier too many.
    pub fn add_ranked(&mut self, field: Field, value: Value, rank: u32) -> Result<(), TooManyIdentifiers> {
        let names = |field: &Field| matches!(field, Field::Channel(_));
        if names(&field) && self.values.iter().filter(|other| names(&other.field)).count() >= MAX_IDENTIFIERS {
            return Err(TooManyIdentifiers);
        }
        let observed = ObservedValue { field, value, rank };
        if let Some(identifier) = observed.identifier() {
            self.name(identifier, &observed.field);
        }
        self.values.push(observed);
        Ok(())
    }

    /// The values, in the order in which they were captured.
    pub fn values(&self) -> &[ObservedValue] {
        &self.values
    }

    /// Whether it names a person: by an identifier or a name. A conversation id alone does not count. A name alone does
    /// not count in an import row, because every import of the file would create another contact.
    pub fn names_somebody(&self) -> bool {
        self.values.iter().any(|observed| match observed.field {
            Field::Channel(_) => true,
            Field::Name => !matches!(self.source, SourceRef::Import { .. }),
            Field::Custom(_) => false,
        })
    }

    /// Its identifiers, each once, in order of precedence: the conversation, then phones and emails in the order of
    /// capture, then handles.
    pub fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        self.named.iter().map(|named| &named.identifier)
    }

    pub(crate) fn named(&self) -> &[NamedIdentifier] {
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
        self.named.insert(at, NamedIdentifier { identifier, field: Some(field.clone()) });
    }
}

impl ObservedValue {
    pub(crate) fn identifier(&self) -> Option<Identifier> {
        match self.field {
            Field::Channel(channel) => self.value.identifier(channel),
            Field::Name | Field::Custom(_) => None,
        }
    }
}
