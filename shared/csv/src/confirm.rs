//! Checks by its values what a column holds.

use std::collections::HashSet;

use contacts::{Channel, ContactId, Country, Email, Handle, Phone, text};

use crate::sample::Sample;
use crate::{cell, country};

/// Of ten values this many must read as the kind.
const READABLE_OF_TEN: usize = 8;
/// The fewest values of which it is judged whether they are mostly distinct, in columns of handles and in others.
const FEWEST_HANDLES: usize = 2;
const FEWEST_VALUES: usize = 3;

/// The digits of what may be a phone number, with an extension.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=20;

/// Whether the values of a column may be those of a channel. A column without values may be. In a short file one value may be
/// wrong.
pub(crate) fn confirms(sample: &Sample, column: usize, channel: Channel) -> bool {
    let values: Vec<&str> = filled(sample, column).collect();
    let readable = values.iter().filter(|value| reads(value, channel)).count();
    let is_confirmed =
        readable * 10 >= values.len() * READABLE_OF_TEN || (readable > 0 && readable + 1 == values.len());
    is_confirmed && has_distinct(&values, channel)
}

/// Whether the values of a column are countries, mostly. A column without values is not confirmed.
pub(crate) fn confirms_countries(sample: &Sample, column: usize) -> bool {
    let values: Vec<&str> = filled(sample, column).collect();
    !values.is_empty() && is_mostly(&values, |value| country::read(value).is_some())
}

/// Whether a column has values, and all of them are ids of this system.
pub(crate) fn confirms_ids(sample: &Sample, column: usize) -> bool {
    let is_ours = |value: &str| value.as_bytes().get(14) == Some(&b'7') && ContactId::parse(value).is_ok();
    filled(sample, column).next().is_some() && filled(sample, column).all(is_ours)
}

/// Whether a column has values that read like names of people: two or more words, no digits, mostly distinct.
pub(crate) fn confirms_names(sample: &Sample, column: usize) -> bool {
    let values: Vec<&str> = filled(sample, column).collect();
    let is_name =
        |value: &str| value.chars().all(|c| !c.is_numeric() && c != '@') && value.split_whitespace().nth(1).is_some();
    !values.is_empty() && is_mostly(&values, is_name) && is_mostly_distinct(&values, FEWEST_VALUES)
}

/// How many distinct values a column has.
pub(crate) fn distinct(sample: &Sample, column: usize) -> usize {
    filled(sample, column).map(text::fold).collect::<HashSet<_>>().len()
}

/// Whether a column has values, and nine in ten of them are complete in themselves: an address, or an international number.
pub(crate) fn speaks_for_itself(sample: &Sample, column: usize, channel: Channel) -> bool {
    let is_complete = |value: &str| match channel {
        Channel::Telephone => value.starts_with('+') && reads(value, channel),
        _ => reads(value, channel),
    };
    let values: Vec<&str> = filled(sample, column).collect();
    let complete = values.iter().filter(|value| is_complete(value)).count();
    complete > 0 && complete * 10 >= values.len() * 9 && has_distinct(&values, channel)
}

/// Whether the text reads as at least one value of the channel, and says nothing else.
fn reads(value: &str, channel: Channel) -> bool {
    let reads = |value: &str| reads_one(value, channel);
    let values = cell::values_of(value, channel, reads);
    !values.is_empty() && values.iter().all(|value| reads(value))
}

/// Whether a text reads as one value. Which country a phone number belongs to is not known here, so its shape decides.
fn reads_one(value: &str, channel: Channel) -> bool {
    match channel {
        Channel::Telephone | Channel::Whatsapp => {
            let is_user_id = channel == Channel::Whatsapp && Handle::parse_whatsapp_user_id(value).is_ok();
            is_user_id || Phone::parse(value, Country::US).is_ok() || has_shape_of_phone(value)
        }
        Channel::WhatsappUserId => Handle::parse_whatsapp_user_id(value).is_ok(),
        Channel::Email => Email::parse(value).is_ok(),
        Channel::Instagram => Handle::parse_instagram(value).is_ok(),
        Channel::Slack => Handle::parse_slack(value).is_ok(),
        Channel::MicrosoftTeams => Handle::parse_teams(value).is_ok(),
    }
}

/// Whether a text has the digits of a phone number, and few other characters than those that group them.
fn has_shape_of_phone(value: &str) -> bool {
    let value = text::clean(value);
    let digits = value.chars().filter(|c| c.is_numeric()).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let is_decimal = value.contains(',') || value.contains(['€', '$', '%', '@']);
    PHONE_DIGITS.contains(&digits) && letters <= digits && !is_decimal
}

fn is_mostly(values: &[&str], is_it: impl Fn(&str) -> bool) -> bool {
    values.iter().filter(|value| is_it(value)).count() * 10 >= values.len() * READABLE_OF_TEN
}

/// Whether the values are as distinct as those of the channel must be. A family shares a phone, but no address.
fn has_distinct(values: &[&str], channel: Channel) -> bool {
    match channel {
        Channel::Telephone => true,
        Channel::Email | Channel::Whatsapp => is_mostly_distinct(values, FEWEST_VALUES),
        Channel::WhatsappUserId | Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams => {
            is_mostly_distinct(values, FEWEST_HANDLES)
        }
    }
}

fn is_mostly_distinct(values: &[&str], fewest: usize) -> bool {
    let distinct = values.iter().map(|value| text::fold(value)).collect::<HashSet<_>>().len();
    values.len() < fewest || distinct * 2 >= values.len()
}

/// The values of a column, without those that stand for no value.
fn filled(sample: &Sample, column: usize) -> impl Iterator<Item = &str> {
    sample.values(column).filter(|value| !text::says_nothing(&text::clean(value)))
}
