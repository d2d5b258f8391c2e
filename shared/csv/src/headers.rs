//! Understands the headers of other address books by their words.
//!
//! A word for a kind of value proposes what the column holds; a word for somebody or something else vetoes. The words are in
//! the table `words/vocabulary.tsv`, so that no list of whole headers is needed.

use contacts::Channel;

use crate::report::REPORT_COLUMNS;
use crate::words::{Sense, Words};

/// What the header of a column says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What the column holds.
    pub kind: Kind,
    /// How sure it is that the values are those of the row's person.
    pub fit: Fit,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name, or a part of one.
    Name(NamePart),
    /// Values of a channel.
    Channel(Channel),
    /// The country of the row's person.
    Country,
    /// The id of a contact, if the file is one of this system's exports. Many other systems use the header, too.
    Id,
    /// The country of the row's phone, as this system's exports have it.
    DialCode,
    /// Further identifiers, as this system's exports have them.
    AlsoKnownBy,
    /// A column that this system's exports have, but an import does not need. Other systems use the header, too.
    Derived,
    /// A column of this system's import reports.
    Report,
}

/// How sure it is that a column is about the person of the row. The variants are in order: a greater one is surer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The header says that it is about somebody or something else.
    Vetoed,
    /// The header has unknown words.
    Vague,
    /// The header says guest, employee or similar: the row's person, unless another column identifies one.
    Unsure,
    /// Nothing speaks against it.
    Plain,
}

/// Which part of a name a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamePart {
    /// Given name.
    Given,
    /// The given name if the file has a column of family names, else the whole name: `Nombre`.
    GivenOrWhole,
    /// Middle names.
    Middle,
    /// Family name.
    Family,
    /// The family name if the file has a column of given names, else the whole name: `Nom`.
    FamilyOrWhole,
    /// The whole name.
    Whole(Whole),
}

/// Where a whole name comes from. The lesser one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whole {
    /// The header says that it is a person's: `Contact Name`, `Full Name`.
    Person,
    /// `Last, First`: a name with one comma is turned.
    FamilyFirst,
    /// The header says only that it is a name.
    Bare,
    /// A name that is shown to others: `Display Name`.
    Shown,
    /// The header names the person and does not say name: `Kunde`.
    Unnamed,
}

/// The columns of an export that an import ignores.
const DERIVED: [&str; 2] = ["created_at", "last_seen_at"];

/// What holds handles. Words that mean an account do not speak against these.
const HANDLES: [(Sense, Channel); 5] = [
    (Sense::WhatsappUserId, Channel::WhatsappUserId),
    (Sense::Whatsapp, Channel::Whatsapp),
    (Sense::Instagram, Channel::Instagram),
    (Sense::Slack, Channel::Slack),
    (Sense::MicrosoftTeams, Channel::MicrosoftTeams),
];

/// The meaning of a header; `None` if no word says what the column holds.
pub fn meaning(header: &str) -> Option<Meaning> {
    own(header).or_else(|| {
        let words = Words::of(header);
        kind(&words).map(|kind| Meaning { kind, fit: fit(&words, kind) })
    })
}

/// Whether a header, or the label of a value, says that the value is not the person's, even if it does not say what it is.
pub fn is_vetoed(header: &str) -> bool {
    let words = Words::of(header);
    words.has(Sense::Veto) || words.has(Sense::Label)
}

/// Whether a header only says that the column is about the person: `Kunde`, `Customer`.
pub(crate) fn is_person(header: &str) -> bool {
    let words = Words::of(header);
    let is_person = |senses: &crate::words::Senses| senses.has(Sense::Person) || senses.has(Sense::Particle);
    words.has(Sense::Person) && !words.has_unknown && words.known.iter().all(is_person) && !words.has(Sense::Veto)
}

/// The header without its last word, if that word says what kind of value stands beside (`Phone 1 - Label`), or that this is
/// the value (`Phone 1 - Value`).
pub(crate) fn stem(header: &str) -> Option<(Beside, String)> {
    let header = crate::cell::trim(header);
    let (stem, last) = header.rsplit_once(|c: char| !c.is_alphanumeric())?;
    let of = match last.to_ascii_lowercase().as_str() {
        "value" => Beside::Value,
        _ if Words::of(last).has(Sense::Label) => Beside::Label,
        _ => return None,
    };
    let stem: String = stem.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!stem.is_empty()).then_some((of, stem))
}

/// Which of two columns that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    Label,
    Value,
}

/// The meaning of the columns of this system's files.
fn own(header: &str) -> Option<Meaning> {
    let kind = if is_own(header, "id") {
        Kind::Id
    } else if is_own(header, "dial_code") {
        Kind::DialCode
    } else if is_own(header, "also_known_by") {
        Kind::AlsoKnownBy
    } else if DERIVED.iter().any(|derived| is_own(header, derived)) {
        Kind::Derived
    } else if REPORT_COLUMNS.iter().any(|column| is_own(header, column)) {
        Kind::Report
    } else {
        return None;
    };
    Some(Meaning { kind, fit: Fit::Plain })
}

/// Whether `header` is the column `own` of this system's exports, in any case.
pub fn is_own(header: &str, own: &str) -> bool {
    crate::cell::trim(header).eq_ignore_ascii_case(own)
}

fn kind(words: &Words) -> Option<Kind> {
    // The label of a value is no value, and does not name one.
    if words.has(Sense::Label) {
        return channel(words).map(Kind::Channel);
    }
    // `Phone Country Code` is a country.
    if words.has(Sense::Country) {
        return Some(Kind::Country);
    }
    if let Some((_, channel)) = HANDLES.iter().find(|(sense, _)| words.has(*sense)) {
        return Some(Kind::Channel(*channel));
    }
    match (channel(words), name_part(words)) {
        // `E-mail Display Name` is neither.
        (Some(_), Some(_)) => None,
        (Some(channel), None) => Some(Kind::Channel(channel)),
        (None, part) => part.map(Kind::Name),
    }
}

fn channel(words: &Words) -> Option<Channel> {
    match (words.has(Sense::Phone), words.has(Sense::Email)) {
        (true, false) => Some(Channel::Telephone),
        (false, true) => Some(Channel::Email),
        // `Phone or email` may be either.
        (true, true) | (false, false) => None,
    }
}

fn name_part(words: &Words) -> Option<NamePart> {
    let has = |sense| words.has(sense);
    let is_named = has(Sense::Name) || has(Sense::GivenOrWhole) || has(Sense::FamilyOrWhole);
    // `First` alone, but not `First 6`.
    let alone = words.known.len() == 1 && !words.has_unknown && !words.has_digits;
    let adjective = |sense| has(sense) && (is_named || alone);
    let given = words.place(&[Sense::Given]).or_else(|| words.place(&[Sense::First]).filter(|_| is_named || alone));
    let family = words.place(&[Sense::Family]).or_else(|| words.place(&[Sense::Last]).filter(|_| is_named || alone));
    let loose = |sense: Sense| words.place(&[sense]);
    let (first, last) = (loose(Sense::First), loose(Sense::Last));
    let whole = |whole| Some(NamePart::Whole(whole));
    if has(Sense::ContactName) {
        return whole(Whole::Person);
    }
    let both = given.or(loose(Sense::GivenOrWhole)).or(first).zip(family.or(loose(Sense::FamilyOrWhole)).or(last));
    if let Some((given, family)) = both
        && given != family
    {
        return whole(if family < given { Whole::FamilyFirst } else { Whole::Person });
    }
    // `Name, Vorname`
    if let Some(name) = loose(Sense::Name)
        && loose(Sense::Given).is_some_and(|given| name < given)
    {
        return whole(Whole::FamilyFirst);
    }
    if has(Sense::WholeName) || (is_named && has(Sense::Whole)) {
        return whole(Whole::Person);
    }
    if has(Sense::MiddleName)
        || adjective(Sense::Middle)
        || (has(Sense::Second) && (given.is_some() || is_second_name(words)))
    {
        return Some(NamePart::Middle);
    }
    if family.is_some() {
        return Some(NamePart::Family);
    }
    if given.is_some() {
        return Some(NamePart::Given);
    }
    if is_named && has(Sense::Person) {
        return whole(Whole::Person);
    }
    if is_named && has(Sense::Shown) {
        return whole(Whole::Shown);
    }
    if has(Sense::GivenOrWhole) {
        return Some(NamePart::GivenOrWhole);
    }
    if has(Sense::FamilyOrWhole) {
        return Some(NamePart::FamilyOrWhole);
    }
    if has(Sense::Name) { whole(Whole::Bare) } else { None }
}

/// `Second name`, `Segundo nombre`, `Deuxième prénom`.
fn is_second_name(words: &Words) -> bool {
    words.has(Sense::Name) || words.has(Sense::GivenOrWhole)
}

fn fit(words: &Words, kind: Kind) -> Fit {
    let is_handle = matches!(kind, Kind::Channel(channel) if HANDLES.iter().any(|(_, handle)| *handle == channel));
    let is_name = matches!(kind, Kind::Name(_));
    let vetoed = words.has(Sense::Veto)
        || words.has(Sense::Label)
        || (is_name && words.has(Sense::NoName))
        || (!is_handle && words.has(Sense::Login));
    if vetoed {
        Fit::Vetoed
    } else if words.has_unknown {
        Fit::Vague
    } else if words.has(Sense::Unsure) {
        Fit::Unsure
    } else {
        Fit::Plain
    }
}
