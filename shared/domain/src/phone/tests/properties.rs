//! Properties that hold for every text and every number.

use proptest::prelude::*;
use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::country;
use crate::country::Country;
use crate::phone::Phone;

/// Any country of the metadata.
fn any_country() -> impl Strategy<Value = Country> {
    let mut regions: Vec<_> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort();
    proptest::sample::select(regions).prop_map(|region| Country::from_region(region).expect("a country"))
}

/// Digits that start like a number (with a calling code, or an international or national prefix) or arbitrarily.
fn any_digits() -> impl Strategy<Value = String> {
    let mut codes: Vec<_> = PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
    codes.sort_unstable();
    let head = prop_oneof![
        proptest::sample::select(codes).prop_map(|code| code.to_string()),
        proptest::sample::select(vec![
            "", "0", "00", "1", "8", "06", "011", "810", "521", "549", "5411", "5511", "225", "229"
        ])
        .prop_map(str::to_owned),
    ];
    (head, "(|0|00|1|8|80|15|9)[0-9]{3,12}").prop_map(|(head, rest)| head + &rest)
}

/// Texts that look like numbers, and texts that do not.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[+＋]?[-0-9 ().,;#x/eEtT\u{200E}\u{A0}٠-٩０-９a-zß*~]{0,24}",
        ("(|\\+|00|tel:|whatsapp:|')", any_digits(), "(| ext\\. ?5|x5|;ext=5|E\\+11|\\.0| home|ABC)")
            .prop_map(|(head, digits, tail)| head + &digits + &tail),
    ]
}

/// The text with spaces, dashes and parentheses between its characters.
fn with_noise(text: &str, noise: &[usize]) -> String {
    let signs = ["", " ", "-", "(", ")", "  ", ") ", " - "];
    let noise = noise.iter().cycle().map(|at| signs[at % signs.len()]);
    text.chars().zip(noise).map(|(c, sign)| format!("{sign}{c}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2 * ProptestConfig::default().cases) })]

    #[test]
    fn no_text_panics(text in any_text(), home in any_country()) {
        for parse in [Phone::parse, Phone::parse_whatsapp] {
            if let Ok(phone) = parse(&text, home) {
                prop_assert_eq!(Phone::from_e164(phone.as_str()), Ok(phone.clone()));
                let details = phone.details();
                let canonical = phone.match_key().into_owned();
                let parts = format!("+{}{}", details.country_code, details.national_number);
                prop_assert!(parts == phone.number() || canonical.starts_with(&parts));
                let _ = format!("{phone:?}");
            }
            let _ = Phone::from_e164(&text);
        }
    }

    #[test]
    fn every_shape_of_e164_has_details(text in "\\+[1-9][0-9]{3,14}") {
        let phone = Phone::from_e164(&text).expect("E.164");
        prop_assert!(text.ends_with(&phone.details().national_number) || phone.match_key() != text);
    }

    #[test]
    fn what_was_read_is_read_the_same_again(
        digits in any_digits(),
        plus in "\\+?",
        home in any_country(),
        other in any_country(),
    ) {
        for parse in [Phone::parse, Phone::parse_whatsapp] {
            let Ok(phone) = parse(&format!("{plus}{digits}"), home) else { continue };
            prop_assert_eq!(Phone::parse(phone.as_str(), other), Ok(phone.clone()));
            prop_assert_eq!(Phone::parse_whatsapp(phone.as_str(), other), Ok(phone));
        }
    }

    #[test]
    fn what_any_text_gave_is_the_same_number_under_every_default_country(text in any_text(), home in any_country()) {
        for parse in [Phone::parse, Phone::parse_whatsapp] {
            let Ok(phone) = parse(&text, home) else { continue };
            let digits = phone.number().strip_prefix('+').expect("E.164 begins with a plus");
            prop_assert!((4..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()));
            for region in PHONE_NUMBER_UTIL.get_supported_regions() {
                let home = Country::from_region(region).expect("a country");
                for parse in [Phone::parse, Phone::parse_whatsapp] {
                    let again = parse(phone.as_str(), home).expect("what was read once");
                    prop_assert_eq!(&again, &phone, "{}", home);
                    prop_assert_eq!(again.match_key(), phone.match_key());
                }
            }
        }
    }

    #[test]
    fn a_match_key_is_its_own_match_key(text in "\\+(521|549|54|55[1-9][1-9][6-9]|55|52|225|229|[1-9])[0-9]{5,10}") {
        let phone = Phone::from_e164(&text).expect("E.164");
        let key = Phone::from_e164(&phone.match_key()).expect("a number too");
        prop_assert_eq!(key.match_key(), key.as_str());
    }

    #[test]
    fn a_match_key_of_what_was_read_can_be_read(digits in any_digits(), home in any_country()) {
        if let Ok(phone) = Phone::parse(&digits, home) {
            let key = Phone::parse(&phone.match_key(), country("US")).expect("the same line");
            prop_assert_eq!(key.match_key(), phone.match_key());
        }
    }

    #[test]
    fn grouping_changes_nothing(
        digits in any_digits(),
        plus in "\\+?",
        home in any_country(),
        noise in proptest::collection::vec(0..8_usize, 8..16),
    ) {
        let text = format!("{plus}{digits}");
        // A single zero in parentheses has a meaning of its own.
        let noisy = with_noise(&text, &noise).replace("(0)", "0");
        prop_assert_eq!(Phone::parse(&noisy, home), Phone::parse(&text, home));
        prop_assert_eq!(Phone::parse_whatsapp(&noisy, home), Phone::parse_whatsapp(&text, home));
    }
}
