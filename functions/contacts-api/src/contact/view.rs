//! The JSON of a contact.

use std::borrow::Cow;
use std::collections::BTreeMap;

use contacts::{Channel, Contact, ContactId, CustomType, CustomValue, Field, Settings, SourceRef, Stamp, Value};
use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

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
    "custom_fields": {"plan": "pro", "budget": 1200},
    "source": "conversation",
    "provenance": {"name": {"at": "2026-11-22T10:00:00Z", "source": "conversation/conv-1"}},
    "created_at": "2026-11-22T10:00:00Z",
    "updated_at": "2026-11-22T10:00:00Z",
    "last_seen_at": "2026-11-22T10:00:00Z",
    "version": 3
}))]
pub(crate) struct ContactView {
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
    also_known_by: Vec<AlsoKnownView>,
    /// The values of the workspace's custom fields, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    custom_fields: BTreeMap<String, CustomView>,
    /// What created the contact.
    source: SourceView,
    /// The origin of each value, by field: `name`, `telephone`, `custom.plan`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    provenance: BTreeMap<String, ProvenanceView>,
    /// Contradicting contacts that an observation named together with this one. `PATCH` with `null` dismisses them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conflicts: Vec<ConflictView>,
    /// The ids of contacts that were joined into this one. They redirect to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    joined: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// The time of the newest conversation event, to within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    last_seen_at: Option<Timestamp>,
    /// Grows with every change. `ETag` and `If-Match` use it.
    version: u64,
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

/// A further identifier of a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlsoKnown)]
pub(super) struct AlsoKnownView {
    #[schema(example = "telephone")]
    field: &'static str,
    #[schema(example = "+15550001111")]
    value: String,
}

/// The value of a custom field: a string, or a number with all its digits.
#[derive(Debug)]
pub(super) struct CustomView(pub(super) CustomValue);

impl PartialSchema for CustomView {
    fn schema() -> RefOr<Schema> {
        let either = Object::builder().schema_type(SchemaType::from_iter([Type::String, Type::Number]));
        either.description(Some("A string, or a number of up to 38 digits")).into()
    }
}

impl ToSchema for CustomView {
    fn name() -> Cow<'static, str> {
        "CustomFieldValue".into()
    }
}

impl Serialize for CustomView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            CustomValue::Text(text) => serializer.serialize_str(text),
            // The stored text of a number is valid JSON. A float would lose digits.
            CustomValue::Number(number) => RawValue::from_string(number.as_str().to_owned())
                .map_err(|error| S::Error::custom(error.to_string()))?
                .serialize(serializer),
        }
    }
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
}

/// A contact that contradicts this one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conflict)]
struct ConflictView {
    /// The field of the identifier that was left out.
    #[schema(example = "email")]
    field: String,
    /// The other contact.
    #[schema(format = "uuid")]
    contact_id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The channels with phones. Contacts are listed by the first one that has a value.
const PHONES: [Channel; 2] = [Channel::Telephone, Channel::Whatsapp];

impl ContactView {
    /// A contact, shown under these settings.
    pub(crate) fn new(contact: &Contact, settings: &Settings) -> ContactView {
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
                .map(|known| AlsoKnownView::new(known.channel, &known.value))
                .collect(),
            custom_fields: custom_fields(contact, settings),
            source: match &contact.source {
                // One that a newer build knows is closest to a conversation: neither a person nor a file.
                SourceRef::Conversation(_) | SourceRef::Other(_) => SourceView::Conversation,
                SourceRef::Manual | SourceRef::Edit => SourceView::Manual,
                SourceRef::Import { .. } => SourceView::Import,
            },
            provenance: contact
                .all_stamped()
                .filter_map(|(field, value, stamp)| provenance(&field, value, stamp, settings))
                .collect(),
            conflicts: contact
                .conflicts
                .iter()
                .map(|conflict| ConflictView {
                    field: conflict.field.to_string(),
                    contact_id: conflict.contact.to_string(),
                    at: conflict.at,
                })
                .collect(),
            joined: contact.joined.iter().map(ContactId::to_string).collect(),
            created_at: contact.created_at,
            updated_at: contact.updated_at,
            last_seen_at: contact.last_seen_at,
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

impl AlsoKnownView {
    pub(super) fn new(channel: Channel, value: &Value) -> AlsoKnownView {
        AlsoKnownView { field: channel.as_str(), value: value.as_str().to_owned() }
    }
}

fn custom_fields(contact: &Contact, settings: &Settings) -> BTreeMap<String, CustomView> {
    contact
        .custom_values()
        .filter(|(key, value)| is_shown(key, value.kind(), settings))
        .map(|(key, value)| (key.as_str().to_owned(), CustomView(value.clone())))
        .collect()
}

/// A value is stored but hidden if its field is not defined, or is defined with another type.
fn is_shown(key: &contacts::CustomKey, kind: CustomType, settings: &Settings) -> bool {
    settings.custom_field(key).is_some_and(|defined| defined.kind == kind)
}

fn provenance(field: &Field, value: &Value, stamp: &Stamp, settings: &Settings) -> Option<(String, ProvenanceView)> {
    if let (Field::Custom(key), Value::Custom(value)) = (field, value)
        && !is_shown(key, value.kind(), settings)
    {
        return None;
    }
    Some((field.to_string(), ProvenanceView { at: stamp.at, source: stamp.source.to_string() }))
}
