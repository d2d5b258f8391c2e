//! How the values of fields are read from what people and files write.

use crate::custom::{CustomError, CustomValue};
use crate::email::Email;
use crate::field::{Channel, Field, Value, ValueError};
use crate::handle::Handle;
use crate::name::{Name, NameError};
use crate::phone::Phone;
use crate::raw::Raw;
use crate::settings::Settings;
use crate::text;

impl Field {
    /// Parses a value of this field under the workspace's settings; `None` when the value is blank.
    ///
    /// Text that says that there is no value (`n/a`) is blank, except in custom fields.
    ///
    /// # Errors
    /// [`ValueError`] when the value is invalid for the field.
    pub fn read(&self, raw: &Raw, settings: &Settings) -> Result<Option<Value>, ValueError> {
        let channel = match self {
            Field::Channel(channel) => channel,
            Field::Name => {
                return match raw.written()?.map(Name::parse) {
                    None | Some(Err(NameError::Blank)) => Ok(None),
                    Some(name) => Ok(Some(Value::Name(name?))),
                };
            }
            Field::Custom(key) => {
                let kind = settings.custom_field(key).ok_or(CustomError::Unknown)?.kind;
                return Ok(CustomValue::parse(raw, kind)?.map(Value::Custom));
            }
        };
        let Some(text) = raw.text()?.filter(|text| !text::says_nothing(text)) else { return Ok(None) };
        let home = settings.default_country;
        Ok(Some(match channel {
            Channel::Telephone => Value::Phone(Phone::parse(&text, home)?),
            Channel::Whatsapp => Value::Phone(Phone::parse_whatsapp(&text, home)?),
            Channel::WhatsappUserId => Value::Handle(Handle::parse_whatsapp_user_id(&text)?),
            Channel::Email => Value::Email(Email::parse(&text)?),
            Channel::Instagram => Value::Handle(Handle::parse_instagram(&text)?),
            Channel::Slack => Value::Handle(Handle::parse_slack(&text)?),
            Channel::MicrosoftTeams => Value::Handle(Handle::parse_teams(&text)?),
        }))
    }

    /// Parses a value of this field, and returns all that the text says: nothing when it is blank, else the value first.
    ///
    /// An email may bring a name, as in `Ada <ada@x.org>`; it counts only where the source has no other name (see
    /// [`Field::is_beside`]). WhatsApp names a person by a number or by a user id, and a user id is a value of the field
    /// that has its kind.
    ///
    /// # Errors
    /// As [`Field::read`].
    pub fn read_all(&self, raw: &Raw, settings: &Settings) -> Result<Vec<(Field, Value)>, ValueError> {
        let text = match self {
            Field::Channel(Channel::Email | Channel::Whatsapp) => raw.text()?.filter(|text| !text::says_nothing(text)),
            _ => None,
        };
        match (self, text) {
            (Field::Channel(Channel::Email), Some(text)) => {
                let (email, name) = Email::parse_with_name(&text)?;
                let mut values = vec![(self.clone(), Value::Email(email))];
                values.extend(name.map(|name| (Field::Name, Value::Name(name))));
                Ok(values)
            }
            (Field::Channel(Channel::Whatsapp), Some(text)) => Ok(match Handle::parse_whatsapp_user_id(&text) {
                Ok(id) => vec![(Field::Channel(Channel::WhatsappUserId), Value::Handle(id))],
                Err(_) => {
                    let phone = Phone::parse_whatsapp(&text, settings.default_country)?;
                    vec![(self.clone(), Value::Phone(phone))]
                }
            }),
            _ => Ok(self.read(raw, settings)?.map(|value| (self.clone(), value)).into_iter().collect()),
        }
    }

    /// Whether a value of the field `read`, which [`Field::read_all`] of this field returned, is only mentioned beside
    /// this field's own value: the name in front of an email.
    pub fn is_beside(&self, read: &Field) -> bool {
        *read == Field::Name && *self != Field::Name
    }
}

#[cfg(test)]
mod tests {
    use crate::raw::NotText;

    use super::*;

    #[test]
    fn blank_is_not_said() {
        let settings = Settings::default();
        for field in ["name", "telephone", "whatsapp", "email", "instagram", "slack"] {
            for text in [" \t", "\u{200B}", "N/A", "=\"\"", "\u{2013}"] {
                assert_eq!(Field::parse(field).unwrap().read(&text.into(), &settings), Ok(None), "{field} {text}");
            }
        }
        assert_eq!(Field::Name.read(&"\u{1}".into(), &settings), Ok(None));
    }

    #[test]
    fn a_phone_may_be_a_json_number() {
        let value = Field::Channel(Channel::Telephone).read(&Raw::Number("2015550123".into()), &Settings::default());
        assert_eq!(value.unwrap().unwrap().as_str(), "+12015550123");
        let error = Field::Channel(Channel::Email).read(&Raw::Other, &Settings::default());
        assert_eq!(error, Err(ValueError::NotText(NotText)));
    }

    #[test]
    fn a_text_may_say_more_than_its_field() {
        let read = |field: &str, text: &str| -> Vec<String> {
            let field = Field::parse(field).unwrap();
            let values = field.read_all(&text.into(), &Settings::default()).unwrap();
            values.iter().map(|(field, value)| format!("{field}={}", value.as_str())).collect()
        };
        assert_eq!(read("email", "Ada <ada@x.org>"), ["email=ada@x.org", "name=Ada"]);
        assert_eq!(read("email", "n/a"), [""; 0]);
        assert_eq!(read("whatsapp", "US.13491208655302741918"), ["whatsapp_user_id=US.13491208655302741918"]);
        assert_eq!(read("whatsapp", "12015550123"), ["whatsapp=+12015550123"]);
        assert_eq!(read("slack", "<@U01ABCD234>"), ["slack=U01ABCD234"]);
    }
}
