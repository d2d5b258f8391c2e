//! Every case of `tests/cases/values.json`: what a text is read as, and which texts name one person.
//!
//! `values`: `raw`, or the JSON text `raw_json`, for `field` is read as `expected` (`null`: as nothing; `"refused"`: not at
//! all) in the field `as`, with what else it says in `told`; a `blocked` one names nobody. `same` and `different`: texts
//! that are one identifier, or two. `names`: two people with these names may be one, or are clearly two.

use std::collections::BTreeMap;

use contacts::{Channel, Country, Field, Identifier, Name, Raw, Settings};
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    values: Vec<ValueCase>,
    same: Vec<Pair>,
    different: Vec<Pair>,
    names: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueCase {
    field: String,
    raw: Option<String>,
    raw_json: Option<String>,
    expected: Option<String>,
    default_country: Option<Country>,
    #[serde(rename = "as")]
    shown_in: Option<String>,
    #[serde(default)]
    told: BTreeMap<String, String>,
    #[serde(default)]
    blocked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    field: String,
    other_field: Option<String>,
    a: String,
    b: String,
}

#[derive(Deserialize)]
struct Names {
    one_person: Vec<(String, String)>,
    clearly_different: Vec<(String, String)>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("../cases/values.json")).unwrap()
}

/// The identifier of a text that tells nothing else.
fn identifier(field: &str, text: &str) -> Identifier {
    let values = Field::parse(field).unwrap().read_all(&text.into(), &Settings::default());
    let (field, value) = values.expect(text).remove(0);
    let Field::Channel(channel) = field else { panic!("{field} has no identifiers") };
    value.identifier(channel).unwrap()
}

#[test]
fn texts_are_read_as_the_cases_say() {
    for case in cases().values {
        let raw: Raw = match (&case.raw, &case.raw_json) {
            (Some(text), None) => text.as_str().into(),
            (None, Some(json)) => serde_json::from_str(json).unwrap(),
            _ => panic!("either raw or raw_json"),
        };
        let case_name = format!("{} {:?}", case.field, case.raw.or(case.raw_json));
        let mut settings = Settings::default();
        settings.default_country = case.default_country.unwrap_or(settings.default_country);
        let field = Field::parse(&case.field).unwrap();
        let read = field.read_all(&raw, &settings);
        if case.expected.as_deref() == Some("refused") {
            assert!(read.is_err(), "{case_name}: {read:?}");
            continue;
        }
        let values = read.expect(&case_name);
        let Some(expected) = case.expected else {
            assert_eq!(values, [], "{case_name}");
            continue;
        };
        let shown: BTreeMap<String, String> =
            values.iter().map(|(field, value)| (field.to_string(), value.as_str().to_owned())).collect();
        let mut all = case.told;
        all.insert(case.shown_in.unwrap_or(case.field), expected);
        assert_eq!(shown, all, "{case_name}");
        let is_blocked = match &values[0] {
            (Field::Channel(channel), value) => value.is_placeholder(*channel),
            _ => false,
        };
        assert_eq!(is_blocked, case.blocked, "{case_name}");
    }
}

#[test]
fn texts_are_one_identifier_or_two() {
    let cases = cases();
    let identifiers = |pair: &Pair| {
        let other = pair.other_field.as_ref().unwrap_or(&pair.field);
        (identifier(&pair.field, &pair.a), identifier(other, &pair.b))
    };
    for pair in cases.same {
        let (a, b) = identifiers(&pair);
        assert_eq!(a.match_key(), b.match_key(), "{} {}", pair.a, pair.b);
        assert_eq!(a, b, "{} {}", pair.a, pair.b);
    }
    for pair in cases.different {
        let (a, b) = identifiers(&pair);
        assert_ne!(a, b, "{} {}", pair.a, pair.b);
    }
}

#[test]
fn names_are_one_persons_or_clearly_differ() {
    let differ = |a: &str, b: &str| {
        let (a, b) = (Name::parse(a).unwrap(), Name::parse(b).unwrap());
        assert_eq!(a.clearly_differs(&b), b.clearly_differs(&a));
        a.clearly_differs(&b)
    };
    let Names { one_person, clearly_different } = cases().names;
    for (a, b) in one_person {
        assert!(!differ(&a, &b), "{a} {b}");
    }
    for (a, b) in clearly_different {
        assert!(differ(&a, &b), "{a} {b}");
    }
}

#[test]
fn a_value_that_was_read_is_read_the_same_again() {
    let settings = Settings::default();
    for channel in Channel::ALL {
        for case in
            cases().values.iter().filter(|case| case.field == channel.as_str() && case.default_country.is_none())
        {
            let Some(raw) = &case.raw else { continue };
            let Ok(values) = Field::Channel(channel).read_all(&raw.as_str().into(), &settings) else { continue };
            for (field, value) in values {
                assert_eq!(field.read(&value.as_str().into(), &settings), Ok(Some(value.clone())), "{field} {raw}");
            }
        }
    }
}
