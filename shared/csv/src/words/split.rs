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
enum Kind {
    Gap,
    Digit,
    Upper,
    Lower,
    /// Letters of scripts that do not separate words with spaces.
    Joined,
}

/// Splits a header at punctuation, brackets, digits and changes of case (`MobilePhone`) and script. Folds case and accents.
pub(crate) fn tokens(header: &str) -> Vec<Token> {
    let letters: Vec<(char, Kind)> = header.nfkc().map(|c| (c, kind(c))).collect();
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
        let before = at.checked_sub(1).map_or(Kind::Gap, |at| letters[at].1);
        let after = letters.get(at + 1).map_or(Kind::Gap, |next| next.1);
        // `POBox` is `PO` and `Box`, but the plural `IDs` is one word.
        let starts = match (before, kind) {
            (Kind::Upper, Kind::Upper) => after == Kind::Lower && !is_plural(&letters[at..]),
            (Kind::Upper, Kind::Lower) => false,
            _ => before != kind,
        };
        if starts {
            end(&mut word);
        }
        if kind != Kind::Gap {
            word.push(c);
        }
    }
    end(&mut word);
    tokens.retain(|token| *token != Token::Letters(String::new()));
    tokens
}

/// Whether the text continues with an upper-case letter and the `s` of a plural.
fn is_plural(rest: &[(char, Kind)]) -> bool {
    rest.get(1).is_some_and(|(c, _)| *c == 's') && rest.get(2).is_none_or(|(_, kind)| *kind != Kind::Lower)
}

fn kind(c: char) -> Kind {
    if c.is_numeric() {
        Kind::Digit
    } else if matches!(c, '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}') {
        Kind::Joined
    } else if c.is_uppercase() {
        Kind::Upper
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        Kind::Lower
    } else {
        Kind::Gap
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
