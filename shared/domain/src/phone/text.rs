//! Reduces typed, pasted or exported text to a `+` and digits.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::PhoneError;
use crate::text;

/// The maximum length of the input, in bytes. Google's library has the same limit.
const MAX_TEXT: usize = 250;

/// Schemes in front of a number: those of URIs, Twilio's address prefixes and the `p:` of lead forms.
const SCHEMES: [&str; 8] = ["tel:", "whatsapp:", "sms:", "callto:", "phone:", "sip:", "sips:", "p:"];

/// Hosts of WhatsApp's ids, whose digits begin with a calling code. `@lid` is not among them: its digits are no number.
const WHATSAPP_HOSTS: [&str; 2] = ["s.whatsapp.net", "c.us"];

/// Words beside a number that say what kind it is, in lower case. Not `fax`: it does not reach a person.
#[rustfmt::skip]
const LABELS: [&str; 62] = [
    "phone", "telephone", "tel", "tél", "ph", "t", "number", "no", "nr", "num", "mobile", "mob", "m", "cell", "cellphone",
    "cellular", "c", "home", "h", "work", "w", "office", "o", "main", "direct", "landline", "call", "sms", "text", "whatsapp",
    "wa", "personal", "private", "primary", "other", "default",
    "telefon", "handy", "mobil", "festnetz", "privat", "arbeit", "rufnummer",
    "teléfono", "telefono", "móvil", "movil", "celular", "cel", "fijo", "casa", "trabajo",
    "téléphone", "portable", "domicile", "bureau", "fixe",
    "telefone", "telemóvel", "cellulare", "telefoon", "тел",
];

/// The maximum number of digits in an extension.
pub(super) const MAX_EXTENSION_DIGITS: usize = 9;

/// Labels before an extension; if one is a prefix of another, the longer one comes first.
const EXTENSION_LABELS: [&str; 8] = [";ext=", "extensión", "extension", "extn", "ext", "anexo", "interno", "доб"];

/// Signs that introduce an extension, but may also separate two numbers.
const EXTENSION_SIGNS: [&str; 5] = ["int", "x", "#", ";", ","];

/// The digits of one number as they would be dialled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialled {
    /// Whether a `+` precedes the digits, so that they start with a calling code.
    pub(super) plus: bool,
    /// The digits of the extension.
    pub(super) extension: Option<String>,
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
/// `whatsapp:` and similar schemes in front; WhatsApp's ids (`…@s.whatsapp.net`); words that say what kind of number it is
/// (`Mobile:`, `(mobile)`); a spreadsheet's text guards (`'+1…`, `="…"`) and its number format (`….0`); a plus at the end,
/// where text that runs from right to left shows it; vanity letters after at least three digits (`1-800-FLOWERS`).
///
/// An extension (`ext. 5`, `x5`, `;ext=5`, `,,5`) has at most 9 digits after a word and 5 after a sign; a longer one counts
/// as a second number.
///
/// # Errors
///
/// `Empty`, `TooMuchText`, `Scientific`, and `NotANumber` for any other word or sign. Lengths are not checked here.
pub(super) fn dialled(text: &str) -> Result<Dialled, PhoneError> {
    let text = text::clean(text);
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.len() > MAX_TEXT {
        return Err(PhoneError::TooMuchText);
    }
    if let Some(digits) = whatsapp_id(&text) {
        return Ok(Dialled { plus: true, ..scan(digits)? });
    }
    let text = without_labels(without_scheme(without_labels(without_guards(&text))));
    if is_scientific(text) {
        return Err(PhoneError::Scientific);
    }
    match text.strip_suffix('+') {
        Some(text) if !text.contains('+') => Ok(Dialled { plus: true, ..scan(text)? }),
        _ => scan(without_fraction(text)),
    }
}

/// Scans the text once. Extensions and letters are rare, so they cost nothing until the first one occurs.
fn scan(text: &str) -> Result<Dialled, PhoneError> {
    let mut plus = false;
    let mut digits = String::with_capacity(text.len());
    let mut without_letters: Option<String> = None;
    let mut trunk_zero = None;
    let mut extension = None;
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
            _ if is_separator(c) => {}
            _ if !was_in_word && !digits.is_empty() && {
                extension = extension_of(&text[at..]);
                extension.is_some()
            } =>
            {
                break;
            }
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
    Ok(Dialled { plus, extension, digits, without_letters, without_trunk_zero })
}

/// Removes the apostrophe that makes a spreadsheet treat a number as text.
fn without_guards(text: &str) -> &str {
    text.trim_start_matches(['=', '\'', '"']).trim_end_matches(['\'', '"'])
}

/// Removes `tel:` and similar schemes, in upper or lower case, and the host of a SIP address.
fn without_scheme(text: &str) -> &str {
    let found = SCHEMES.iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some((*scheme, rest))
    });
    match found {
        Some(("sip:" | "sips:", address)) => address.split('@').next().unwrap_or_default(),
        Some((_, rest)) => rest,
        None => text,
    }
}

/// The digits of WhatsApp's id of a person, without the number of the device.
fn whatsapp_id(text: &str) -> Option<&str> {
    let (user, host) = text.rsplit_once('@')?;
    let (digits, device) = user.split_once(':').unwrap_or((user, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (WHATSAPP_HOSTS.contains(&host) && is_digits(digits) && is_digits(device)).then_some(digits)
}

/// Removes the words in front that say what kind of number it is, and those in brackets at the end.
fn without_labels(text: &str) -> &str {
    let mut text = text.trim();
    // A word in front ends with a sign or a space; a single letter with a sign, as it may belong to a vanity number.
    loop {
        let word = text.find(|c: char| !c.is_alphabetic()).map_or("", |end| &text[..end]);
        let rest = &text[word.len()..];
        let has_sign = rest.starts_with([':', '.', ')', '#']);
        let ends = has_sign || (word.chars().count() > 1 && rest.starts_with([' ', '-', '+', '(']));
        if !ends || !is_label(word) {
            break;
        }
        text = rest.trim_start_matches([':', '.', '#', ' ', '-']);
    }
    let brackets = |text: &str| {
        let open = text.strip_suffix(')').map(|_| '(').or_else(|| text.strip_suffix(']').map(|_| '['))?;
        let at = text.rfind(open)?;
        let inside = &text[at + 1..text.len() - 1];
        let words = || inside.split([' ', '-', '/', '.']).filter(|word| !word.is_empty());
        (words().count() > 0 && words().all(is_label)).then_some(at)
    };
    brackets(text).map_or(text, |at| text[..at].trim_end())
}

fn is_label(word: &str) -> bool {
    // The longest has 11 bytes.
    word.len() <= 12 && !word.is_empty() && LABELS.contains(&word.to_lowercase().as_str())
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

/// The digits of an extension, if the rest of the text is one and contains no other text.
fn extension_of(rest: &str) -> Option<String> {
    let rest = rest.to_lowercase();
    let after = |labels: &[&str]| labels.iter().find_map(|label| rest.strip_prefix(label)).map(str::to_owned);
    let (digits, most) = match (after(&EXTENSION_LABELS), after(&EXTENSION_SIGNS)) {
        (Some(digits), _) => (digits, MAX_EXTENSION_DIGITS),
        (None, Some(digits)) => (digits, 5),
        (None, None) => return None,
    };
    let digits = digits.trim_start_matches(|c: char| c.is_whitespace() || ".:,;=-#".contains(c));
    let digits = digits.trim_end_matches(|c: char| c.is_whitespace() || ")#".contains(c));
    let ascii = |c: char| if c.is_ascii_digit() { Some(c) } else { other_digit(c) };
    let digits = digits.chars().map(ascii).collect::<Option<String>>()?;
    (1..=most).contains(&digits.len()).then_some(digits)
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
