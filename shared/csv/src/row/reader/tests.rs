use contacts::{CustomField, CustomKey, CustomType, ListedIdentifier, Phone, time};

use super::*;
use crate::mapping::MappedColumn;
use crate::plan::{Plan, PlanOptions};
use crate::sample::Extent;

fn settings() -> Settings {
    let field = |key: &str, kind| CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
    let custom_fields = vec![field("plan", CustomType::String), field("score", CustomType::Number)];
    Settings { custom_fields, ..Settings::default() }
}

fn origin() -> Origin {
    Origin { import: ImportId::new(), at: time::from_millis(1_000) }
}

/// Reads the rows of a file with the suggested mapping; bad rows are rejected.
fn rows(file: &str) -> Vec<Result<Row, Vec<RowProblem>>> {
    read(file, &PlanOptions::default(), &settings(), OnInvalid::RejectRow)
}

fn read(
    file: &str,
    options: &PlanOptions,
    settings: &Settings,
    on_invalid: OnInvalid,
) -> Vec<Result<Row, Vec<RowProblem>>> {
    let mapping = options.mapping.clone().or_else(|| mapping_of(file));
    let options = PlanOptions { mapping, ..options.clone() };
    let mut plan = Plan::of(file.as_bytes(), Extent::Whole, &options, &settings.custom_fields).unwrap();
    let headers = plan.sample.headers();
    let reader = RowReader::new(&plan.mapping, &headers, settings, on_invalid);
    let (mut text, mut rows) = (plan.text.as_slice(), Vec::new());
    let mut header = plan.sample.header.is_some();
    while let Some(record) = plan.reader.read(&mut text).unwrap() {
        if !std::mem::take(&mut header) {
            rows.push(reader.read(&record, origin(), time::now()));
        }
    }
    rows
}

/// The mapping of a file whose headers are names of fields; bad values do not speak against those. `None` for other files.
fn mapping_of(file: &str) -> Option<Mapping> {
    let field = |header: &str| Target::parse(header).or_else(|_| Target::parse(&format!("custom.{header}"))).ok();
    let column = |(column, header)| Some(MappedColumn { column, field: field(header)? });
    Mapping::new(file.lines().next()?.split(',').enumerate().map(column).collect::<Option<_>>()?).ok()
}

/// A row as text: its values of each field, by rank, or its problems.
fn shown(row: Result<Row, Vec<RowProblem>>) -> String {
    let words: Vec<String> = match row {
        Ok(Row { observation: row, .. }) => {
            let mut values: Vec<_> = row.values().iter().collect();
            values.sort_by_key(|observed| (observed.field.clone(), std::cmp::Reverse(observed.rank)));
            let id = row.contact.map(|id| format!("id={id}"));
            id.into_iter()
                .chain(values.iter().map(|observed| format!("{}={}", observed.field, observed.value.as_str())))
                .collect()
        }
        Err(problems) => {
            let column = |problem: &RowProblem| problem.column.map_or("row".to_owned(), |column| column.to_string());
            problems.iter().map(|problem| format!("{}: {}", column(problem), problem.reason)).collect()
        }
    };
    words.join("; ")
}

#[test]
fn rows_become_observations() {
    let id = ContactId::new();
    let id_upper = id.to_string().to_uppercase();
    let id_row = format!("{id_upper},ada@x.org");
    let id_alone = format!("{id},");
    let cases = [
        ("Name,Email", "Ada Lovelace,Ada@X.org", "name=Ada Lovelace; email=Ada@X.org"),
        // Names are joined as given, middle, family name, in any order of the columns.
        ("Last Name,First Name,Email", " Lovelace , Ada ,a@x.org", "name=Ada Lovelace; email=a@x.org"),
        ("First Name,Last Name,Email", ",Lovelace,a@x.org", "name=Lovelace; email=a@x.org"),
        ("First Name,Last Name,Email", ",,a@x.org", "email=a@x.org"),
        // Of several columns the first non-blank one wins; a cell may hold several values.
        (
            "Phone 1 - Value,Phone 2 - Value,Mobile",
            ",(650) 253-0000 ::: +44 20 7031 3000,+1 650 253 0001",
            "telephone=+16502530000; telephone=+442070313000; telephone=+16502530001",
        ),
        ("E-mail 1 - Value", "a@x.org ::: ::: b@x.org", "email=a@x.org; email=b@x.org"),
        // Reading removes the guard of an export.
        ("telephone,name", "'+16502530000,'=Ada", "name==Ada; telephone=+16502530000"),
        ("whatsapp", "4915112345678", "whatsapp=+4915112345678"),
        ("whatsapp,whatsapp_user_id", "US.12345,", "whatsapp_user_id=US.12345"),
        ("whatsapp,WhatsApp user id", "4915112345678,US.12345", "whatsapp=+4915112345678; whatsapp_user_id=US.12345"),
        // The name in front of an email counts only where the row has no other.
        ("email,name", "Ada <a@x.org>,", "name=Ada; email=a@x.org"),
        ("email,name", "Ada <a@x.org>,Countess", "name=Countess; email=a@x.org"),
        ("email,name", "Ada <a@x.org>,n/a", "name=Ada; email=a@x.org"),
        (
            "instagram,slack,microsoft_teams",
            "@Ada.L,U01ABC,29:1",
            "instagram=ada.l; slack=U01ABC; microsoft_teams=29:1",
        ),
        ("email,plan,custom.score", "a@x.org,007,007.50", "email=a@x.org; custom.plan=007; custom.score=7.5"),
        // A blank cell has no value, and missing cells are blank.
        ("email,plan,telephone", "a@x.org", "email=a@x.org"),
        ("email,plan,telephone", "a@x.org, ,\u{200B}", "email=a@x.org"),
        ("id,email,dial_code", &id_row, &format!("id={id}; email=ada@x.org")),
        ("id,name,dial_code", &id_alone, &format!("id={id}")),
        ("id,email,dial_code", "17,ada@x.org", "email=ada@x.org"),
        // A row without an identifier, or with an invalid value.
        ("email,name", ",Ada", "row: has no phone, email, handle or id to identify a contact"),
        ("id,name,dial_code", "17,Ada", "row: has no phone, email, handle or id to identify a contact"),
    ];
    for (header, row, expected) in cases {
        let row = rows(&format!("{header}\n{row}\n")).remove(0);
        assert_eq!(shown(row), expected, "{header}");
    }
}

#[test]
fn a_row_tells_all_that_is_wrong_with_it_and_no_value() {
    let file = format!("name,email,telephone,score\n{},ada.x.org,4.41E+11,many\n", "x".repeat(201));
    let problems = rows(&file).remove(0).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.column).collect::<Vec<_>>(), [1, 2, 3, 0].map(Some));
    let shown = shown(Err(problems));
    for value in ["ada", "4.41", "many", "xx"] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[test]
fn a_row_has_its_line_and_its_moment() {
    let rows = rows("email\na@x.org\n\n\"b@x.org\n\"\nc@x.org\n");
    let lines = rows.iter().map(|row| match row.as_ref().unwrap().observation.source {
        contacts::SourceRef::Import { line, .. } => line,
        _ => 0,
    });
    assert_eq!(lines.collect::<Vec<_>>(), [2, 4, 6]);
    assert_eq!(rows[0].as_ref().unwrap().observation.at(), time::from_millis(1_000));
}

#[test]
fn values_that_are_too_many_do_not_cost_the_row() {
    let emails: Vec<String> = (0..7).map(|n| format!("a{n}@x.org")).collect();
    let file = |cells: &str| rows(&format!("email,slack,plan\n{},{cells}\n", emails.join(" ::: "))).remove(0);
    let row = file("U00001,pro").unwrap();
    assert_eq!(
        row.skipped,
        [RowProblem { column: Some(0), reason: Reason::TooManyIdentifiers(contacts::TooManyIdentifiers) }]
    );
    let first: Vec<String> = emails[..5].iter().map(|email| format!("email={email}")).collect();
    assert_eq!(shown(Ok(row)), format!("{}; slack=U00001; custom.plan=pro", first.join("; ")));
    // An invalid value does.
    assert!(shown(file("a b,pro")).starts_with("1: "));
}

#[test]
fn a_blocked_identifier_names_nobody() {
    let switchboard = Value::Phone(Phone::parse("+12015550100", Country::US).unwrap());
    let blocked = ListedIdentifier { channel: Channel::Telephone, value: switchboard };
    let settings = Settings { blocked_identifiers: vec![blocked], ..settings() };
    let id = ContactId::new();
    let read = |row: &str| {
        let file = format!("id,name,telephone,email\n{row}\n");
        shown(read(&file, &PlanOptions::default(), &settings, OnInvalid::RejectRow).remove(0))
    };
    assert_eq!(read(",Ada,+12015550100,"), "row: has no phone, email, handle or id to identify a contact");
    assert_eq!(read(",Ada,+12015550100,a@x.org"), "name=Ada; telephone=+12015550100; email=a@x.org");
    assert_eq!(read(&format!("{id},,+12015550100,")), format!("id={id}; telephone=+12015550100"));
}

/// The values of a row, and the code and column of each value that was left out.
fn skipping(file: &str) -> (String, Vec<(Option<usize>, &'static str)>) {
    let row = read(file, &PlanOptions::default(), &settings(), OnInvalid::SkipCell).remove(0);
    let problems = row.as_ref().map_or_else(Vec::clone, |row| row.skipped.clone());
    let problems = problems.iter().map(|problem| (problem.column, problem.reason.code())).collect();
    (row.map_or_else(|_| "rejected".to_owned(), |row| shown(Ok(row))), problems)
}

#[test]
fn bad_values_are_skipped_if_that_is_wanted() {
    let id = ContactId::new();
    let long = "x".repeat(201);
    type Skipped<'a> = &'a [(Option<usize>, &'a str)];
    let cases: [(&str, String, &str, Skipped<'_>); 8] = [
        ("email,telephone", "a@x.org,none yet".to_owned(), "email=a@x.org", &[(Some(1), "phone_not_a_number")]),
        (
            "name,email,slack,plan,custom.score",
            format!("{long},a@x.org,a b,pro,1 000"),
            "email=a@x.org; custom.plan=pro",
            &[(Some(2), "handle_invalid_character"), (Some(4), "number_malformed"), (Some(0), "name_too_long")],
        ),
        // Only the invalid ones of several values are left out; equal errors are one problem.
        (
            "email",
            "x ::: a@x.org ::: y@x ::: z ::: b@x.org".to_owned(),
            "email=a@x.org; email=b@x.org",
            &[(Some(0), "email_malformed"), (Some(0), "email_invalid_domain")],
        ),
        ("telephone,whatsapp", "12,+16502530000".to_owned(), "whatsapp=+16502530000", &[(Some(0), "phone_too_short")]),
        ("email,name", "a@x.org,Ada".to_owned(), "name=Ada; email=a@x.org", &[]),
        // An id is enough; a name is not.
        ("id,email,dial_code", format!("{id},x"), &format!("id={id}"), &[(Some(1), "email_malformed")]),
        ("email,name", "x,Ada".to_owned(), "rejected", &[(Some(0), "email_malformed"), (None, "names_nobody")]),
        ("email,name", ",Ada".to_owned(), "rejected", &[(None, "names_nobody")]),
    ];
    for (header, row, values, skipped) in cases {
        assert_eq!(skipping(&format!("{header}\n{row}\n")), (values.to_owned(), skipped.to_vec()), "{header}: {row}");
    }
}

#[test]
fn superfluous_identifiers_are_skipped_too() {
    let cell: Vec<String> = (0..6).map(|n| format!("a{n}@x.org")).collect();
    let (values, skipped) = skipping(&format!("email,slack,plan\n{},a b,pro\n", cell.join(" ::: ")));
    let first: Vec<String> = cell[..5].iter().map(|email| format!("email={email}")).collect();
    assert_eq!(values, format!("{}; custom.plan=pro", first.join("; ")));
    assert_eq!(skipped, [(Some(1), "handle_invalid_character"), (Some(0), "too_many_identifiers")]);
}

/// The phones of a row with this `dial_code`, `telephone` and `whatsapp`, where the default country is Germany.
fn in_germany(dial_code: &str, telephone: &str, whatsapp: &str) -> String {
    let mapping =
        r#"[{"column":0,"field":"dial_code"},{"column":1,"field":"telephone"},{"column":2,"field":"whatsapp"}]"#;
    let options = PlanOptions {
        header: Some(false),
        mapping: Some(serde_json::from_str(mapping).unwrap()),
        ..PlanOptions::default()
    };
    let settings = Settings { default_country: Country::parse("DE").unwrap(), ..Settings::default() };
    let file = format!("{dial_code},{telephone},{whatsapp}\n");
    shown(read(&file, &options, &settings, OnInvalid::RejectRow).remove(0))
}

#[test]
fn the_country_of_a_row_gives_a_phone_its_lost_plus_back() {
    // And whether it is misread without the country: Germany has numbers that start like those of most others.
    for (country, e164, misread) in [
        ("FR", "+33612345678", true),
        ("FR", "+33123456780", true),
        ("US", "+12015550123", false),
        // In no known range, so that it is misread as a WhatsApp number, too.
        ("US", "+15551234567", true),
        ("IT", "+390612345678", true),
        ("IT", "+393123456789", true),
        ("GB", "+442070313000", true),
        ("GB", "+447400123456", true),
        ("DE", "+4915112345678", false),
        ("DE", "+4930123456", false),
    ] {
        let digits = &e164[1..];
        for code in [country.to_owned(), country.to_lowercase(), format!(" {country}\u{A0}")] {
            assert_eq!(in_germany(&code, digits, ""), format!("telephone={e164}"), "{code}");
            assert_eq!(in_germany(&code, &format!(" {digits}\u{200B}"), ""), format!("telephone={e164}"), "{code}");
        }
        assert_eq!(in_germany(country, "", digits), format!("whatsapp={e164}"));
        assert_eq!(in_germany("", digits, "") != format!("telephone={e164}"), misread, "{e164}");
    }
    assert_eq!(in_germany("", "", "15551234567"), "whatsapp=+4915551234567");
}

#[test]
fn a_national_number_is_read_in_the_country_of_its_row() {
    for (country, telephone, e164) in [
        ("GB", "020 7031 3000", "+442070313000"),
        ("United Kingdom", "020 7031 3000", "+442070313000"),
        ("GBR", "(020) 7031-3000", "+442070313000"),
        ("44", "2070313000", "+442070313000"),
        ("GB", "+4930123456", "+4930123456"),
        ("FR", "442070313000", "+442070313000"),
        // No country: the workspace's.
        ("n/a", "030 123456", "+4930123456"),
        ("XX", "030 123456", "+4930123456"),
        ("Freedonia", "030 123456", "+4930123456"),
    ] {
        assert_eq!(in_germany(country, telephone, ""), format!("telephone={e164}"), "{country} {telephone}");
    }
    // National numbers that start like their calling code.
    for (country, telephone, e164) in [
        ("IT", "3931234567", "+393931234567"),
        ("IN", "9198765432", "+919198765432"),
        ("BR", "5511987654", "+555511987654"),
        ("JP", "8101234567", "+818101234567"),
    ] {
        assert_eq!(in_germany(country, telephone, ""), format!("telephone={e164}"));
    }
    // A cell of several phones is read value by value.
    let two = in_germany("GB", "442070313000 ::: 02079460018", "");
    assert_eq!(two, "telephone=+442070313000; telephone=+442079460018");
}
