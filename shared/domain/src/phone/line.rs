//! Lines that can be written in more than one way, each of which is a complete international number.
//!
//! Three countries changed how their mobile numbers are written from abroad, and both spellings remain in address books
//! and in messengers' ids:
//!
//! - Mexico dropped the `1` after `+52` (2019): `+52 1 55 1234 5678` is `+52 55 1234 5678`.
//! - Argentina puts a `9` after `+54` when a mobile is called from abroad, but people often omit it:
//!   `+54 9 11 2345 6789` is `+54 11 2345 6789`.
//! - Brazil put a `9` before its 8-digit mobile numbers (2012 to 2016): `+55 11 6123 4567` became
//!   `+55 11 96123 4567`.
//!
//! All functions here check only prefix and length, so they cost nothing for other countries.

use std::borrow::Cow;

/// The canonical form of a number in E.164: the same for all spellings of one line. Applying this function twice
/// changes nothing.
///
/// For Mexico and Argentina it removes the extra digit: the rest is a complete number that belongs to the same person.
/// For Brazil it adds a missing `9` and never removes one: eight digits that start with 2 to 5 are a landline, so the
/// new mobile `9 3123 4567` without its `9` would be another person's landline `3123 4567`. Old mobiles start with 6 to
/// 9, and landlines do not.
pub(super) fn canonical(e164: &str) -> Cow<'_, str> {
    match e164.as_bytes() {
        [b'+', b'5', b'2', b'1', line @ ..] if line.len() == 10 => Cow::Owned(format!("+52{}", &e164[4..])),
        [b'+', b'5', b'4', b'9', line @ ..] if line.len() == 10 => Cow::Owned(format!("+54{}", &e164[4..])),
        // Area codes have no 0. This excludes 800, 300 and 900 numbers, which also have 10 digits.
        [b'+', b'5', b'5', b'1'..=b'9', b'1'..=b'9', line @ ..]
            if line.len() == 8 && matches!(line[0], b'6'..=b'9') =>
        {
            Cow::Owned(format!("{}9{}", &e164[..5], &e164[5..]))
        }
        _ => Cow::Borrowed(e164),
    }
}

/// Converts a `+`, calling code and digits that are dialled only inside the country to the international number, where
/// the library cannot. Returns `None` if no conversion applies.
///
/// - Mexico until 2019: `01` before long-distance, `044` and `045` before mobile numbers.
/// - Argentina marks a mobile with `15` between area code and number inside the country. The library converts it to the
///   international `9`, unless that is also present, and does not know that `15` and eight digits are a mobile of
///   Buenos Aires, the only area with eight-digit numbers. No area code starts with `15`.
pub(super) fn from_domestic(e164: &str) -> Option<String> {
    match e164.as_bytes() {
        [b'+', b'5', b'2', b'0', b'1', line @ ..] if line.len() == 10 => Some(format!("+52{}", &e164[5..])),
        [b'+', b'5', b'2', b'0', b'4', b'4' | b'5', line @ ..] if line.len() == 10 => {
            Some(format!("+52{}", &e164[6..]))
        }
        [b'+', b'5', b'4', b'9', line @ ..] if line.len() == 12 => Some(format!("+54{}", &e164[4..])),
        [b'+', b'5', b'4', b'1', b'5', line @ ..] | [b'+', b'5', b'4', b'9', b'1', b'5', line @ ..]
            if line.len() == 8 =>
        {
            Some(format!("+54911{}", &e164[e164.len() - 8..]))
        }
        _ => None,
    }
}

/// Whether the digits contain the extra digit of an old spelling although they are dialled at home, where it is never
/// used. Mexico's `1` occurred only after `+52`; `1` and ten digits are a North American number.
pub(super) fn is_foreign(digits: &str, home_code: i32) -> bool {
    home_code == 52 && digits.len() == 11 && digits.starts_with('1')
}
