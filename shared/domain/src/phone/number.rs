//! The phone number as the rest of the system knows it.

use std::borrow::Cow;
use std::fmt;

use super::order::Order;
use super::{PhoneDetails, PhoneError, line};
use crate::country::Country;

/// A phone number in E.164: a `+`, the country's calling code and the national number, 4 to 15 digits in all.
///
/// Numbers are accepted when their length fits their country, whether or not the metadata knows the range: caller ids
/// come from ranges that no metadata knows yet.
///
/// It keeps the spelling in which it was entered, so that a messenger's id stays what it is. Two numbers are equal when
/// they are spelled alike; whether they are one line is told by [`match_key`](Phone::match_key).
///
/// `Debug` shows only its ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads what a person, a file or a telephone channel gives as a phone number, in any human form.
    ///
    /// With a `+` it is read as an international number and nothing else. Without one it is, in this order: valid in
    /// `home`; valid with a `+` before it, for spreadsheets eat the plus; possible in `home`; possible with a `+`.
    /// A number without its area code is refused, an extension is dropped.
    ///
    /// # Errors
    ///
    /// A [`PhoneError`] that says what is wrong; of several readings, with the one in `home`.
    pub fn parse(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Order::HomeFirst.read(text, home).map(|reading| Phone(reading.e164))
    }

    /// Reads a WhatsApp number or id. The ids are international numbers without a `+`, so each reading with a `+` goes
    /// before its twin without: valid with a `+`, valid in `home`, possible with a `+`, possible in `home`. The rest is
    /// as in [`parse`](Phone::parse).
    ///
    /// # Errors
    ///
    /// As [`parse`](Phone::parse).
    pub fn parse_whatsapp(text: &str, home: Country) -> Result<Phone, PhoneError> {
        Order::PlusFirst.read(text, home).map(|reading| Phone(reading.e164))
    }

    /// Takes back a number that was stored. Only its shape is looked at: what was accepted once stays accepted,
    /// whatever newer metadata says.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NotE164`] unless the text is a `+` and 4 to 15 digits, the first of them not 0.
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

    /// The canonical form, in E.164: equal for all spellings of one line (Mexico's `1`, Argentina's and Brazil's `9`),
    /// and the number itself everywhere else. It is its own match key.
    pub fn match_key(&self) -> Cow<'_, str> {
        line::canonical(&self.0)
    }

    /// What the number tells of itself.
    pub fn details(&self) -> PhoneDetails {
        PhoneDetails::of(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({}…{})", &self.0[..2], &self.0[self.0.len() - 2..])
    }
}
