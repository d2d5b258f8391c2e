//! Cleans cells before they are read as values; and the formula guard of exports.

use contacts::text;

/// The separator of several values in one cell of a Google Contacts export.
const VALUE_SEPARATOR: &str = ":::";

/// Trims a cell and removes the guard of an export.
pub fn value(cell: &str) -> &str {
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

/// The values of a phone or email cell, which may hold several. Skips blank values.
pub fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(VALUE_SEPARATOR).map(value).filter(|value| !value.is_empty())
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

/// Whether a text matches `^'*[=+\-@\t\r]`, or has an invisible character at either end.
fn needs_guard(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let visible = bare.trim();
    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) || text::trim(visible).len() < visible.len()
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
