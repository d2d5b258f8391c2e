//! Google's example numbers: every region, and every kind of number that the region has.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};

use super::{country, telephone, whatsapp};
use crate::country::Country;
use crate::phone::Phone;

/// Default countries: some share no calling code with most of the world, and one each has numbers of varying lengths,
/// numbers that start with 0, and lines with several spellings.
const HOMES: [&str; 6] = ["US", "GB", "DE", "IT", "MX", "BR"];

const KINDS: [PhoneNumberType; 10] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

/// One example number.
pub(super) struct Example {
    pub(super) region: Region,
    pub(super) kind: PhoneNumberType,
    pub(super) number: PhoneNumber,
    pub(super) e164: String,
}

impl Example {
    fn format(&self, format: PhoneNumberFormat) -> String {
        self.number.format_as(format).into_owned()
    }

    pub(super) fn home(&self) -> Country {
        Country::from_region(self.region).expect("a country")
    }
}

/// All examples except Canada's 310-1234, which cannot be dialled from abroad (see `refuses_what_only_dials_locally`).
pub(super) fn examples() -> Vec<Example> {
    let mut regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort();
    let example = |region, kind| {
        let number = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()?;
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        Some(Example { region, kind, number, e164 })
    };
    let examples: Vec<_> = regions
        .into_iter()
        .flat_map(|region| KINDS.into_iter().filter_map(move |kind| example(region, kind)))
        .filter(|example| example.e164 != "+13101234")
        .collect();
    assert_eq!(examples.len(), 1130);
    examples
}

#[test]
fn are_read_in_every_international_form_whatever_the_default_country() {
    for example in examples() {
        for format in [PhoneNumberFormat::E164, PhoneNumberFormat::International, PhoneNumberFormat::RFC3966] {
            let text = example.format(format);
            for home in HOMES {
                assert_eq!(telephone(&text, home), example.e164, "{text} in {home}");
            }
            assert_eq!(whatsapp(&text, "US"), example.e164, "{text}");
        }
    }
}

#[test]
fn are_read_in_national_form_in_their_country() {
    for example in examples() {
        let home = example.home();
        let written = example.format(PhoneNumberFormat::National);
        let bare = example.number.get_national_significant_number();
        for text in [written, bare] {
            let phone = Phone::parse(&text, home).expect(&text);
            assert_eq!(phone.as_str(), example.e164, "{text} in {home}");
        }
    }
}

#[test]
fn are_read_without_their_plus() {
    // Examples parse in their own country always, and in the WhatsApp field everywhere.
    for example in examples() {
        let digits = &example.e164[1..];
        let phone = Phone::parse(digits, example.home()).expect(digits);
        assert_eq!(phone.as_str(), example.e164, "{digits} in {}", example.home());
        for home in HOMES {
            assert_eq!(whatsapp(digits, home), example.e164, "{digits} in {home}");
        }
    }
    // They also parse in another country, unless the same digits are a number there: valid, or dialled locally. Few
    // collide where numbers have one length; in Germany nearly all do, because the metadata accepts almost any digits
    // as a landline.
    let misread = HOMES.map(|home| {
        let all = examples();
        let (mut valid, mut local) = (0, 0);
        for example in &all {
            let digits = &example.e164[1..];
            let read = telephone(digits, home);
            if read == "local_only" {
                local += 1;
            } else if read != example.e164 {
                let code = Phone::from_e164(&read).expect(&read).details().country_code;
                let own = PHONE_NUMBER_UTIL.get_country_code_for_region(country(home).region());
                assert_eq!(Some(code), own.map(|own| own.to_string()), "{digits}: {read}");
                valid += 1;
            }
        }
        (home, valid, local)
    });
    assert_eq!(
        misread,
        [("US", 55, 7), ("GB", 15, 28), ("DE", 942, 0), ("IT", 178, 0), ("MX", 105, 27), ("BR", 122, 59)]
    );
}

#[test]
fn tell_their_parts() {
    for example in examples() {
        let details = Phone::from_e164(&example.e164).expect("E.164").details();
        assert_eq!(details.country_code, example.number.country_code.to_string(), "{}", example.e164);
        assert_eq!(details.national_number, example.number.get_national_significant_number());
    }
}

/// The region's main example is its landline. Two regions share all their ranges with another region.
#[test]
fn tell_their_country() {
    let mut exceptions = Vec::new();
    for example in examples().iter().filter(|example| example.kind == PhoneNumberType::FixedLine) {
        let found = Phone::from_e164(&example.e164).expect("E.164").details().dial_code;
        if found != Some(example.home()) {
            exceptions.push((example.home().to_string(), found.expect("a country").to_string()));
        }
    }
    let expected = [("EH", "MA"), ("MF", "BL")].map(|(of, found)| (of.to_owned(), found.to_owned()));
    assert_eq!(exceptions, expected);
}

/// All countries of a calling code often share one range for free-phone numbers, mobiles and the like. The result is
/// then one of these countries, and the number is valid there.
#[test]
fn of_other_kinds_tell_a_country_that_shares_the_range() {
    let mut shared = 0;
    for example in examples() {
        let found = Phone::from_e164(&example.e164).expect("E.164").details().dial_code.expect("a country");
        if found != example.home() {
            assert!(example.number.is_valid_for_region(example.region), "{}", example.e164);
            assert!(example.number.is_valid_for_region(found.region()), "{} in {found}", example.e164);
            shared += 1;
        }
    }
    assert_eq!(shared, 137);
}

#[test]
fn of_no_country_are_read_and_tell_none() {
    let mut codes: Vec<_> = PHONE_NUMBER_UTIL.get_supported_global_network_calling_codes().collect();
    codes.sort_unstable();
    assert_eq!(codes, [800, 808, 870, 878, 881, 882, 883, 888, 979]);
    for code in codes {
        let number = PHONE_NUMBER_UTIL.get_example_number_for_non_geo_entity(code).expect("an example");
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        for format in [PhoneNumberFormat::E164, PhoneNumberFormat::International] {
            assert_eq!(telephone(&number.format_as(format), "US"), e164);
        }
        assert_eq!(whatsapp(&e164[1..], "US"), e164);
        let details = Phone::from_e164(&e164).expect("E.164").details();
        assert_eq!((details.country_code, details.dial_code), (code.to_string(), None));
    }
}

#[test]
fn are_their_own_match_key_but_for_the_mobile_of_argentina() {
    let other: Vec<_> = examples()
        .into_iter()
        .filter_map(|example| {
            let key = Phone::from_e164(&example.e164).expect("E.164").match_key().into_owned();
            (key != example.e164).then_some((example.e164, key))
        })
        .collect();
    assert_eq!(other, [("+5491123456789".to_owned(), "+541123456789".to_owned())]);
}
