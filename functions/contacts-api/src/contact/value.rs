//! The JSON of single values.

use std::borrow::Cow;

use contacts::{Channel, CustomKey, CustomValue, Field, Settings, Value};
use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The value of a field: a string, or a number with all its digits.
#[derive(Debug)]
pub(super) enum ValueView {
    Text(String),
    /// The text of a number. It is valid JSON.
    Number(String),
}

/// An identifier, and the field that it is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identifier)]
pub(crate) struct IdentifierView {
    #[schema(example = "telephone")]
    field: &'static str,
    #[schema(example = "+15550001111")]
    value: String,
}

impl ValueView {
    pub(super) fn new(value: &Value) -> ValueView {
        match value {
            Value::Custom(value) => ValueView::of_custom(value),
            Value::Name(_) | Value::Phone(_) | Value::Email(_) | Value::Handle(_) => {
                ValueView::Text(value.as_str().to_owned())
            }
        }
    }

    pub(super) fn of_custom(value: &CustomValue) -> ValueView {
        match value {
            CustomValue::Text(text) => ValueView::Text(text.clone()),
            CustomValue::Number(number) => ValueView::Number(number.as_str().to_owned()),
        }
    }
}

impl PartialSchema for ValueView {
    fn schema() -> RefOr<Schema> {
        let either = Object::builder().schema_type(SchemaType::from_iter([Type::String, Type::Number]));
        either.description(Some("A string; in a custom field also a number of up to 38 digits")).into()
    }
}

impl ToSchema for ValueView {
    fn name() -> Cow<'static, str> {
        "FieldValue".into()
    }
}

impl Serialize for ValueView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ValueView::Text(text) => serializer.serialize_str(text),
            // A float would lose digits.
            ValueView::Number(digits) => RawValue::from_string(digits.clone())
                .map_err(|error| S::Error::custom(error.to_string()))?
                .serialize(serializer),
        }
    }
}

impl IdentifierView {
    pub(crate) fn new(channel: Channel, value: &Value) -> IdentifierView {
        IdentifierView { field: channel.as_str(), value: value.as_str().to_owned() }
    }
}

/// Whether a value is shown. A custom value is stored but hidden if its field is not defined, or is defined with another
/// type.
pub(super) fn is_shown(field: &Field, value: &Value, settings: &Settings) -> bool {
    match (field, value) {
        (Field::Custom(key), Value::Custom(value)) => is_defined(key, value, settings),
        _ => true,
    }
}

/// Whether a custom field is defined with the type of a value.
pub(super) fn is_defined(key: &CustomKey, value: &CustomValue, settings: &Settings) -> bool {
    settings.custom_field(key).is_some_and(|defined| defined.kind == value.kind())
}
