//! Decides whether the values of a column are numbers, and how they are written.
//!
//! `12.000` is twelve in one country and twelve thousand in another. One value rarely tells, a whole column often does:
//! beside `7,5` it is twelve thousand.

use std::borrow::Cow;

use contacts::Number;
use serde::{Deserialize, Serialize};

/// The most digits of an amount. Longer numbers are ids, which programs that count in binary would change.
const MAX_AMOUNT_DIGITS: usize = 15;

/// The headers of custom fields in exports of this system start with it.
const OWN_HEADER: &str = "custom.";

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// As exports write them: with a decimal point and without grouping.
    #[default]
    Plain,
    /// With a decimal point; commas group digits.
    Point,
    /// With a decimal comma; points group digits.
    Comma,
    /// The values do not tell, or contradict each other. A value such as `12.000` cannot be read.
    Unclear,
}

/// The number formats of the columns that feed Number fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NumberFormats(Vec<(usize, NumberFormat)>);

/// The value could be read as two different numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could be a number with a decimal fraction or with grouped digits, and the column does not tell which")]
pub struct AmbiguousNumber;

/// What the values of a column say about their format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberEvidence {
    /// Whether the column is known to be [`NumberFormat::Plain`].
    plain: bool,
    /// Whether some value is not a number, or a code of digits.
    other: bool,
    point: bool,
    comma: bool,
    ambiguous: bool,
}

/// How one number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Without separators.
    Whole,
    /// The decimal mark is this one.
    Decimal(Mark),
    /// The one separator may be a decimal mark, or group digits.
    Ambiguous,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Point,
    Comma,
}

impl NumberFormats {
    /// Creates the formats of some columns. Other columns are [`NumberFormat::Plain`].
    pub fn new(columns: impl IntoIterator<Item = (usize, NumberFormat)>) -> NumberFormats {
        NumberFormats(columns.into_iter().filter(|(_, format)| *format != NumberFormat::Plain).collect())
    }

    /// A value of a column in plain form. A text that is not a number stays as it is.
    ///
    /// # Errors
    /// [`AmbiguousNumber`] if the value could be two numbers.
    pub fn plain<'v>(&self, column: usize, value: &'v str) -> Result<Cow<'v, str>, AmbiguousNumber> {
        let format = self.0.iter().find(|(of, _)| *of == column).map_or(NumberFormat::Plain, |(_, format)| *format);
        format.plain(value)
    }
}

impl NumberFormat {
    fn plain(self, value: &str) -> Result<Cow<'_, str>, AmbiguousNumber> {
        let decimal = match (self, Shape::of(value)) {
            (NumberFormat::Plain, _) | (_, None | Some(Shape::Whole)) => return Ok(value.into()),
            (NumberFormat::Point, Some(Shape::Ambiguous)) => Mark::Point,
            (NumberFormat::Comma, Some(Shape::Ambiguous)) => Mark::Comma,
            (NumberFormat::Unclear, Some(Shape::Ambiguous)) => return Err(AmbiguousNumber),
            (_, Some(Shape::Decimal(mark))) => mark,
        };
        Ok(match decimal {
            Mark::Point => value.replace(',', "").into(),
            Mark::Comma => value.replace('.', "").replace(',', ".").into(),
        })
    }
}

impl NumberEvidence {
    /// The evidence before the first value. The header tells a column of an export of this system, whose numbers are plain.
    pub fn new(header: Option<&str>) -> NumberEvidence {
        let prefix = header.and_then(|header| header.get(..OWN_HEADER.len()));
        let plain = prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(OWN_HEADER));
        NumberEvidence { plain, ..NumberEvidence::default() }
    }

    /// Adds values.
    #[must_use]
    pub fn with<'v>(mut self, values: impl IntoIterator<Item = &'v str>) -> NumberEvidence {
        values.into_iter().for_each(|value| self.add(value));
        self
    }

    /// Adds a value of the column, trimmed. A blank one says nothing.
    pub fn add(&mut self, value: &str) {
        if value.is_empty() || is_whole_amount(value) {
            return;
        }
        if self.plain {
            self.other = self.other || Number::parse(value).is_err();
            return;
        }
        let shape = Shape::of(value);
        self.other = self.other || shape.is_none() || is_code(value);
        match shape {
            None | Some(Shape::Whole) => {}
            Some(Shape::Decimal(Mark::Point)) => self.point = true,
            Some(Shape::Decimal(Mark::Comma)) => self.comma = true,
            Some(Shape::Ambiguous) => self.ambiguous = true,
        }
    }

    /// Whether the column may feed a new Number field: every value is a number without leading zeros, has at most 15
    /// digits, and can be read in one way.
    pub fn is_number(&self) -> bool {
        !self.other && self.format() != NumberFormat::Unclear
    }

    /// How the numbers of the column are written.
    pub fn format(&self) -> NumberFormat {
        match (self.point, self.comma, self.ambiguous) {
            (true, true, _) | (false, false, true) => NumberFormat::Unclear,
            (false, true, _) => NumberFormat::Comma,
            (true, false, _) => NumberFormat::Point,
            (false, false, false) => NumberFormat::Plain,
        }
    }
}

impl Shape {
    /// The shape of a text; `None` if it is not a number.
    fn of(text: &str) -> Option<Shape> {
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        let digits = text.as_bytes();
        if ![digits.first(), digits.last()].iter().all(|end| end.is_some_and(u8::is_ascii_digit)) {
            return None;
        }
        let (mut points, mut commas) = (0, 0);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {}
                b'.' => points += 1,
                b',' => commas += 1,
                b'e' | b'E' => {
                    let shape = if points == 0 { Shape::Whole } else { Shape::Decimal(Mark::Point) };
                    return Number::parse(text).is_ok().then_some(shape);
                }
                _ => return None,
            }
        }
        match (points, commas) {
            (0, 0) => Some(Shape::Whole),
            (1, 0) => Shape::of_one(digits, b'.', Mark::Point),
            (0, 1) => Shape::of_one(digits, b',', Mark::Comma),
            (_, 0) => is_grouped(digits, b'.').then_some(Shape::Decimal(Mark::Comma)),
            (0, _) => is_grouped(digits, b',').then_some(Shape::Decimal(Mark::Point)),
            (1, _) => Shape::of_both(digits, b'.', b',', Mark::Point),
            (_, 1) => Shape::of_both(digits, b',', b'.', Mark::Comma),
            _ => None,
        }
        .or_else(|| match (points, commas) {
            // `1.234,5`: of two separators that occur once, either may be the decimal mark.
            (1, 1) => Shape::of_both(digits, b',', b'.', Mark::Comma),
            _ => None,
        })
    }

    /// The shape of digits with one separator.
    fn of_one(digits: &[u8], separator: u8, mark: Mark) -> Option<Shape> {
        Some(if is_grouped(digits, separator) { Shape::Ambiguous } else { Shape::Decimal(mark) })
    }

    /// The shape of digits with both separators, if this one is the decimal mark.
    fn of_both(digits: &[u8], decimal: u8, group: u8, mark: Mark) -> Option<Shape> {
        let (whole, fraction) = digits.split_at(digits.iter().position(|byte| *byte == decimal)?);
        (is_grouped(whole, group) && !fraction.contains(&group)).then_some(Shape::Decimal(mark))
    }
}

/// Whether a separator divides the digits into groups of three, as in `1.234.567`.
fn is_grouped(digits: &[u8], separator: u8) -> bool {
    // From the right: a separator and its three digits each. At most three digits are left.
    let mut groups = digits.rchunks_exact(4);
    let first = groups.remainder();
    !first.is_empty()
        && !first.starts_with(b"0")
        && !first.contains(&separator)
        && groups.all(|group| group[0] == separator && !group[1..].contains(&separator))
}

/// Whether a text is a whole number that is not a [code](is_code). It tells nothing about its column.
fn is_whole_amount(text: &str) -> bool {
    let is_short = text.len() <= MAX_AMOUNT_DIGITS && (text.len() == 1 || !text.starts_with('0'));
    is_short && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a number is a code rather than an amount: it has leading zeros, a plus sign, or too many digits.
fn is_code(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let mut bytes = digits.bytes();
    let zero_led = bytes.next() == Some(b'0') && bytes.next().is_some_and(|second| second.is_ascii_digit());
    zero_led || digits.starts_with('+') || digits.bytes().filter(u8::is_ascii_digit).count() > MAX_AMOUNT_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a column in plain form; `None` if the column is text.
    fn numbers(values: &[&str]) -> Option<Vec<String>> {
        let evidence = NumberEvidence::new(None).with(values.iter().copied());
        let formats = NumberFormats::new([(3, evidence.format())]);
        evidence.is_number().then(|| values.iter().map(|value| formats.plain(3, value).unwrap().into_owned()).collect())
    }

    #[test]
    fn the_column_tells_how_a_number_is_written() {
        let cases: [(&[&str], &[&str]); 10] = [
            (&["12.000", "1.234,50", "7,5"], &["12000", "1234.50", "7.5"]),
            (&["1,234.50", "12,000.00", "99.00"], &["1234.50", "12000.00", "99.00"]),
            (&["4.5", "3", "5.250"], &["4.5", "3", "5.250"]),
            (&["-12", "0", "300", ""], &["-12", "0", "300", ""]),
            (&["1.234.567", "12.000"], &["1234567", "12000"]),
            (&["1,234,567"], &["1234567"]),
            (&["0.125", "12.000"], &["0.125", "12.000"]),
            (&["1234.567"], &["1234.567"]),
            (&["1.5E9", "2"], &["1.5E9", "2"]),
            (&[], &[]),
        ];
        for (values, expected) in cases {
            assert_eq!(numbers(values).unwrap(), expected, "{values:?}");
        }
    }

    #[test]
    fn a_column_that_is_not_surely_of_numbers_is_text() {
        for values in [
            &["12.000", "3.500"][..],
            &["1,234"],
            &["1.5", "1,5"],
            &["5", "five"],
            &["007"],
            &["-01"],
            &["00.5"],
            &["+5"],
            &["1234567890123456"],
            &["12.05.2024"],
            &["2024-01-02"],
            &["617.555.0181"],
            &["1.234,567.8"],
            &[".5"],
            &["5."],
            &["5-"],
        ] {
            assert_eq!(numbers(values), None, "{values:?}");
        }
    }

    #[test]
    fn exports_write_plain_numbers() {
        let evidence = |values: &[&str]| NumberEvidence::new(Some("Custom.score")).with(values.iter().copied());
        for values in [&["12.000"][..], &["123456789012345678901234567890"], &["1E-7", "007"]] {
            assert!(evidence(values).is_number(), "{values:?}");
            assert_eq!(evidence(values).format(), NumberFormat::Plain);
        }
        assert!(!evidence(&["1,5"]).is_number());
        assert!(!NumberEvidence::new(Some("Customs")).with(["12.000"]).is_number());
    }

    #[test]
    fn a_number_field_refuses_what_could_be_two_numbers() {
        let formats = NumberFormats::new([(0, NumberFormat::Unclear), (1, NumberFormat::Plain)]);
        assert_eq!(formats.plain(0, "12.000"), Err(AmbiguousNumber));
        assert_eq!(formats.plain(0, "1,5").unwrap(), "1.5");
        assert_eq!(formats.plain(0, "1.5").unwrap(), "1.5");
        assert_eq!(formats.plain(0, "12").unwrap(), "12");
        assert_eq!(formats.plain(1, "12.000").unwrap(), "12.000");
        assert_eq!(formats.plain(2, "1,000").unwrap(), "1,000");
    }
}
