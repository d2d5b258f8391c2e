//! Cleans cells before they are read as values; and the formula guard of exports.

use std::borrow::Cow;
use std::ops::Range;

use contacts::{Channel, text};

/// The characters with which a formula starts. Some spreadsheets read the full-width forms as the plain ones, and skip a
/// tab or line end.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Trims a cell and removes the guard of an export.
pub fn value(cell: &str) -> &str {
    // Most cells begin and end with a visible character of ASCII, and have no guard.
    let is_visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if !cell.starts_with('\'') && is_visible(cell.as_bytes().first()) && is_visible(cell.as_bytes().last()) {
        return cell;
    }
    let cell = cell.trim();
    match unguard(cell) {
        // A guarded value is exact: trimming it would change it.
        unguarded if unguarded.len() < cell.len() => unguarded,
        // Marks of writing direction may surround the guard.
        _ => unguard(trim(cell)),
    }
}

/// Removes white space and [invisible](text::is_invisible) characters from both ends. Phone numbers copied from address
/// books often carry them.
pub fn trim(cell: &str) -> &str {
    text::trim(cell)
}

/// The values of a cell of a channel, which may hold several. Skips blank values, and of several those such as `n/a`. A single
/// value is left to its reader, which knows those words as well.
///
/// A cell is taken apart only if each part `reads` as a value: `+1 617 555 0151;ext=12` is one number. If neither the parts nor
/// the whole cell read, the parts are returned if one of them reads, and the caller finds the ones that do not.
pub(crate) fn values_of(cell: &str, channel: Channel, reads: impl Fn(&str) -> bool) -> Vec<&str> {
    let whole = value(cell);
    if whole.len() == cell.len() && separator(cell, channel).is_none() {
        return if cell.is_empty() { Vec::new() } else { vec![cell] };
    }
    let is_blank = |part: &&str| part.is_empty() || text::says_nothing(&text::clean(part));
    let parts: Vec<&str> = parts(cell, channel).map(value).filter(|part| !is_blank(part)).collect();
    let whole = || if is_blank(&whole) { Vec::new() } else { vec![whole] };
    let readable = parts.iter().filter(|part| reads(part)).count();
    if readable == parts.len() {
        return parts;
    }
    match whole().first() {
        Some(whole) if reads(whole) => vec![whole],
        _ if readable > 0 => parts,
        _ => whole(),
    }
}

/// The parts of a cell between separators.
fn parts(cell: &str, channel: Channel) -> impl Iterator<Item = &str> {
    let mut rest = Some(cell);
    std::iter::from_fn(move || {
        let text = rest?;
        let separator = separator(text, channel);
        rest = separator.clone().map(|separator| &text[separator.end..]);
        Some(separator.map_or(text, |separator| &text[..separator.start]))
    })
}

/// The first separator of several values. One inside quotes or angle brackets is part of a name or an address.
///
/// `:::` is that of Google Contacts. A slash without spaces may be part of a value, and so may a comma: people write numbers
/// and names with it, but not addresses.
fn separator(text: &str, channel: Channel) -> Option<Range<usize>> {
    // Most cells have none of the signs, and a look for them is short.
    if !text.bytes().any(|byte| matches!(byte, b';' | b'|' | b'\n' | b'\r' | b',' | b':' | b'/')) {
        return None;
    }
    let (mut quoted, mut bracketed) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        let starts_with = |separator: &[u8]| text.as_bytes()[at..].starts_with(separator);
        match byte {
            b'"' => quoted = !quoted,
            b'<' => bracketed = true,
            b'>' => bracketed = false,
            _ if quoted || bracketed => {}
            b';' | b'|' | b'\n' | b'\r' => return Some(at..at + 1),
            b',' if channel == Channel::Email => return Some(at..at + 1),
            b':' if starts_with(b":::") => return Some(at..at + 3),
            b' ' if starts_with(b" / ") => return Some(at..at + 3),
            _ => {}
        }
    }
    None
}

/// Prefixes a text with an apostrophe if a spreadsheet would run it as a formula.
///
/// Also guards a text that already looks guarded, and a text with an invisible character at either end, which
/// [`value`] would trim. [`value`] removes the guard.
pub fn guard(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// Removes one apostrophe, if [`guard`] would have added it.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => text,
    }
}

/// Prefixes the cell of a user's own file with an apostrophe if a spreadsheet would run it as a formula.
///
/// Unlike [`guard`], leaves every other cell as it is, so that [`value`] reads the same from both. A plus and the digits of a
/// phone number calculate nothing, and stay as exports have them.
pub fn guard_formula(cell: &str) -> Cow<'_, str> {
    let trimmed = trim(cell);
    if trimmed.starts_with(FORMULA_STARTS) && !is_phone(trimmed) { format!("'{trimmed}").into() } else { cell.into() }
}

/// Whether a text is a plus and digits, with spaces and brackets between them.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || " ()".contains(c));
    digits >= 7 && text.strip_prefix('+').is_some_and(is_plain)
}

/// Whether a text starts with one of [`FORMULA_STARTS`] after any apostrophes, or has an invisible character at either end.
fn needs_guard(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let visible = bare.trim();
    bare.starts_with(FORMULA_STARTS) || text::trim(visible).len() < visible.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cells_are_trimmed_and_lose_their_guard() {
        let cases = [
            ("  Ada\u{A0}", "Ada"),
            ("\u{FEFF}\u{202A}+1 555\u{202C}\u{200B}", "+1 555"),
            ("'+15551234567", "+15551234567"),
            (" '=1+1 ", "=1+1"),
            ("''=x", "'=x"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("=1", "=1"),
            ("\u{3000}\t\r\n", ""),
            ("\u{202A}'=1\u{202C}", "=1"),
            (" '\u{200E}Ada\u{200F} ", "\u{200E}Ada\u{200F}"),
            ("\u{200E}Ada\u{200F}", "Ada"),
        ];
        for (cell, expected) in cases {
            assert_eq!(value(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_values() {
        let read = |text: &str| text.contains('@') && !text.contains([' ', ';', ',']) || text.starts_with("Ada");
        for (cell, expected) in [
            ("a@x.org ::: b@x.org", &["a@x.org", "b@x.org"][..]),
            (
                "a@x.org; ;b@x.org|c@x.org\r\nd@x.org / e@x.org, f@x.org",
                &["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org"],
            ),
            ("a@x.org; n/a", &["a@x.org"]),
            ("a@x.org; soon", &["a@x.org", "soon"]),
            ("soon; later", &["soon; later"]),
            ("\"Lovelace, Ada\" <a@x.org>", &["\"Lovelace, Ada\" <a@x.org>"]),
            ("Ada, Countess <a@x.org>", &["Ada, Countess <a@x.org>"]),
            ("'=a@x.org", &["=a@x.org"]),
            (" ::: ", &[]),
            ("-", &["-"]),
            (" - ", &[]),
        ] {
            assert_eq!(values_of(cell, Channel::Email, read), expected, "{cell:?}");
        }
        let read = |text: &str| text.len() > 5 && !text.contains(',');
        assert_eq!(values_of("617 555 0151;ext=1", Channel::Telephone, |text| text.len() > 8), ["617 555 0151;ext=1"]);
        assert_eq!(values_of("5550151, 5550152", Channel::Telephone, read), ["5550151, 5550152"]);
    }

    #[test]
    fn only_what_would_run_or_be_trimmed_is_guarded() {
        for text in ["=1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''@", "\u{FEFF}x", "x\u{200B}", "'\u{200B}x"] {
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in ["", "1=1", "'", "''", "'tis", "Ada", " =1"] {
            assert_eq!(guard(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_guard_comes_off_again(text in "['=+@x\t\r\u{200B}\u{FEFF}-]{0,6}|\\PC*") {
            let guarded = guard(&text);
            prop_assert_eq!(unguard(&guarded), &text);
            let trimmed = text.trim();
            let guarded = guard(trimmed);
            prop_assert_eq!(value(&guarded), trimmed);
        }
    }
}
