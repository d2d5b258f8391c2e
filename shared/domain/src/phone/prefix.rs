//! Reads the start of a phone number, as somebody types it to find one.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::{PhoneError, text};
use crate::country::Country;

/// The starts in E.164 of the numbers that a typed start may mean.
///
/// With `+` or `00` there is one. Without, the digits are taken as dialled inside `home`, without the prefix that only
/// domestic calls have (the `0` of `0176 …` in Germany), and as an international number whose `+` was left out. A text
/// without digits is the start of every number. No start in the result begins with another one.
///
/// # Errors
///
/// [`PhoneError`] for a text with anything else than digits, separators and labels such as `tel:`.
pub fn phone_starts(text: &str, home: Country) -> Result<Vec<String>, PhoneError> {
    if matches!(crate::text::clean(text).as_ref(), "" | "+") {
        return Ok(vec!["+".to_owned()]);
    }
    let dialled = text::dialled(text)?;
    if dialled.extension.is_some() || dialled.without_letters.is_some() {
        return Err(PhoneError::NotANumber);
    }
    let digits = dialled.without_trunk_zero.filter(|_| dialled.plus).unwrap_or(dialled.digits);
    let international = digits.strip_prefix("00").or(dialled.plus.then_some(digits.as_str()));
    if let Some(international) = international {
        return Ok(vec![format!("+{international}")]);
    }
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(home.region()).unwrap_or_default();
    let mut starts: Vec<String> = match without_trunk(&digits, home) {
        // Calling codes do not begin with 0, and neither do area codes where 0 is the domestic prefix.
        Some(national) if digits.starts_with('0') => vec![format!("+{code}{national}")],
        Some(national) => vec![format!("+{code}{national}"), format!("+{code}{digits}"), format!("+{digits}")],
        None if digits.starts_with('0') => vec![format!("+{code}{digits}")],
        None => vec![format!("+{code}{digits}"), format!("+{digits}")],
    };
    starts.sort();
    starts.dedup_by(|start, shorter| start.starts_with(shorter.as_str()));
    Ok(starts)
}

/// The digits without the prefix that only domestic calls have, if they begin with it.
///
/// An example of the country's numbers, as it is written there, shows the prefix. Some countries leave a 0 out of this
/// notation, so a 0 also counts as one where no number begins with it.
fn without_trunk(digits: &str, home: Country) -> Option<&str> {
    let example = PHONE_NUMBER_UTIL.get_example_number(home.region()).ok()?;
    let number = example.get_national_significant_number();
    let written: String = example.format_as(PhoneNumberFormat::National).chars().filter(char::is_ascii_digit).collect();
    let trunk = written.strip_suffix(&number).filter(|trunk| !trunk.is_empty());
    trunk
        .and_then(|trunk| digits.strip_prefix(trunk))
        .or_else(|| digits.strip_prefix('0').filter(|_| !number.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_read_as_written_at_home_and_abroad() {
        for (home, text, starts) in [
            ("DE", "0176 12", &["+4917612"][..]),
            ("DE", "17612", &["+17612", "+4917612"]),
            ("DE", "0049 176", &["+49176"]),
            ("DE", "+49 (0)176", &["+49176"]),
            ("DE", "\u{202A}tel:+49-176\u{202C}", &["+49176"]),
            ("DE", "49", &["+49"]),
            ("DE", "0", &["+49"]),
            ("IT", "06 123", &["+3906123"]),
            ("US", "(555) 12", &["+155512", "+55512"]),
            ("US", "1 555", &["+11555", "+1555"]),
            ("US", "1", &["+1"]),
            ("RU", "8 912", &["+78912", "+7912", "+8912"]),
            ("GB", "", &["+"]),
            ("GB", "+", &["+"]),
        ] {
            assert_eq!(phone_starts(text, Country::parse(home).unwrap()).unwrap(), starts, "{home} {text}");
        }
        for text in ["ada", "555 ext. 5", "1-800-FLOWERS", "4.41E+11"] {
            assert!(phone_starts(text, Country::US).is_err(), "{text}");
        }
    }
}
