//! Countries, which decide how phone numbers without a calling code are read.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};
use serde::{Deserialize, Serialize};

/// A country or territory with phone numbers, identified by an ISO 3166-1 alpha-2 code that the phone metadata knows,
/// such as `US`.
///
/// Its text form is the two upper-case letters, in JSON too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country {
    // Stored in addition to the region, because the library returns the letters only by value.
    letters: [u8; 2],
    region: Region,
}

/// The text is not the code of a country that has phone numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the two-letter code of a country with phone numbers, such as US")]
pub struct CountryError;

impl Country {
    /// The default of a workspace that has not set a country.
    pub const US: Country = Country { letters: *b"US", region: Region::US };

    /// Parses an ISO 3166-1 alpha-2 code in upper or lower case; ignores white space around it.
    ///
    /// # Errors
    ///
    /// [`CountryError`] for anything else: country names, three-letter codes, `UK`, codes without phone numbers (`AQ`),
    /// and `001`, which the library uses for numbers that belong to no country.
    pub fn parse(text: &str) -> Result<Country, CountryError> {
        let region = Region::from_code(text.trim()).map_err(|_| CountryError)?;
        Self::from_region(region).ok_or(CountryError)
    }

    /// The two upper-case letters.
    pub fn as_str(&self) -> &str {
        // Never empty: the letters are ASCII by construction.
        std::str::from_utf8(&self.letters).unwrap_or_default()
    }

    /// The library's value for the country.
    pub(crate) fn region(self) -> Region {
        self.region
    }

    /// The country of a library region; `None` for the whole world and for regions without phone numbers.
    pub(crate) fn from_region(region: Region) -> Option<Country> {
        PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
        let letters = <[u8; 2]>::try_from(region.as_region_str().as_bytes()).ok()?;
        Some(Country { letters, region })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;

    fn try_from(text: String) -> Result<Country, CountryError> {
        Country::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_in_any_case() {
        for (text, code) in [("US", "US"), ("us", "US"), (" gb\n", "GB"), ("Ac", "AC"), ("XK", "XK")] {
            let country = Country::parse(text).expect(text);
            assert_eq!(country.as_str(), code);
            assert_eq!(country.to_string(), code);
        }
        assert_eq!(Country::parse("US"), Ok(Country::US));
    }

    #[test]
    fn refuses_what_names_no_country_with_phones() {
        for text in ["", " ", "U", "USA", "UK", "AQ", "ZZ", "QQ", "001", "1", "+1", "Ü", "éa", "United States"] {
            assert_eq!(Country::parse(text), Err(CountryError), "{text}");
        }
    }

    #[test]
    fn knows_every_region_of_the_metadata() {
        let regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
        assert_eq!(regions.len(), 245);
        for region in regions {
            let country = Country::parse(&region.as_region_str()).expect("a region of the metadata");
            assert_eq!(country.region(), region);
        }
        assert_eq!(Country::from_region(Region::World), None);
    }

    #[test]
    fn sorts_by_letters() {
        let mut countries: Vec<_> = ["US", "DE", "GB", "DZ"].into_iter().flat_map(Country::parse).collect();
        countries.sort();
        assert_eq!(format!("{countries:?}"), "[Country(DE), Country(DZ), Country(GB), Country(US)]");
    }

    #[test]
    fn is_a_string_in_json() {
        let country: Country = serde_json::from_str(r#""br""#).expect("a country");
        assert_eq!(serde_json::to_string(&country).expect("JSON"), r#""BR""#);
        let error = serde_json::from_str::<Country>(r#""Brazil""#).expect_err("not a code");
        assert!(error.to_string().starts_with("not the two-letter code"), "{error}");
    }
}
