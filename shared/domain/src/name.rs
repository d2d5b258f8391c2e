//! A contact's name.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The maximum number of characters (Unicode scalar values) in a name.
pub const MAX_NAME_CHARS: usize = 200;

/// A person's name: NFC, no control characters, single spaces, 1–200 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Only white space and control characters.
    #[error("is blank")]
    Blank,
    /// Longer than [`MAX_NAME_CHARS`].
    #[error("is longer than {MAX_NAME_CHARS} characters")]
    TooLong,
}

impl NameError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            NameError::Blank => "name_blank",
            NameError::TooLong => "name_too_long",
        }
    }
}

impl Name {
    /// Parses a name. Replaces control characters and runs of white space with one space, and trims the ends.
    ///
    /// # Errors
    /// [`NameError`] when the name is too long or blank.
    pub fn parse(text: &str) -> Result<Name, NameError> {
        let gap = |c: char| c.is_control() || c.is_whitespace();
        let mut name = String::with_capacity(text.len());
        for word in text.split(gap).filter(|word| !word.is_empty()) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(word);
        }
        let name: String = if name.is_ascii() { name } else { name.nfc().collect() };
        match name.chars().count() {
            0 => Err(NameError::Blank),
            1..=MAX_NAME_CHARS => Ok(Name(name)),
            _ => Err(NameError::TooLong),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_control_characters_and_composition_are_normalised() {
        for (text, name) in [
            ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
            ("Ada\u{0}\u{7}Lovelace", "Ada Lovelace"),
            ("Ada\u{a0}Lovelace", "Ada Lovelace"),
            ("Jose\u{301}", "José"),
            ("مريم", "مريم"),
            ("👩‍💻", "👩‍💻"),
        ] {
            assert_eq!(Name::parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Name::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(201)), Err(NameError::TooLong));
        assert_eq!(Name::parse(" \u{1}\n "), Err(NameError::Blank));
    }

    #[test]
    fn debug_tells_nothing_of_the_person() {
        assert!(!format!("{:?}", Name::parse("Ada").unwrap()).contains("Ada"));
    }
}
