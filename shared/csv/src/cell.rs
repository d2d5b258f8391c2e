//! What is done to a cell before it is read as a value, and the formula guard of exports.

/// Between the values of one cell in exports of Google Contacts.
const VALUE_SEPARATOR: &str = ":::";

/// The cell as a value: trimmed, and without the guard of an export.
pub fn value(cell: &str) -> &str {
    let cell = cell.trim();
    match unguard(cell) {
        // What a guard stands before is as it was told.
        told if told.len() < cell.len() => told,
        // Or marks of writing direction were put around the guard.
        _ => unguard(trim(cell)),
    }
}

/// Without the white space and the invisible characters at both ends.
///
/// Invisible are byte order marks, zero-width characters and the marks of writing direction, with which phone numbers
/// copied from address books come.
pub fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// The values of a phone or email cell, which may hold several; blank ones are left out.
pub fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(VALUE_SEPARATOR).map(value).filter(|value| !value.is_empty())
}

/// For an export: a text that a spreadsheet would run as a formula gets an apostrophe in front. So does one that looks
/// guarded already, and one with an invisible character at an end, which would be trimmed. [`value`] undoes it.
pub fn guard(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes off one apostrophe that [`guard`] would have put there.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => text,
    }
}

/// `^'*[=+\-@\t\r]`, or an invisible character at an end.
fn needs_guard(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) || bare.starts_with(is_invisible) || bare.ends_with(is_invisible)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
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
        assert_eq!(values("a@x.org ::: b@x.org").collect::<Vec<_>>(), ["a@x.org", "b@x.org"]);
        assert_eq!(values("'+1 555 ::: '+1 556 ::: ").collect::<Vec<_>>(), ["+1 555", "+1 556"]);
        assert_eq!(values(" ::: ").count(), 0);
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
