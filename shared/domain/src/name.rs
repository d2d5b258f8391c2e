//! A contact's name.

use std::fmt;

use crate::{phone, text};

/// The maximum number of characters (Unicode scalar values) in a name.
pub const MAX_NAME_CHARS: usize = 200;

/// Names that telephone networks and testers write for nobody, in lower case.
const NOBODY: [&str; 28] = [
    "anonymous",
    "anonymous caller",
    "blocked",
    "blocked caller",
    "caller",
    "caller unknown",
    "cell phone",
    "mobile caller",
    "name unavailable",
    "no caller id",
    "no name",
    "not available",
    "number withheld",
    "out of area",
    "private",
    "private caller",
    "private number",
    "restricted",
    "restricted number",
    "test",
    "toll free call",
    "toll free caller",
    "unavailable",
    "unknown caller",
    "unknown name",
    "unknown number",
    "wireless caller",
    "withheld",
];

/// A person's name: [clean](text::clean), single spaces, 1–200 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// The similarity from which two names count as spellings of one (Jaro–Winkler).
const ALIKE: f64 = 0.85;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No text, or a text that names nobody.
    #[error("is blank")]
    Blank,
    /// Longer than [`MAX_NAME_CHARS`].
    #[error("is longer than {MAX_NAME_CHARS} characters")]
    TooLong,
}

impl NameError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            NameError::Blank => "name_blank",
            NameError::TooLong => "name_too_long",
        }
    }
}

impl Name {
    /// Parses a name: cleans it, and replaces each run of white space with one space.
    ///
    /// Texts that say that there is no name are blank, as are phone numbers and the texts that telephone networks show in
    /// place of a name (`WIRELESS CALLER`).
    ///
    /// # Errors
    /// [`NameError`] when the name is too long or blank.
    pub fn parse(text: &str) -> Result<Name, NameError> {
        let text = text::clean(text);
        let mut name = String::with_capacity(text.len());
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(word);
        }
        if text::says_nothing(&name) || is_nobody(&name) || phone::is_number(&name) {
            return Err(NameError::Blank);
        }
        if name.chars().count() > MAX_NAME_CHARS { Err(NameError::TooLong) } else { Ok(Name(name)) }
    }

    /// Reads a stored name. An older build may have stored what [`Name::parse`] refuses.
    ///
    /// # Errors
    /// [`NameError::Blank`] for an empty text.
    pub fn from_stored(text: &str) -> Result<Name, NameError> {
        if text.is_empty() { Err(NameError::Blank) } else { Ok(Name(text.to_owned())) }
    }

    /// Whether two names can hardly be those of one person.
    ///
    /// They can if they have the same words in any order, if the words of one are among those of the other, if they begin
    /// with the same word, if the initials of one fit the other, or if they are spelled almost alike.
    pub fn clearly_differs(&self, other: &Name) -> bool {
        if self == other {
            return false;
        }
        let (ours, theirs) = (text::fold(&self.0), text::fold(&other.0));
        let (first, second) = (words(&ours), words(&theirs));
        let (fewer, more) = if first.len() <= second.len() { (first, second) } else { (second, first) };
        // A name without letters, such as an emoji, says nothing about who it is.
        let may_be_one = fewer.is_empty()
            || fewer[0] == more[0]
            || fewer.iter().all(|word| more.contains(word))
            || more.iter().all(|word| fewer.contains(word))
            || initials_fit(&fewer, &more)
            || strsim::jaro_winkler(&ours, &theirs) >= ALIKE;
        !may_be_one
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as lists sort and find it: [folded](text::fold).
    pub fn folded(&self) -> String {
        text::fold(&self.0)
    }

    /// The folded name with its last word first, to find people by family name; `None` for a name of one word.
    pub fn folded_family_first(&self) -> Option<String> {
        let folded = self.folded();
        let (given, family) = folded.rsplit_once(' ')?;
        Some(format!("{family} {given}"))
    }
}

fn is_nobody(name: &str) -> bool {
    NOBODY.iter().any(|nobody| name.eq_ignore_ascii_case(nobody))
}

/// The words of a folded name, without the signs around and between them. The parts of `O'Neill` are one word only in
/// another spelling (`ONeill`), which the comparison of whole names recognises.
fn words(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Whether each word of a name is a word of the other, or the first letter of one (`A. Lovelace`, `AL`).
fn initials_fit(fewer: &[&str], more: &[&str]) -> bool {
    let initial = |word: &str, of: &str| of.starts_with(word) && word.chars().count() == 1;
    let fits = |short: &[&str], long: &[&str]| {
        let mut left = long.to_vec();
        short.iter().all(|word| {
            let equal = left.iter().position(|other| other == word);
            let place = equal.or_else(|| left.iter().position(|other| initial(word, other) || initial(other, word)));
            place.map(|place| left.remove(place)).is_some()
        })
    };
    let is_acronym = || {
        let initials = more.iter().filter_map(|word| word.chars().next());
        fewer.len() == 1 && more.len() > 1 && initials.eq(fewer[0].chars())
    };
    fits(fewer, more) || is_acronym()
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_control_characters_and_composition_are_normalised() {
        for (text, name) in [
            ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
            ("Ada\u{0} \u{7}Lovelace", "Ada Lovelace"),
            ("Ada\u{a0}Lovelace", "Ada Lovelace"),
            ("Jose\u{301}", "José"),
            ("مريم", "مريم"),
            ("👩‍💻", "👩‍💻"),
        ] {
            assert_eq!(Name::parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Name::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(201)), Err(NameError::TooLong));
        assert_eq!(Name::parse(" \u{1}\n "), Err(NameError::Blank));
    }

    #[test]
    fn a_name_is_found_by_its_first_and_its_last_word() {
        for (name, folded, family_first) in [
            ("Ada King  Lovelace", "ada king lovelace", Some("lovelace ada king")),
            ("Søren ÅNGSTRÖM", "søren angstrom", Some("angstrom søren")),
            ("José", "jose", None),
            ("山田 太郎", "山田 太郎", Some("太郎 山田")),
        ] {
            let name = Name::parse(name).unwrap();
            assert_eq!((name.folded().as_str(), name.folded_family_first().as_deref()), (folded, family_first));
        }
    }

    #[test]
    fn debug_tells_nothing_of_the_person() {
        assert!(!format!("{:?}", Name::parse("Ada").unwrap()).contains("Ada"));
    }

    #[test]
    fn texts_that_name_nobody_are_blank() {
        for text in ["N/A", "-", "Test", "WIRELESS  CALLER", "\"Unknown\"", "+1 (201) 555-0123", "tel:2015550123"] {
            assert_eq!(Name::parse(text), Err(NameError::Blank), "{text}");
        }
        for text in ["Tester", "50 Cent", "1984", "Nada", "Agent 0070070", "山田太郎"] {
            assert_eq!(Name::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Name::from_stored("Test").unwrap().as_str(), "Test");
    }

    #[test]
    fn names_that_may_be_one_persons_do_not_clearly_differ() {
        let differ = |a, b| {
            let (a, b) = (Name::parse(a).unwrap(), Name::parse(b).unwrap());
            assert_eq!(a.clearly_differs(&b), b.clearly_differs(&a));
            a.clearly_differs(&b)
        };
        for (a, b) in [
            ("Lovelace, Ada", "ADA LOVELACE"),
            ("Ada King Lovelace", "Lovelace"),
            ("J. R. Tolkien", "John Ronald Reuel Tolkien"),
            ("Lovelace A", "Ada Lovelace"),
            ("AL", "Ada Lovelace"),
            ("Ada-Maria Lovelace", "Ada Maria Byron"),
            ("Sean O'Neill", "O Neill Sean"),
            ("👩\u{200D}💻", "Ada Lovelace"),
        ] {
            assert!(!differ(a, b), "{a} {b}");
        }
        for (a, b) in [("Ada Lovelace", "Bob Lovelace"), ("A. Lovelace", "Bob Byron"), ("Li", "Wu")] {
            assert!(differ(a, b), "{a} {b}");
        }
    }
}
