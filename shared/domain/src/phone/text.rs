//! Reduces typed, pasted or exported text to a `+` and digits.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::PhoneError;

/// The maximum length of the input, in bytes. Google's library has the same limit.
const MAX_TEXT: usize = 250;

/// Schemes in front of a number: those of URIs and Twilio's address prefixes.
const SCHEMES: [&str; 4] = ["tel:", "whatsapp:", "sms:", "callto:"];

/// Labels before an extension; if one is a prefix of another, the longer one comes first.
const EXTENSION_LABELS: [&str; 8] = [";ext=", "extensión", "extension", "extn", "ext", "anexo", "interno", "доб"];

/// Signs that introduce an extension, but may also separate two numbers.
const EXTENSION_SIGNS: [&str; 5] = ["int", "x", "#", ";", ","];

/// The digits of one number as they would be dialled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialled {
    /// Whether a `+` precedes the digits, so that they start with a calling code.
    pub(super) plus: bool,
    /// ASCII digits, at least one. The letters of a vanity number are converted to digits.
    pub(super) digits: String,
    /// For a vanity number: only the digits that were written as digits.
    pub(super) without_letters: Option<String>,
    /// The digits without a zero in parentheses, as in `+44 (0)20`. Whether that zero is part of the number depends on
    /// the country.
    pub(super) without_trunk_zero: Option<String>,
}

/// Extracts the digits from a text that contains one phone number and no other text.
///
/// Accepts separators, brackets, white space and invisible marks of every script; digits of every script; `tel:`,
/// `whatsapp:` and similar schemes in front; a spreadsheet's text guards (`'+1…`, `="…"`) and its number format
/// (`….0`); vanity letters after at least three digits (`1-800-FLOWERS`).
///
/// Drops an extension (`ext. 5`, `x5`, `;ext=5`, `,,5`): the main number reaches the person, and E.164 cannot hold an
/// extension. An extension has at most 9 digits after a word and 5 after a sign; a longer one counts as a second
/// number.
///
/// # Errors
///
/// `Empty`, `TooMuchText`, `Scientific`, and `NotANumber` for any other word or sign. Lengths are not checked here.
pub(super) fn dialled(text: &str) -> Result<Dialled, PhoneError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.len() > MAX_TEXT {
        return Err(PhoneError::TooMuchText);
    }
    let text = without_scheme(without_guards(text));
    if is_scientific(text) {
        return Err(PhoneError::Scientific);
    }
    scan(without_fraction(text))
}

/// Scans the text once. Extensions and letters are rare, so they cost nothing until the first one occurs.
fn scan(text: &str) -> Result<Dialled, PhoneError> {
    let mut plus = false;
    let mut digits = String::with_capacity(text.len());
    let mut without_letters: Option<String> = None;
    let mut trunk_zero = None;
    let mut letters = 0;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        let was_in_word = std::mem::replace(&mut in_word, c.is_alphabetic());
        match c {
            '0'..='9' => {
                if c == '0' && text[..at].ends_with('(') && text[at..].starts_with("0)") {
                    trunk_zero.get_or_insert(digits.len());
                }
                digits.push(c);
                if let Some(written) = &mut without_letters {
                    written.push(c);
                }
            }
            '+' | '\u{FF0B}' if digits.is_empty() => plus = true,
            _ if is_separator(c) || is_invisible(c) => {}
            _ if !was_in_word && !digits.is_empty() && is_extension(&text[at..]) => break,
            'a'..='z' | 'A'..='Z' if digits.len() >= 3 => {
                without_letters.get_or_insert_with(|| digits.clone());
                letters += 1;
                digits.push(keypad_digit(c));
            }
            _ => {
                let digit = other_digit(c).ok_or(PhoneError::NotANumber)?;
                digits.push(digit);
                if let Some(written) = &mut without_letters {
                    written.push(digit);
                }
            }
        }
    }
    // The library's threshold: one or two letters are a typing mistake, not a vanity number.
    if digits.is_empty() || (1..3).contains(&letters) {
        return Err(PhoneError::NotANumber);
    }
    let without_trunk_zero = trunk_zero.map(|at| format!("{}{}", &digits[..at], &digits[at + 1..]));
    Ok(Dialled { plus, digits, without_letters, without_trunk_zero })
}

/// Removes what makes a spreadsheet treat a number as text: a leading apostrophe, or `="…"`.
fn without_guards(text: &str) -> &str {
    let text = text.trim_start_matches(['=', '\'', '"']);
    text.trim_end_matches(['\'', '"'])
}

/// Removes `tel:` and similar schemes, in upper or lower case.
fn without_scheme(text: &str) -> &str {
    SCHEMES
        .iter()
        .find_map(|scheme| {
            let (head, rest) = text.split_at_checked(scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then_some(rest)
        })
        .unwrap_or(text)
}

/// Removes the `.0` of a number that a program exported as a floating-point value. Such a value is exact, and its zero
/// would otherwise become one more digit.
fn without_fraction(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(whole) if whole.len() > 6 && whole.bytes().all(|b| b.is_ascii_digit() || b == b'+') => whole,
        _ => text,
    }
}

/// Whether the text is a number in scientific notation: `4.41E+11` or `4,41E+11`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    is_digits(whole) && is_digits(fraction) && is_digits(exponent)
}

/// Whether the rest of the text is an extension and contains no other text.
fn is_extension(rest: &str) -> bool {
    let rest = rest.to_lowercase();
    let after = |labels: &[&str]| labels.iter().find_map(|label| rest.strip_prefix(label)).map(str::to_owned);
    let (digits, most) = match (after(&EXTENSION_LABELS), after(&EXTENSION_SIGNS)) {
        (Some(digits), _) => (digits, 9),
        (None, Some(digits)) => (digits, 5),
        (None, None) => return false,
    };
    let digits = digits.trim_start_matches(|c: char| c.is_whitespace() || ".:,;=-#".contains(c));
    let digits = digits.trim_end_matches(|c: char| c.is_whitespace() || c == '#');
    (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Characters that only group digits: white space, dashes, dots, slashes, brackets and tildes.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '(' | ')' | '/' | '[' | ']' | '~'
            | '\u{B7}'
            | '\u{2010}'..='\u{2015}'
            | '\u{2053}' | '\u{2212}' | '\u{223C}' | '\u{30FC}'
            | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}'..='\u{FF0F}' | '\u{FF3B}' | '\u{FF3D}' | '\u{FF5E}'
    ) || c.is_whitespace()
}

/// Invisible characters: soft hyphen, zero-width spaces and joiners, direction marks, byte-order mark. Numbers copied
/// from a phone's address book are often enclosed in them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// The digit on the keypad key that has this letter (ITU-T E.161).
fn keypad_digit(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        _ => '9',
    }
}

/// Converts a decimal digit of another script (Arabic-Indic, full-width, …) to ASCII.
fn other_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut buffer = [0; 4];
    PHONE_NUMBER_UTIL.normalize_digits_only(&*c.encode_utf8(&mut buffer)).pop()
}
