//! Handles: the ids of people on Instagram, Slack and Microsoft Teams.

use std::fmt;

/// The maximum number of characters in a handle; Teams ids, the longest, have about 100.
pub const MAX_HANDLE_CHARS: usize = 256;

/// A handle. The comparison is exact.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// Why a text is not a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Only white space (for Instagram also a lone `@`).
    #[error("is blank")]
    Blank,
    /// Longer than [`MAX_HANDLE_CHARS`].
    #[error("is longer than {MAX_HANDLE_CHARS} characters")]
    TooLong,
    /// White space or a control character inside.
    #[error("has white space or control characters inside")]
    Character,
}

impl HandleError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            HandleError::Blank => "handle_blank",
            HandleError::TooLong => "handle_too_long",
            HandleError::Character => "handle_invalid_character",
        }
    }
}

impl Handle {
    /// Parses a handle. Keeps it as written, except for white space at the ends.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the handle.
    pub fn parse(text: &str) -> Result<Handle, HandleError> {
        let text = text.trim();
        if text.is_empty() {
            Err(HandleError::Blank)
        } else if text.chars().count() > MAX_HANDLE_CHARS {
            Err(HandleError::TooLong)
        } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Err(HandleError::Character)
        } else {
            Ok(Handle(text.to_owned()))
        }
    }

    /// Parses an Instagram user name, which people write with or without an `@` and in upper or lower case.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the user name.
    pub fn parse_instagram(text: &str) -> Result<Handle, HandleError> {
        let text = text.trim();
        Handle::parse(&text.strip_prefix('@').unwrap_or(text).to_lowercase())
    }

    /// The handle.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_exact_and_instagram_names_are_folded() {
        assert_eq!(Handle::parse(" U01ABcd ").unwrap().as_str(), "U01ABcd");
        assert_eq!(Handle::parse("29:1abc...").unwrap().as_str(), "29:1abc...");
        assert_eq!(Handle::parse("@x").unwrap().as_str(), "@x");
        for spelling in ["ada_l", "@ada_l", " @Ada_L "] {
            assert_eq!(Handle::parse_instagram(spelling).unwrap().as_str(), "ada_l");
        }
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        assert_eq!(Handle::parse("  "), Err(HandleError::Blank));
        assert_eq!(Handle::parse_instagram("@"), Err(HandleError::Blank));
        assert_eq!(Handle::parse("a b"), Err(HandleError::Character));
        assert_eq!(Handle::parse(&"x".repeat(257)), Err(HandleError::TooLong));
    }
}
