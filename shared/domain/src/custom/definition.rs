//! The definition of a custom field, and the order that removes its values.

use std::fmt;

use jiff::Timestamp;

/// The maximum number of custom fields in a workspace.
pub const MAX_CUSTOM_FIELDS: usize = 100;
/// The maximum number of characters in a label.
pub const MAX_LABEL_CHARS: usize = 100;

/// A custom field's key: 1–64 characters of `a–z 0–9 _ -`. It never changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomKey(String);

/// A custom field's type. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomType {
    /// Text of at most [`super::MAX_TEXT_CHARS`] characters.
    String,
    /// An exact decimal number, see [`super::Number`].
    Number,
}

/// One custom field of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// Its key.
    pub key: CustomKey,
    /// The name that people see.
    pub label: String,
    /// Its type.
    pub kind: CustomType,
}

/// An order to remove the values of a custom field that was deleted. Values that were observed later belong to a new field of
/// the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The key of the field.
    pub key: CustomKey,
    /// When it was ordered.
    pub at: Timestamp,
}

/// Why a definition of a custom field is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// The key has a wrong character or length.
    #[error("a key is 1 to 64 characters of a-z, 0-9, _ and -")]
    Key,
    /// The label is blank or too long.
    #[error("a label is 1 to {MAX_LABEL_CHARS} characters")]
    Label,
    /// The type is neither `string` nor `number`.
    #[error("a type is \"string\" or \"number\"")]
    Type,
}

impl CustomKey {
    /// Parses a key, without trimming it or changing its case.
    ///
    /// # Errors
    /// [`DefinitionError::Key`] when the text is not a key.
    pub fn parse(text: &str) -> Result<CustomKey, DefinitionError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(CustomKey(text.to_owned()))
        } else {
            Err(DefinitionError::Key)
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CustomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CustomType {
    /// Parses `string` or `number`.
    ///
    /// # Errors
    /// [`DefinitionError`] when there is no such type.
    pub fn parse(text: &str) -> Result<CustomType, DefinitionError> {
        match text {
            "string" => Ok(CustomType::String),
            "number" => Ok(CustomType::Number),
            _ => Err(DefinitionError::Type),
        }
    }

    /// `string` or `number`.
    pub fn as_str(self) -> &'static str {
        match self {
            CustomType::String => "string",
            CustomType::Number => "number",
        }
    }
}

impl CustomField {
    /// Creates a definition after checking its label.
    ///
    /// # Errors
    /// [`DefinitionError`] when the label is blank or too long.
    pub fn new(key: CustomKey, label: &str, kind: CustomType) -> Result<CustomField, DefinitionError> {
        Ok(CustomField { key, label: CustomField::read_label(label)?, kind })
    }

    /// Trims a label and checks it: control characters are not allowed.
    ///
    /// # Errors
    /// [`DefinitionError`] when the label is blank or too long.
    pub fn read_label(text: &str) -> Result<String, DefinitionError> {
        let label = text.trim();
        if label.is_empty() || label.chars().count() > MAX_LABEL_CHARS || label.contains(char::is_control) {
            return Err(DefinitionError::Label);
        }
        Ok(label.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_labels_and_types_keep_to_their_limits() {
        for good in ["plan", "lead_score-2", &"k".repeat(64)] {
            assert!(CustomKey::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Plan", "a b", "a.b", &"k".repeat(65)] {
            assert_eq!(CustomKey::parse(bad), Err(DefinitionError::Key), "{bad}");
        }
        let key = CustomKey::parse("plan").unwrap();
        assert_eq!(CustomField::new(key.clone(), " Plan ", CustomType::String).unwrap().label, "Plan");
        for bad in ["  ", "a\nb", &"l".repeat(101)] {
            assert_eq!(CustomField::new(key.clone(), bad, CustomType::String), Err(DefinitionError::Label));
        }
        assert_eq!(CustomType::parse("number"), Ok(CustomType::Number));
        assert_eq!(CustomType::parse("boolean"), Err(DefinitionError::Type));
    }
}
