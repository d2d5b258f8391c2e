//! Writing, then reading, gives the same values of contacts, and the same rows of a report.

use std::collections::BTreeMap;

use contacts::{
    Channel, ConflictReason, Contact, ContactId, Country, CustomField, CustomKey, CustomType, Field, FieldValue,
    HeldIdentifier, OnInvalid, PhoneError, Proof, Raw, Settings, SourceRef, Stamp, Value, time,
};
use contacts_csv::cell;
use contacts_csv::dialect::Delimiter;
use contacts_csv::export::ContactWriter;
use contacts_csv::plan::{Plan, PlanOptions};
use contacts_csv::report::{REPORT_COLUMNS, ReportWriter, RowResult};
use contacts_csv::row::{Reason, RowProblem};
use contacts_csv::sample::{Extent, Sample};
use contacts_csv::suggest::suggest;
use proptest::prelude::*;

use crate::support;

/// The fields that the workspace defines, and two values that it hides: `gone` and `was_number`.
fn settings(default_country: &str) -> Settings {
    let define = |(key, kind)| CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
    let string = CustomType::String;
    let custom =
        [("plan", string), ("score", CustomType::Number), ("-note", string), ("was_number", string)].map(define);
    Settings {
        default_country: Country::parse(default_country).unwrap(),
        custom_fields: custom.to_vec(),
        ..Settings::default()
    }
}

/// The settings under which the hidden values are valid.
fn former_settings() -> Settings {
    let define = |key| CustomField::new(CustomKey::parse(key).unwrap(), key, CustomType::Number).unwrap();
    Settings { custom_fields: ["gone", "was_number"].map(define).to_vec(), ..Settings::default() }
}

/// A contact with these texts as values. Skips invalid ones.
fn contact(texts: &[(&str, &str)]) -> Contact {
    let settings = settings("US");
    let former = former_settings();
    let mut contact = Contact::new(ContactId::new(), SourceRef::Manual, time::from_millis(1_795_341_600_120));
    contact.updated_at = time::from_millis(1_795_341_700_000);
    contact.version = 1;
    for (place, (name, text)) in (0..).zip(texts) {
        let field = Field::parse(name).unwrap();
        let settings = if ["custom.gone", "custom.was_number"].contains(name) { &former } else { &settings };
        if let Ok(Some(value)) = field.read(&Raw::from(*text), settings) {
            let stamp = Stamp { at: time::from_millis(0), sequence: 0, source: SourceRef::Manual, place };
            match field {
                Field::Channel(channel) => {
                    contact.identifiers.promote(HeldIdentifier::new(channel, value, stamp).unwrap());
                }
                field => drop(contact.values.insert(field, FieldValue::new(value, stamp, Proof::Person))),
            }
        }
    }
    contact
}

fn written(contacts: &[Contact]) -> Vec<u8> {
    let mut writer = ContactWriter::new(&settings("US").custom_fields);
    let mut file = writer.take();
    for contact in contacts {
        writer.write(contact);
        assert!(!writer.is_empty());
        file.extend(writer.take());
        assert!(writer.is_empty());
    }
    file
}

/// The contact and the values of each row of an export.
fn read_back(file: &[u8], settings: &Settings) -> Vec<(Option<ContactId>, BTreeMap<Field, Value>)> {
    let rows = support::read(file, &PlanOptions::default(), settings, OnInvalid::RejectRow).unwrap();
    let contact_and_values = |row: contacts_csv::row::Row| {
        let values = row.observation.values().iter().map(|observed| (observed.field.clone(), observed.value.clone()));
        (row.observation.contact, values.collect())
    };
    rows.into_iter().map(|row| contact_and_values(row.unwrap())).collect()
}

/// The values of a contact that an export writes.
fn shown(contact: &Contact) -> (Option<ContactId>, BTreeMap<Field, Value>) {
    let hidden = ["custom.gone", "custom.was_number"].map(|name| Field::parse(name).unwrap());
    let values = contact.all_stamped().filter(|(field, ..)| !hidden.contains(field));
    (Some(contact.id), values.map(|(field, value, _)| (field, value.clone())).collect())
}

#[test]
fn an_export_is_what_spreadsheets_read() {
    let mut ada = contact(&[
        ("name", "=Ada \"Countess\" Lovelace"),
        ("telephone", "+44 20 7031 3000"),
        ("whatsapp", "+12015550123"),
        ("email", "+ada@x.org"),
        ("instagram", "@ada"),
        ("slack", "@U01ABC"),
        ("whatsapp_user_id", "US.12345"),
        ("microsoft_teams", "29:1"),
        ("custom.plan", "pro, \r\nor -2"),
        ("custom.score", "-2.50"),
        ("custom.-note", "-2.50"),
        ("custom.was_number", "7"),
        ("custom.gone", "8"),
    ]);
    let stamp = Stamp { at: time::from_millis(0), sequence: 0, source: SourceRef::Manual, place: 99 };
    for (channel, text) in [(Channel::Telephone, "+12015550199"), (Channel::Email, "lady@x.org")] {
        let value = Field::Channel(channel).read(&Raw::from(text), &settings("US")).unwrap().unwrap();
        ada.identifiers.add_besides(HeldIdentifier::new(channel, value, stamp.clone()).unwrap());
    }
    ada.last_seen_at = Some(time::from_millis(1_795_341_600_000));
    let bob = contact(&[("name", "Bob"), ("whatsapp", "+80012345678")]);
    let header = "id,name,telephone,whatsapp,whatsapp_user_id,email,instagram,slack,microsoft_teams,dial_code,also_known_by,custom.plan,custom.score,\
        custom.-note,custom.was_number,created_at,last_seen_at";
    let expected = format!(
        "\u{FEFF}{header}\r\n\
         {},\"'=Ada \"\"Countess\"\" Lovelace\",+442070313000,+12015550123,US.12345,'+ada@x.org,ada,U01ABC,29:1,GB,telephone:+12015550199; email:lady@x.org,\
         \"pro, \r\nor -2\",-2.5,'-2.50,,2026-11-22T10:00:00.12Z,2026-11-22T10:00:00Z\r\n\
         {},Bob,,+80012345678,,,,,,,,,,,,2026-11-22T10:00:00.12Z,\r\n",
        ada.id, bob.id
    );
    assert_eq!(String::from_utf8(written(&[ada, bob])).unwrap(), expected);
}

#[test]
fn values_that_resemble_what_an_import_takes_off_come_back() {
    let cases = [
        ("name", "'=1"),
        ("name", "''x"),
        ("name", "'tis Ada"),
        ("name", "\u{202B}مريم\u{202C}"),
        ("name", "'\u{FEFF}"),
        ("name", "Ada \u{2764}\u{FE0F}"),
        ("name", "x'\u{200E}"),
        ("name", "👩‍💻"),
        ("email", "'+a@x.org"),
        ("email", "\u{200B}a@x.org"),
        ("slack", "\u{200E}U01ABC"),
        ("microsoft_teams", "29:::"),
        ("microsoft_teams", "=@:x"),
        ("telephone", "+12015550123;ext=012"),
        ("custom.plan", "\"=1\"\t ::: \r\n'"),
        ("custom.plan", "a@x.org ::: b@x.org"),
        ("custom.plan", "sep=;"),
        ("custom.score", "-1E-99"),
    ];
    for (field, text) in cases {
        let contact = contact(&[(field, text)]);
        assert_eq!(contact.all_stamped().count(), 1, "{field} {text:?}");
        let read = read_back(&written(std::slice::from_ref(&contact)), &settings("US"));
        assert_eq!(read, [shown(&contact)], "{field} {text:?}");
    }
}

#[test]
fn an_export_without_contacts_is_a_header() {
    assert_eq!(read_back(&written(&[]), &settings("US")), []);
}

/// Texts that are hard for CSV, guards and trimming.
fn odd_text() -> impl Strategy<Value = String> {
    let tokens = vec![
        "'",
        "=",
        "+",
        "-",
        "@",
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\"",
        ",",
        ";",
        "|",
        ":::",
        "\u{200B}",
        "\u{FEFF}",
        "\u{202B}",
        "مريم",
        "👩‍💻",
        "é",
        "e\u{301}",
        "a",
        "B",
        "1",
        "0",
        "\u{A0}",
        "\u{85}",
        "sep=",
        "Σ",
        "İ",
        "\u{0}",
    ];
    prop_oneof![
        any::<String>(),
        prop::collection::vec(prop::sample::select(tokens), 0..8).prop_map(|tokens| tokens.concat())
    ]
}

fn odd_word() -> impl Strategy<Value = String> {
    odd_text().prop_map(|text| text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect())
}

fn email() -> impl Strategy<Value = String> {
    let domain = prop::sample::select(vec!["x.org", "Bücher.Example", "mail.EXAMPLE.com"]);
    ("['=+a-zé\u{200B}\u{200E}{}.-]{1,6}", domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

fn phone() -> impl Strategy<Value = String> {
    "\\+(1|44|49|39|33|52|521|54|549|55|800|7|998|225|229)[0-9]{6,11}(;ext=[0-9]{1,9})?"
}

fn any_contact() -> impl Strategy<Value = Contact> {
    let number = "-?[0-9]{1,20}(\\.[0-9]{1,10})?(e-?[0-9]{1,2})?";
    let instagram = "@?[A-Za-z0-9._]{1,8}";
    let slack = "<?@?(T[0-9]{2}:)?[UW][A-Z0-9]{5,8}>?";
    let teams = odd_word().prop_map(|word| format!("29:{word}"));
    let channels = (phone(), phone(), email(), instagram, slack, teams, "[A-Z]{2}\\.(ENT\\.)?[a-zA-Z0-9]{5,8}");
    let custom = (odd_text(), number, odd_text(), number, number);
    // Which fields have a value at all.
    let filled = prop::collection::vec(prop::bool::weighted(0.7), 13);
    let seen = prop::option::of(0..4_000_000_000_000_i64);
    (odd_text(), channels, custom, filled, seen).prop_map(|(name, channels, custom, is_filled, seen)| {
        let fields = [
            ("name", name),
            ("telephone", channels.0),
            ("whatsapp", channels.1),
            ("email", channels.2),
            ("instagram", channels.3),
            ("slack", channels.4),
            ("microsoft_teams", channels.5),
            ("whatsapp_user_id", channels.6),
            ("custom.plan", custom.0),
            ("custom.score", custom.1),
            ("custom.-note", custom.2),
            ("custom.gone", custom.3),
            ("custom.was_number", custom.4),
        ];
        let filled = fields.iter().zip(is_filled).filter(|(_, is_filled)| *is_filled);
        let filled: Vec<_> = filled.map(|((field, text), _)| (*field, text.as_str())).collect();
        Contact { last_seen_at: seen.map(time::from_millis), ..contact(&filled) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn an_export_is_read_back_whatever_the_contacts(
        contacts in prop::collection::vec(any_contact(), 1..5),
        home in prop::sample::select(vec!["US", "DE", "IT", "BR", "GB"]),
    ) {
        let expected: Vec<_> = contacts.iter().map(shown).collect();
        prop_assert_eq!(read_back(&written(&contacts), &settings(home)), expected);
    }
}

/// A report of rows with these cells, all rejected for the same problems.
fn report(delimiter: Delimiter, names: &[String], rows: &[Vec<String>], problems: &[RowProblem]) -> Vec<u8> {
    let mut file = ReportWriter::header(delimiter, names);
    let mut writer = ReportWriter::new(delimiter, names.to_vec());
    for (line, cells) in (2..).zip(rows) {
        writer.write(RowResult::Rejected, line, cells.iter().map(String::as_str), problems);
    }
    assert_eq!(writer.is_empty(), rows.is_empty());
    file.extend(writer.take());
    assert!(writer.is_empty());
    file
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn a_report_has_the_rows_and_what_became_of_them() {
    let names = owned(&["Name", " 'E-Mail", "", "Tel; Fax"]);
    let mut writer = ReportWriter::new(Delimiter::Semicolon, names.clone());
    let phone = Reason::Value(PhoneError::TooShort.into());
    let contact = ContactId::new();
    let reason = ConflictReason::TooMany;
    let conflict = Reason::Conflict { field: Field::Channel(Channel::Email), contact, reason };
    let rejected = [(Some(3), phone.clone()), (Some(2), phone), (None, Reason::NamesNobody)];
    for (result, line, cells, problems) in [
        (RowResult::Rejected, 2, &["=Ada", "", "x", "1,5"][..], &rejected[..]),
        (RowResult::Conflict, 5, &[" Bob ", "b@x.org"], &[(Some(1), conflict)]),
        (RowResult::Skipped, 70, &["\"Eve\"\r\n"], &[(Some(0), Reason::UnknownContact)]),
    ] {
        let problems: Vec<RowProblem> =
            problems.iter().map(|(column, reason)| RowProblem { column: *column, reason: reason.clone() }).collect();
        writer.write(result, line, cells.iter().copied(), &problems);
    }
    let header = String::from_utf8(ReportWriter::header(Delimiter::Semicolon, &names)).unwrap();
    assert_eq!(header, "\u{FEFF}Name; 'E-Mail;;\"Tel; Fax\";import_result;import_line;import_column;import_reason\r\n");
    let short = "phone_too_short: has too few digits for a phone number of its country";
    let expected = format!(
        "'=Ada;;x;1,5;rejected;2;\"Tel; Fax; 3\";\"{short}; {short}; names_nobody: has no phone, email, handle or id to \
         identify a contact\"\r\n \
         Bob ;b@x.org;;;conflict;5;'E-Mail;\"conflict: has a value for email that belongs to contact {contact}, \
         which was not joined with this row's contact (too_many): together they would have too many values; the conflict \
         keeps what the row says of them\"\r\n\
         \"\"\"Eve\"\"\r\n\";;;;skipped;70;Name;unknown_contact: has an id that no contact of this workspace has, and \
         no other identifier\r\n"
    );
    assert_eq!(writer.len(), expected.len());
    assert_eq!(String::from_utf8(writer.take()).unwrap(), expected);
}

/// The mapping suggested for a file, by column and field, and the columns that feed no field.
fn suggested(file: &[u8]) -> (Vec<(usize, String)>, Vec<usize>) {
    let custom_fields = settings("US").custom_fields;
    let plan = Plan::of(file, Extent::Whole, &PlanOptions::default(), &custom_fields).unwrap();
    let columns = plan.mapping.columns().iter().map(|mapped| (mapped.column, mapped.field.to_string()));
    (columns.collect(), suggest(&plan.sample, &custom_fields).ignored)
}

#[test]
fn a_report_suggests_the_mapping_of_the_file() {
    let id = ContactId::new();
    let bad_email = [RowProblem { column: Some(1), reason: Reason::NamesNobody }];
    let cases: [(&[&str], &[&str], usize); 6] = [
        (
            &["Nachname", "Vorname", "Notiz", "Handy", "E-Mail"],
            &["Byron", "Ada", "x; y, z", "0171 3920012", "a@x.org"],
            5,
        ),
        (&["Name", "Email"], &["Ada", "b@x.org", "more", "yet more"], 4),
        (&["id", "name", "telephone", "dial_code", "custom.plan", "created_at"], &[&id.to_string(), "Ada", "1"], 6),
        (&["id", "name", "email"], &[&id.to_string(), "Ada", "c@x.org"], 3),
        (&["plan", "", "WhatsApp"], &["pro", "", "+16502530000"], 3),
        // Without a header, by the look of the cells.
        (&[], &["Ada", "a@x.org", "+1"], 3),
    ];
    for (header, row, width) in cases {
        for delimiter in Delimiter::ALL {
            let separator = char::from(delimiter.byte()).to_string();
            let quoted = |cells: &[&str]| cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>();
            let lines = [header, row].map(|cells| quoted(cells).join(&separator));
            let file = lines.iter().filter(|line| !line.is_empty()).cloned().collect::<Vec<_>>().join("\n");
            let mut names = owned(header);
            names.resize(width, String::new());
            let report = report(delimiter, &names, &[owned(row)], &bad_email);
            assert_eq!(suggested(&report), suggested(file.as_bytes()), "{delimiter:?} {header:?}");
        }
    }
}

proptest! {
    #[test]
    fn the_rows_of_a_report_are_those_of_the_file(
        rows in prop::collection::vec(prop::collection::vec(odd_cell(), 1..6), 0..5),
        names in prop::collection::vec(odd_cell(), 5),
    ) {
        // A known header, so that the names are recognised as a header row.
        let names: Vec<String> = std::iter::once("email".to_owned()).chain(names).collect();
        let problems = [
            RowProblem { column: Some(2), reason: Reason::NamesNobody },
            RowProblem { column: None, reason: Reason::UnknownContact },
        ];
        for delimiter in Delimiter::ALL {
            let file = report(delimiter, &names, &rows, &problems);
            let text = std::str::from_utf8(&file).unwrap().trim_start_matches('\u{FEFF}');
            let sample = Sample::read(text.as_bytes(), Extent::Whole, Some(true)).unwrap();
            prop_assert_eq!(sample.dialect.delimiter, delimiter);
            let header = sample.header.unwrap().cells;
            let values = |cells: &[String]| cells.iter().map(|cell| cell::value(cell).to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(values(&header[..names.len()]), values(&names));
            prop_assert_eq!(&header[names.len()..], &REPORT_COLUMNS);
            prop_assert_eq!(sample.rows.len(), rows.len());
            for (line, (found, row)) in (2..).zip(sample.rows.iter().zip(&rows)) {
                let (cells, added) = found.cells.split_at(names.len());
                prop_assert_eq!(values(&cells[..row.len()]), values(row));
                let is_phone = |cell: &str| cell.len() > 7 && cell[1..].bytes().all(|b| b.is_ascii_digit() || b" ()".contains(&b));
                let runs = |cell: &str| cell.starts_with(['=', '+', '-', '@', '＝']) && !(cell.starts_with('+') && is_phone(cell));
                prop_assert!(!cells.iter().any(|cell| runs(cell.trim_start())), "{:?}", cells);
                prop_assert!(cells[row.len()..].iter().all(String::is_empty));
                prop_assert_eq!(&added[..2], &["rejected".to_owned(), format!("{line}")]);
            }
        }
    }
}

fn odd_cell() -> impl Strategy<Value = String> {
    // The decoder refuses NUL.
    odd_text().prop_map(|text| text.replace('\0', ""))
}
