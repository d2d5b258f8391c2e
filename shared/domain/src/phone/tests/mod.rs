//! The rules for phone numbers, tested with real numbers.

mod examples;
mod lines;
mod properties;
mod rules;
mod second_opinion;

use super::{Phone, PhoneError};
use crate::country::Country;

/// The country of a code in a test's table.
fn country(code: &str) -> Country {
    Country::parse(code).expect(code)
}

/// The result of parsing a text for the `telephone` field: the number, or the code of the error without its `phone_`
/// prefix.
fn telephone(text: &str, home: &str) -> String {
    shown(Phone::parse(text, country(home)))
}

/// The result of parsing a text for the `whatsapp` field.
fn whatsapp(text: &str, home: &str) -> String {
    shown(Phone::parse_whatsapp(text, country(home)))
}

fn shown(phone: Result<Phone, PhoneError>) -> String {
    phone.map_or_else(|error| error.code().replacen("phone_", "", 1), |phone| phone.as_str().to_owned())
}
