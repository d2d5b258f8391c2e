//! Observations: what one source says about one person at one time.

use jiff::Timestamp;

use crate::cause::{Actor, Caller, Cause};
use crate::existing::Existing;
use crate::field::{Channel, Field, Value};
use crate::identifier::Identifier;
use crate::ids::{ContactId, ConversationId, ImportId};
use crate::name::Name;
use crate::proof::Proof;
use crate::settings::Settings;
use crate::stamp::{SourceRef, Stamp};
use crate::time;

/// The maximum number of values that identify the person in one observation. More would not fit one transaction.
pub const MAX_IDENTIFIERS: usize = 20;
/// The maximum number of values of one field, and of different identifiers of one kind, in one observation: a pasted list of
/// addresses is not one person's. Phones are one kind, in `telephone` and in `whatsapp`.
pub const MAX_OF_ONE_FIELD: usize = 5;

/// An observation: parsed and normalised values, in the order in which they were captured.
#[derive(Debug, Clone)]
pub struct Observation {
    at: Timestamp,
    /// Orders observations of one moment; 0 if the source has no order.
    pub sequence: u64,
    caller: Caller,
    /// Where it comes from.
    pub source: SourceRef,
    /// The contact that it names by id, as a CSV row may.
    pub contact: Option<ContactId>,
    /// What it may do to contacts that exist already.
    pub existing: Existing,
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
    /// How it was learnt.
    pub proof: Proof,
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
    /// Whether one of its events proved an identifier of the contact. Then its later events speak for the contact.
    pub proven: bool,
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

/// An observation has more than [`MAX_IDENTIFIERS`] values that identify the person, or more than [`MAX_OF_ONE_FIELD`] for
/// one field or of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("exceeds the maximum of {MAX_OF_ONE_FIELD} values of one field or kind and {MAX_IDENTIFIERS} identifiers")]
pub struct TooManyIdentifiers;

/// An identifier of an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedIdentifier {
    pub(crate) identifier: Identifier,
    /// The field in which it was observed first; `None` for a conversation's id.
    pub(crate) channel: Option<Channel>,
    /// The strongest proof with which it was observed.
    pub(crate) proof: Proof,
}

impl Observation {
    /// Creates an observation without values. A time in the future counts as `now`: a clock that runs ahead must not
    /// override everything observed until then.
    pub fn new(source: SourceRef, caller: Caller, at: Timestamp, now: Timestamp) -> Observation {
        let at = time::to_millis(at.min(now));
        Observation {
            at,
            sequence: 0,
            caller,
            source,
            contact: None,
            existing: Existing::default(),
            conversation: None,
            values: Vec::new(),
            named: Vec::new(),
        }
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
        observation.named.push(NamedIdentifier { identifier, channel: None, proof: Proof::Stated });
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

    /// Adds a value with a greater rank than all earlier ones. How it was learnt follows from the source: what people
    /// enter has [`Proof::Person`], and a conversation states it.
    ///
    /// # Errors
    /// [`TooManyIdentifiers`] when it would be one identifier too many.
    pub fn add(&mut self, field: Field, value: Value) -> Result<(), TooManyIdentifiers> {
        let proof = if self.source.is_people() { Proof::Person } else { Proof::Stated };
        self.add_proven(field, value, proof)
    }

    /// Adds a value with a greater rank than all earlier ones, and how it was learnt.
    ///
    /// # Errors
    /// [`TooManyIdentifiers`] when it would be one identifier too many.
    pub fn add_proven(&mut self, field: Field, value: Value, proof: Proof) -> Result<(), TooManyIdentifiers> {
        let rank = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.add_ranked(field, value, proof, rank)
    }

    /// Adds a value with an explicit rank, for sources in which the last value is not the one that counts.
    ///
    /// # Errors
    /// [`TooManyIdentifiers`] when it would be one identifier too many.
    pub fn add_ranked(
        &mut self,
        field: Field,
        value: Value,
        proof: Proof,
        rank: u32,
    ) -> Result<(), TooManyIdentifiers> {
        if let Field::Channel(channel) = field {
            let channels = || self.values.iter().filter(|other| matches!(other.field, Field::Channel(_)));
            let of_field = channels().filter(|other| other.field == field).count();
            let identifier = value.identifier(channel);
            let is_surplus = identifier.as_ref().is_some_and(|identifier| self.has_enough_like(identifier));
            if is_surplus || of_field >= MAX_OF_ONE_FIELD || channels().count() >= MAX_IDENTIFIERS {
                return Err(TooManyIdentifiers);
            }
            if let Some(identifier) = identifier {
                self.name(identifier, channel, proof);
            }
        }
        self.values.push(ObservedValue { field, value, rank, proof });
        Ok(())
    }

    /// Whether an identifier is new and one too many of its kind.
    fn has_enough_like(&self, identifier: &Identifier) -> bool {
        let of_kind = || self.named.iter().filter(|named| named.identifier.kind() == identifier.kind());
        of_kind().count() >= MAX_OF_ONE_FIELD && of_kind().all(|named| named.identifier != *identifier)
    }

    /// The values, in the order in which they were captured.
    pub fn values(&self) -> &[ObservedValue] {
        &self.values
    }

    /// Whether it names a person: by an identifier that the settings do not block, or by a name. A conversation id alone
    /// does not count. A name alone does not count in an import row, because every import of the file would create
    /// another contact.
    pub fn names_somebody(&self, settings: &Settings) -> bool {
        let mut identifiers = self.named.iter().filter(|named| named.channel.is_some());
        let has_name = || !self.is_row() && self.values.iter().any(|observed| observed.field == Field::Name);
        identifiers.any(|named| !settings.blocks(&named.identifier)) || has_name()
    }

    /// Its identifiers, each once, in order of precedence: the conversation, then by proof; those of equal proof as
    /// captured, or in an import row by kind.
    pub fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        self.named.iter().map(|named| &named.identifier)
    }

    pub(crate) fn named(&self) -> &[NamedIdentifier] {
        &self.named
    }

    /// Whether it is a row of an import.
    pub(crate) fn is_row(&self) -> bool {
        matches!(self.source, SourceRef::Import { .. })
    }

    /// The name that it says; of several, the one that counts most.
    pub(crate) fn best_name(&self) -> Option<&Name> {
        let names = self.values.iter().filter_map(|observed| match &observed.value {
            Value::Name(name) => Some((observed.rank, name)),
            _ => None,
        });
        names.max_by_key(|(rank, _)| *rank).map(|(_, name)| name)
    }

    pub(crate) fn stamp(&self, rank: u32) -> Stamp {
        Stamp { at: self.at, sequence: self.sequence, source: self.source.clone(), place: rank }
    }

    fn name(&mut self, identifier: Identifier, channel: Channel, proof: Proof) {
        match self.named.iter_mut().find(|known| known.identifier == identifier) {
            Some(known) if known.proof >= proof => return,
            Some(known) => known.proof = proof,
            None => self.named.push(NamedIdentifier { identifier, channel: Some(channel), proof }),
        }
        let is_row = self.is_row();
        // A stable sort: identifiers of equal precedence stay in the order of capture.
        self.named.sort_by_key(|named| named.precedence(is_row));
    }
}

impl NamedIdentifier {
    /// The lower, the earlier it leads.
    fn precedence(&self, is_row: bool) -> (u8, u8) {
        let Some(channel) = self.channel else { return (0, 0) };
        let class = match self.proof {
            Proof::Channel | Proof::Token => 1,
            Proof::Person => 2,
            Proof::Stated => 3,
        };
        let kind = match channel {
            _ if !is_row => 0,
            Channel::Email => 0,
            Channel::WhatsappUserId => 1,
            Channel::Whatsapp => 2,
            Channel::Telephone => 3,
            Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams => 4,
        };
        (class, kind)
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
