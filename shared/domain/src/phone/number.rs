//! The phone number type that the rest of the system uses.

use std::borrow::Cow;
use std::fmt;

use super::order::Order;
use super::text::{self, Dialled, MAX_EXTENSION_DIGITS};
use super::{PhoneDetails, PhoneError, line};
use crate::blocked::ANONYMOUS_CALLERS;
use crate::country::Country;

/// What stands between a number and its extension (RFC 3966).
const EXTENSION: &str = ";ext=";

/// A phone number in E.164: a `+`, the country's calling code and the national number, 4 to 15 digits in total. If it has
/// an extension, `;ext=` and its digits follow: who shares a number, but not the extension, is somebody else.
///
/// A number is accepted if its length fits its country, whether or not the metadata knows its range: calls come from
/// ranges that are newer than the metadata.
///
/// The number keeps the spelling in which it was entered, so that a messenger's id does not change. Two `Phone` values
/// are equal if they are spelled alike; compare their [`match_key`](Phone::match_key)s to find out whether they are the
/// same line.
///
/// `Debug` shows only the first two and the last two characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Parses a phone number in any human form: from a person, a file or a telephone channel.
    ///
    /// A number with a `+` is always international. A number without one takes the first of these meanings that
    /// applies: valid in `home`; valid with a `+` in front, because spreadsheets drop the plus; possible in `home`;
    /// possible with a `+`. A number without its area code is rejected.
    ///
    /// # Errors
    ///
    /// A [`PhoneError`] that says what is wrong. If several meanings fail, it describes the one in `home`.
    pub fn parse(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Phone::read(Order::HomeFirst, text, home)
    }

    /// Parses a WhatsApp number or id. The ids are international numbers without a `+`, so each meaning with a `+`
    /// comes before the one without: valid with a `+`, valid in `home`, possible with a `+`, possible in `home`.
    /// Everything else is as in [`parse`](Phone::parse).
    ///
    /// # Errors
    ///
    /// As [`parse`](Phone::parse).
    pub fn parse_whatsapp(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Phone::read(Order::PlusFirst, text, home)
    }

    fn read(order: Order, text: &str, home: Country) -> Result<Phone, PhoneError> {
        let dialled = text::dialled(text)?;
        if let Some(anonymous) = anonymous(&dialled) {
            return Ok(Phone(anonymous.to_owned()));
        }
        let e164 = order.read(&dialled, home)?.e164;
        Ok(Phone(match dialled.extension {
            Some(extension) => format!("{e164}{EXTENSION}{extension}"),
            None => e164,
        }))
    }

    /// Reads a stored number. Checks only its form: a number that was accepted once stays accepted, even if newer
    /// metadata disagrees.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NotE164`] unless the text is a `+` and 4 to 15 digits, the first of which is not 0; an extension of 1
    /// to 9 digits may follow `;ext=`.
    pub fn from_e164(text: &str) -> Result<Phone, PhoneError> {
        let (number, extension) = split(text);
        let is_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        let digits = number.strip_prefix('+').ok_or(PhoneError::NotE164)?;
        let is_shaped = (4..=15).contains(&digits.len()) && !digits.starts_with('0') && is_digits(digits);
        let is_extension = |digits: &str| (1..=MAX_EXTENSION_DIGITS).contains(&digits.len()) && is_digits(digits);
        if is_shaped && extension.is_none_or(is_extension) {
            Ok(Phone(text.to_owned()))
        } else {
            Err(PhoneError::NotE164)
        }
    }

    /// The number in E.164, with `;ext=` and its extension if it has one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in E.164, without an extension.
    pub fn number(&self) -> &str {
        split(&self.0).0
    }

    /// The digits of the extension.
    pub fn extension(&self) -> Option<&str> {
        split(&self.0).1
    }

    /// The canonical form: the same for all spellings of one line (Mexico's `1`, Argentina's and Brazil's `9`, renumbered
    /// countries), and the number itself everywhere else; with its extension. The match key of a match key is the key
    /// itself.
    pub fn match_key(&self) -> Cow<'_, str> {
        let (number, extension) = split(&self.0);
        match (line::canonical(number), extension) {
            (Cow::Borrowed(_), _) => Cow::Borrowed(&self.0),
            (canonical, None) => canonical,
            (canonical, Some(extension)) => Cow::Owned(format!("{canonical}{EXTENSION}{extension}")),
        }
    }

    /// The parts of the number, without its extension.
    pub fn details(&self) -> PhoneDetails {
        PhoneDetails::of(self.number())
    }
}

/// Splits a number and its extension.
fn split(text: &str) -> (&str, Option<&str>) {
    // A single sign is found much faster than the whole word.
    let number = text.find(';').map_or(text, |at| &text[..at]);
    match text[number.len()..].strip_prefix(EXTENSION) {
        Some(extension) => (number, Some(extension)),
        None => (text, None),
    }
}

/// The number by which a network names an anonymous caller, if it is one. No country has numbers of these lengths, but
/// without the `+` some are local numbers.
fn anonymous(dialled: &Dialled) -> Option<&'static str> {
    let is_it = |number: &&str| number.strip_prefix('+') == Some(&dialled.digits);
    ANONYMOUS_CALLERS.into_iter().find(is_it).filter(|_| dialled.plus)
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number();
        write!(f, "Phone({}…{})", &number[..2], &number[number.len() - 2..])
    }
}
