//! The parts of a phone number.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL};

use super::reading::{number_of, other_spelling};
use crate::country::Country;

/// The parts of a phone number, derived from its E.164 form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneDetails {
    /// The national significant number: the digits after the calling code, with the leading zeros that are part of it
    /// (Italy).
    pub national_number: String,
    /// The country calling code, 1 to 3 digits without a `+`.
    pub country_code: String,
    /// The country of the number. If several countries share the calling code, the range decides; if the range is
    /// unknown, this is the main country of the code (`+1555…` is US). `None` for numbers that belong to no country,
    /// such as `+800`.
    pub dial_code: Option<Country>,
}

impl PhoneDetails {
    /// Derives the parts of a number in E.164. For a spelling that its country no longer uses (Mexico's `1`), these are
    /// the parts of the canonical spelling.
    pub(super) fn of(e164: &str) -> PhoneDetails {
        let Some(shown) = number_of(e164) else {
            // Happens only if newer metadata no longer has the calling code of a stored number.
            return PhoneDetails {
                national_number: e164.trim_start_matches('+').to_owned(),
                country_code: String::new(),
                dial_code: None,
            };
        };
        let is_possible = shown.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
        let number = match other_spelling(e164) {
            Some(other) if !is_possible => other,
            _ => shown,
        };
        let region =
            number.get_region_code().or_else(|| PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code));
        PhoneDetails {
            national_number: number.get_national_significant_number(),
            country_code: number.country_code.to_string(),
            dial_code: region.and_then(Country::from_region),
        }
    }
}

impl std::fmt::Debug for PhoneDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneDetails")
            .field("country_code", &self.country_code)
            .field("dial_code", &self.dial_code)
            .finish_non_exhaustive()
    }
}
