//! Reads the body of a change of the settings.

use contacts::{
    Channel, ConversationUrl, Country, Field, IdentityMode, ListedIdentifier, MAX_ERASURE_DAYS, MAX_HISTORY_DAYS,
    MAX_LISTED_IDENTIFIERS, Raw, Settings, UnknownField,
};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::view::IdentityModeView;
use crate::Problem;
use crate::body::{Body, MemberValue};
use crate::json::Members;
use crate::problem::FieldError;

/// A change of the settings.
#[derive(ToSchema)]
#[schema(as = SettingsPatch, example = json!({
    "default_country": "GB",
    "blocked_identifiers": [{"field": "email", "value": "info@example.com"}]
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(super) struct SettingsPatch {
    /// ISO 3166-1 alpha-2.
    #[schema(nullable = false)]
    default_country: Option<String>,
    #[schema(nullable = false)]
    identity: Option<IdentityModeView>,
    /// Null empties the list.
    #[schema(max_items = 200)]
    blocked_identifiers: Option<Vec<NewListedIdentifier>>,
    /// Null empties the list.
    #[schema(max_items = 200)]
    allowed_identifiers: Option<Vec<NewListedIdentifier>>,
    #[schema(nullable = false, maximum = 3650)]
    history_days: Option<u16>,
    #[schema(nullable = false, maximum = 3650)]
    erasure_days: Option<u16>,
    /// Null removes the link.
    #[schema(max_length = 500)]
    conversation_url: Option<String>,
}

/// An identifier for a list of the settings. A phone may have any usual format.
#[derive(ToSchema)]
#[schema(as = NewListedIdentifier, example = json!({"field": "email", "value": "info@example.com"}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
struct NewListedIdentifier {
    /// The name of a channel: `telephone`, `email`.
    field: String,
    value: String,
}

/// Changes the settings as a body asks for. If an error is returned, they may be changed in part.
pub(super) fn apply(body: &Members, settings: &mut Settings) -> Result<(), Problem> {
    let mut body = body.clone();
    let mut errors = Vec::new();
    if let Some(text) = body.take_text("default_country", &mut errors)? {
        match Country::parse(&text) {
            Ok(country) => settings.default_country = country,
            Err(error) => errors.push(FieldError::new("default_country", format!("is {error}"))),
        }
    }
    if let Some(text) = body.take_text("identity", &mut errors)? {
        match IdentityMode::parse(&text) {
            Some(mode) => settings.identity = mode,
            None => errors.push(FieldError::new("identity", "must be open or guarded")),
        }
    }
    for name in ["blocked_identifiers", "allowed_identifiers"] {
        let Some(json) = body.take(name) else { continue };
        // Phones are read with the default country of this body.
        let list = read_list(name, &json, settings, &mut errors)?;
        match name {
            "blocked_identifiers" => settings.blocked_identifiers = list,
            _ => settings.allowed_identifiers = list,
        }
    }
    for (name, most, days) in [
        ("history_days", MAX_HISTORY_DAYS, &mut settings.history_days),
        ("erasure_days", MAX_ERASURE_DAYS, &mut settings.erasure_days),
    ] {
        let Some(json) = body.take(name) else { continue };
        let given = MemberValue::of(&json)?.and_then(|days| u16::try_from(days.whole()?).ok());
        match given.filter(|days| *days <= most) {
            Some(given) => *days = given,
            None => errors.push(FieldError::new(name, format!("must be a whole number from 0 to {most}"))),
        }
    }
    if let Some(json) = body.take("conversation_url") {
        let url = MemberValue::of(&json)?.map(MemberValue::text).transpose().map_err(str::to_owned);
        let url =
            url.and_then(|url| url.map(|url| ConversationUrl::parse(&url)).transpose().map_err(|e| e.to_string()));
        match url {
            Ok(url) => settings.conversation_url = url,
            Err(reason) => errors.push(FieldError::new("conversation_url", reason)),
        }
    }
    body.refuse_rest(&mut errors);
    if errors.is_empty() { Ok(()) } else { Err(Problem::refused(errors)) }
}

/// The identifiers of a list, each once.
fn read_list(
    name: &str,
    json: &RawValue,
    settings: &Settings,
    errors: &mut Vec<FieldError>,
) -> Result<Vec<ListedIdentifier>, Problem> {
    let entries = match MemberValue::of(json)? {
        None => Vec::new(),
        Some(MemberValue::List(entries)) if entries.len() <= MAX_LISTED_IDENTIFIERS => entries,
        Some(MemberValue::List(_)) => {
            errors.push(FieldError::new(name, format!("has more than {MAX_LISTED_IDENTIFIERS} entries")));
            Vec::new()
        }
        Some(_) => {
            errors.push(FieldError::new(name, "must be a list"));
            Vec::new()
        }
    };
    let mut list: Vec<ListedIdentifier> = Vec::with_capacity(entries.len());
    for (place, json) in entries.iter().enumerate() {
        let Some(entry) = read_entry(&format!("{name}[{place}]"), json, settings, errors)? else { continue };
        let is_same = |listed: &ListedIdentifier| {
            listed.value.identifier(listed.channel) == entry.value.identifier(entry.channel)
        };
        if !list.iter().any(is_same) {
            list.push(entry);
        }
    }
    Ok(list)
}

fn read_entry(
    path: &str,
    json: &RawValue,
    settings: &Settings,
    errors: &mut Vec<FieldError>,
) -> Result<Option<ListedIdentifier>, Problem> {
    let Some(members) = Members::of(json)? else {
        errors.push(FieldError::new(path, "must be an object"));
        return Ok(None);
    };
    let mut entry = Body::at(path, members);
    let channel = entry.require("field", |field| {
        Channel::parse(&field.text()?).map_err(|UnknownField| "is not the name of a channel")
    })?;
    let text = entry.require("value", MemberValue::text)?;
    let mut listed = None;
    if let (Some(channel), Some(text)) = (channel, text) {
        // In the field of a WhatsApp number may be a WhatsApp user id.
        let values = Field::Channel(channel).read_all(&Raw::Text(text), settings);
        match values.map(|values| values.into_iter().next()) {
            Ok(Some((Field::Channel(channel), value))) => listed = Some(ListedIdentifier { channel, value }),
            Ok(_) => entry.refuse("value", "is blank"),
            Err(error) => entry.refuse("value", error),
        }
    }
    errors.extend(entry.finish());
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(body: &str) -> Result<Settings, Vec<String>> {
        let mut settings = Settings::default();
        let body = Members::read(body.as_bytes()).unwrap();
        match apply(&body, &mut settings) {
            Ok(()) => Ok(settings),
            Err(problem) => {
                let problem = serde_json::to_value(problem).unwrap();
                let errors = problem["errors"].as_array().unwrap().iter();
                Err(errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect())
            }
        }
    }

    fn shown(list: &[ListedIdentifier]) -> Vec<(Channel, &str)> {
        list.iter().map(|listed| (listed.channel, listed.value.as_str())).collect()
    }

    #[test]
    fn each_identifier_is_listed_once_and_read_in_the_new_default_country() {
        let settings = applied(
            r#"{"blocked_identifiers": [
                {"field": "telephone", "value": "020 7946 0018"},
                {"field": "whatsapp", "value": "+44 20 7946 0018"},
                {"field": "email", "value": " Info@Example.com "},
                {"field": "email", "value": "info@example.com"},
                {"field": "whatsapp", "value": "US.12345"}
            ], "default_country": "GB", "identity": "guarded"}"#,
        )
        .unwrap();
        let expected = [
            (Channel::Telephone, "+442079460018"),
            (Channel::Email, "Info@Example.com"),
            (Channel::WhatsappUserId, "US.12345"),
        ];
        assert_eq!(shown(&settings.blocked_identifiers), expected);
        assert_eq!(settings.identity, IdentityMode::Guarded);
        assert_eq!(applied(r#"{"allowed_identifiers": null}"#).unwrap(), Settings::default());
    }

    #[test]
    fn history_and_links_can_be_set() {
        let body = r#"{"history_days": 0, "conversation_url": "https://x.example/{conversation_id}"}"#;
        let settings = applied(body).unwrap();
        let url = settings.conversation_url.as_ref().map(ConversationUrl::as_str);
        assert_eq!((settings.history_days, url), (0, Some("https://x.example/{conversation_id}")));
        assert_eq!(settings.erasure_days, 730);
        assert_eq!(applied(r#"{"erasure_days": 0}"#).unwrap().erasure_days, 0);
        assert_eq!(applied(r#"{"conversation_url": null}"#).unwrap().conversation_url, None);
    }

    #[test]
    fn every_invalid_entry_is_named() {
        let entry = r#"{"field": "slack", "value": "U01ABCD234"}"#;
        let many = format!(r#"{{"blocked_identifiers": [{}]}}"#, [entry; 201].join(","));
        for (body, fields) in [
            (r#"{"identity": "closed", "allowed_identifiers": {}}"#, &["identity", "allowed_identifiers"][..]),
            (r#"{"identity": null}"#, &["identity"]),
            (&many, &["blocked_identifiers"]),
            (r#"{"history_days": 3651, "conversation_url": "javascript:1"}"#, &["history_days", "conversation_url"]),
            (r#"{"history_days": null, "conversation_url": 1}"#, &["history_days", "conversation_url"]),
            (r#"{"history_days": "400"}"#, &["history_days"]),
            (r#"{"erasure_days": 3651}"#, &["erasure_days"]),
            (r#"{"erasure_days": -1}"#, &["erasure_days"]),
            (
                r#"{"allowed_identifiers": [
                    "info@example.com",
                    {"field": "name", "value": "Ada"},
                    {"field": "email", "value": "ada"},
                    {"field": "email", "value": " "},
                    {"field": "email", "value": 1, "note": "x"},
                    {"field": "email", "value": "info@example.com"}
                ]}"#,
                &[
                    "allowed_identifiers[0]",
                    "allowed_identifiers[1].field",
                    "allowed_identifiers[2].value",
                    "allowed_identifiers[3].value",
                    "allowed_identifiers[4].value",
                    "allowed_identifiers[4].note",
                ],
            ),
        ] {
            assert_eq!(applied(body), Err(fields.iter().map(|field| (*field).to_owned()).collect()), "{body}");
        }
    }
}
