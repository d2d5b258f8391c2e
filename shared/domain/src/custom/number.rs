//! Exact decimal numbers.

use std::fmt;

/// The maximum number of significant digits, which is DynamoDB's limit.
const MAX_DIGITS: usize = 38;
/// The range of exponents of the first significant digit that DynamoDB can store.
const EXPONENTS: std::ops::RangeInclusive<i64> = -130..=125;
/// A number with more places than this is written with an exponent.
const MAX_PLAIN_PLACES: i64 = 40;

/// A decimal number that keeps its digits exactly: 38 significant digits, between 1E-130 and 9.99…E+125.
///
/// The limits are those of DynamoDB's number type. Like DynamoDB, it drops zeros that carry no value (`1.50`, `007`),
/// so equal numbers have equal texts. It never uses floating point.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(String);

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is not digits with an optional sign, fraction and exponent.
    #[error("is not a number (digits, a decimal point, an exponent; no grouping)")]
    Form,
    /// More than 38 significant digits.
    #[error("has more than {MAX_DIGITS} significant digits")]
    Digits,
    /// Too large or too close to zero.
    #[error("is outside 1E-130 to 9.99E+125")]
    Range,
}

impl NumberError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            NumberError::Form => "number_malformed",
            NumberError::Digits => "number_too_many_digits",
            NumberError::Range => "number_out_of_range",
        }
    }
}

impl Number {
    /// Parses a number in JSON syntax; leading zeros are accepted, too. Trims white space at the ends.
    ///
    /// # Errors
    /// [`NumberError`] when the text is not a number, or not one that DynamoDB can store exactly.
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        let text = text.trim();
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(NumberError::Form),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(NumberError::Form);
        }
        let digits: String = [whole, fraction].concat();
        let significant = digits.trim_start_matches('0');
        let leading_zeros = digits.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        if significant.is_empty() {
            return Ok(Number("0".to_owned()));
        }
        if significant.len() > MAX_DIGITS {
            return Err(NumberError::Digits);
        }
        // the power of ten of the first significant digit
        let places = |length: usize| i64::try_from(length).map_err(|_| NumberError::Range);
        let first = exponent.saturating_add(places(whole.len())? - 1 - places(leading_zeros)?);
        if !EXPONENTS.contains(&first) {
            return Err(NumberError::Range);
        }
        Ok(Number(write(negative, significant, first)))
    }

    /// The number in its canonical form, which is also valid JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Form);
    }
    // Any longer exponent is out of range, unless the number is zero.
    let magnitude = digits.trim_start_matches('0');
    let magnitude = if magnitude.len() > 9 { 1_000_000_000 } else { magnitude.parse().unwrap_or(0) };
    Ok(if text.starts_with('-') { -magnitude } else { magnitude })
}

fn write(negative: bool, digits: &str, first: i64) -> String {
    let sign = if negative { "-" } else { "" };
    let count = digits.len() as i64;
    if !(-MAX_PLAIN_PLACES..MAX_PLAIN_PLACES).contains(&first) {
        let (head, tail) = digits.split_at(1);
        let point = if tail.is_empty() { "" } else { "." };
        format!("{sign}{head}{point}{tail}E{first:+}")
    } else if first < 0 {
        format!("{sign}0.{}{digits}", "0".repeat((-first - 1) as usize))
    } else if count <= first + 1 {
        format!("{sign}{digits}{}", "0".repeat((first + 1 - count) as usize))
    } else {
        let (whole, fraction) = digits.split_at((first + 1) as usize);
        format!("{sign}{whole}.{fraction}")
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_and_zeros_without_value_are_not() {
        for (text, number) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("0E999999999999", "0"),
            ("1200", "1200"),
            ("007", "7"),
            ("1.50", "1.5"),
            ("-3.14", "-3.14"),
            ("0.001", "0.001"),
            ("12.5e3", "12500"),
            ("1E-3", "0.001"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
            ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
            ("1e125", "1E+125"),
            ("-2.5E-130", "-2.5E-130"),
            (" 5 ", "5"),
        ] {
            assert_eq!(Number::parse(text).map(|n| n.0), Ok(number.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_does_not_fit_is_refused() {
        for text in ["", "-", "+1", "1,000", "1.000,5", "1.", ".5", "1e", "1e+", "0x1F", "١٢", "NaN", "1 000", "1.2.3"]
        {
            assert_eq!(Number::parse(text), Err(NumberError::Form), "{text}");
        }
        assert_eq!(Number::parse("123456789012345678901234567890123456789"), Err(NumberError::Digits));
        for text in ["1e126", "1e-131", "1e99999999999999999999"] {
            assert_eq!(Number::parse(text), Err(NumberError::Range), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_written_form_reads_back_as_itself(
            sign in "-?", digits in "[0-9]{1,38}", point in 0..39usize, exponent in -140i64..140,
        ) {
            let (whole, fraction) = digits.split_at(point.min(digits.len() - 1).max(1).min(digits.len()));
            let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
            if let Ok(number) = Number::parse(&format!("{sign}{whole}{fraction}e{exponent}")) {
                proptest::prop_assert_eq!(Number::parse(number.as_str()), Ok(number.clone()));
                proptest::prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(number.as_str()).is_ok());
            }
        }
    }
}
