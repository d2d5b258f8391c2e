//! Lines with several spellings: Mexico, Argentina and Brazil, and renumbered countries.

use super::country;
use crate::phone::Phone;

/// Parses all texts in the country, and checks the shown number of each and that all have the same match key.
fn one_line(home: &str, match_key: &str, spellings: &[(&str, &str)]) {
    for (text, shown) in spellings {
        for parse in [Phone::parse, Phone::parse_whatsapp] {
            let phone = parse(text, country(home)).expect(text);
            assert_eq!(phone.as_str(), *shown, "{text}");
            assert_eq!(phone.match_key(), match_key, "{text}");
        }
    }
}

#[test]
fn mexico_with_and_without_its_1() {
    one_line(
        "MX",
        "+525512345678",
        &[
            ("+52 55 1234 5678", "+525512345678"),
            ("525512345678", "+525512345678"),
            ("55 1234 5678", "+525512345678"),
            ("+52 1 55 1234 5678", "+5215512345678"),
            ("+52 155 1234 5678", "+5215512345678"),
            ("5215512345678", "+5215512345678"),
            ("00 52 1 55 1234 5678", "+5215512345678"),
            // Prefixes dialled inside Mexico until 2019; they are not part of E.164.
            ("01 55 1234 5678", "+525512345678"),
            ("044 55 1234 5678", "+525512345678"),
            ("045 55 1234 5678", "+525512345678"),
            ("+52 01 55 1234 5678", "+525512345678"),
            ("+52 044 55 1234 5678", "+525512345678"),
        ],
    );
    let abroad = Phone::parse("5215512345678", country("US")).expect("Mexico");
    assert_eq!(abroad.as_str(), "+5215512345678");
    let details = abroad.details();
    assert_eq!(details.dial_code, Some(country("MX")));
    assert_eq!((&*details.country_code, &*details.national_number), ("52", "5512345678"));
}

#[test]
fn one_and_ten_digits_in_mexico_are_north_american() {
    let phone = Phone::parse("12015550123", country("MX")).expect("New Jersey");
    assert_eq!(phone.as_str(), "+12015550123");
}

#[test]
fn argentina_with_9_with_15_and_without() {
    one_line(
        "AR",
        "+541123456789",
        &[
            ("+54 11 2345-6789", "+541123456789"),
            ("541123456789", "+541123456789"),
            ("(011) 2345-6789", "+541123456789"),
            ("+54 9 11 2345-6789", "+5491123456789"),
            ("5491123456789", "+5491123456789"),
            ("9 11 2345-6789", "+5491123456789"),
            ("011 15 2345-6789", "+5491123456789"),
            ("11 15 2345-6789", "+5491123456789"),
            ("+54 11 15 2345-6789", "+5491123456789"),
            ("+54 9 11 15 2345-6789", "+5491123456789"),
            // Eight digits: Buenos Aires.
            ("15 2345-6789", "+5491123456789"),
        ],
    );
    one_line(
        "AR",
        "+543435551212",
        &[
            ("+54 343 555 1212", "+543435551212"),
            ("+54 9 343 555 1212", "+5493435551212"),
            ("0343 15 555 1212", "+5493435551212"),
            ("+54 343 15 555 1212", "+5493435551212"),
        ],
    );
}

#[test]
fn brazil_with_and_without_the_ninth_digit() {
    one_line(
        "BR",
        "+5511961234567",
        &[
            ("+55 11 96123-4567", "+5511961234567"),
            ("5511961234567", "+5511961234567"),
            ("(11) 96123-4567", "+5511961234567"),
            ("011 96123-4567", "+5511961234567"),
            ("0 15 11 96123-4567", "+5511961234567"),
            ("+55 11 6123-4567", "+551161234567"),
            ("551161234567", "+551161234567"),
            ("(11) 6123-4567", "+551161234567"),
            ("0 15 11 6123-4567", "+551161234567"),
        ],
    );
    // Landlines, and service numbers of the same length.
    for e164 in ["+551131234567", "+551121234567", "+551151234567", "+558001234567", "+553001234567", "+559007123456"] {
        assert_eq!(Phone::from_e164(e164).expect(e164).match_key(), e164);
    }
}

#[test]
fn a_new_mobile_of_brazil_is_not_the_landline_without_its_9() {
    let mobile = Phone::from_e164("+5511931234567").expect("a mobile");
    let landline = Phone::from_e164("+551131234567").expect("a landline");
    assert_ne!(mobile.match_key(), landline.match_key());
}

#[test]
fn ivory_coast_before_and_after_2021() {
    for (old, new) in [
        ("01 12 34 56", "0101123456"),
        ("42 12 34 56", "0142123456"),
        ("44 12 34 56", "0544123456"),
        ("66 12 34 56", "0566123456"),
        ("09 12 34 56", "0709123456"),
        ("79 12 34 56", "0779123456"),
        ("20 81 23 45", "2120812345"),
        ("20 01 23 45", "2520012345"),
        ("20 31 23 45", "2720312345"),
        ("32 71 23 45", "2732712345"),
    ] {
        let e164 = format!("+225{new}");
        let shown = format!("+225{}", old.replace(' ', ""));
        one_line("CI", &e164, &[(new, &e164), (&e164, &e164), (old, &shown), (&shown, &shown), (&shown[1..], &shown)]);
    }
    // A block that no operator had.
    assert!(Phone::parse("+225 99 12 34", country("CI")).is_err());
    assert!(Phone::parse("+225 62 12 34 56", country("CI")).is_err());
}

#[test]
fn benin_before_and_after_2024() {
    let new = "+2290166123456";
    let spellings = [("+229 01 66 12 34 56", new), ("01 66 12 34 56", new), ("+229 66 12 34 56", "+22966123456")];
    one_line("BJ", new, &spellings);
    one_line("BJ", new, &[("66 12 34 56", "+22966123456"), ("22966123456", "+22966123456")]);
    one_line("BJ", "+2290120212345", &[("20 21 23 45", "+22920212345")]);
}

#[test]
fn lengths_that_only_look_like_a_spelling_stay() {
    for e164 in ["+52155123456", "+521551234567890", "+54911234567", "+54123", "+5521", "+12015550123", "+447781123456"]
    {
        let phone = Phone::from_e164(e164).expect(e164);
        assert_eq!(phone.match_key(), e164);
        assert!(matches!(phone.match_key(), std::borrow::Cow::Borrowed(_)));
    }
}
