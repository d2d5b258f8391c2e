//! The JSON of a contact.

use std::collections::{BTreeMap, HashSet};

use contacts::{Channel, Contact, ContactId, ConversationInfo, Field, Proof, Settings, SourceRef, Value};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::unsettled::{ConflictView, UnconfirmedView};
use super::value::{IdentifierView, ValueView, is_defined, is_shown};

/// A contact is one person. Members without a value are absent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact, example = json!({
    "id": "0190c5f2-4a5b-7c3d-9e8f-0123456789ab",
    "name": "Ada Lovelace",
    "phone": "+15551234567",
    "email": "person@example.com",
    "channels": {
        "telephone": "+15551234567",
        "national_number": "5551234567",
        "country_code": "1",
        "dial_code": "US",
        "email": "person@example.com"
    },
    "also_known_by": [{"field": "telephone", "value": "+15550001111"}],
    "shared": [{"field": "telephone", "value": "+15550002222"}],
    "unconfirmed": [{
        "field": "name",
        "value": "Ada King",
        "at": "2026-11-22T09:00:00Z",
        "source": "conversation/conv-2"
    }],
    "custom_fields": {"plan": "pro", "budget": 1200},
    "source": "conversation",
    "provenance": {"name": {"at": "2026-11-22T10:00:00Z", "source": "conversation/conv-1", "proof": "stated"}},
    "proven": true,
    "created_at": "2026-11-22T10:00:00Z",
    "updated_at": "2026-11-22T10:00:00Z",
    "last_seen_at": "2026-11-22T10:00:00Z",
    "last_conversation": {"conversation_id": "conv-1", "channel": "whatsapp", "assistant_id": "a-7"},
    "version": 3
}))]
pub struct ContactView {
    /// The id, a UUID of version 7.
    #[schema(format = "uuid")]
    id: String,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The telephone number, else the WhatsApp number, in E.164. Derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone: Option<String>,
    /// The email address. Derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    channels: ChannelsView,
    /// Further identifiers of this contact, besides those in `channels`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    also_known_by: Vec<IdentifierView>,
    /// Identifiers that several people use and that lead to another contact. One of them may also be in `channels`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    shared: Vec<IdentifierView>,
    /// Values that were given by somebody who may not be this person, oldest first. `PATCH` of a field accepts a value;
    /// `PATCH` of this member dismisses the values that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    unconfirmed: Vec<UnconfirmedView>,
    /// The values of the workspace's custom fields, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    custom_fields: BTreeMap<String, ValueView>,
    /// What created the contact.
    source: SourceView,
    /// The origin of each value, by field: `name`, `telephone`, `custom.plan`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    provenance: BTreeMap<String, ProvenanceView>,
    /// Whether a channel or a verified token proves an identifier of the contact. With `identity` set to `guarded`, an
    /// identifier that people entered is enough.
    proven: bool,
    /// Contacts that were observed together with this one but may not be joined with it, oldest first. `PATCH` with
    /// `null` or `[]` dismisses them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conflicts: Vec<ConflictView>,
    /// The ids of contacts that were joined into this one. They redirect to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    joined: Vec<String>,
    /// The ids of contacts that a person has separated from this one. No conversation joins them with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    kept_apart: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// The time of the newest conversation event, to within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    last_seen_at: Option<Timestamp>,
    /// The conversation of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_conversation: Option<LastConversationView>,
    /// Grows with every change. `ETag` and `If-Match` use it.
    version: u64,
}

/// A conversation: over which channel, and with which assistant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LastConversation)]
pub(super) struct LastConversationView {
    conversation_id: String,
    /// As in an event: `telephone`, `web_chat`.
    #[schema(example = "whatsapp")]
    channel: &'static str,
    assistant_id: String,
}

impl LastConversationView {
    pub(super) fn new(info: &ConversationInfo) -> LastConversationView {
        LastConversationView {
            conversation_id: info.id.to_string(),
            channel: info.channel.as_str(),
            assistant_id: info.assistant_id.clone(),
        }
    }
}

/// How to reach the person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channels)]
pub(super) struct ChannelsView {
    /// E.164; `;ext=` and the digits of an extension may follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    telephone: Option<String>,
    /// The phone without its calling code. Derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    national_number: Option<String>,
    /// The phone's calling code without a plus. Derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    country_code: Option<String>,
    /// The phone's country, ISO 3166-1 alpha-2. Derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dial_code: Option<String>,
    /// E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    whatsapp: Option<String>,
    /// The id by which WhatsApp names people whose number it does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    whatsapp_user_id: Option<String>,
    /// User name without the at sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    instagram: Option<String>,
    /// User id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    slack: Option<String>,
    /// User id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    microsoft_teams: Option<String>,
    /// As entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
}

/// What created a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
#[serde(rename_all = "snake_case")]
enum SourceView {
    Conversation,
    Manual,
    Import,
}

/// The origin of a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Provenance)]
struct ProvenanceView {
    /// When the value was observed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `conversation/<id>`, `import/<id>/<line>`, `manual` or `manual/edit`.
    #[schema(example = "import/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/17")]
    source: String,
    /// How the value was learnt.
    proof: ProofView,
}

/// How a value was learnt: the other side of a conversation said it (`stated`), a person of the workspace entered it
/// (`person`), a signed claim or a one-time code verified it (`token`), or the channel attests it (`channel`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proof)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProofView {
    Stated,
    Person,
    Token,
    Channel,
}

/// The channels with phones. Contacts are listed by the first one that has a value.
const PHONES: [Channel; 2] = [Channel::Telephone, Channel::Whatsapp];

impl ContactView {
    /// A contact, shown under these settings.
    pub fn new(contact: &Contact, settings: &Settings) -> ContactView {
        let channels = ChannelsView::new(|channel| contact.channel(channel));
        ContactView {
            id: contact.id.to_string(),
            name: contact.name().map(|name| name.as_str().to_owned()),
            phone: channels.phone(),
            email: channels.email(),
            channels,
            also_known_by: contact
                .identifiers
                .secondary()
                .iter()
                .map(|known| IdentifierView::new(known.channel, &known.value))
                .collect(),
            shared: shared(contact),
            unconfirmed: contact
                .unconfirmed
                .iter()
                .filter(|entry| is_shown(&entry.field, &entry.value, settings))
                .map(UnconfirmedView::new)
                .collect(),
            custom_fields: custom_fields(contact, settings),
            source: match &contact.source {
                // One that a newer build knows is closest to a conversation: neither a person nor a file.
                SourceRef::Conversation(_) | SourceRef::Other(_) => SourceView::Conversation,
                SourceRef::Manual | SourceRef::Edit | SourceRef::ImportUndo(_) => SourceView::Manual,
                SourceRef::Import { .. } => SourceView::Import,
            },
            provenance: provenance(contact, settings),
            proven: contact.is_proven(settings.identity),
            conflicts: contact.conflicts.iter().map(|conflict| ConflictView::new(conflict, settings)).collect(),
            joined: contact.joined.iter().map(ContactId::to_string).collect(),
            kept_apart: contact.kept_apart.iter().map(ContactId::to_string).collect(),
            created_at: contact.created_at,
            updated_at: contact.updated_at,
            last_seen_at: contact.last_seen_at,
            last_conversation: contact.last_conversation.as_ref().map(LastConversationView::new),
            version: contact.version,
        }
    }
}

impl ChannelsView {
    /// The channels with these values.
    pub(super) fn new<'a>(value_of: impl Fn(Channel) -> Option<&'a Value>) -> ChannelsView {
        let value = |channel| value_of(channel).map(|value| value.as_str().to_owned());
        let details = PHONES.into_iter().find_map(&value_of).and_then(|value| match value {
            Value::Phone(phone) => Some(phone.details()),
            Value::Name(_) | Value::Email(_) | Value::Handle(_) | Value::Custom(_) => None,
        });
        ChannelsView {
            telephone: value(Channel::Telephone),
            national_number: details.as_ref().map(|details| details.national_number.clone()),
            country_code: details.as_ref().map(|details| details.country_code.clone()),
            dial_code: details.and_then(|details| details.dial_code).map(|country| country.to_string()),
            whatsapp: value(Channel::Whatsapp),
            whatsapp_user_id: value(Channel::WhatsappUserId),
            instagram: value(Channel::Instagram),
            slack: value(Channel::Slack),
            microsoft_teams: value(Channel::MicrosoftTeams),
            email: value(Channel::Email),
        }
    }

    /// The phone by which the contact is listed.
    pub(super) fn phone(&self) -> Option<String> {
        self.telephone.as_ref().or(self.whatsapp.as_ref()).cloned()
    }

    /// The email address.
    pub(super) fn email(&self) -> Option<String> {
        self.email.clone()
    }
}

impl From<Proof> for ProofView {
    fn from(proof: Proof) -> ProofView {
        match proof {
            Proof::Stated => ProofView::Stated,
            Proof::Person => ProofView::Person,
            Proof::Token => ProofView::Token,
            Proof::Channel => ProofView::Channel,
        }
    }
}

/// The shared identifiers, each once even if it is in two fields.
fn shared(contact: &Contact) -> Vec<IdentifierView> {
    let mut listed = HashSet::new();
    let shared = contact.identifiers.shared().filter(|held| listed.insert(&held.identifier));
    shared.map(|held| IdentifierView::new(held.channel, &held.value)).collect()
}

fn custom_fields(contact: &Contact, settings: &Settings) -> BTreeMap<String, ValueView> {
    let defined = contact.custom_values().filter(|(key, value)| is_defined(key, value, settings));
    defined.map(|(key, value)| (key.as_str().to_owned(), ValueView::of_custom(value))).collect()
}

fn provenance(contact: &Contact, settings: &Settings) -> BTreeMap<String, ProvenanceView> {
    let shown = contact.all_stamped().filter(|(field, value, _)| is_shown(field, value, settings));
    let entry = |field: Field, at, source: &SourceRef| {
        let proof = proof_of(contact, &field).into();
        (field.to_string(), ProvenanceView { at, source: source.to_string(), proof })
    };
    shown.map(|(field, _, stamp)| entry(field, stamp.at, &stamp.source)).collect()
}

/// How the value of a field was learnt.
fn proof_of(contact: &Contact, field: &Field) -> Proof {
    let proof = match field {
        Field::Channel(channel) => contact.identifiers.primary(*channel).map(|held| held.proof),
        Field::Name | Field::Custom(_) => contact.values.get(field).map(|entry| entry.proof),
    };
    proof.unwrap_or_default()
}
