//! Cleans texts before they are read as values, and folds them for comparison.
//!
//! Every source writes invisible characters, quotes and placeholders of its own around a value. They are removed here, in
//! one way, so that the same value from an event, a form and a file is the same value.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Texts that say that there is no value, in lower case.
const NOTHING: [&str; 16] = [
    "-",
    "--",
    "\u{2013}",
    "\u{2014}",
    ".",
    "n/a",
    "n.a.",
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "undefined",
    "#n/a",
    "(blank)",
    "not provided",
];

/// Cleans a text of one line. Cleaning a clean text changes nothing.
///
/// The result is in NFC, without control characters and invisible characters, with plain spaces as its only white space
/// and none at its ends, and without enclosing quotes, angle brackets or a spreadsheet's guard (`="…"`). Joiners and
/// variation selectors stay inside emoji, which would fall apart without them.
pub fn clean(text: &str) -> Cow<'_, str> {
    cleaned(text, false)
}

/// Cleans a text that may have several lines, such as a note: as [`clean`], but keeps tabs and line ends.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, true)
}

/// Whether a clean text says that there is no value: `n/a`, `-`, `unknown` and similar.
pub fn says_nothing(text: &str) -> bool {
    text.is_empty() || NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// Removes white space and invisible characters from both ends, but keeps the parts of an emoji.
pub fn trim(text: &str) -> &str {
    // Most texts begin and end with a visible character of ASCII.
    let is_visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_visible(text.as_bytes().first()) && is_visible(text.as_bytes().last()) {
        return text;
    }
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    text.trim_end_matches(|c: char| c.is_whitespace() || (is_invisible(c) && !ends_emoji(c)))
}

/// The form in which names are compared and sorted: compatibility characters decomposed, without accents, case-folded,
/// with single spaces.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut push = |c: char| {
        if !c.is_whitespace() {
            folded.push(c);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
    } else {
        let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
        // By way of upper case, so that ß is ss and a final sigma is a sigma. The first step is for ẞ.
        let lower = bare.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        // Some lower-case letters decompose again.
        lower.nfkd().filter(|c| !is_combining_mark(*c)).for_each(push);
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Whether a character has no shape of its own: zero-width characters and joiners, marks of writing direction, soft
/// hyphens, blank letters (Hangul, Braille), variation selectors, tags and byte order marks.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

fn cleaned(text: &str, lines: bool) -> Cow<'_, str> {
    // Nearly all texts are ASCII without anything to remove inside.
    let line_end = |byte: u8| lines && matches!(byte, b'\t' | b'\n' | b'\r');
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') || line_end(byte)) {
        return Cow::Borrowed(unwrapped(text));
    }
    let mut shown: String = visible(text, lines).nfc().collect();
    // A composed sign may be no emoji any more, and then has no joiners.
    while shown.contains(is_invisible) {
        let again: String = visible(&shown, lines).nfc().collect();
        if again == shown {
            break;
        }
        shown = again;
    }
    Cow::Owned(unwrapped(&shown).to_owned())
}

/// Removes what cannot be seen, and makes all white space plain spaces.
fn visible(text: &str, lines: bool) -> impl Iterator<Item = char> {
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let c = match c {
                '\t' | '\n' | '\r' if lines => c,
                _ if c.is_whitespace() => ' ',
                _ if c.is_control() => continue,
                _ if is_invisible(c) && !is_in_emoji(c, before, rest.clone().next()) => continue,
                _ => c,
            };
            before = Some(c);
            return Some(c);
        }
    })
}

/// Removes white space at the ends, enclosing quotes and brackets, and `="…"`.
///
/// A sign that occurs inside, too, does not enclose the whole text: `"Ada" and "Bob"`.
fn unwrapped(text: &str) -> &str {
    // All white space is ASCII by now.
    let mut text = text.trim_ascii();
    loop {
        let quoted = text.strip_prefix('=').filter(|rest| rest.starts_with('"')).unwrap_or(text);
        let mut inner = quoted.chars();
        let (Some(open), Some(close)) = (inner.next(), inner.next_back()) else { return text };
        let inner = inner.as_str();
        if !encloses(open, close) || inner.contains([open, close]) {
            return text;
        }
        text = inner.trim_ascii();
    }
}

/// Whether these signs are a pair of quotes or brackets that may enclose a whole value.
fn encloses(open: char, close: char) -> bool {
    matches!(
        (open, close),
        ('"', '"')
            | ('\'', '\'')
            | ('<', '>')
            | ('\u{201C}', '\u{201D}')
            | ('\u{201E}', '\u{201C}' | '\u{201D}')
            | ('\u{2018}', '\u{2019}')
            | ('\u{AB}', '\u{BB}')
            | ('\u{FF02}', '\u{FF02}')
    )
}

/// Whether an invisible character is part of an emoji, between the characters before and after it.
fn is_in_emoji(c: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match c {
        '\u{200D}' => (is_emoji(before) || before == '\u{FE0F}') && after.is_some_and(is_emoji),
        // A digit with a selector is a keycap if its frame follows.
        '\u{FE0E}' | '\u{FE0F}' => {
            is_emoji(before) || (matches!(before, '0'..='9' | '#' | '*') && after == Some('\u{20E3}'))
        }
        // Tags name the region of a flag.
        '\u{E0020}'..='\u{E007F}' => before == '\u{1F3F4}' || matches!(before, '\u{E0020}'..='\u{E007E}'),
        _ => false,
    }
}

/// Whether an emoji may end with this invisible character.
fn ends_emoji(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}')
}

/// The blocks in which all emoji are; they also have other symbols, after which nobody writes a joiner.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{2199}'
        | '\u{21A9}' | '\u{21AA}' | '\u{231A}'..='\u{231B}' | '\u{2328}' | '\u{23CF}' | '\u{23E9}'..='\u{23FA}'
        | '\u{24C2}' | '\u{25AA}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B05}'..='\u{2B55}' | '\u{3030}'
        | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_removed() {
        for (text, expected) in [
            ("  Ada \t Lovelace\r\n", "Ada   Lovelace"),
            ("Ada\u{0}\u{7}Lovelace", "AdaLovelace"),
            ("Ada\u{A0}Lovelace\u{3000}", "Ada Lovelace"),
            ("\u{FEFF}\u{202E}Ada\u{202C}\u{AD}", "Ada"),
            ("e\u{200B}\u{301}", "\u{E9}"),
            ("A\u{FE0F}da\u{200D}", "Ada"),
            ("\u{2800}\u{3164}\u{115F}", ""),
            ("👩\u{200D}💻", "👩\u{200D}💻"),
            ("\u{2764}\u{FE0F}\u{200D}🔥", "\u{2764}\u{FE0F}\u{200D}🔥"),
            ("👍🏽\u{200D}", "👍🏽"),
            ("1\u{FE0F}\u{20E3} 1\u{FE0F}", "1\u{FE0F}\u{20E3} 1"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
        assert!(matches!(clean("  Ada "), Cow::Borrowed("Ada")));
        assert_eq!(clean_lines(" a\t\u{1}b\r\nc \n"), "a\tb\r\nc");
    }

    #[test]
    fn one_pair_of_enclosing_signs_is_removed() {
        for (text, expected) in [
            ("\"Ada\"", "Ada"),
            (" =\" Ada \" ", "Ada"),
            ("<ada@x.org>", "ada@x.org"),
            ("\u{201E}Ada\u{201C}", "Ada"),
            ("'Ada'", "Ada"),
            ("'tis", "'tis"),
            ("\"Ada\" and \"Bob\"", "\"Ada\" and \"Bob\""),
            ("<b>Ada</b>", "<b>Ada</b>"),
            ("=Ada", "=Ada"),
            ("=\"\"", ""),
            ("\"", "\""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_that_say_nothing_are_known_in_any_case() {
        for text in
            ["-", "\u{2013}", ".", "N/A", "Na", "NONE", "null", "Unknown", "#N/A", "(Blank)", "Not Provided", ""]
        {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["0", "Nada", "no", "none of them", "Ada"] {
            assert!(!says_nothing(text), "{text}");
        }
    }

    #[test]
    fn names_are_folded() {
        for (text, folded) in [
            (" José   GARCÍA", "jose garcia"),
            ("STRAẞE Straße", "strasse strasse"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("Пётр", "петр"),
            ("Ａｄａ", "ada"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn a_sign_that_a_composition_takes_out_of_an_emoji_has_no_joiner() {
        assert_eq!(clean("👩\u{200D}\u{2194}\u{338}"), "👩\u{21AE}");
        assert_eq!(clean("👩\u{200D}\u{2194}"), "👩\u{200D}\u{2194}");
    }

    /// Texts with many of the characters that matter.
    fn odd_text() -> impl Strategy<Value = String> {
        let odd = "[ \t\n\"'<>=a\u{E9}\u{301}\u{338}\u{200B}\u{200D}\u{FE0F}\u{FEFF}\u{3164}\u{2194}\u{2764}👩💻1\u{20E3}\u{85}]";
        prop_oneof![any::<String>(), proptest::string::string_regex(&format!("{odd}{{0,10}}")).expect("a pattern")]
    }

    proptest! {
        #[test]
        fn cleaning_and_folding_twice_change_nothing(text in odd_text()) {
            for clean in [clean, clean_lines] {
                let once = clean(&text);
                prop_assert_eq!(&clean(&once), &once);
                prop_assert!(once.nfc().eq(once.chars()));
                prop_assert_eq!(trim(&once), &*once);
            }
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
