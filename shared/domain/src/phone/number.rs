//! The phone number type that the rest of the system uses.

use std::borrow::Cow;
use std::fmt;

use super::order::Order;
use super::{PhoneDetails, PhoneError, line};
use crate::country::Country;

/// A phone number in E.164: a `+`, the country's calling code and the national number, 4 to 15 digits in total.
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
    /// possible with a `+`. A number without its area code is rejected; an extension is dropped.
    ///
    /// # Errors
    ///
    /// A [`PhoneError`] that says what is wrong. If several meanings fail, it describes the one in `home`.
    pub fn parse(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Order::HomeFirst.read(text, home).map(|reading| Phone(reading.e164))
    }

    /// Parses a WhatsApp number or id. The ids are international numbers without a `+`, so each meaning with a `+`
    /// comes before the one without: valid with a `+`, valid in `home`, possible with a `+`, possible in `home`.
    /// Everything else is as in [`parse`](Phone::parse).
    ///
    /// # Errors
    ///
    /// As [`parse`](Phone::parse).
    pub fn parse_whatsapp(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Order::PlusFirst.read(text, home).map(|reading| Phone(reading.e164))
    }

    /// Reads a stored number. Checks only its form: a number that was accepted once stays accepted, even if newer
    /// metadata disagrees.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NotE164`] unless the text is a `+` and 4 to 15 digits, the first of which is not 0.
    pub fn from_e164(text: &str) -> Result<Phone, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError::NotE164)?;
        let is_shaped = (4..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        if is_shaped { Ok(Phone(text.to_owned())) } else { Err(PhoneError::NotE164) }
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The canonical form in E.164: the same for all spellings of one line (Mexico's `1`, Argentina's and Brazil's
    /// `9`), and the number itself everywhere else. The match key of a match key is the key itself.
    pub fn match_key(&self) -> Cow<'_, str> {
        line::canonical(&self.0)
    }

    /// The parts of the number.
    pub fn details(&self) -> PhoneDetails {
        PhoneDetails::of(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({}…{})", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}
