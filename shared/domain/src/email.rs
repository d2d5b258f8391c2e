//! Email addresses.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// An email address: displayed as it was entered, matched by [`Email::match_key`].
///
/// Two spellings of one address are different values with the same match key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    shown: String,
    key: String,
}

/// Why a text is not an email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Only white space.
    #[error("is blank")]
    Blank,
    /// Longer than the 254 bytes that fit a mail path (RFC 5321, erratum 1690), or more than 64 before the `@`.
    #[error("is too long for an email address")]
    TooLong,
    /// The text does not have exactly one `@` with text on both sides.
    #[error("is not of the form name@domain")]
    Form,
    /// A character that an address can contain only in quotes, or white space or a control character.
    #[error("has a character that an email address cannot have")]
    Character,
    /// The domain is not an internet domain name.
    #[error("has no valid domain after the @")]
    Domain,
}

impl EmailError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            EmailError::Blank => "email_blank",
            EmailError::TooLong => "email_too_long",
            EmailError::Form => "email_malformed",
            EmailError::Character => "email_invalid_character",
            EmailError::Domain => "email_invalid_domain",
        }
    }
}

impl Email {
    /// Parses an address. Trims it and removes a leading `mailto:`; otherwise the displayed form does not change.
    ///
    /// Rejects quoted local parts and address literals (`"a b"@x.org`, `a@[1.2.3.4]`): hardly any person has such an
    /// address, but typing mistakes look like one.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong with the address.
    pub fn parse(text: &str) -> Result<Email, EmailError> {
        let text = text.trim();
        let text = match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text[7..].trim_start(),
            _ => text,
        };
        if text.is_empty() {
            return Err(EmailError::Blank);
        }
        let shown: String = if text.is_ascii() { text.to_owned() } else { text.nfc().collect() };
        let (local, domain) = shown.rsplit_once('@').ok_or(EmailError::Form)?;
        if local.is_empty() || domain.is_empty() || local.contains('@') {
            return Err(EmailError::Form);
        }
        if shown.len() > 254 || local.len() > 64 {
            return Err(EmailError::TooLong);
        }
        let refused = |c: char| c.is_whitespace() || c.is_control() || "\"(),:;<>[\\]".contains(c);
        if local.contains(refused) {
            return Err(EmailError::Character);
        }
        let domain = domain_key(domain).ok_or(EmailError::Domain)?;
        let key = format!("{}@{domain}", local.to_lowercase());
        Ok(Email { shown, key })
    }

    /// The address as it was entered.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The form that all spellings of one address share: lower case, the domain in its ASCII form (UTS 46). Keeps tags
    /// (`+news`) and dots, because only the receiving host knows what they mean.
    pub fn match_key(&self) -> &str {
        &self.key
    }
}

fn domain_key(domain: &str) -> Option<String> {
    let domain = if is_plain(domain) {
        // Nearly all domains take this path: the result is the same as below, without the tables.
        domain.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii_strict(domain).ok()?
    };
    let labels_fit = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| (1..=63).contains(&label.len()))
        && !domain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    labels_fit.then_some(domain)
}

fn is_plain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            // "xn--" and similar prefixes encode Unicode, which the tables must check
            && label.get(2..4) != Some("--")
    })
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entered_form_is_shown_and_the_key_is_folded() {
        for (text, shown, key) in [
            (" Person@Example.COM\t", "Person@Example.COM", "person@example.com"),
            ("mailto:a@b.co", "a@b.co", "a@b.co"),
            ("Ünï@Bücher.Example", "Ünï@Bücher.Example", "ünï@xn--bcher-kva.example"),
            ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
            ("first.last+tag@mail.example.org", "first.last+tag@mail.example.org", "first.last+tag@mail.example.org"),
            ("o'neil_{x}@e-mail.io", "o'neil_{x}@e-mail.io", "o'neil_{x}@e-mail.io"),
        ] {
            let email = Email::parse(text).unwrap();
            assert_eq!((email.as_str(), email.match_key()), (shown, key));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        let long = format!("{}@example.com", "a".repeat(65));
        for (text, error) in [
            ("  ", EmailError::Blank),
            ("person", EmailError::Form),
            ("@example.com", EmailError::Form),
            ("a@", EmailError::Form),
            ("a@b@c.com", EmailError::Form),
            ("a b@c.com", EmailError::Character),
            ("<a@c.com>", EmailError::Character),
            ("a@b.com, c@d.com", EmailError::Form),
            ("a@localhost", EmailError::Domain),
            ("a@-x.com", EmailError::Domain),
            ("a@x..com", EmailError::Domain),
            ("a@x.com.", EmailError::Domain),
            ("a@exa mple.com", EmailError::Domain),
            ("a@1.2.3.4", EmailError::Domain),
            ("a@[1.2.3.4]", EmailError::Domain),
            (&long, EmailError::TooLong),
        ] {
            assert_eq!(Email::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_short_way_agrees_with_the_tables() {
        for domain in ["example.com", "Mail.EXAMPLE.org", "a-b.c0", "1.example", "x--y.com"] {
            assert_eq!(domain_key(domain), idna::domain_to_ascii_strict(domain).ok(), "{domain}");
        }
    }

    #[test]
    fn debug_tells_nothing_of_the_person() {
        assert!(!format!("{:?}", Email::parse("ada@example.com").unwrap()).contains("ada"));
    }
}
