//! Every problem that a row can have, by its code. Reports and the API contain the codes, so they never change.

use contacts::{
    Channel, ConflictReason, ContactId, CustomError, CustomField, CustomKey, CustomType, Field, NameError, NotText,
    OnInvalid, PhoneError, Rejection, Settings, ValueError,
};
use contacts_csv::plan::PlanOptions;
use contacts_csv::row::{Reason, RowProblem};

use crate::support;

/// The codes of a row with one cell, which is mapped to `field`, below a header.
fn codes(field: &str, cell: &str) -> Vec<&'static str> {
    let custom = [("plan", CustomType::String), ("score", CustomType::Number)]
        .map(|(key, kind)| CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap());
    let settings = Settings { custom_fields: custom.to_vec(), ..Settings::default() };
    // A second column with identifiers makes the mapping valid.
    let mapping = format!(r#"[{{"column":0,"field":"{field}"}},{{"column":1,"field":"id"}}]"#);
    let options = PlanOptions {
        header: Some(true),
        mapping: Some(serde_json::from_str(&mapping).unwrap()),
        ..PlanOptions::default()
    };
    let file = format!("value,id\n\"{}\",\n", cell.replace('"', "\"\""));
    let mut rows = support::read(file.as_bytes(), &options, &settings, OnInvalid::RejectRow).unwrap();
    let problems = rows.remove(0).map_or_else(|problems| problems, |row| row.skipped);
    problems.iter().map(|problem| problem.reason.code()).collect()
}

#[test]
fn every_problem_has_its_code() {
    let many: Vec<String> = (0..6).map(|n| format!("a{n}@x.org")).collect();
    let cases = [
        ("name", "Ada", "names_nobody"),
        ("name", &"x".repeat(201), "name_too_long"),
        ("telephone", "n/a", "names_nobody"),
        ("telephone", &format!("201{:300}5550123", ""), "phone_too_much_text"),
        ("telephone", "4.41E+11", "phone_scientific_notation"),
        ("telephone", "4,41E+11", "phone_scientific_notation"),
        ("telephone", "none yet", "phone_not_a_number"),
        ("telephone", "+1 201 555 012", "phone_too_short"),
        ("whatsapp", "+1 201 555 0123 4", "phone_too_long"),
        ("telephone", "+47 123 456", "phone_wrong_length"),
        ("telephone", "555-1234", "phone_local_only"),
        ("whatsapp", "+999 123 456 789", "phone_unknown_calling_code"),
        ("email", "mailto:", "email_blank"),
        ("email", &format!("{}@x.org", "a".repeat(65)), "email_too_long"),
        ("email", "ada", "email_malformed"),
        ("email", "a b@x.org", "email_invalid_character"),
        ("email", "ada@localhost", "email_invalid_domain"),
        ("instagram", "@", "handle_blank"),
        ("slack", &"x".repeat(257), "handle_too_long"),
        ("slack", "ada", "handle_malformed"),
        ("whatsapp_user_id", "US.1234", "handle_malformed"),
        ("microsoft_teams", "a b", "handle_invalid_character"),
        ("custom.plan", &"x".repeat(4_001), "text_too_long"),
        ("custom.score", "1,000", "number_malformed"),
        ("custom.score", &"1".repeat(39), "number_too_many_digits"),
        ("custom.score", "1E+200", "number_out_of_range"),
        ("custom.gone", "x", "unknown_field"),
        ("email", &many.join(" ::: "), "too_many_identifiers"),
    ];
    for (field, cell, code) in cases {
        assert_eq!(codes(field, cell), [code], "{field}");
    }
}

#[test]
fn problems_that_no_cell_has_have_codes_too() {
    let value = |error: ValueError| Reason::from(error).code();
    // Blank cells have no value; cells are text; E.164 numbers are stored unchanged.
    assert_eq!(value(NameError::Blank.into()), "name_blank");
    assert_eq!(value(PhoneError::Empty.into()), "phone_empty");
    assert_eq!(value(NotText.into()), "not_text_or_number");
    assert_eq!(value(CustomError::NotText(NotText).into()), "not_text_or_number");
    assert_eq!(value(PhoneError::NotE164.into()), "phone_not_e164");
    // Only folding a row detects these.
    assert_eq!(Reason::UnknownContact.code(), "unknown_contact");
    assert_eq!(Reason::Erased.code(), "erased");
    // The row of an unknown country is taken, so that it is no row of the table above.
    assert_eq!(Reason::UnknownCountry.code(), "country_unknown");
    let conflict =
        |reason| Reason::Conflict { field: Field::Channel(Channel::Email), contact: ContactId::new(), reason };
    assert_eq!(conflict(ConflictReason::Contradiction).code(), "conflict");
    assert_eq!(conflict(ConflictReason::TooMany).code(), "conflict");
    let left_out = [Rejection::TooMany, Rejection::TooLarge, Rejection::OtherName];
    assert_eq!(
        left_out.map(|rejection| Reason::LeftOut(rejection).code()),
        ["too_many_values", "too_large", "other_name"]
    );
}

#[test]
fn problems_are_described_in_words() {
    let contact = ContactId::new();
    let reason = ConflictReason::Contradiction;
    let conflict = Reason::Conflict { field: Field::Channel(Channel::Email), contact, reason };
    for (column, reason, text) in [
        (None, Reason::NamesNobody, "has no phone, email, handle or id to identify a contact".to_owned()),
        (
            None,
            Reason::UnknownContact,
            "has an id that no contact of this workspace has, and no other identifier".to_owned(),
        ),
        (None, Reason::Erased, "names somebody whose data were erased; the row is not repeated here".to_owned()),
        (
            Some(2),
            conflict,
            format!(
                "column 3 has a value for email that belongs to contact {contact}, which was not joined with this row's \
                 contact (contradiction): they differ in another value; the conflict keeps what the row says of them"
            ),
        ),
        (Some(1), Reason::LeftOut(Rejection::TooMany), "column 2 was left out: too many values".to_owned()),
        (
            Some(0),
            Reason::Value(PhoneError::LocalOnly.into()),
            "column 1 is a phone number without its area code".to_owned(),
        ),
    ] {
        assert_eq!(RowProblem { column, reason }.to_string(), text);
    }
}
