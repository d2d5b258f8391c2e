//! What headers in eleven languages say of their columns.

use contacts_csv::headers::{Fit, Kind, NamePart, Whole, meaning};

const HEADERS: &str = include_str!("headers.tsv");

/// The meaning of a header as the table has it.
fn shown(header: &str) -> String {
    let Some(meaning) = meaning(header).filter(|meaning| meaning.fit != Fit::Vetoed) else { return "none".to_owned() };
    let kind = match meaning.kind {
        Kind::Channel(channel) => channel.as_str(),
        Kind::Country => "country",
        Kind::Name(NamePart::Given) => "given",
        Kind::Name(NamePart::GivenOrWhole) => "given or whole",
        Kind::Name(NamePart::Middle) => "middle",
        Kind::Name(NamePart::Family) => "family",
        Kind::Name(NamePart::FamilyOrWhole) => "family or whole",
        Kind::Name(NamePart::Whole(Whole::Person)) => "person",
        Kind::Name(NamePart::Whole(Whole::FamilyFirst)) => "family first",
        Kind::Name(NamePart::Whole(Whole::Bare)) => "name",
        Kind::Name(NamePart::Whole(Whole::Shown)) => "shown",
        Kind::Name(NamePart::Whole(Whole::Unnamed)) => "unnamed",
        Kind::Id | Kind::DialCode | Kind::AlsoKnownBy | Kind::Derived | Kind::Report => "ours",
    };
    match meaning.fit {
        Fit::Unsure => format!("unsure {kind}"),
        // Names with unknown words are those of things.
        Fit::Vague if matches!(meaning.kind, Kind::Name(_)) => "none".to_owned(),
        Fit::Vague => format!("vague {kind}"),
        Fit::Plain | Fit::Vetoed => kind.to_owned(),
    }
}

#[test]
fn headers_in_eleven_languages_mean_what_they_say() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in HEADERS.lines().filter(|line| !line.starts_with('#')) {
        let [language, expected, headers] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        for header in headers.split(" | ") {
            count += 1;
            // Case, separators and surroundings do not matter.
            for spelled in [header.to_owned(), header.to_uppercase(), header.to_lowercase(), format!(" {header} *")] {
                let found = shown(&spelled);
                if found != expected {
                    wrong.push(format!("{language} {spelled}: {found}, not {expected}"));
                }
            }
        }
    }
    assert!(count >= 300, "{count}");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}
