//! The link to a conversation in the workspace's own system.

use std::fmt;

/// What the id of a conversation replaces.
const PLACEHOLDER: &str = "{conversation_id}";
/// The maximum length, in characters.
const MAX_CHARS: usize = 500;

/// The address of a page that shows a conversation, with `{conversation_id}` in the place of its id:
/// `https://example.com/calls/{conversation_id}`. It starts with `https://` or `http://`, so that it can be followed safely
/// from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationUrl(String);

/// Why a text is no link to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConversationUrlError {
    /// It does not start with `https://` or `http://` and a host.
    #[error("must start with https:// or http:// and the name of a server")]
    NoAddress,
    /// It lacks the placeholder, or has it in the name of the server.
    #[error("must contain {{conversation_id}} after the name of the server")]
    NoPlaceholder,
    /// It contains a character that no address has.
    #[error("must not contain spaces, quotes or control characters")]
    Character,
    /// It is too long.
    #[error("has more than 500 characters")]
    TooLong,
}

impl ConversationUrl {
    /// Parses an address with a placeholder.
    ///
    /// # Errors
    /// [`ConversationUrlError`] says what is wrong.
    pub fn parse(text: &str) -> Result<ConversationUrl, ConversationUrlError> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARS {
            return Err(ConversationUrlError::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`'))
        {
            return Err(ConversationUrlError::Character);
        }
        let scheme = ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        let rest = scheme.ok_or(ConversationUrlError::NoAddress)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() {
            return Err(ConversationUrlError::NoAddress);
        }
        if host.contains('{') || !rest.contains(PLACEHOLDER) {
            return Err(ConversationUrlError::NoPlaceholder);
        }
        Ok(ConversationUrl(text.to_owned()))
    }

    /// The address with the placeholder.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_placeholder_is_a_link() {
        for text in ["https://x.example/c/{conversation_id}", " http://localhost:9/?c={conversation_id}&v=1 "] {
            assert_eq!(ConversationUrl::parse(text).unwrap().as_str(), text.trim());
        }
    }

    #[test]
    fn other_texts_are_refused() {
        use ConversationUrlError::{Character, NoAddress, NoPlaceholder, TooLong};
        for (text, error) in [
            ("", NoAddress),
            ("javascript:alert({conversation_id})", NoAddress),
            ("https:///c/{conversation_id}", NoAddress),
            ("https://x.example/c", NoPlaceholder),
            ("https://{conversation_id}.x.example/{conversation_id}", NoPlaceholder),
            ("https://x.example/{conversation_id}\"onclick", Character),
            (&format!("https://x.example/{{conversation_id}}{}", "a".repeat(500)), TooLong),
        ] {
            assert_eq!(ConversationUrl::parse(text), Err(error), "{text}");
        }
    }
}
