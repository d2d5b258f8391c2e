//! Identifiers that many people give although they name nobody: placeholders, and the senders of automatic messages.
//!
//! A contact may show such a value, but it never leads to a contact. A workspace may block further ones, and allow some of
//! these.

use crate::field::{Channel, Value};
use crate::identifier::Identifier;

/// The numbers by which telephone networks and Twilio name a caller who hides the number: ANONYMOUS, RESTRICTED,
/// UNAVAILABLE, BLOCKED and UNKNOWN on a keypad.
pub(crate) const ANONYMOUS_CALLERS: [&str; 5] = ["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"];

/// National numbers that people type to fill a field: the digits in their order, with and without a trunk zero.
const RUNNING_NUMBERS: [&str; 4] = ["1234567890", "0123456789", "01234567890", "123456789"];

/// Local parts of addresses that nobody reads, without dots, dashes and underscores.
const UNREAD: [&str; 4] = ["noreply", "donotreply", "mailerdaemon", "postmaster"];

/// Local parts that say that there is no address, without dots, dashes and underscores.
const NO_ADDRESS: [&str; 14] = [
    "none",
    "noemail",
    "nomail",
    "no",
    "na",
    "n/a",
    "null",
    "nobody",
    "noone",
    "notprovided",
    "unknown",
    "undefined",
    "asdf",
    "asd",
];

/// Local parts that are placeholders at a domain whose first label is one of these.
const NO_PERSON: [(&str, &[&str]); 6] = [
    ("test", &["test", "example", "email", "mail"]),
    ("email", &["email", "example", "test"]),
    ("mail", &["mail", "email"]),
    ("example", &["example"]),
    ("user", &["example"]),
    ("abc", &["abc"]),
];

impl Identifier {
    /// Whether the identifier names nobody, as far as this system knows by itself.
    pub fn is_placeholder(&self) -> bool {
        match self {
            Identifier::Phone(key) => is_phone_placeholder(key),
            Identifier::Email(key) => is_email_placeholder(key),
            // Only the part that is the person's: without country or team.
            Identifier::WhatsappUserId(id) => is_one_character(id.rsplit('.').next().unwrap_or_default()),
            Identifier::Instagram(id) => is_one_character(id),
            Identifier::Slack(id) | Identifier::MicrosoftTeams(id) => {
                is_one_character(id.rsplit(':').next().unwrap_or_default())
            }
            Identifier::Conversation(_) | Identifier::Request(_) => false,
        }
    }
}

impl Value {
    /// Whether the value names nobody in this channel: see [`Identifier::is_placeholder`].
    pub fn is_placeholder(&self, channel: Channel) -> bool {
        self.identifier(channel).is_some_and(|identifier| identifier.is_placeholder())
    }
}

fn is_phone_placeholder(key: &str) -> bool {
    let number = key.split(';').next().unwrap_or_default();
    if ANONYMOUS_CALLERS.contains(&number) {
        return true;
    }
    // Trying every length of the calling code costs less than looking it up.
    let mut rests = (2..=4).filter_map(|at| number.get(at..));
    rests.any(is_filler) && crate::phone::national_number(number).is_some_and(is_filler)
}

fn is_filler(national: &str) -> bool {
    let significant = national.strip_prefix('0').unwrap_or(national);
    RUNNING_NUMBERS.contains(&national) || is_one_character(national) || is_one_character(significant)
}

fn is_email_placeholder(key: &str) -> bool {
    let Some((local, domain)) = key.rsplit_once('@') else { return false };
    let label = domain.split('.').next().unwrap_or_default();
    let bare = || local.bytes().filter(|byte| !matches!(byte, b'.' | b'-' | b'_'));
    let length = bare().count();
    let is = |word: &str| word.len() == length && bare().eq(word.bytes());
    UNREAD.into_iter().chain(NO_ADDRESS).any(is)
        || NO_PERSON.iter().any(|(person, labels)| is(person) && labels.contains(&label))
        // a@a.com, xx@xx.com
        || (local == label && is_one_character(local))
}

/// Whether a text repeats one letter or digit; signs between them do not count.
fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| c.is_alphanumeric());
    characters.next().is_some_and(|first| characters.all(|c| c == first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, Settings};

    fn is_placeholder(field: &str, text: &str) -> bool {
        let channel = Channel::parse(field).unwrap();
        let value = Field::Channel(channel).read(&text.into(), &Settings::default()).unwrap().expect(text);
        value.is_placeholder(channel)
    }

    #[test]
    fn placeholders_name_nobody() {
        for (field, texts) in [
            (
                "telephone",
                &["999 999 9999", "+1 123 456 7890", "+39 0123456789", "+49 123456789", "+39 0999999999"][..],
            ),
            ("telephone", &["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696", "999-999-9999 x5"]),
            ("email", &["No-Reply@x.org", "do_not_reply@x.org", "MAILER-DAEMON@x.org", "postmaster@x.org"]),
            (
                "email",
                &["none@none.com", "noemail@x.org", "no@x.org", "na@x.org", "test@test.co.uk", "test@example.com"],
            ),
            ("email", &["asdf@gmail.com", "email@email.com", "a@a.com", "x@x.org"]),
            ("instagram", &["xxxx", "___a_a"]),
            ("slack", &["UUUUUUUU", "T01TEAM:WWWWWW"]),
            ("microsoft_teams", &["29:111", "00000000-0000-0000-0000-000000000000"]),
            ("whatsapp_user_id", &["US.11111"]),
        ] {
            for text in texts {
                assert!(is_placeholder(field, text), "{field} {text}");
            }
        }
    }

    #[test]
    fn other_identifiers_name_somebody() {
        for (field, texts) in [
            (
                "telephone",
                &["+1 201 555 0123", "737-874-2833", "+12345678901", "+39 06 1234 5678", "+4915112345678"][..],
            ),
            ("email", &["test@firm.example", "ada@test.com", "reply@x.org", "noa@x.org", "a@x.org", "info@x.org"]),
            ("instagram", &["ada", "xx1"]),
            ("slack", &["U01ABCD234"]),
            ("microsoft_teams", &["29:1abc", "ada@firm.example"]),
            ("whatsapp_user_id", &["US.13491208655302741918"]),
        ] {
            for text in texts {
                assert!(!is_placeholder(field, text), "{field} {text}");
            }
        }
    }
}
