//! Reads the countries that files name: ISO codes, names in many languages, and calling codes.

use std::collections::HashMap;
use std::sync::LazyLock;

use contacts::{Country, text};

use crate::mapping::{Mapping, Target};
use crate::sample::Sample;

/// How many values a warning shows, and how many characters of each.
const EXAMPLES: usize = 3;
const EXAMPLE_CHARS: usize = 40;

/// The countries as data.
const COUNTRIES: &str = include_str!("countries.tsv");

/// Each country by its codes, names and, if it is the largest one with it, calling code.
static BY_TEXT: LazyLock<HashMap<String, Country>> = LazyLock::new(|| {
    let mut by_text = HashMap::new();
    for (country, texts) in entries() {
        for text in texts {
            by_text.entry(text).or_insert(country);
        }
    }
    by_text
});

/// The country that a cell names: an ISO 3166-1 code of two or three letters, a name in English, in a language of the
/// country or in one of those that headers are understood in, or a calling code with or without a `+`. Several countries
/// share the calling code 1; it names the largest. `None` if the cell names no country.
pub(crate) fn read(cell: &str) -> Option<Country> {
    let cell = text::clean(cell);
    Country::parse(&cell).ok().or_else(|| {
        let text = folded(&cell);
        BY_TEXT.get(text.strip_prefix("00").unwrap_or(&text)).copied()
    })
}

/// A warning that the column of countries has values that name none, with examples from the sample.
pub(crate) fn unknown_countries(sample: &Sample, mapping: &Mapping) -> Option<String> {
    let column = mapping.column_of(&Target::DialCode)?;
    let mut unknown: Vec<&str> = Vec::new();
    for value in sample.values(column).filter(|value| !text::says_nothing(&text::clean(value))) {
        if read(value).is_none() && !unknown.contains(&value) {
            unknown.push(value);
        }
    }
    let quoted = |value: &&str| format!("\"{}\"", value.chars().take(EXAMPLE_CHARS).collect::<String>());
    let examples: Vec<String> = unknown.iter().take(EXAMPLES).map(quoted).collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "the column \"{}\" has values that name no country: {}; phone numbers without a country code in these rows are \
             read in the default country",
            sample.column_name(column),
            examples.join(", ")
        )
    })
}

/// The letters and digits of a text, without case and accents.
fn folded(text: &str) -> String {
    text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The countries with the texts that name them, folded.
fn entries() -> impl Iterator<Item = (Country, Vec<String>)> {
    COUNTRIES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let country = Country::parse(cells.next()?).ok()?;
        let (long, calling) = (cells.next()?, cells.next()?);
        let names = cells.next()?.split('|');
        let codes = [long, calling].into_iter().filter(|code| !code.contains(['-', '*']));
        Some((country, codes.chain(names).map(folded).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_codes_and_names() {
        for (cell, country) in [
            ("US", "US"),
            ("gb", "GB"),
            ("UK", "GB"),
            ("GBR", "GB"),
            ("usa", "US"),
            ("United States of America", "US"),
            ("France", "FR"),
            ("Deutschland", "DE"),
            ("GERMANY", "DE"),
            ("Österreich", "AT"),
            ("Cote d'Ivoire", "CI"),
            ("Côte d’Ivoire", "CI"),
            ("España", "ES"),
            ("Россия", "RU"),
            ("日本", "JP"),
            ("中国", "CN"),
            ("The Netherlands", "NL"),
            ("Antigua and Barbuda", "AG"),
            ("91", "IN"),
            ("+49", "DE"),
            ("0049", "DE"),
            ("+1", "US"),
            (" \u{200B}Türkiye ", "TR"),
        ] {
            assert_eq!(read(cell).map(|country| country.to_string()), Some(country.to_owned()), "{cell}");
        }
        for cell in ["", "Freedonia", "Yes", "0", "1234", "Europe", "-"] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    #[test]
    fn every_line_names_a_country_and_no_text_names_two() {
        let lines = COUNTRIES.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((lines, entries().count()), (245, 245));
        let mut seen: HashMap<String, Country> = HashMap::new();
        for (country, texts) in entries() {
            for text in texts {
                assert!(!text.is_empty(), "{country}");
                let other = seen.insert(text.clone(), country);
                assert!(other.is_none_or(|other| other == country), "{text}: {country} and {other:?}");
            }
        }
    }
}
