//! The fields of a contact, and their values.

use std::fmt;

use crate::custom::{CustomError, CustomKey, CustomValue};
use crate::email::{Email, EmailError};
use crate::handle::{Handle, HandleError};
use crate::identifier::Identifier;
use crate::name::{Name, NameError};
use crate::phone::{Phone, PhoneError};
use crate::raw::NotText;

/// A field of a contact. Events and mappings use its text form (`name`, `telephone`, `custom.plan`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The person's name.
    Name,
    /// A way to reach the person; its value identifies them.
    Channel(Channel),
    /// A field that the workspace defines.
    Custom(CustomKey),
}

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Phone, for calls and text messages.
    Telephone,
    /// WhatsApp, whose ids are phone numbers.
    Whatsapp,
    /// WhatsApp's business-scoped user id, by which it names people whose number it does not tell.
    WhatsappUserId,
    /// Email.
    Email,
    /// Instagram user name.
    Instagram,
    /// Slack user id.
    Slack,
    /// Microsoft Teams user id.
    MicrosoftTeams,
}

/// A field's value, parsed and normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The value of [`Field::Name`].
    Name(Name),
    /// The value of [`Channel::Telephone`] and [`Channel::Whatsapp`].
    Phone(Phone),
    /// The value of [`Channel::Email`].
    Email(Email),
    /// The value of the other channels.
    Handle(Handle),
    /// The value of [`Field::Custom`].
    Custom(CustomValue),
}

/// Why a value is invalid for a field. The text continues "the value …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error of the part that it names")]
pub enum ValueError {
    #[error(transparent)]
    NotText(#[from] NotText),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Phone(#[from] PhoneError),
    #[error(transparent)]
    Email(#[from] EmailError),
    #[error(transparent)]
    Handle(#[from] HandleError),
    #[error(transparent)]
    Custom(#[from] CustomError),
}

/// No field has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a field of a contact")]
pub struct UnknownField;

impl ValueError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            ValueError::NotText(error) => error.code(),
            ValueError::Name(error) => error.code(),
            ValueError::Phone(error) => error.code(),
            ValueError::Email(error) => error.code(),
            ValueError::Handle(error) => error.code(),
            ValueError::Custom(error) => error.code(),
        }
    }
}

impl Channel {
    /// All channels, in display order.
    pub const ALL: [Channel; 7] = [
        Channel::Telephone,
        Channel::Whatsapp,
        Channel::WhatsappUserId,
        Channel::Email,
        Channel::Instagram,
        Channel::Slack,
        Channel::MicrosoftTeams,
    ];

    /// The channel's name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Telephone => "telephone",
            Channel::Whatsapp => "whatsapp",
            Channel::WhatsappUserId => "whatsapp_user_id",
            Channel::Email => "email",
            Channel::Instagram => "instagram",
            Channel::Slack => "slack",
            Channel::MicrosoftTeams => "microsoft_teams",
        }
    }

    /// Parses the name of a channel.
    ///
    /// # Errors
    /// [`UnknownField`] when there is no such channel.
    pub fn parse(text: &str) -> Result<Channel, UnknownField> {
        Channel::ALL.into_iter().find(|channel| channel.as_str() == text).ok_or(UnknownField)
    }
}

impl Field {
    /// Parses the text form.
    ///
    /// # Errors
    /// [`UnknownField`] when there is no such field.
    pub fn parse(text: &str) -> Result<Field, UnknownField> {
        if text == "name" {
            return Ok(Field::Name);
        }
        match text.strip_prefix("custom.") {
            Some(key) => CustomKey::parse(key).map(Field::Custom).map_err(|_| UnknownField),
            None => Channel::parse(text).map(Field::Channel),
        }
    }
}

impl From<Channel> for Field {
    fn from(channel: Channel) -> Field {
        Field::Channel(channel)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Name => f.write_str("name"),
            Field::Channel(channel) => f.write_str(channel.as_str()),
            Field::Custom(key) => write!(f, "custom.{}", key.as_str()),
        }
    }
}

impl Value {
    /// The value as displayed.
    pub fn as_str(&self) -> &str {
        match self {
            Value::Name(name) => name.as_str(),
            Value::Phone(phone) => phone.as_str(),
            Value::Email(email) => email.as_str(),
            Value::Handle(handle) => handle.as_str(),
            Value::Custom(value) => value.as_str(),
        }
    }

    /// The identifier that this value is in `channel`; `None` if no channel can hold the value.
    pub fn identifier(&self, channel: Channel) -> Option<Identifier> {
        match self {
            Value::Phone(phone) => Some(Identifier::Phone(phone.match_key().into_owned())),
            Value::Email(email) => Some(Identifier::Email(email.match_key().to_owned())),
            Value::Handle(handle) => {
                let handle = handle.as_str().to_owned();
                match channel {
                    Channel::WhatsappUserId => Some(Identifier::WhatsappUserId(handle)),
                    Channel::Instagram => Some(Identifier::Instagram(handle)),
                    Channel::Slack => Some(Identifier::Slack(handle)),
                    Channel::MicrosoftTeams => Some(Identifier::MicrosoftTeams(handle)),
                    Channel::Telephone | Channel::Whatsapp | Channel::Email => None,
                }
            }
            Value::Name(_) | Value::Custom(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_of_a_field_reads_back() {
        for text in ["name", "telephone", "whatsapp_user_id", "email", "slack", "microsoft_teams", "custom.plan"] {
            assert_eq!(Field::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "Name", "phone", "custom.", "custom.A B", "national_number", "id"] {
            assert_eq!(Field::parse(text), Err(UnknownField), "{text}");
        }
    }
}
