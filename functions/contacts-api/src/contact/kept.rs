//! Reads lists of values that stay, each with its field: the members `unconfirmed` and `also_known_by` of a change, and `keep`
//! of a settled conflict.

use contacts::{Contact, Field, HeldIdentifier, Patch, Raw, Settings, UnknownField};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::value::ValueView;
use crate::Problem;
use crate::body::{Body, MemberValue};
use crate::json::Members;
use crate::problem::FieldError;

pub(super) const UNCONFIRMED: &str = "unconfirmed";
pub(super) const ALSO_KNOWN_BY: &str = "also_known_by";

/// A value that stays. It may be sent as it was read: `at`, `source` and `proof` are ignored.
#[derive(ToSchema)]
#[schema(as = KeptValue, example = json!({"field": "email", "value": "ada@example.com"}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized")]
pub(super) struct KeptValue {
    field: String,
    value: ValueView,
    at: Option<String>,
    source: Option<String>,
    proof: Option<String>,
}

/// The values to keep, with their fields; `None`, with errors, if the member `name` is invalid. Null keeps nothing.
pub(super) fn read(
    name: &str,
    json: &RawValue,
    settings: &Settings,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Vec<(Field, String)>>, Problem> {
    let entries = match MemberValue::of(json)? {
        None => Vec::new(),
        Some(MemberValue::List(entries)) => entries,
        Some(_) => {
            errors.push(FieldError::new(name, "must be a list"));
            return Ok(None);
        }
    };
    let mut kept = Vec::with_capacity(entries.len());
    let before = errors.len();
    for (place, entry) in entries.iter().enumerate() {
        kept.extend(read_entry(&path(name, place), entry, settings, errors)?);
    }
    Ok(Some(kept).filter(|_| errors.len() == before))
}

fn read_entry(
    path: &str,
    json: &RawValue,
    settings: &Settings,
    errors: &mut Vec<FieldError>,
) -> Result<Option<(Field, String)>, Problem> {
    let Some(members) = Members::of(json)? else {
        errors.push(FieldError::new(path, "must be an object"));
        return Ok(None);
    };
    let mut entry = Body::at(path, members);
    let field = entry
        .require("field", |value| Field::parse(&value.text()?).map_err(|UnknownField| "is not a field of a contact"))?;
    let value = entry.require("value", |value| match value {
        MemberValue::Text(text) => Ok(Raw::Text(text)),
        MemberValue::Number(digits) => Ok(Raw::Number(digits)),
        MemberValue::Flag(_) | MemberValue::List(_) | MemberValue::Object(_) => Err("must be a string or a number"),
    })?;
    for ignored in ["at", "source", "proof"] {
        entry.take_value(ignored)?;
    }
    errors.extend(entry.finish());
    Ok(field.zip(value).map(|(field, value)| {
        let text = text_of(&field, value, settings);
        (field, text)
    }))
}

/// The value as the contact has it: a number may be sent in another form.
fn text_of(field: &Field, value: Raw, settings: &Settings) -> String {
    if let (Field::Custom(_), Ok(Some(value))) = (field, field.read(&value, settings)) {
        return value.as_str().to_owned();
    }
    match value {
        Raw::Text(text) | Raw::Number(text) => text,
        Raw::Null | Raw::Other => String::new(),
    }
}

/// The problem with values to keep that the contact does not have.
pub(super) fn unknown(patch: &Patch, contact: &Contact) -> Problem {
    let is_set = |field: &Field| patch.values.iter().any(|(set, _)| set == field);
    let is_unconfirmed = |(field, value): &(Field, String)| {
        !is_set(field) && contact.unconfirmed.iter().any(|entry| entry.field == *field && entry.value.as_str() == value)
    };
    let is_secondary = |(field, value): &(Field, String)| {
        let is = |held: &HeldIdentifier| Field::Channel(held.channel) == *field && held.value.as_str() == value;
        contact.identifiers.secondary().iter().any(is)
    };
    let mut errors = Vec::new();
    for (place, kept) in patch.keep_unconfirmed.iter().flatten().enumerate() {
        if !is_unconfirmed(kept) {
            errors.push(FieldError::new(path(UNCONFIRMED, place), "is not an unconfirmed value of the contact"));
        }
    }
    for (place, kept) in patch.keep_also_known_by.iter().flatten().enumerate() {
        if !is_secondary(kept) {
            errors.push(FieldError::new(path(ALSO_KNOWN_BY, place), "is not a secondary identifier of the contact"));
        }
    }
    if errors.is_empty() {
        // Another request has changed the contact since.
        let name = if patch.keep_unconfirmed.is_some() { UNCONFIRMED } else { ALSO_KNOWN_BY };
        errors.push(FieldError::new(name, "has a value that the contact did not have a moment ago"));
    }
    Problem::refused(errors)
}

fn path(name: &str, place: usize) -> String {
    format!("{name}[{place}]")
}

#[cfg(test)]
mod tests {
    use contacts::{CustomField, CustomKey, CustomType};

    use super::*;

    fn kept(json: &str) -> Result<Vec<(String, String)>, Vec<String>> {
        let key = CustomKey::parse("budget").unwrap();
        let budget = CustomField { key, label: "Budget".to_owned(), kind: CustomType::Number };
        let settings = Settings { custom_fields: vec![budget], ..Settings::default() };
        let json = RawValue::from_string(json.to_owned()).unwrap();
        let mut errors = Vec::new();
        let kept = read(UNCONFIRMED, &json, &settings, &mut errors).unwrap();
        let kept = kept.map(|kept| kept.into_iter().map(|(field, value)| (field.to_string(), value)).collect());
        kept.ok_or_else(|| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn entries_are_read_as_they_were_shown() {
        let entry = |field: &str, value: &str| (field.to_owned(), value.to_owned());
        for (json, expected) in [
            ("null", vec![]),
            ("[]", vec![]),
            (
                r#"[{"field": "name", "value": "Ada", "at": "2026-11-22T10:00:00Z", "source": "conversation/c"}]"#,
                vec![entry("name", "Ada")],
            ),
            (
                r#"[{"field": "custom.budget", "value": 1200.0}, {"field": "custom.budget", "value": "1200"}]"#,
                vec![entry("custom.budget", "1200"), entry("custom.budget", "1200")],
            ),
            (r#"[{"field": "custom.gone", "value": "x"}]"#, vec![entry("custom.gone", "x")]),
        ] {
            assert_eq!(kept(json), Ok(expected), "{json}");
        }
    }

    #[test]
    fn every_malformed_entry_is_named() {
        for (json, fields) in [
            ("{}", &["unconfirmed"][..]),
            ("\"name\"", &["unconfirmed"]),
            (r#"["name", null]"#, &["unconfirmed[0]", "unconfirmed[1]"]),
            (
                r#"[{"field": "name", "value": "Ada"}, {"field": "id", "value": true}, {"x": 1}]"#,
                &[
                    "unconfirmed[1].field",
                    "unconfirmed[1].value",
                    "unconfirmed[2].field",
                    "unconfirmed[2].value",
                    "unconfirmed[2].x",
                ],
            ),
        ] {
            assert_eq!(kept(json), Err(fields.iter().map(|field| (*field).to_owned()).collect()), "{json}");
        }
    }
}
