//! Compares the results with those of the crate `phonenumber`, another port of Google's library, on the same example
//! numbers.
//!
//! The known differences are listed here. They show why this crate parses with `rlibphonenumber`, and reveal when a new
//! version of either library changes a result.

use std::collections::BTreeMap;

use Difference::{NoCountry, OtherNumber};
use phonenumber::Mode;
use phonenumber::country::Id;
use rlibphonenumber::PhoneNumberFormat;

use super::examples::{Example, examples};
use crate::phone::Phone;

/// How the answers to one number differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// The other library does not parse the number.
    Refused,
    /// The other library parses a different number.
    OtherNumber,
    /// The other library parses the number but calls it invalid. (Google's examples are valid.)
    Invalid,
    /// The other library returns no country.
    NoCountry,
    /// The other library returns another country.
    OtherCountry,
}

/// The differences between the other library and ours for a text with that default country.
fn difference(example: &Example, text: &str, home: Option<Id>) -> Option<Difference> {
    let ours = Phone::parse(text, example.home()).expect(text);
    assert_eq!(ours.as_str(), example.e164);
    let Ok(theirs) = phonenumber::parse(home, text) else {
        return Some(Difference::Refused);
    };
    if theirs.format().mode(Mode::E164).to_string() != ours.as_str() {
        return Some(Difference::OtherNumber);
    }
    if !theirs.is_valid() {
        return Some(Difference::Invalid);
    }
    let ours = ours.details().dial_code.map(|country| country.to_string());
    match theirs.country().id().map(|id| format!("{id:?}")) {
        None => Some(Difference::NoCountry),
        theirs if theirs != ours => Some(Difference::OtherCountry),
        _ => None,
    }
}

/// All differences, as region, kind and number.
fn differences(of: impl Fn(&Example) -> Option<Difference>) -> Vec<(Difference, String)> {
    examples()
        .iter()
        .filter_map(|example| {
            let name = format!("{} {:?} {}", example.home(), example.kind, example.e164);
            of(example).map(|difference| (difference, name))
        })
        .collect()
}

fn count(differences: &[(Difference, String)]) -> Vec<(Difference, usize)> {
    let mut counts = BTreeMap::new();
    for (difference, _) in differences {
        *counts.entry(*difference).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn table(differences: &[(Difference, String)]) -> Vec<(Difference, &str)> {
    differences.iter().map(|(difference, name)| (*difference, name.as_str())).collect()
}

#[test]
fn on_e164_without_a_default_country() {
    let found = differences(|example| difference(example, &example.e164, None));
    assert_eq!(
        table(&found),
        [
            // The other library takes the 8 at the start of these numbers for the national prefix.
            (OtherNumber, "BY TollFree +3758011234567"),
            // The other library keeps the leading zero, but finds no country.
            (NoCountry, "IT FixedLine +390212345678"),
            (OtherNumber, "KZ TollFree +78001234567"),
            (OtherNumber, "KZ PremiumRate +78091234567"),
            (OtherNumber, "KZ PersonalNumber +78081234567"),
            (OtherNumber, "LT TollFree +37080012345"),
            (OtherNumber, "LT SharedCost +37080812345"),
            (OtherNumber, "LT VoIP +37080123456"),
            (OtherNumber, "RU TollFree +78001234567"),
            (OtherNumber, "RU PremiumRate +78091234567"),
            (OtherNumber, "RU PersonalNumber +78081234567"),
            (NoCountry, "VA FixedLine +390669812345"),
        ]
    );
}

#[test]
fn on_e164_with_the_united_states_as_default_country() {
    let found = differences(|example| difference(example, &example.e164, Some(Id::US)));
    // The other library removes what would be a prefix in the United States: +541123456789 becomes +5423456789.
    assert_eq!(count(&found), [(OtherNumber, 118), (NoCountry, 2)]);
}

#[test]
fn on_the_national_form() {
    let found = differences(|example| {
        let text = example.number.format_as(PhoneNumberFormat::National);
        difference(example, &text, example.home().as_str().parse().ok())
    });
    assert_eq!(
        table(&found),
        [
            (OtherNumber, "BY TollFree +3758011234567"),
            (NoCountry, "IT FixedLine +390212345678"),
            (OtherNumber, "KZ TollFree +78001234567"),
            (OtherNumber, "KZ PremiumRate +78091234567"),
            (OtherNumber, "KZ PersonalNumber +78081234567"),
            (OtherNumber, "RU TollFree +78001234567"),
            (OtherNumber, "RU PremiumRate +78091234567"),
            (OtherNumber, "RU PersonalNumber +78081234567"),
            // The number begins like the calling code.
            (OtherNumber, "RW FixedLine +250250123456"),
            (NoCountry, "VA FixedLine +390669812345"),
        ]
    );
}
