//! The JSON of a contact that is not in the book, as in a preview.

use std::collections::BTreeMap;

use contacts::{Channel, Field, Value};
use serde::Serialize;
use utoipa::ToSchema;

use super::value::{IdentifierView, ValueView};
use super::view::ChannelsView;

/// The values of a row, in the form of a contact. Members without a value are absent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnsavedContact, example = json!({
    "name": "Ada Lovelace",
    "phone": "+15551234567",
    "channels": {
        "telephone": "+15551234567",
        "national_number": "5551234567",
        "country_code": "1",
        "dial_code": "US"
    },
    "custom_fields": {"plan": "pro", "budget": 1200}
}))]
pub(crate) struct UnsavedContactView {
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
    /// Further phones and email addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    also_known_by: Vec<IdentifierView>,
    /// The values of custom fields, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    custom_fields: BTreeMap<String, ValueView>,
}

impl UnsavedContactView {
    /// A contact with these values, and with further identifiers.
    pub(crate) fn new(values: &BTreeMap<Field, Value>, further: &[(Channel, Value)]) -> UnsavedContactView {
        let channels = ChannelsView::new(|channel| values.get(&Field::Channel(channel)));
        let custom = values.iter().filter_map(|(field, value)| match (field, value) {
            (Field::Custom(key), Value::Custom(value)) => Some((key.as_str().to_owned(), ValueView::of_custom(value))),
            _ => None,
        });
        UnsavedContactView {
            name: values.get(&Field::Name).map(|name| name.as_str().to_owned()),
            phone: channels.phone(),
            email: channels.email(),
            channels,
            also_known_by: further.iter().map(|(channel, value)| IdentifierView::new(*channel, value)).collect(),
            custom_fields: custom.collect(),
        }
    }
}
