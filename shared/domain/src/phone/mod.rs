//! Phone numbers: parses them from any human form, formats them as E.164, and decides whether two are the same line.
//!
//! Only this module knows how phone numbers are written, and only this module calls the phone library. A number passes
//! through its parts in this order:
//!
//! 1. `text` reduces the input to an optional `+`, digits and an extension, or rejects it.
//! 2. `order` decides what digits without a `+` mean; each field prefers its own order of meanings.
//! 3. `reading` parses one such meaning with the library's metadata and checks its length.
//! 4. `line` maps the spellings of a line in countries that have several, or were renumbered, to one.
//!
//! [`Phone`] is the result, [`PhoneDetails`] are its parts, and [`PhoneError`] is the reason for a rejection.

mod details;
mod error;
mod line;
mod number;
mod order;
mod prefix;
mod reading;
mod text;

pub use details::PhoneDetails;
pub use error::PhoneError;
pub use number::Phone;
pub use prefix::phone_starts;

/// The fewest digits by which a text counts as a phone number rather than as a name of digits.
const FEWEST_DIGITS: usize = 7;

/// The digits of a number in E.164 after its calling code; `None` if no calling code is known.
pub(crate) fn national_number(e164: &str) -> Option<&str> {
    reading::split(e164).map(|(_, national)| national)
}

/// Whether a text is nothing else than a phone number, whatever its country.
pub(crate) fn is_number(text: &str) -> bool {
    text.chars().filter(|c| c.is_numeric()).count() >= FEWEST_DIGITS
        && text::dialled(text)
            .is_ok_and(|dialled| dialled.without_letters.is_none() && dialled.digits.len() >= FEWEST_DIGITS)
}

#[cfg(test)]
mod tests;
