//! What phone numbers must do, told by numbers.

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

/// What the `telephone` field makes of a text: the number shown, or the code of the error without
/// its `phone_`.
fn telephone(text: &str, home: &str) -> String {
    shown(Phone::parse(text, country(home)))
}

/// What the `whatsapp` field makes of it.
fn whatsapp(text: &str, home: &str) -> String {
    shown(Phone::parse_whatsapp(text, country(home)))
}

fn shown(phone: Result<Phone, PhoneError>) -> String {
    phone.map_or_else(|error| error.code().replacen("phone_", "", 1), |phone| phone.as_str().to_owned())
}
