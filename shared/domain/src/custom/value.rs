//! The value of a custom field.

use std::fmt;

use super::{CustomType, Number, NumberError};
use crate::raw::{NotText, Raw};
use crate::text;

/// The maximum number of characters in a text value.
pub const MAX_TEXT_CHARS: usize = 4_000;

/// A custom field's value. Its variant matches the field's type.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum CustomValue {
    /// The value of a String field, [clean](text::clean_lines).
    Text(String),
    /// The value of a Number field.
    Number(Number),
}

/// Why a value is invalid for a custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// The workspace has no such field.
    #[error("is not a custom field of this workspace")]
    Unknown,
    /// The text is too long.
    #[error("is longer than {MAX_TEXT_CHARS} characters")]
    TooLong,
    /// The value is neither a text nor a number.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// The value is not a number that can be stored.
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl CustomError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            CustomError::Unknown => "unknown_field",
            CustomError::TooLong => "text_too_long",
            CustomError::NotText(error) => error.code(),
            CustomError::Number(error) => error.code(),
        }
    }
}

impl CustomValue {
    /// Parses a value for a field of type `kind`; `None` when the value is blank.
    ///
    /// A Number field takes a JSON number or a text that is a number. A String field takes a number's digits as
    /// written.
    ///
    /// # Errors
    /// [`CustomError`] when the value does not have the type, or is too long.
    pub fn parse(raw: &Raw, kind: CustomType) -> Result<Option<CustomValue>, CustomError> {
        if kind == CustomType::Number {
            let Some(text) = raw.text()? else { return Ok(None) };
            return Ok(Some(CustomValue::Number(Number::parse(&text)?)));
        }
        let Some(text) = raw.written()?.map(text::clean_lines) else { return Ok(None) };
        match text.chars().count() {
            0 => Ok(None),
            1..=MAX_TEXT_CHARS => Ok(Some(CustomValue::Text(text.into_owned()))),
            _ => Err(CustomError::TooLong),
        }
    }

    /// The type of the field that this value fits.
    pub fn kind(&self) -> CustomType {
        match self {
            CustomValue::Text(_) => CustomType::String,
            CustomValue::Number(_) => CustomType::Number,
        }
    }

    /// The text, or the number's digits.
    pub fn as_str(&self) -> &str {
        match self {
            CustomValue::Text(text) => text,
            CustomValue::Number(number) => number.as_str(),
        }
    }
}

impl fmt::Debug for CustomValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomValue(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str, kind: CustomType) -> Result<Option<String>, CustomError> {
        let raw: Raw = serde_json::from_str(json).unwrap();
        CustomValue::parse(&raw, kind).map(|value| value.map(|value| value.as_str().to_owned()))
    }

    #[test]
    fn a_number_field_takes_numbers_and_texts_that_are_numbers() {
        assert_eq!(parse("1200", CustomType::Number), Ok(Some("1200".into())));
        assert_eq!(parse("\" 1.5e2 \"", CustomType::Number), Ok(Some("150".into())));
        assert_eq!(parse("\"1,200\"", CustomType::Number), Err(NumberError::Form.into()));
        assert_eq!(parse("\" \"", CustomType::Number), Ok(None));
        assert_eq!(parse("null", CustomType::Number), Ok(None));
    }

    #[test]
    fn a_string_field_takes_text_and_the_digits_of_a_number() {
        assert_eq!(parse("\" one\\n\\ttwo \"", CustomType::String), Ok(Some("one\n\ttwo".into())));
        assert_eq!(parse("\"n/a\"", CustomType::String), Ok(Some("n/a".into())));
        assert_eq!(parse("\" pro\\u0000\\n \"", CustomType::String), Ok(Some("pro".into())));
        assert_eq!(parse("1.50", CustomType::String), Ok(Some("1.50".into())));
        assert_eq!(parse("\"0042\"", CustomType::String), Ok(Some("0042".into())));
        assert_eq!(parse(&format!("\"{}\"", "x".repeat(4_001)), CustomType::String), Err(CustomError::TooLong));
    }
}
