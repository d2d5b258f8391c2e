//! Email addresses.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::name::Name;
use crate::text;

/// What precedes an address in links and address books.
const LABELS: [&str; 5] = ["mailto:", "email:", "e-mail:", "mail:", "smtp:"];

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
    /// No text.
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
    /// Parses an address. Removes what wraps it: `mailto:` with or without a query, `email:`, the name in front of
    /// `<ada@x.org>`, and punctuation at the end. Full-width characters become plain ones. Otherwise the displayed form
    /// does not change.
    ///
    /// Rejects quoted local parts and address literals (`"a b"@x.org`, `a@[1.2.3.4]`): hardly any person has such an
    /// address, but typing mistakes look like one.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong with the address.
    pub fn parse(text: &str) -> Result<Email, EmailError> {
        Email::of(unnamed(&text::clean(text))?.1)
    }

    /// Parses an address, and the name in front of it: `Ada <ada@x.org>`.
    ///
    /// # Errors
    /// As [`Email::parse`]. A name that is invalid is left out.
    pub fn parse_with_name(text: &str) -> Result<(Email, Option<Name>), EmailError> {
        let text = text::clean(text);
        let (name, address) = unnamed(&text)?;
        let email = Email::of(address)?;
        let name = name.filter(|name| !name.contains('@'));
        Ok((email, name.and_then(|name| Name::parse(name).ok())))
    }

    /// Reads a stored address. Only its form is checked: what an older build accepted stays an address.
    ///
    /// # Errors
    /// [`EmailError::Form`] unless there is text on both sides of an `@`.
    pub fn from_stored(text: &str) -> Result<Email, EmailError> {
        let (local, domain) = text
            .rsplit_once('@')
            .filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
            .ok_or(EmailError::Form)?;
        let domain = domain_key(domain).unwrap_or_else(|| domain.to_lowercase());
        Ok(Email { shown: text.to_owned(), key: format!("{}@{domain}", local.to_lowercase()) })
    }

    /// Reads an address that nothing wraps.
    fn of(address: &str) -> Result<Email, EmailError> {
        let shown: Cow<'_, str> = if address.is_ascii() { address.into() } else { address.nfkc().collect() };
        let shown = without_end(&shown);
        if shown.is_empty() {
            return Err(EmailError::Blank);
        }
        let (local, domain) = shown.rsplit_once('@').ok_or(EmailError::Form)?;
        if local.is_empty() || domain.is_empty() || local.contains('@') {
            return Err(EmailError::Form);
        }
        if shown.len() > 254 || local.len() > 64 {
            return Err(EmailError::TooLong);
        }
        if local.contains(is_refused) {
            return Err(EmailError::Character);
        }
        let domain = domain_key(domain).ok_or(EmailError::Domain)?;
        Ok(Email { shown: shown.to_owned(), key: [&local.to_lowercase(), "@", &domain].concat() })
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

/// Splits `Ada <ada@x.org>` into name and address, and removes what wraps the address.
fn unnamed(text: &str) -> Result<(Option<&str>, &str), EmailError> {
    let text = without_end(without_label(text));
    let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) else {
        return Ok((None, text));
    };
    let (name, address) = (name.trim(), without_label(address.trim()));
    // Another address in front may be another person's. Mail programs also show the address itself as the name.
    if name.contains(['<', '>']) || (name.contains('@') && !text::clean(name).eq_ignore_ascii_case(address)) {
        return Err(EmailError::Form);
    }
    Ok((Some(name), address))
}

/// Removes labels, and the query of a `mailto:`.
fn without_label(text: &str) -> &str {
    let mut text = text;
    while let Some((label, rest)) = LABELS.iter().find_map(|label| {
        let (head, rest) = text.split_at_checked(label.len())?;
        head.eq_ignore_ascii_case(label).then_some((*label, rest))
    }) {
        let link = if label == "mailto:" { rest.split('?').next().unwrap_or_default() } else { rest };
        text = link.trim();
    }
    text
}

/// Removes the punctuation with which a list or a sentence goes on.
fn without_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| matches!(c, '.' | ',' | ';') || c.is_whitespace())
}

/// Whether a local part may have this character only inside quotes.
fn is_refused(c: char) -> bool {
    matches!(c, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | '\\' | ']') || c.is_whitespace() || c.is_control()
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_entered_form_is_shown_and_the_key_is_folded() {
        for (text, shown, key) in [
            (" Person@Example.COM\t", "Person@Example.COM", "person@example.com"),
            ("mailto:a@b.co", "a@b.co", "a@b.co"),
            ("MAILTO:a@b.co?subject=Hello%20you", "a@b.co", "a@b.co"),
            ("E-mail: <mailto:a@b.co>.", "a@b.co", "a@b.co"),
            ("Ada <a@b.co>;", "a@b.co", "a@b.co"),
            ("ａ@ｂ．ｃｏ．", "a@b.co", "a@b.co"),
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
            ("a<b@c.com", EmailError::Character),
            ("mailto:", EmailError::Blank),
            ("<>", EmailError::Blank),
            ("Ada <b@c.com>, Bob <d@e.com>", EmailError::Form),
            ("a@b.com <c@d.com>", EmailError::Form),
            ("a@b.com, c@d.com", EmailError::Form),
            ("a@localhost", EmailError::Domain),
            ("a@-x.com", EmailError::Domain),
            ("a@x..com", EmailError::Domain),
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

    #[test]
    fn the_name_in_front_of_an_address_is_read() {
        for (text, name) in [
            ("Ada Lovelace <a@b.co>", Some("Ada Lovelace")),
            ("\"Lovelace, Ada\" <mailto:a@b.co>", Some("Lovelace, Ada")),
            ("A@b.co <a@b.co>", None),
            ("n/a <a@b.co>", None),
            ("<a@b.co>", None),
            ("a@b.co", None),
        ] {
            let (email, mentioned) = Email::parse_with_name(text).unwrap();
            assert_eq!((email.match_key(), mentioned.as_ref().map(Name::as_str)), ("a@b.co", name), "{text}");
        }
    }

    #[test]
    fn stored_addresses_are_read_as_they_are() {
        for (text, key) in
            [("\u{200B}A@x.org", "\u{200B}a@x.org"), ("a@x.org.", "a@x.org."), ("a@Bücher.de", "a@xn--bcher-kva.de")]
        {
            let email = Email::from_stored(text).unwrap();
            assert_eq!((email.as_str(), email.match_key()), (text, key));
        }
        assert_eq!(Email::from_stored("a"), Err(EmailError::Form));
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_the_same_again(
            text in "(Ada )?<?(mailto:|email: )?[a-zé'ａ@.+<>\"?\u{AD} -]{1,8}@[a-zßｘ.-]{1,8}\\.[a-z]{2}[>.,; ]{0,3}",
        ) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(&Email::parse(email.as_str()), &Ok(email.clone()));
                prop_assert_eq!(Email::from_stored(email.as_str()), Ok(email));
            }
        }
    }
}
