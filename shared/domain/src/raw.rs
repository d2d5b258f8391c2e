//! A value as a source wrote it, before it is parsed for a field.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::text;

/// A text or a number from JSON or a CSV cell.
///
/// Numbers keep their digits: a float would change a 38-digit number, or a phone written as a number.
#[derive(Clone, PartialEq, Eq)]
pub enum Raw {
    /// JSON's `null`.
    Null,
    /// A text.
    Text(String),
    /// A JSON number as it is written.
    Number(String),
    /// JSON that no field accepts: a boolean, an array, an object.
    Other,
}

/// The value is neither a text nor a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a string or a number")]
pub struct NotText;

impl NotText {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        "not_text_or_number"
    }
}

impl Raw {
    /// The [clean](text::clean) text; `None` when it is blank or `null`. A blank value means that the source says nothing
    /// about the field.
    ///
    /// # Errors
    /// [`NotText`] for a boolean, an array or an object.
    pub fn text(&self) -> Result<Option<Cow<'_, str>>, NotText> {
        Ok(self.written()?.map(text::clean).filter(|text| !text.is_empty()))
    }

    /// The text as it was written; `None` for `null`.
    pub(crate) fn written(&self) -> Result<Option<&str>, NotText> {
        match self {
            Raw::Null => Ok(None),
            Raw::Text(text) | Raw::Number(text) => Ok(Some(text)),
            Raw::Other => Err(NotText),
        }
    }
}

impl From<&str> for Raw {
    fn from(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw(…)")
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        // Only raw JSON keeps all digits of a number.
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let json = json.get();
        match json.as_bytes().first() {
            Some(b'"') => string(json).map(Raw::Text).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Raw::Number(json.to_owned())),
            Some(b'n') => Ok(Raw::Null),
            _ => Ok(Raw::Other),
        }
    }
}

/// Reads a JSON string. JavaScript may cut a text in the middle of a surrogate pair, and writes the half as an escape that
/// no Unicode text can contain; it becomes U+FFFD.
fn string(json: &str) -> Result<String, serde_json::Error> {
    serde_json::from_str(json).or_else(|error| match without_lone_surrogates(json) {
        Some(json) => serde_json::from_str(&json),
        None => Err(error),
    })
}

/// Replaces the escapes of lone surrogates in JSON by U+FFFD; `None` if it has no such escape. Works on any JSON, since
/// escapes occur in strings only.
pub fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut written = String::with_capacity(json.len());
    let (mut rest, mut found) = (json, false);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        written.push_str(before);
        let length = match surrogate(escape) {
            Some(0xD800..=0xDBFF) if matches!(escape.get(6..).and_then(surrogate), Some(0xDC00..)) => 12,
            Some(_) => {
                found = true;
                written.push_str("\\uFFFD");
                rest = &escape[6..];
                continue;
            }
            // A backslash and the character that it escapes.
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        written.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    written.push_str(rest);
    found.then_some(written)
}

/// The surrogate whose escape the text begins with.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|code| matches!(code, 0xD800..=0xDFFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_numbers_are_kept() {
        let raw: Raw = serde_json::from_str("1234567890123456789012345678901234567.8").unwrap();
        assert_eq!(raw, Raw::Number("1234567890123456789012345678901234567.8".into()));
        for (json, text) in [("\"a\\u00e9\"", Some("aé")), ("\"  \"", None), ("null", None), ("1.50", Some("1.50"))] {
            let text = Ok(text.map(str::to_owned));
            assert_eq!(serde_json::from_str::<Raw>(json).unwrap().text().map(|text| text.map(Cow::into_owned)), text);
        }
        for json in ["true", "[1]", "{}"] {
            assert_eq!(serde_json::from_str::<Raw>(json).unwrap().text(), Err(NotText), "{json}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        for (json, text) in [
            (r#""Ada \ud83d""#, "Ada \u{FFFD}"),
            (r#""\uDC69Ada""#, "\u{FFFD}Ada"),
            (r#""\ud83d\ud83d\udc69""#, "\u{FFFD}👩"),
            (r#""\\ud83d \ud83d\n""#, "\\ud83d \u{FFFD}\n"),
            (r#""\ud83d\udc69""#, "👩"),
        ] {
            assert_eq!(serde_json::from_str::<Raw>(json).unwrap(), Raw::from(text), "{json}");
        }
        for json in [r#""\ud83d\x""#, r#""\uZZZZ""#] {
            assert!(serde_json::from_str::<Raw>(json).is_err(), "{json}");
        }
    }
}
