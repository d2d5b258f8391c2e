//! Recognises text that was decoded by the wrong encoding.

/// Symbols that stand between letters or at the end of a word also in correct text.
const BETWEEN_LETTERS: &str = "’‘´`·‧•‐‑–—/";
/// Symbols that follow a word directly in correct text.
const AFTER_WORDS: &str = "”“»«›‹…™®©°²³¹€£%";

/// Whether a text has control characters, symbols inside words, or words in a mix of cases or scripts that nobody writes,
/// such as `JŸrgen Gro§`.
pub(super) fn looks_wrong(text: &str) -> bool {
    let (mut before, mut last) = (' ', ' ');
    for next in text.chars().chain([' ']) {
        if is_wrong(before, last, next) {
            return true;
        }
        (before, last) = (last, next);
    }
    false
}

/// Whether the character `c` does not belong between its neighbours.
fn is_wrong(before: char, c: char, after: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    if ('\u{80}'..='\u{9F}').contains(&c) || c == '\u{FFFD}' {
        return true;
    }
    if c.is_alphabetic() {
        let odd_case = c.is_uppercase() && before.is_alphabetic() && after.is_lowercase();
        // Greek, Cyrillic, Hebrew or Arabic beside a Latin letter.
        let other_script = ('\u{370}'..'\u{700}').contains(&c) && [before, after].iter().any(is_latin);
        return odd_case || other_script;
    }
    // East Asian punctuation stands beside letters everywhere.
    if c.is_numeric() || c.is_whitespace() || c >= '\u{2E80}' || BETWEEN_LETTERS.contains(c) || is_mark(c) {
        return false;
    }
    let two_symbols = !after.is_ascii() && !after.is_alphanumeric() && !after.is_whitespace();
    before.is_alphabetic() && (after.is_alphabetic() || two_symbols || !AFTER_WORDS.contains(c))
}

fn is_latin(c: &char) -> bool {
    c.is_ascii_alphabetic() || ('\u{C0}'..'\u{250}').contains(c)
}

/// Whether a character modifies the letter in front of it, as the vowel signs of Thai, Arabic and Hebrew do.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correct_text_looks_right() {
        for text in [
            "",
            "Zoë Müller-Lüdenscheidt",
            "O’Brien, O´Neil",
            "„Wort“ «mot» ‚x‘ Acme™ Müller® 5€ 20° m² Nº 3 1ª",
            "paral·lel – ÅNGSTRÖM · Straße…",
            "Иван Петров, ООО «Ромашка»",
            "王伟（北京）、山田・太郎",
            "ÉCOLE Écoles",
        ] {
            assert!(!looks_wrong(text), "{text}");
        }
    }

    #[test]
    fn text_in_the_wrong_encoding_looks_wrong() {
        for text in ["Gro§", "JŸrgen", "M\u{81}ller", "M”ller", "Zoâ€™", "Jџrgen", "Lef\u{8F}vre", "Gar¨on", "MŽller√"]
        {
            assert!(looks_wrong(text), "{text}");
        }
    }
}
