//! No file makes two people one contact, and no record is lost.

use contacts::Existing;
use contacts::memory::MemoryBook;
use contacts::{Channel, Name};
use contacts_csv::plan::{PlanError, PlanOptions};
use proptest::prelude::*;

use crate::support::case::import;

/// Names that clearly differ from each other.
const NAMES: [&str; 6] = ["Ada Lovelace", "Bob Marsh", "Cleo Hart", "Dirk Quint", "Eva Sund", "Ivo Wolf"];

/// Headers of columns that several people may have in common, each with possible cells.
const COMMON: [(&str, &[&str]); 14] = [
    ("Phone", &["", "+1 617 555 0150", "(617) 555-0151", "n/a", "4.41E+11"]),
    ("Mobile", &["", "617-555-0150", "617-555-0152; 617-555-0153", "Yes"]),
    ("Home Phone", &["", "+1 617 555 0150", "617 555 0154 / 617 555 0155"]),
    ("Company Phone", &["", "+1 617 555 0100"]),
    ("WhatsApp", &["", "Yes", "No", "16175550156", "16175550157"]),
    ("Owner Email", &["", "olaf@us.example"]),
    ("Betreuer", &["anna@us.example", "bert@us.example", "", "carl@us.example"]),
    ("Instagram", &["", "Instagram", "@sales", "ada.l"]),
    ("Teams", &["", "Sales", "Support", "29:1abc"]),
    ("Slack", &["", "Yes", "U01ABCD234"]),
    ("Country", &["", "US", "Germany", "Freedonia"]),
    ("id", &["", "17", "8d1c3c2b-9a11-4c55-b1c2-5f2b1c3d4e5f"]),
    ("Work Phone", &["", "000-000-0000", "617 555 0158"]),
    ("Notes", &["", "call 617 555 0150", "x; y"]),
];

/// A row: whose name and address, and what stands in the other columns.
type Row = (usize, usize, bool, Vec<usize>);

fn file(columns: &[usize], rows: &[Row]) -> String {
    let mut text = "Name,Email".to_owned();
    columns.iter().for_each(|&column| text += &format!(",{}", COMMON[column].0));
    for (name, email, blank, cells) in rows {
        let email = if *blank { String::new() } else { format!("p{name}.{email}@x.example") };
        text += &format!("\n{},{email}", NAMES[*name]);
        for (&column, cell) in columns.iter().zip(cells) {
            let values = COMMON[column].1;
            text += &format!(",{}", values[cell % values.len()]);
        }
    }
    text
}

/// Nobody's address comes to another person by way of a handle or phone that two people have in a file.
#[test]
fn what_two_people_have_in_common_renames_nobody() {
    for (column, value) in [("Slack", "U01ABCD234"), ("Instagram", "@ada.l"), ("Phone", "+1 617 555 0150")] {
        let text = format!(
            "Name,Email,{column}\nBob Marsh,p1.0@x.example,{value}\nAda Lovelace,p0.0@x.example,\n\
             Ada Lovelace,,{value}\nAda Lovelace,p0.1@x.example,{value}"
        );
        let mut book = MemoryBook::default();
        import(&mut book, text.as_bytes(), &PlanOptions::default(), Existing::Update).unwrap();
        let bob = book.live().find(|contact| contact.name().map(Name::as_str) == Some("Bob Marsh")).unwrap();
        let emails = bob.identifiers.owned().filter(|held| held.channel == Channel::Email);
        assert_eq!(emails.map(|held| held.value.as_str()).collect::<Vec<_>>(), ["p1.0@x.example"], "{column}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn people_with_different_addresses_and_names_stay_apart(
        columns in prop::sample::subsequence((0..COMMON.len()).collect::<Vec<_>>(), 0..6),
        rows in prop::collection::vec((0..NAMES.len(), 0..2_usize, prop::bool::weighted(0.15), prop::collection::vec(0..20_usize, 6)), 1..12),
    ) {
        let text = file(&columns, &rows);
        let mut book = MemoryBook::default();
        for _ in 0..2 {
            let done = match import(&mut book, text.as_bytes(), &PlanOptions::default(), Existing::Update) {
                Ok(done) => done,
                // All addresses are blank, and nothing else identifies anybody.
                Err(PlanError::NoIdentifierColumn(_)) => return Ok(()),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            };
            let count = |name: &str| done.counts[name];
            prop_assert_eq!(count("read"), rows.len() as u64);
            prop_assert_eq!(
                count("created") + count("updated") + count("unchanged") + count("rejected"), count("read"), "{}", text
            );
            for contact in book.live() {
                let emails = contact.identifiers.owned().filter(|held| held.channel == Channel::Email);
                // The person of an address is in the address.
                let people: Vec<usize> = emails.map(|held| {
                    let address = held.value.as_str();
                    address[1..].split('.').next().unwrap().parse().unwrap_or(usize::MAX)
                }).collect();
                prop_assert!(people.windows(2).all(|pair| pair[0] == pair[1]), "{}\n{:?}", text, contact.name().map(Name::as_str));
            }
        }
    }
}
