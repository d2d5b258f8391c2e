//! Parses one meaning of a string of digits with the phone library, and checks its length.

use std::borrow::Cow;

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationError,
};

use super::{PhoneError, line};
use crate::country::Country;

/// The maximum number of digits in E.164, calling code included (ITU-T E.164).
const MAX_DIGITS: usize = 15;

/// A number whose length fits its country.
#[derive(Debug)]
pub(super) struct Reading {
    /// The number in E.164, in the spelling that was entered.
    pub(super) e164: String,
    number: PhoneNumber,
    /// Whether parsing already showed that the number is valid. This saves most validity checks, each of which costs as
    /// much as parsing.
    known_valid: bool,
}

impl Reading {
    /// Whether the metadata says that the country has assigned this range, in this spelling of the line or in the
    /// canonical one.
    pub(super) fn is_valid(&self) -> bool {
        self.known_valid || is_valid(&self.number) || other_spelling(&self.e164).is_some_and(|other| is_valid(&other))
    }
}

/// Parses digits as dialled inside `home`, optionally with an international prefix (`00`, `011`), or as dialled to
/// `home`, with its calling code.
///
/// # Errors
///
/// As [`international`]; but `LocalOnly` is stricter, see [`is_local`].
pub(super) fn national(digits: &str, home: Country) -> Result<Reading, PhoneError> {
    let own_code = PHONE_NUMBER_UTIL.get_country_code_for_region(home.region()).unwrap_or_default();
    // The library prefers the longer of two valid numbers. That is wrong where lengths vary: it takes the German mobile
    // 49 151 … for a landline in area 0491.
    if digits.starts_with(&own_code.to_string())
        && let Ok(reading) = international(digits)
        && reading.is_valid()
    {
        return Ok(Reading { known_valid: true, ..reading });
    }
    if line::is_foreign(digits, own_code) {
        return Err(PhoneError::TooLong);
    }
    let number = PhoneNumber::parse(digits, Some(home.region())).map_err(refusal)?;
    let e164 = e164(&number);
    // Canada's 310-1234 is valid although it lacks an area code, so being valid is not enough.
    let is_possible = number.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
    if is_possible && e164.len() <= 1 + MAX_DIGITS && is_valid(&number) {
        return Ok(Reading { e164, number, known_valid: true });
    }
    if number.country_code == own_code && is_local(&number) {
        return Err(PhoneError::LocalOnly);
    }
    // The library may parse an invalid number into something that it parses differently again. A second parse makes the
    // result stable.
    international(&e164[1..])
}

/// Parses the digits after a `+`, or after a `00` that replaces or follows the `+`. Removes national prefixes that are
/// not dialled from abroad, such as the `0` in `+44 020`.
///
/// Parsing the result again returns the same result.
///
/// # Errors
///
/// `UnknownCallingCode`; `TooShort`, `TooLong`, `WrongLength` or `LocalOnly` when no spelling of the line has a length
/// that the country uses.
pub(super) fn international(digits: &str) -> Result<Reading, PhoneError> {
    let mut e164 = format!("+{}", digits.strip_prefix("00").unwrap_or(digits));
    loop {
        if let Some(better) = line::from_domestic(&e164) {
            e164 = better;
        }
        let number = PhoneNumber::parse(&e164, None).map_err(refusal)?;
        let read = self::e164(&number);
        if read == e164 {
            return judge(e164, number);
        }
        // A few valid numbers start with the digits of a national prefix (Belarus: 810). The library would shorten
        // them.
        if let Some(as_written) = number_of(&e164).filter(is_valid) {
            return judge(e164, as_written);
        }
        // Each round must remove digits; otherwise the loop would not end.
        if read.len() >= e164.len() {
            return Err(PhoneError::NotANumber);
        }
        e164 = read;
    }
}

/// Parses digits as if they had a `+` in front.
///
/// # Errors
///
/// As [`international`]; but `LocalOnly` is stricter, see [`is_local`].
pub(super) fn with_plus(digits: &str) -> Result<Reading, PhoneError> {
    // No calling code starts with 0, so skip the attempt for digits with a national prefix.
    if digits.starts_with('0') && !digits.starts_with("00") {
        return Err(PhoneError::UnknownCallingCode);
    }
    let reading = international(digits)?;
    if is_local(&reading.number) && !reading.is_valid() {
        return Err(PhoneError::LocalOnly);
    }
    Ok(reading)
}

/// Whether the metadata says that the number is assigned.
///
/// The library first searches the number's region among those of its calling code, and then looks there. Most numbers are of
/// the first region, where the search takes as long as the look.
fn is_valid(number: &PhoneNumber) -> bool {
    let first = PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code);
    first.is_some_and(|first| PHONE_NUMBER_UTIL.is_valid_number_for_region(number, first)) || number.is_valid()
}

/// Whether the number has the length of its country's fixed and mobile numbers without area code.
///
/// The country may have other numbers of that length (free-phone and services: eight digits in Australia and Brazil),
/// so the number may be possible. But a number that is not valid and was written without its calling code is more
/// likely a local one, and the same digits belong to another person in the next city.
fn is_local(number: &PhoneNumber) -> bool {
    let length = PHONE_NUMBER_UTIL.is_possible_number_for_type_with_reason(number, PhoneNumberType::FixedLineOrMobile);
    length == Ok(NumberLengthType::IsPossibleLocalOnly)
}

/// Splits E.164 into the calling code and the national significant number; `None` if no calling code is known.
pub(super) fn split(e164: &str) -> Option<(i32, &str)> {
    let digits = e164.strip_prefix('+')?;
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok()?;
        PHONE_NUMBER_UTIL.get_region_for_country_code(code)?;
        Some((code, national))
    })
}

/// Builds the library's number from E.164, digit for digit. Parsing would remove prefixes instead.
pub(super) fn number_of(e164: &str) -> Option<PhoneNumber> {
    let (country_code, national) = split(e164)?;
    // If all digits are zeros, the last one is the number.
    let significant = national.trim_start_matches('0');
    let zeros = (national.len() - significant.len()).min(national.len().checked_sub(1)?);
    Some(PhoneNumber {
        country_code,
        national_number: national.parse().ok()?,
        italian_leading_zero: (zeros > 0).then_some(true),
        number_of_leading_zeros: (zeros > 1).then(|| i32::try_from(zeros).ok()).flatten(),
        ..PhoneNumber::default()
    })
}

/// The canonical spelling of the same line, if it differs from this one.
pub(super) fn other_spelling(e164: &str) -> Option<PhoneNumber> {
    match line::canonical(e164) {
        Cow::Borrowed(_) => None,
        Cow::Owned(other) => number_of(&other),
    }
}

/// Accepts a number if the length of one of its spellings fits its country.
fn judge(e164: String, number: PhoneNumber) -> Result<Reading, PhoneError> {
    if e164.len() > 1 + MAX_DIGITS {
        return Err(PhoneError::TooLong);
    }
    let refused = match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => None,
        Ok(NumberLengthType::IsPossibleLocalOnly) => Some(PhoneError::LocalOnly),
        Err(ValidationError::TooShort) => Some(PhoneError::TooShort),
        Err(ValidationError::TooLong) => Some(PhoneError::TooLong),
        Err(ValidationError::InvalidLength) => Some(PhoneError::WrongLength),
        Err(ValidationError::InvalidCountryCode) => Some(PhoneError::UnknownCallingCode),
    };
    let other_is_possible =
        || other_spelling(&e164).map(|other| other.is_possible_with_reason()) == Some(Ok(NumberLengthType::IsPossible));
    match refused {
        Some(refused) if !other_is_possible() => Err(refused),
        _ => Ok(Reading { e164, number, known_valid: false }),
    }
}

fn e164(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::E164).into_owned()
}

/// Translates the library's parse errors.
fn refusal(error: ParseError) -> PhoneError {
    match error {
        ParseError::InvalidCountryCode => PhoneError::UnknownCallingCode,
        ParseError::NotANumber(_) => PhoneError::NotANumber,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
        ParseError::TooLongNsn => PhoneError::TooLong,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_region_is_a_short_way_to_validity(
            code in proptest::sample::select(vec!["1", "7", "39", "44", "47", "49", "61", "262", "358", "599", "800"]),
            national in "[1-9][0-9]{6,10}",
        ) {
            let number = number_of(&format!("+{code}{national}"));
            prop_assert_eq!(number.as_ref().map(is_valid), number.as_ref().map(|number| number.is_valid()));
        }
    }
}
