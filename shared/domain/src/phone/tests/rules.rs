//! The parsing rules, with one table for each.

use super::{country, telephone, whatsapp};
use crate::phone::{Phone, PhoneError};

#[test]
fn reads_any_human_form() {
    for (text, home, e164) in [
        ("(555) 123-4567", "US", "+15551234567"),
        ("201.555.0123", "US", "+12015550123"),
        ("201/555/0123", "US", "+12015550123"),
        ("[201] 555~0123", "US", "+12015550123"),
        ("1 (201) 555-0123", "US", "+12015550123"),
        ("+1 201 555 0123", "GB", "+12015550123"),
        ("(+1) 201 555 0123", "GB", "+12015550123"),
        ("+ 1 201 555 0123", "GB", "+12015550123"),
        ("++1 201 555 0123", "GB", "+12015550123"),
        ("020 7031 3000", "GB", "+442070313000"),
        ("+44 (0)20 7031 3000", "US", "+442070313000"),
        ("+44 020 7031 3000", "US", "+442070313000"),
        ("+49 (0) 89 123456", "US", "+4989123456"),
        ("+48 (0)22 123 45 67", "US", "+48221234567"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        // A national prefix written twice.
        ("+4900 89 123456", "US", "+4989123456"),
        // Dashes, spaces, dots and slashes of typographers.
        ("201\u{2011}555\u{2013}0123", "US", "+12015550123"),
        ("201\u{2212}555\u{B7}0123", "US", "+12015550123"),
        ("+1\u{A0}201\u{202F}555\u{2009}0123", "GB", "+12015550123"),
        ("201\t555\n0123", "US", "+12015550123"),
        ("（２０１）５５５－０１２３", "US", "+12015550123"),
        // Digits of other scripts.
        ("＋１ ２０１ ５５５ ０１２３", "GB", "+12015550123"),
        ("٠٢ ٢٧٩٥ ١٢٣٤", "EG", "+20227951234"),
        ("+۹۸ ۲۱ ۲۲۳۴ ۵۶۷۸", "US", "+982122345678"),
        ("०२२ २२०२ ०३०३", "IN", "+912222020303"),
        // Pasted from a phone: direction marks, zero-width characters, a byte-order mark.
        ("\u{202A}+1 201 555 0123\u{202C}", "GB", "+12015550123"),
        ("\u{2066}+1\u{200E}201\u{200F}5550123\u{2069}", "GB", "+12015550123"),
        ("\u{FEFF}201\u{200B}555\u{AD}0123\u{2060}", "US", "+12015550123"),
        // Schemes and address prefixes.
        ("tel:+1-201-555-0123", "GB", "+12015550123"),
        ("TEL:2015550123", "US", "+12015550123"),
        ("whatsapp:+12015550123", "GB", "+12015550123"),
        ("sms:+12015550123", "GB", "+12015550123"),
        ("p:+12015550123", "GB", "+12015550123"),
        ("sip:+12015550123@pbx.example;transport=udp", "GB", "+12015550123"),
        // Words that say what kind of number it is.
        ("Mobile: 201 555 0123", "US", "+12015550123"),
        ("Tel. No. 201-555-0123", "US", "+12015550123"),
        ("Téléphone +1 201 555 0123", "FR", "+12015550123"),
        ("T: +1 201 555 0123", "GB", "+12015550123"),
        ("WhatsApp: sip:+12015550123@pbx.example", "GB", "+12015550123"),
        ("201 555 0123 (cell phone)", "US", "+12015550123"),
        ("201 555 0123 [work]", "US", "+12015550123"),
        // Ids of WhatsApp, which always begin with a calling code.
        ("442070313000@s.whatsapp.net", "DE", "+442070313000"),
        ("442070313000:12@s.whatsapp.net", "DE", "+442070313000"),
        ("442070313000@c.us", "DE", "+442070313000"),
        // A plus that text from right to left shows at the end.
        ("442070313000+", "DE", "+442070313000"),
        // Numbers that spreadsheets and data frames changed although they should have been text.
        ("'+12015550123", "GB", "+12015550123"),
        ("=\"+12015550123\"", "GB", "+12015550123"),
        ("12015550123.0", "GB", "+12015550123"),
        ("2015550123.0", "US", "+12015550123"),
    ] {
        assert_eq!(telephone(text, home), e164, "{text:?} in {home}");
    }
}

#[test]
fn dials_out_of_the_default_country() {
    for (text, home, e164) in [
        ("00 1 201 555 0123", "GB", "+12015550123"),
        ("011 44 20 7031 3000", "US", "+442070313000"),
        ("0011 44 20 7031 3000", "AU", "+442070313000"),
        ("010 44 20 7031 3000", "JP", "+442070313000"),
        ("8 10 44 20 7031 3000", "RU", "+442070313000"),
        ("00 1 555 123 4567", "GB", "+15551234567"),
        ("00 52 1 55 1234 5678", "MX", "+5215512345678"),
        // The United States do not dial 00, but it means the same everywhere; some people write it after the plus.
        ("0044 20 7031 3000", "US", "+442070313000"),
        ("+00 44 20 7031 3000", "US", "+442070313000"),
    ] {
        assert_eq!(telephone(text, home), e164, "{text} in {home}");
        assert_eq!(whatsapp(text, home), e164, "{text} in {home}");
    }
}

#[test]
fn a_plus_is_read_internationally_only() {
    for (text, home, result) in [
        ("+2015550123", "US", "+2015550123"),
        ("+5551234567", "US", "+5551234567"),
        ("+55512345678901", "US", "too_long"),
        ("+011 44 20 7031 3000", "US", "unknown_calling_code"),
        ("+999 123 456 789", "US", "unknown_calling_code"),
        ("+0 201 555 0123", "US", "unknown_calling_code"),
        ("+020 7031 3000", "GB", "unknown_calling_code"),
    ] {
        assert_eq!(telephone(text, home), result, "{text}");
        assert_eq!(whatsapp(text, home), result, "{text}");
    }
}

#[test]
fn accepts_what_is_possible_although_not_valid() {
    for (text, home, e164) in [
        ("+15550001111", "GB", "+15550001111"),
        ("555 000 1111", "US", "+15550001111"),
        ("+44 7000 000000", "US", "+447000000000"),
        ("+1 999 999 9999", "US", "+19999999999"),
    ] {
        assert_eq!(telephone(text, home), e164, "{text} in {home}");
    }
}

#[test]
fn reads_digits_without_a_plus_by_field() {
    for (text, home, in_telephone, in_whatsapp) in [
        // A spreadsheet dropped the plus.
        ("442070313000", "US", "+442070313000", "+442070313000"),
        ("4915112345678", "US", "+4915112345678", "+4915112345678"),
        ("919876543210", "US", "+919876543210", "+919876543210"),
        ("15551234567", "GB", "+15551234567", "+15551234567"),
        // Also in the country itself, where the longer reading is valid too: 0491 is an area code.
        ("4915112345678", "DE", "+4915112345678", "+4915112345678"),
        ("393123456789", "IT", "+393123456789", "+393123456789"),
        // But a mobile of Italy's 393 range is not the calling code and eight digits.
        ("3931234567", "IT", "+393931234567", "+393931234567"),
        // Valid in New Jersey and in Egypt.
        ("2015550123", "US", "+12015550123", "+2015550123"),
        // Valid as a free-phone number of India and of North America.
        ("18002123456", "IN", "+9118002123456", "+18002123456"),
        // Valid nowhere; possible in the United States and in Bulgaria.
        ("3599999999", "US", "+13599999999", "+3599999999"),
        // Valid nowhere; possible in the United States. With a plus it would be local in Brazil.
        ("5551234567", "US", "+15551234567", "+15551234567"),
        // Valid nowhere; possible in Britain only.
        ("447000000000", "US", "+447000000000", "+447000000000"),
        ("999999999999", "US", "too_long", "too_long"),
    ] {
        assert_eq!(telephone(text, home), in_telephone, "{text} in {home}");
        assert_eq!(whatsapp(text, home), in_whatsapp, "{text} in {home}");
    }
}

#[test]
fn refuses_what_only_dials_locally() {
    for (text, home) in [
        ("555-1234", "US"),
        ("5551234", "US"),
        ("+1 555-1234", "US"),
        // Valid with a plus, in Niue; but far more likely a local number.
        ("683-4667", "US"),
        // Valid inside Canada.
        ("310-1234", "CA"),
        ("+1 310-1234", "CA"),
        // These have the length of service numbers, so they are possible: a Sydney landline and a mobile in Brazil
        // without area code.
        ("9374 4000", "AU"),
        ("96123-4567", "BR"),
        ("6123-4567", "BR"),
    ] {
        assert_eq!(telephone(text, home), "local_only", "{text} in {home}");
    }
    // WhatsApp ids are never local numbers.
    assert_eq!(whatsapp("6834667", "US"), "+6834667");
    assert_eq!(whatsapp("5551234", "US"), "local_only");
}

#[test]
fn refuses_scientific_notation() {
    for text in ["4.41E+11", "4,41E+11", "4.41207031300E+11", "4.41e11", "4E11", " 1.2015550123E+10 ", "'4.41E+11"] {
        assert_eq!(telephone(text, "GB"), "scientific_notation", "{text}");
        assert_eq!(whatsapp(text, "GB"), "scientific_notation", "{text}");
    }
}

#[test]
fn refuses_what_is_no_number() {
    for (text, code) in [
        ("", "empty"),
        (" \t\u{A0}\u{200E}\n", "empty"),
        ("n/a", "not_a_number"),
        ("-", "not_a_number"),
        ("+", "not_a_number"),
        ("tel:", "not_a_number"),
        ("mobile", "not_a_number"),
        ("call me at 5551234567", "not_a_number"),
        ("201 555 0123 home", "not_a_number"),
        ("201 555 0123 (Ada)", "not_a_number"),
        ("fax: 201 555 0123", "not_a_number"),
        ("m2015550123", "not_a_number"),
        ("123456789012345@lid", "not_a_number"),
        ("12015550123@g.us", "not_a_number"),
        ("US: +1 201 555 0123", "not_a_number"),
        ("person@example.com", "not_a_number"),
        ("2015550123@example.com", "not_a_number"),
        ("201 555 O123", "not_a_number"),
        ("1+2015550123", "not_a_number"),
        ("*123#", "not_a_number"),
        ("201 555 0123 🙂", "not_a_number"),
        ("2015550123, 2015550199", "not_a_number"),
        ("2015550123; 2015550199", "not_a_number"),
        ("2015550123;2015550199", "not_a_number"),
        ("2015550123 or 2015550199", "not_a_number"),
        ("201 555 0123 / 201 555 0199", "too_long"),
        ("911", "too_short"),
        ("201 555 012", "too_short"),
        ("555 555 0123 4567", "too_long"),
        ("+1 201 555 012", "too_short"),
        ("+1 201 555 0123 4", "too_long"),
        ("+44 20 7031 30", "local_only"),
        ("+47 123 456", "wrong_length"),
        ("+49 30 12345678901234", "too_long"),
        ("99999999999999999999999999", "too_long"),
    ] {
        assert_eq!(telephone(text, "US"), code, "{text:?}");
    }
    let padded = format!("{:300}2015550123{:300}", "", "");
    assert_eq!(telephone(&padded, "US"), "+12015550123");
    let spaced = format!("201{:300}5550123", "");
    assert_eq!(telephone(&spaced, "US"), "too_much_text");
}

#[test]
fn keeps_extensions() {
    for (text, extension) in [
        ("201 555 0123 ext. 5", "5"),
        ("201 555 0123 Ext 512", "512"),
        ("201 555 0123 extension: 5", "5"),
        ("201 555 0123 extensión 5", "5"),
        ("201 555 0123 anexo 5", "5"),
        ("201 555 0123 доб. 5", "5"),
        ("201 555 0123 ext. ٥", "5"),
        ("201 555 0123 (ext. 012)", "012"),
        ("2015550123x5", "5"),
        ("2015550123 X 12345", "12345"),
        ("2015550123 #5", "5"),
        ("2015550123,,5#", "5"),
        ("2015550123;5", "5"),
        ("+1-201-555-0123;ext=5", "5"),
        ("tel:+1-201-555-0123;ext=5", "5"),
        ("(201) 555-0123 int. 5", "5"),
    ] {
        assert_eq!(telephone(text, "US"), format!("+12015550123;ext={extension}"), "{text}");
    }
    let phone = Phone::parse("201 555 0123 x5", country("US")).expect("a number");
    assert_eq!((phone.number(), phone.extension()), ("+12015550123", Some("5")));
    assert_eq!(phone.match_key(), "+12015550123;ext=5");
    assert_eq!(phone.details().national_number, "2015550123");
    let old = Phone::parse("+52 1 55 1234 5678 ext 7", country("US")).expect("a number");
    assert_eq!(old.match_key(), "+525512345678;ext=7");
    for text in ["2015550123x", "2015550123 x123456", "2015550123 ext 1234567890", "2015550123 ext. five", "ext. 5"] {
        assert_eq!(telephone(text, "US"), "not_a_number", "{text}");
    }
}

#[test]
fn reads_vanity_numbers() {
    for (text, home, e164) in [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1-800-flowers ext. 5", "US", "+18003569377;ext=5"),
        ("+1 800 GO FEDEX", "GB", "+18004633339"),
        ("212-555-TAXI", "US", "+12125558294"),
        ("0800 REVERSE", "GB", "+448007383773"),
        ("1300 FLIGHT", "AU", "+611300354448"),
    ] {
        assert_eq!(telephone(text, home), e164, "{text} in {home}");
    }
    // Valid with its letters (as a landline of Berlin), but also a number without them: the word is a remark.
    assert_eq!(telephone("030 123456 home", "DE"), "not_a_number");
    // Possible but not valid, so not a vanity number.
    assert_eq!(telephone("555-HOT-LINE", "US"), "not_a_number");
    assert_eq!(telephone("FLOWERS", "US"), "not_a_number");
}

#[test]
fn keeps_leading_zeros_that_belong_to_the_number() {
    let phone = Phone::parse("06 1234 5678", country("IT")).expect("a landline of Rome");
    assert_eq!(phone.as_str(), "+390612345678");
    assert_eq!(phone.details().national_number, "0612345678");
    assert_eq!(telephone("+39 (06) 1234 5678", "US"), "+390612345678");
    assert_eq!(telephone("+39 (0)6 1234 5678", "US"), "+390612345678");
}

#[test]
fn tells_calling_code_country_and_national_number() {
    for (e164, code, country, national) in [
        ("+12015550123", "1", Some("US"), "2015550123"),
        ("+14165550123", "1", Some("CA"), "4165550123"),
        ("+15551234567", "1", Some("US"), "5551234567"),
        ("+447000000000", "44", Some("GB"), "7000000000"),
        ("+447781123456", "44", Some("GG"), "7781123456"),
        ("+77012345678", "7", Some("KZ"), "7012345678"),
        ("+79123456789", "7", Some("RU"), "9123456789"),
        ("+390612345678", "39", Some("IT"), "0612345678"),
        ("+390669812345", "39", Some("VA"), "0669812345"),
        ("+5491123456789", "54", Some("AR"), "91123456789"),
        ("+551161234567", "55", Some("BR"), "1161234567"),
        ("+5215512345678", "52", Some("MX"), "5512345678"),
        ("+80012345678", "800", None, "12345678"),
        ("+883510000000094", "883", None, "510000000094"),
        // Parsing never produces these values, but stored values are accepted as they are.
        ("+999123", "", None, "999123"),
        ("+1000", "1", Some("US"), "000"),
        ("+4400", "44", Some("GB"), "00"),
    ] {
        let details = Phone::from_e164(e164).expect(e164).details();
        assert_eq!(details.country_code, code, "{e164}");
        assert_eq!(details.dial_code.as_ref().map(|country| country.as_str()), country, "{e164}");
        assert_eq!(details.national_number, national, "{e164}");
    }
}

#[test]
fn takes_back_stored_numbers_by_shape() {
    for text in ["+1201", "+12015550123", "+999999999999999", "+12015550123;ext=12"] {
        assert_eq!(Phone::from_e164(text).expect(text).as_str(), text);
    }
    for text in ["", "+", "12015550123", "+120", "+0201555", "+1234567890123456", "+1 201", "+1201x", "+१२३४", "++1201"]
    {
        assert_eq!(Phone::from_e164(text), Err(PhoneError::NotE164), "{text}");
    }
}

#[test]
fn refuses_stored_extensions_of_another_shape() {
    for text in ["+12015550123;ext=", "+12015550123;ext=1234567890", "+12015550123;ext=1x", "+12015550123;5"] {
        assert_eq!(Phone::from_e164(text), Err(PhoneError::NotE164), "{text}");
    }
}

#[test]
fn hides_the_number_in_debug_and_in_errors() {
    let phone = Phone::from_e164("+15551234567").expect("E.164");
    assert_eq!(format!("{phone:?}"), "Phone(+1…67)");
    assert!(!format!("{:?}", phone.details()).contains("555"));
    let error = Phone::parse("+999 123 456", country("US")).expect_err("no such calling code");
    assert_eq!(error.to_string(), "has an unknown country calling code");
    assert_eq!(error.code(), "phone_unknown_calling_code");
}
