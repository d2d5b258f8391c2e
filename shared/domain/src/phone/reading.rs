//! One meaning of a row of digits: read with the phone library, judged by its length.

use std::borrow::Cow;

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationError,
};

use super::{PhoneError, line};
use crate::country::Country;

/// The most digits of a number in E.164, calling code included (ITU-T E.164).
const MAX_DIGITS: usize = 15;

/// A possible number.
#[derive(Debug)]
pub(super) struct Reading {
    /// E.164, in the spelling that was entered.
    pub(super) e164: String,
    number: PhoneNumber,
    /// Reading it has already shown that it is valid. Most numbers need not be asked: the question costs as much as
    /// reading.
    known_valid: bool,
}

impl Reading {
    /// Whether the number is in a range that its country has assigned, by the metadata, in this spelling of the line
    /// or in the canonical one.
    pub(super) fn is_valid(&self) -> bool {
        self.known_valid || self.number.is_valid() || other_spelling(&self.e164).is_some_and(|other| other.is_valid())
    }
}

/// Reads digits as they are dialled in a country, international prefix (`00`, `011`) included, or as they are dialled to
/// that country, with its calling code.
///
/// # Errors
///
/// As [`international`]; but `LocalOnly` is stricter, see [`is_local`].
pub(super) fn national(digits: &str, home: Country) -> Result<Reading, PhoneError> {
    let own_code = PHONE_NUMBER_UTIL.get_country_code_for_region(home.region()).unwrap_or_default();
    // The library prefers the longer of two valid numbers. Where lengths vary that is the wrong one: it takes the
    // German mobile 49 151 … for a landline in 0491.
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
    if is_possible && e164.len() <= 1 + MAX_DIGITS && number.is_valid() {
        return Ok(Reading { e164, number, known_valid: true });
    }
    if number.country_code == own_code && is_local(&number) {
        return Err(PhoneError::LocalOnly);
    }
    // What the library makes of an invalid number is not always what it makes of its own result. Reading the result
    // once more settles on one form.
    international(&e164[1..])
}

/// Reads the digits after a `+`, or after the `00` that some write for it, also behind the `+`. National prefixes that
/// are not dialled from abroad, as the `0` in `+44 020`, are left out.
///
/// Reading the result again gives the result.
///
/// # Errors
///
/// `UnknownCallingCode`; `TooShort`, `TooLong`, `WrongLength` and `LocalOnly` by the lengths that the country's numbers
/// have, in one of the line's spellings.
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
        // A few valid numbers begin like a national prefix (Belarus: 810); those the library would shorten.
        if let Some(as_written) = number_of(&e164).filter(|number| number.is_valid()) {
            return judge(e164, as_written);
        }
        // Each round takes digits off; anything else would be no progress.
        if read.len() >= e164.len() {
            return Err(PhoneError::NotANumber);
        }
        e164 = read;
    }
}

/// Reads digits as if a `+` stood before them.
///
/// # Errors
///
/// As [`international`]; but `LocalOnly` is stricter, see [`is_local`].
pub(super) fn with_plus(digits: &str) -> Result<Reading, PhoneError> {
    // No calling code begins with 0, so digits with a national prefix spare the attempt.
    if digits.starts_with('0') && !digits.starts_with("00") {
        return Err(PhoneError::UnknownCallingCode);
    }
    let reading = international(digits)?;
    if is_local(&reading.number) && !reading.is_valid() {
        return Err(PhoneError::LocalOnly);
    }
    Ok(reading)
}

/// Tells a number as long as its country's fixed and mobile numbers without area code.
///
/// The country may have other numbers of that length (free-phone and services: eight digits in Australia and Brazil), so
/// that it is possible. But if it is not valid and nobody wrote its calling code, it is rather a local number; and in
/// the next city the same digits are another person's.
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

/// The library's form of a number in E.164, digit for digit: without taking prefixes off, as parsing would.
pub(super) fn number_of(e164: &str) -> Option<PhoneNumber> {
    let (country_code, national) = split(e164)?;
    // Of zeros only, the last one is the number.
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

/// The same line in its canonical spelling, if that is another one than this.
pub(super) fn other_spelling(e164: &str) -> Option<PhoneNumber> {
    match line::canonical(e164) {
        Cow::Borrowed(_) => None,
        Cow::Owned(other) => number_of(&other),
    }
}

/// Accepts a number whose length, in one of its spellings, fits its country.
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

/// The library's reasons for reading no number from digits.
fn refusal(error: ParseError) -> PhoneError {
    match error {
        ParseError::InvalidCountryCode => PhoneError::UnknownCallingCode,
        ParseError::NotANumber(_) => PhoneError::NotANumber,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
        ParseError::TooLongNsn => PhoneError::TooLong,
    }
}
