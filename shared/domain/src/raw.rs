//! A value as a source wrote it, before it is parsed for a field.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

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
    /// The trimmed text; `None` when it is blank or `null`. A blank value means that the source says nothing about the
    /// field.
    ///
    /// # Errors
    /// [`NotText`] for a boolean, an array or an object.
    pub fn text(&self) -> Result<Option<&str>, NotText> {
        match self {
            Raw::Null => Ok(None),
            Raw::Text(text) | Raw::Number(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
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
            Some(b'"') => serde_json::from_str(json).map(Raw::Text).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Raw::Number(json.to_owned())),
            Some(b'n') => Ok(Raw::Null),
            _ => Ok(Raw::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_numbers_are_kept() {
        let raw: Raw = serde_json::from_str("1234567890123456789012345678901234567.8").unwrap();
        assert_eq!(raw, Raw::Number("1234567890123456789012345678901234567.8".into()));
        for (json, text) in
            [("\"a\\u00e9\"", Ok(Some("aé"))), ("\"  \"", Ok(None)), ("null", Ok(None)), ("1.50", Ok(Some("1.50")))]
        {
            assert_eq!(serde_json::from_str::<Raw>(json).unwrap().text(), text, "{json}");
        }
        for json in ["true", "[1]", "{}"] {
            assert_eq!(serde_json::from_str::<Raw>(json).unwrap().text(), Err(NotText), "{json}");
        }
    }
}
