//! The vocabulary of headers: which words mean what, in eleven languages.
//!
//! The words are data: `vocabulary.tsv` lists them by meaning and language.

mod split;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use split::{Token, tokens};

/// The vocabulary as data.
const VOCABULARY: &str = include_str!("vocabulary.tsv");

/// The shortest word that may be part of a longer one, and the short ones that may end one.
const SHORTEST_PART: usize = 3;
const SHORT_ENDS: [&str; 3] = ["nr", "no", "id"];
/// The longest word that is taken apart, in characters, and how many characters of a header are read.
const LONGEST_COMPOUND: usize = 40;
const HEADER_CHARS: usize = 200;

/// What a word of a header means. The vocabulary describes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    Phone,
    Email,
    Whatsapp,
    WhatsappUserId,
    Instagram,
    Slack,
    MicrosoftTeams,
    Country,
    Name,
    First,
    Last,
    Middle,
    Second,
    Whole,
    Shown,
    Given,
    Family,
    MiddleName,
    WholeName,
    GivenOrWhole,
    FamilyOrWhole,
    ContactName,
    Person,
    Plain,
    Particle,
    Label,
    Veto,
    NoName,
    Login,
    Unsure,
}

const SENSES: [(&str, Sense); 30] = [
    ("phone", Sense::Phone),
    ("email", Sense::Email),
    ("whatsapp", Sense::Whatsapp),
    ("whatsapp_user_id", Sense::WhatsappUserId),
    ("instagram", Sense::Instagram),
    ("slack", Sense::Slack),
    ("microsoft_teams", Sense::MicrosoftTeams),
    ("country", Sense::Country),
    ("name", Sense::Name),
    ("first", Sense::First),
    ("last", Sense::Last),
    ("middle", Sense::Middle),
    ("second", Sense::Second),
    ("whole", Sense::Whole),
    ("shown", Sense::Shown),
    ("given", Sense::Given),
    ("family", Sense::Family),
    ("middle_name", Sense::MiddleName),
    ("whole_name", Sense::WholeName),
    ("given_or_whole", Sense::GivenOrWhole),
    ("family_or_whole", Sense::FamilyOrWhole),
    ("contact_name", Sense::ContactName),
    ("person", Sense::Person),
    ("plain", Sense::Plain),
    ("particle", Sense::Particle),
    ("label", Sense::Label),
    ("veto", Sense::Veto),
    ("no_name", Sense::NoName),
    ("login", Sense::Login),
    ("unsure", Sense::Unsure),
];

/// The senses of a word. One spelling may have several, in one language or in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Senses(u32);

impl Senses {
    pub(crate) fn has(self, sense: Sense) -> bool {
        self.0 & (1 << sense as u32) != 0
    }

    fn with(self, other: Senses) -> Senses {
        Senses(self.0 | other.0)
    }
}

impl From<Sense> for Senses {
    fn from(sense: Sense) -> Senses {
        Senses(1 << sense as u32)
    }
}

/// The words of a header, with their senses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    /// The senses of each known word, in the header's order.
    pub(crate) known: Vec<Senses>,
    /// Whether a word is not in the vocabulary.
    pub(crate) has_unknown: bool,
    /// Whether the header has digits.
    pub(crate) has_digits: bool,
}

impl Words {
    /// Reads the words of a header.
    pub(crate) fn of(header: &str) -> Words {
        let mut words = Words::default();
        let mut spelled: Vec<Part> = Vec::new();
        let header: String = header.chars().take(HEADER_CHARS).collect();
        for token in tokens(&header) {
            match token {
                Token::Digits => words.has_digits = true,
                Token::Letters(letters) => take_apart(letters, &mut spelled),
            }
        }
        let mut at = 0;
        while at < spelled.len() {
            match DICTIONARY.longest(&spelled[at..]) {
                Some((count, senses)) => {
                    words.known.push(senses);
                    at += count;
                }
                None => {
                    words.has_unknown = true;
                    at += 1;
                }
            }
        }
        words
    }

    /// Whether a word has this sense.
    pub(crate) fn has(&self, sense: Sense) -> bool {
        self.known.iter().any(|word| word.has(sense))
    }

    /// The place of the first word with one of these senses.
    pub(crate) fn place(&self, senses: &[Sense]) -> Option<usize> {
        self.known.iter().position(|word| senses.iter().any(|sense| word.has(*sense)))
    }
}

/// A word of a header, as spelled there.
type Part = String;

struct Dictionary {
    words: HashMap<String, Senses>,
    /// The most spaces in an entry, and the most characters.
    most_spaces: usize,
    longest_word: usize,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(Dictionary::read);

impl Dictionary {
    /// Reads the vocabulary. Ignores lines of unknown meaning; a test finds them.
    fn read() -> Dictionary {
        let mut words: HashMap<String, Senses> = HashMap::new();
        for (sense, entry) in entries() {
            let senses = words.entry(entry).or_default();
            *senses = senses.with(sense.into());
        }
        let most_spaces = words.keys().map(|word| word.matches(' ').count()).max().unwrap_or(0);
        let longest_word = words.keys().map(|word| word.chars().count()).max().unwrap_or(0);
        Dictionary { words, most_spaces, longest_word }
    }

    /// The longest entry at the start of these words: how many words it has, and its senses.
    fn longest(&self, words: &[Part]) -> Option<(usize, Senses)> {
        let most = words.len().min(self.most_spaces + 1);
        (1..=most).rev().find_map(|count| {
            let entry = words[..count].join(" ");
            self.words.get(&entry).map(|senses| (count, *senses))
        })
    }

    /// Whether a word may be part of a longer one.
    fn is_part(&self, word: &str) -> bool {
        self.words.get(word).is_some_and(|senses| *senses != Senses::from(Sense::Particle))
    }
}

/// The entries of the vocabulary: their words, split and folded as headers are.
fn entries() -> impl Iterator<Item = (Sense, String)> {
    let lines = VOCABULARY.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut cells = line.splitn(3, '\t');
            let meaning = cells.next()?;
            let sense = SENSES.iter().find(|(name, _)| *name == meaning)?.1;
            Some(cells.nth(1)?.split(',').map(move |entry| (sense, spelled(entry))))
        })
        .flatten()
}

fn spelled(entry: &str) -> String {
    let words = tokens(entry).into_iter().filter_map(|token| match token {
        Token::Letters(letters) => Some(letters),
        Token::Digits => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Takes apart words that are written together, and adds them.
fn take_apart(letters: String, parts: &mut Vec<Part>) {
    if DICTIONARY.words.contains_key(&letters) {
        parts.push(letters);
    } else if letters.chars().next().is_some_and(is_joined) {
        joined(&letters, parts);
    } else {
        let mut found = Vec::new();
        if letters.chars().count() <= LONGEST_COMPOUND && compound(&letters, &mut found) {
            found.reverse();
            parts.extend(found);
        } else {
            parts.push(letters);
        }
    }
}

fn is_joined(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

/// Finds the longest known word at each place. What lies between is one unknown word.
fn joined(letters: &str, parts: &mut Vec<Part>) {
    let letters: Vec<char> = letters.chars().collect();
    let (mut at, mut unknown) = (0, String::new());
    while at < letters.len() {
        let most = (letters.len() - at).min(DICTIONARY.longest_word);
        let word = (1..=most).rev().map(|count| letters[at..at + count].iter().collect::<String>());
        let found = word.into_iter().find(|word| DICTIONARY.words.contains_key(word));
        match found {
            Some(word) => {
                if !unknown.is_empty() {
                    parts.push(std::mem::take(&mut unknown));
                }
                at += word.chars().count();
                parts.push(word);
            }
            None => {
                unknown.push(letters[at]);
                at += 1;
            }
        }
    }
    if !unknown.is_empty() {
        parts.push(unknown);
    }
}

/// Whether known words, and nothing else, make up the letters. Adds them, the last one first; prefers long ones.
fn compound(letters: &str, parts: &mut Vec<Part>) -> bool {
    let ends = letters.char_indices().map(|(at, _)| at).skip(SHORTEST_PART).collect::<Vec<_>>();
    for end in ends.into_iter().rev() {
        let (head, tail) = letters.split_at(end);
        if !DICTIONARY.is_part(head) {
            continue;
        }
        // German joins words with an s.
        for tail in [Some(tail), tail.strip_prefix('s')].into_iter().flatten() {
            let is_word =
                (tail.chars().count() >= SHORTEST_PART && DICTIONARY.is_part(tail)) || SHORT_ENDS.contains(&tail);
            if is_word {
                parts.push(tail.to_owned());
            }
            if is_word || compound(tail, parts) {
                parts.push(head.to_owned());
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_vocabulary_is_in_order() {
        let languages = ["-", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "ja", "zh"];
        let mut lines = HashSet::new();
        for line in VOCABULARY.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            assert!(SENSES.iter().any(|(name, _)| *name == cells[0]), "{line}");
            assert!(languages.contains(&cells[1]), "{line}");
            assert!(lines.insert((cells[0], cells[1])), "twice: {} {}", cells[0], cells[1]);
            let words: Vec<String> = cells[2].split(',').map(spelled).collect();
            assert!(words.iter().all(|word| !word.is_empty()), "{line}");
            let mut seen = HashSet::new();
            let twice: Vec<&String> = words.iter().filter(|word| !seen.insert(*word)).collect();
            assert!(twice.is_empty(), "twice in a line: {twice:?}");
        }
    }

    #[test]
    fn words_that_are_written_together_are_taken_apart() {
        for (letters, expected) in [
            ("handynummer", "handy nummer"),
            ("kundenmail", "kunden mail"),
            ("rechnungsadresse", "rechnungsadresse"),
            ("phonenumber", "phone number"),
            ("telefonnr", "telefon nr"),
            ("intel", "intel"),
            ("公司名称", "公司 名称"),
            ("客户邮箱", "客户 邮箱"),
        ] {
            let mut parts = Vec::new();
            take_apart(letters.to_owned(), &mut parts);
            assert_eq!(parts.join(" "), expected, "{letters}");
        }
    }
}
