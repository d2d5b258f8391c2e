//! Lines that are written in more than one way, although each way is a complete international number.
//!
//! Three countries changed how their mobile numbers are written from abroad, and both ways live on in address books
//! and in messengers' ids:
//!
//! - Mexico dropped the `1` after `+52` (2019): `+52 1 55 1234 5678` is `+52 55 1234 5678`.
//! - Argentina puts a `9` after `+54` when a mobile is called from abroad; it is often left out: `+54 9 11 2345 6789` is
//!   `+54 11 2345 6789`.
//! - Brazil put a `9` before its 8-digit mobile numbers (2012 to 2016): `+55 11 6123 4567` became
//!   `+55 11 96123 4567`.
//!
//! All functions here look at prefix and length only, so they cost nothing for the rest of the world.

use std::borrow::Cow;

/// The canonical form of a number in E.164: equal for all spellings of one line. It is its own canonical form.
///
/// For Mexico and Argentina the extra digit is taken out: what remains is a complete number, and nobody else's. For
/// Brazil the `9` is put in where it is missing, and never taken out: eight digits that begin with 2 to 5 are a landline,
/// so a new mobile `9 3123 4567` without its `9` would be somebody else's landline `3123 4567`. Old mobiles began with 6
/// to 9, and landlines do not.
pub(super) fn canonical(e164: &str) -> Cow<'_, str> {
    match e164.as_bytes() {
        [b'+', b'5', b'2', b'1', line @ ..] if line.len() == 10 => Cow::Owned(format!("+52{}", &e164[4..])),
        [b'+', b'5', b'4', b'9', line @ ..] if line.len() == 10 => Cow::Owned(format!("+54{}", &e164[4..])),
        // Area codes have no 0. That keeps 800, 300 and 900 numbers out, which also have 10 digits.
        [b'+', b'5', b'5', b'1'..=b'9', b'1'..=b'9', line @ ..]
            if line.len() == 8 && matches!(line[0], b'6'..=b'9') =>
        {
            Cow::Owned(format!("{}9{}", &e164[..5], &e164[5..]))
        }
        _ => Cow::Borrowed(e164),
    }
}

/// The international number meant by a `+`, calling code and digits that are dialled inside the country only, where
/// the library does not know better. `None`: read it as it is.
///
/// - Mexico until 2019: `01` before long-distance, `044` and `045` before mobile numbers.
/// - Argentina's domestic mark of a mobile is `15` between area code and number. The library turns it into the
///   international `9`, unless that is there too; and it does not know that `15` and eight digits are a mobile of
///   Buenos Aires, the one area with eight-digit numbers. No area code begins with `15`.
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

/// Tells digits that would have an old spelling's extra digit, but at home, where it is never dialled. Mexico's `1`
/// stood only after `+52`; `1` and ten digits are a North American number.
pub(super) fn is_foreign(digits: &str, home_code: i32) -> bool {
    home_code == 52 && digits.len() == 11 && digits.starts_with('1')
}
