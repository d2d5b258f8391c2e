//! Decides which of several meanings a string of digits has.
//!
//! Digits without a `+` may be a number of the default country, or an international number that lost its `+`:
//! spreadsheets drop it, and WhatsApp ids never have one. If both meanings are possible, the field decides.

use super::PhoneError;
use super::reading::{Reading, international, national, with_plus};
use super::text::Dialled;
use crate::country::Country;

/// The order in which the meanings of digits without a `+` are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Valid at home, valid with a `+`, possible at home, possible with a `+`.
    HomeFirst,
    /// Valid with a `+`, valid at home, possible with a `+`, possible at home.
    PlusFirst,
}

impl Order {
    /// Parses the digits of one phone number.
    ///
    /// Letters count as a vanity number only if the number is valid with them and the text without them is not a
    /// number: in `030 123456 home` they are a remark.
    pub(super) fn read(self, dialled: &Dialled, home: Country) -> Result<Reading, PhoneError> {
        let read = |digits| match dialled.plus {
            true => international(digits),
            false => self.read_digits(digits, home),
        };
        if let Some(written) = &dialled.without_letters {
            if read(written).is_ok() {
                return Err(PhoneError::NotANumber);
            }
            return read(&dialled.digits).ok().filter(Reading::is_valid).ok_or(PhoneError::NotANumber);
        }
        let reading = read(&dialled.digits);
        // People also write a national prefix for countries that do not have one: +48 (0)22 …
        if let Some(digits) = &dialled.without_trunk_zero
            && dialled.plus
            && !reading.as_ref().is_ok_and(Reading::is_valid)
        {
            return read(digits).ok().filter(Reading::is_valid).map_or(reading, Ok);
        }
        reading
    }

    fn read_digits(self, digits: &str, home: Country) -> Result<Reading, PhoneError> {
        match self {
            Order::HomeFirst => {
                let home = national(digits, home);
                match &home {
                    // Do not reinterpret a local number as an international one.
                    Err(PhoneError::LocalOnly) => return home,
                    Ok(reading) if reading.is_valid() => return home,
                    _ => {}
                }
                let plus = with_plus(digits);
                if plus.as_ref().is_ok_and(Reading::is_valid) {
                    return plus;
                }
                home.or_else(|refused| plus.map_err(|_| refused))
            }
            Order::PlusFirst => {
                let plus = with_plus(digits);
                if plus.as_ref().is_ok_and(Reading::is_valid) {
                    return plus;
                }
                let home = national(digits, home);
                match &home {
                    Err(PhoneError::LocalOnly) => home,
                    Ok(reading) if reading.is_valid() => home,
                    _ => plus.or(home),
                }
            }
        }
    }
}
