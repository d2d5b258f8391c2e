//! Splits a header into words.

use contacts::text;
use unicode_normalization::UnicodeNormalization as _;

/// A part of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters of one script, folded. Several words may be written together.
    Letters(String),
    /// Digits.
    Digits,
}

/// The kind of a character. A token ends where it changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CharKind {
    Gap,
    Digit,
    Upper,
    Lower,
    /// Letters of scripts that do not separate words with spaces.
    Joined,
}

/// Splits a header at punctuation, brackets, digits and changes of case (`MobilePhone`) and script. Folds case and accents.
pub(crate) fn tokens(header: &str) -> Vec<Token> {
    let letters: Vec<(char, CharKind)> = header.nfkc().map(|c| (c, kind(c))).collect();
    let (mut tokens, mut word) = (Vec::new(), String::new());
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            tokens.push(if word.starts_with(|c: char| c.is_ascii_digit()) {
                Token::Digits
            } else {
                Token::Letters(text::fold(word))
            });
            word.clear();
        }
    };
    for (at, &(c, kind)) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map_or(CharKind::Gap, |at| letters[at].1);
        let after = letters.get(at + 1).map_or(CharKind::Gap, |next| next.1);
        // `POBox` is `PO` and `Box`, but the plural `IDs` is one word.
        let starts = match (before, kind) {
            (CharKind::Upper, CharKind::Upper) => after == CharKind::Lower && !is_plural(&letters[at..]),
            (CharKind::Upper, CharKind::Lower) => false,
            _ => before != kind,
        };
        if starts {
            end(&mut word);
        }
        if kind != CharKind::Gap {
            word.push(c);
        }
    }
    end(&mut word);
    tokens.retain(|token| *token != Token::Letters(String::new()));
    tokens
}

/// Whether the text continues with an upper-case letter and the `s` of a plural.
fn is_plural(rest: &[(char, CharKind)]) -> bool {
    rest.get(1).is_some_and(|(c, _)| *c == 's') && rest.get(2).is_none_or(|(_, kind)| *kind != CharKind::Lower)
}

fn kind(c: char) -> CharKind {
    if c.is_numeric() {
        CharKind::Digit
    } else if matches!(c, '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}') {
        CharKind::Joined
    } else if c.is_uppercase() {
        CharKind::Upper
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        CharKind::Lower
    } else {
        CharKind::Gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(header: &str) -> String {
        let words = tokens(header).into_iter().map(|token| match token {
            Token::Letters(letters) => letters,
            Token::Digits => "0".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn headers_fall_into_words() {
        for (header, words) in [
            ("E-mail 1 - Value", "e mail 0 value"),
            ("Phone (Home)", "phone home"),
            ("MobilePhone", "mobile phone"),
            ("POBoxNumber", "po box number"),
            ("Company IDs", "company ids"),
            ("traits.first_name", "traits first name"),
            ("Assistant's Phone", "assistant s phone"),
            ("TÉL. MOBILE", "tel mobile"),
            ("Pre\u{301}nom", "prenom"),
            ("Größe", "grosse"),
            ("Ｅ－Ｍａｉｌ", "e mail"),
            ("E-mailアドレス", "e mail アトレス"),
            ("電話番号2", "電話番号 0"),
            ("*ContactName", "contact name"),
            ("…", ""),
        ] {
            assert_eq!(split(header), words, "{header}");
        }
    }
}
