//! Handles: the ids of people on WhatsApp, Instagram, Slack and Microsoft Teams.

use std::fmt;

use crate::email::Email;
use crate::text;

/// The maximum number of characters in a handle; Teams ids, the longest, have about 100.
pub const MAX_HANDLE_CHARS: usize = 256;

/// The maximum number of characters in an Instagram user name.
const MAX_INSTAGRAM_CHARS: usize = 30;
/// The fewest characters of a Slack user id after its first letter.
const MIN_SLACK_CHARS: usize = 5;
/// The numbers of characters in the last part of a WhatsApp user id.
const WHATSAPP_ID_CHARS: std::ops::RangeInclusive<usize> = 5..=128;

/// Answers that people and files give where a handle is expected, in lower case.
const ANSWERS: [&str; 7] = ["yes", "no", "true", "false", "sales", "user", "me"];
/// The names of Instagram, in lower case.
const INSTAGRAM_NAMES: [&str; 5] = ["instagram", "insta", "ig", "instagram.com", "www.instagram.com"];
/// The first parts of Instagram's paths that do not belong to a user.
const INSTAGRAM_PAGES: [&str; 9] = ["p", "reel", "reels", "tv", "stories", "explore", "accounts", "direct", "about"];

/// A handle. The comparison is exact.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// Why a text is not a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// No text, a lone `@`, or a text that says that there is no handle.
    #[error("is blank")]
    Blank,
    /// Longer than [`MAX_HANDLE_CHARS`].
    #[error("is longer than {MAX_HANDLE_CHARS} characters")]
    TooLong,
    /// White space or a control character inside.
    #[error("has white space or control characters inside")]
    Character,
    /// Not of the form that the platform gives to its ids, or a word that names nobody.
    #[error("is not the id of a person on this platform")]
    Form,
}

impl HandleError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            HandleError::Blank => "handle_blank",
            HandleError::TooLong => "handle_too_long",
            HandleError::Character => "handle_invalid_character",
            HandleError::Form => "handle_malformed",
        }
    }
}

impl Handle {
    /// Parses an Instagram user name, which people write with or without an `@`, in upper or lower case, and as the
    /// address of their profile.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the user name.
    pub fn parse_instagram(text: &str) -> Result<Handle, HandleError> {
        let text = text::clean(text).to_lowercase();
        let name = match web_path(&text, "instagram.com") {
            Some(path) => {
                let path = path.strip_prefix("_u/").unwrap_or(path);
                let name = path.split('/').next().unwrap_or_default();
                if name.is_empty() || INSTAGRAM_PAGES.contains(&name) {
                    return Err(HandleError::Form);
                }
                name
            }
            None => &text,
        };
        let name = plain(name)?;
        let is_name = name.len() <= MAX_INSTAGRAM_CHARS
            && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_'))
            && !ANSWERS.contains(&name)
            && !INSTAGRAM_NAMES.contains(&name);
        if is_name { Ok(Handle(name.to_owned())) } else { Err(HandleError::Form) }
    }

    /// Parses a Slack user id, alone (`U01ABCD234`) or with its team (`T01TEAM01:U01ABCD234`), as a mention (`<@U…>`) or
    /// as the address of a profile.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the id.
    pub fn parse_slack(text: &str) -> Result<Handle, HandleError> {
        let text = text::clean(text);
        let id = match text.rsplit_once(".slack.com/team/") {
            Some((_, path)) => path.split(['/', '?', '#']).next().unwrap_or_default(),
            // A mention may also show the name: <@U01ABCD234|ada>.
            None if text.starts_with('@') => text.split('|').next().unwrap_or_default(),
            None => &text,
        };
        let id = plain(id)?;
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let (team, user) = id.split_once(':').map_or((None, id), |(team, user)| (Some(team), user));
        let is_team = |team: &str| team.len() > 1 && team.starts_with(['T', 'E']) && is_word(team);
        let is_id = user.starts_with(['U', 'W']) && user.len() > MIN_SLACK_CHARS && is_word(user);
        if is_id && team.is_none_or(is_team) { Ok(Handle(id.to_owned())) } else { Err(HandleError::Form) }
    }

    /// Parses a Microsoft Teams user: an id with a colon (`29:1abc…`), the UUID of an account, or its address.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the id.
    pub fn parse_teams(text: &str) -> Result<Handle, HandleError> {
        let text = text::clean(text);
        // The address of a chat names its user.
        let text = match web_path(&text, "teams.microsoft.com") {
            Some(path) => path.split_once("users=").ok_or(HandleError::Form)?.1.split('&').next().unwrap_or_default(),
            None => &text,
        };
        let text = plain_with_at(text)?;
        if let Ok(address) = Email::parse(text) {
            return Ok(Handle(address.as_str().to_lowercase()));
        }
        if uuid::Uuid::try_parse(text).is_ok() && text.len() == uuid::fmt::Hyphenated::LENGTH {
            return Ok(Handle(text.to_ascii_lowercase()));
        }
        match text.split_once(':') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() && !id.starts_with("//") => {
                Ok(Handle(text.to_owned()))
            }
            _ => Err(HandleError::Form),
        }
    }

    /// Parses WhatsApp's business-scoped user id: a country, a dot, in some `ENT.`, and letters and digits.
    ///
    /// # Errors
    /// [`HandleError`] says what is wrong with the id.
    pub fn parse_whatsapp_user_id(text: &str) -> Result<Handle, HandleError> {
        let text = text::clean(text);
        let id = plain_with_at(&text)?;
        let is_country = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        match id.split_once('.').map(|(country, rest)| (country, rest.strip_prefix("ENT.").unwrap_or(rest))) {
            Some((country, word))
                if is_country(country) && WHATSAPP_ID_CHARS.contains(&word.len()) && is_word(word) =>
            {
                Ok(Handle(id.to_owned()))
            }
            _ => Err(HandleError::Form),
        }
    }

    /// Reads a stored handle. An older build may have stored what is refused today.
    ///
    /// # Errors
    /// [`HandleError::Blank`] for an empty text.
    pub fn from_stored(text: &str) -> Result<Handle, HandleError> {
        if text.is_empty() { Err(HandleError::Blank) } else { Ok(Handle(text.to_owned())) }
    }

    /// The handle.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A handle without the `@` in front. Checks what holds for all platforms.
fn plain(text: &str) -> Result<&str, HandleError> {
    plain_with_at(text.strip_prefix('@').unwrap_or(text))
}

fn plain_with_at(text: &str) -> Result<&str, HandleError> {
    if text::says_nothing(text) {
        Err(HandleError::Blank)
    } else if text.chars().count() > MAX_HANDLE_CHARS {
        Err(HandleError::TooLong)
    } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Err(HandleError::Character)
    } else {
        Ok(text)
    }
}

/// The path and query of a web address on this host or below it; `None` if the text is not one.
fn web_path<'a>(text: &'a str, host: &str) -> Option<&'a str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let (on, path) = rest.split_once('/')?;
    let is_host = on == host || on.strip_suffix(host).is_some_and(|below| below.ends_with('.'));
    is_host
        .then(|| if host == "teams.microsoft.com" { path } else { path.split(['?', '#']).next().unwrap_or_default() })
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Parse = fn(&str) -> Result<Handle, HandleError>;

    fn read(parse: Parse, texts: &[&str], expected: &str) {
        for text in texts {
            assert_eq!(parse(text).as_ref().map(Handle::as_str), Ok(expected), "{text}");
        }
    }

    fn refused(parse: Parse, texts: &[&str]) {
        for text in texts {
            assert_eq!(parse(text), Err(HandleError::Form), "{text}");
        }
    }

    #[test]
    fn instagram_names_are_folded_and_taken_out_of_addresses() {
        let texts = ["ada_l", "@ada_l", " @Ada_L ", "https://www.instagram.com/ada_l/?x=y", "Instagram.com/Ada_L"];
        read(Handle::parse_instagram, &texts, "ada_l");
        let none = ["ada-l", "Yes", "Instagram", "instagram.com", "https://instagram.com/p/x1", "@@ada", "Sales"];
        refused(Handle::parse_instagram, &none);
        refused(Handle::parse_instagram, &["instagram.com/", &"a".repeat(31), "https://x.org/ada"]);
    }

    #[test]
    fn slack_ids_are_taken_out_of_mentions() {
        let texts = ["U01ABCD234", "<@U01ABCD234>", "<@U01ABCD234|ada>", "https://acme.slack.com/team/U01ABCD234"];
        read(Handle::parse_slack, &texts, "U01ABCD234");
        read(Handle::parse_slack, &["T01TEAM01:W01ABCD234"], "T01TEAM01:W01ABCD234");
        refused(
            Handle::parse_slack,
            &["ada", "U01", "Yes", "u01abcd234", "C01ABCD234", "X1:U01ABCD234", ":U01ABCD234"],
        );
    }

    #[test]
    fn teams_users_are_ids_accounts_or_addresses() {
        read(Handle::parse_teams, &["29:1abc-DEF_ghi"], "29:1abc-DEF_ghi");
        let account = "8f14e45f-ceea-4672-8a1b-0c6b2f1d9a3e";
        read(Handle::parse_teams, &[account, &account.to_uppercase()], account);
        let chat = "https://teams.microsoft.com/l/chat/0/0?users=ada@firm.example&topic=x";
        read(Handle::parse_teams, &["Ada@Firm.example", "mailto:ada@firm.example", chat], "ada@firm.example");
        refused(Handle::parse_teams, &["Sales", "Teams", "yes", ":x", "29:", "https://x.org/ada"]);
        assert_eq!(Handle::parse_teams("Microsoft Teams"), Err(HandleError::Character));
    }

    #[test]
    fn whatsapp_user_ids_begin_with_a_country() {
        for id in ["US.13491208655302741918", "BR.ENT.11815799212886844830", "DE.AbC12"] {
            read(Handle::parse_whatsapp_user_id, &[id], id);
        }
        refused(
            Handle::parse_whatsapp_user_id,
            &["us.13491208655302741918", "US.1234", "13491208655302741918", "US.1-345"],
        );
        refused(Handle::parse_whatsapp_user_id, &[&format!("US.{}", "1".repeat(129))]);
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        assert_eq!(Handle::parse_slack("  "), Err(HandleError::Blank));
        for text in ["@", "@na", "instagram.com/none"] {
            assert_eq!(Handle::parse_instagram(text), Err(HandleError::Blank));
        }
        assert_eq!(Handle::parse_teams("a b"), Err(HandleError::Character));
        assert_eq!(Handle::parse_slack(&"x".repeat(257)), Err(HandleError::TooLong));
        assert_eq!(Handle::from_stored("a b").unwrap().as_str(), "a b");
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_the_same_again(
            text in "(<@|@|https://instagram.com/|29:|T1:)?[A-Za-z0-9._:@\"'<>\u{AD} -]{1,12}|[UW][A-Z0-9]{5,8}|[A-Z]{2}\\.[a-z0-9]{5,9}",
        ) {
            let parsers: [Parse; 4] =
                [Handle::parse_instagram, Handle::parse_slack, Handle::parse_teams, Handle::parse_whatsapp_user_id];
            for parse in parsers {
                if let Ok(handle) = parse(&text) {
                    prop_assert_eq!(&parse(handle.as_str()), &Ok(handle.clone()));
                }
            }
        }
    }
}
