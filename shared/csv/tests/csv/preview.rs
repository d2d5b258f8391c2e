//! What a preview shows before an import.

use contacts::{Country, CustomField, CustomKey, CustomType, Settings};
use contacts_csv::encoding::{Encoding, SAMPLE_BYTES};
use contacts_csv::mapping::Mapping;
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::preview::{Preview, PreviewRow, preview};
use contacts_csv::row::RowProblem;
use contacts_csv::sample::Extent;
use proptest::prelude::*;

fn settings() -> Settings {
    let plan = CustomField::new(CustomKey::parse("plan").unwrap(), "Plan", CustomType::String).unwrap();
    Settings { custom_fields: vec![plan], ..Settings::default() }
}

fn shown(file: &[u8], options: &PlanOptions, settings: &Settings) -> Result<Preview, PlanError> {
    preview(file, options, settings).map(|(preview, _)| preview)
}

fn of(file: &str) -> Preview {
    shown(file.as_bytes(), &PlanOptions::default(), &settings()).unwrap()
}

/// The columns that feed a field: `Plan: custom.plan`, `Size: custom.size, new number`.
fn fed(preview: &Preview) -> Vec<String> {
    let columns = preview.columns.iter().filter_map(|column| {
        let name = column.header.clone().unwrap_or_else(|| column.column.to_string());
        let field = column.field.as_ref()?;
        let create = column.create.map(|kind| format!(", new {}", kind.as_str()));
        Some(format!("{name}: {field}{}", create.unwrap_or_default()))
    });
    columns.collect()
}

/// A row as text: its line, its values, and after a `!` its problems.
fn row(row: &PreviewRow) -> String {
    let values = row.values.iter().map(|(field, value)| format!(" {field}={}", value.as_str()));
    let known = row.also_known_by.iter().map(|(channel, value)| format!(" {}+={}", channel.as_str(), value.as_str()));
    let problems = row.problems.iter().map(|problem| format!(" ! {problem}"));
    format!("{}:{}", row.line, values.chain(known).chain(problems).collect::<String>())
}

fn rows(preview: &Preview) -> Vec<String> {
    preview.rows.iter().map(row).collect()
}

#[test]
fn the_exports_of_others_are_shown_as_they_would_be_read() {
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        (
            "Google Contacts",
            "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,Organization Name,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Custom Field 1 - Value\n\
             Ada,,Lovelace,,,,Analytical Engines,1815-12-10,\"met in\nLondon\",* myContacts,* Work,ada@x.org ::: lady@x.org,Mobile,+44 20 7031 3000,7\n",
            &[
                "First Name: name",
                "Middle Name: name",
                "Last Name: name",
                "Organization Name: custom.organization_name, new string",
                "Birthday: custom.birthday, new string",
                "Notes: custom.notes, new string",
                "Labels: custom.labels, new string",
                "E-mail 1 - Label: custom.e_mail_1_label, new string",
                "E-mail 1 - Value: email",
                "Phone 1 - Label: custom.phone_1_label, new string",
                "Phone 1 - Value: telephone",
                "Custom Field 1 - Value: custom.custom_field_1_value, new number",
            ],
            &["2: name=Ada Lovelace telephone=+442070313000 email=ada@x.org custom.birthday=1815-12-10 \
               custom.custom_field_1_value=7 custom.e_mail_1_label=* Work custom.labels=* myContacts \
               custom.notes=met in\nLondon custom.organization_name=Analytical Engines custom.phone_1_label=Mobile \
               email+=lady@x.org"],
        ),
        (
            "Outlook",
            "Title,First Name,Middle Name,Last Name,Company,Business Street,Business Postal Code,Business Fax,Business Phone,Mobile Phone,E-mail Address,E-mail 2 Address,Notes\n\
             Dr.,Ada,K,Lovelace,,,SW1A 1AA,,(650) 253-0000,650-253-0001,ada@x.org,ADA@x.org,\n",
            &[
                "Title: custom.title, new string",
                "First Name: name",
                "Middle Name: name",
                "Last Name: name",
                "Business Postal Code: custom.business_postal_code, new string",
                "Business Phone: telephone",
                "Mobile Phone: telephone",
                "E-mail Address: email",
                "E-mail 2 Address: email",
            ],
            &["2: name=Ada K Lovelace telephone=+16502530000 email=ada@x.org \
               custom.business_postal_code=SW1A 1AA custom.title=Dr. telephone+=+16502530001"],
        ),
        (
            "HubSpot",
            "Record ID,First Name,Last Name,Email,Phone Number,WhatsApp Phone Number,Contact owner,Lifecycle Stage,Annual Revenue,Postal Code,Create Date\n\
             51,Ada,Lovelace,ada@x.org,+1 650-253-0000,+1 650-253-0000,Babbage,lead,1250000,01067,2024-01-02 10:00\n\
             101,Bob,,bob@x.org,,,,customer,9.50,10115,2024-01-03 10:00\n",
            &[
                "Record ID: custom.record_id, new string",
                "First Name: name",
                "Last Name: name",
                "Email: email",
                "Phone Number: telephone",
                "WhatsApp Phone Number: whatsapp",
                "Contact owner: custom.contact_owner, new string",
                "Lifecycle Stage: custom.lifecycle_stage, new string",
                "Annual Revenue: custom.annual_revenue, new number",
                "Postal Code: custom.postal_code, new string",
                "Create Date: custom.create_date, new string",
            ],
            &[
                "2: name=Ada Lovelace telephone=+16502530000 whatsapp=+16502530000 email=ada@x.org \
               custom.annual_revenue=1250000 custom.contact_owner=Babbage custom.create_date=2024-01-02 10:00 \
               custom.lifecycle_stage=lead custom.postal_code=01067 custom.record_id=51",
                "3: name=Bob email=bob@x.org custom.annual_revenue=9.5 custom.create_date=2024-01-03 10:00 \
               custom.lifecycle_stage=customer custom.postal_code=10115 custom.record_id=101",
            ],
        ),
        (
            "Salesforce data export",
            "\"Id\",\"AccountId\",\"LastName\",\"FirstName\",\"Salutation\",\"Phone\",\"MobilePhone\",\"Email\",\"CreatedDate\"\n\
             \"0035g00000XyZ1aAAF\",\"\",\"Lovelace\",\"Ada\",\"Ms.\",\"\",\"650 253 0001\",\"ada@x.org\",\"\"\n",
            &[
                "Id: custom.id, new string",
                "LastName: name",
                "FirstName: name",
                "Salutation: custom.salutation, new string",
                "Phone: telephone",
                "MobilePhone: telephone",
                "Email: email",
            ],
            &["2: name=Ada Lovelace telephone=+16502530001 email=ada@x.org custom.id=0035g00000XyZ1aAAF \
               custom.salutation=Ms."],
        ),
        (
            "Mailchimp",
            "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS\n\
             ada@x.org,Ada,Lovelace,,,12/10,4,2024-01-02 10:00:00,342843245,ab12cd,,\"\"\"vip\"\",\"\"eu\"\"\"\n",
            &[
                "Email Address: email",
                "First Name: name",
                "Last Name: name",
                "Phone Number: telephone",
                "Birthday: custom.birthday, new string",
                "MEMBER_RATING: custom.member_rating, new number",
                "OPTIN_TIME: custom.optin_time, new string",
                "LEID: custom.leid, new string",
                "EUID: custom.euid, new string",
                "TAGS: custom.tags, new string",
            ],
            &["2: name=Ada Lovelace email=ada@x.org custom.birthday=12/10 custom.euid=ab12cd custom.leid=342843245 \
               custom.member_rating=4 custom.optin_time=2024-01-02 10:00:00 custom.tags=\"vip\",\"eu\""],
        ),
        (
            "Intercom",
            "Name,Owner,Lead category,Last seen (UTC),Email,Phone,User ID,Web sessions,City,Tag,plan\n\
             Ada Lovelace,Babbage,,2024-01-02 10:00:00,ada@x.org,+442070313000,17,12,London,,pro\n",
            &[
                "Name: name",
                "Owner: custom.owner, new string",
                "Last seen (UTC): custom.last_seen_utc, new string",
                "Email: email",
                "Phone: telephone",
                "User ID: custom.user_id, new string",
                "Web sessions: custom.web_sessions, new number",
                "City: custom.city, new string",
                "plan: custom.plan",
            ],
            &["2: name=Ada Lovelace telephone=+442070313000 email=ada@x.org custom.city=London \
               custom.last_seen_utc=2024-01-02 10:00:00 custom.owner=Babbage custom.plan=pro custom.user_id=17 \
               custom.web_sessions=12"],
        ),
        (
            "Chatwoot",
            "id,name,email,phone_number,identifier,company,city,created_at\n\
             17,Ada Lovelace,ada@x.org,+442070313000,,,London,2024-01-02\n",
            &[
                "id: custom.id, new string",
                "name: name",
                "email: email",
                "phone_number: telephone",
                "city: custom.city, new string",
                "created_at: custom.created_at, new string",
            ],
            &["2: name=Ada Lovelace telephone=+442070313000 email=ada@x.org custom.city=London \
               custom.created_at=2024-01-02 custom.id=17"],
        ),
        (
            "ours, of another workspace",
            "id,name,telephone,dial_code,custom.plan,custom.lead-score,created_at,last_seen_at\n\
             0190c5f2-0000-7000-8000-000000000000,Ada,+442070313000,GB,pro,7.5,2026-11-22T10:00:00Z,\n",
            &[
                "id: id",
                "name: name",
                "telephone: telephone",
                "dial_code: dial_code",
                "custom.plan: custom.plan",
                "custom.lead-score: custom.lead-score, new number",
            ],
            &["2: name=Ada telephone=+442070313000 custom.lead-score=7.5 custom.plan=pro"],
        ),
    ];
    for (name, file, expected, read) in cases {
        let preview = of(file);
        assert_eq!(fed(&preview), *expected, "{name}");
        assert_eq!(rows(&preview), *read, "{name}");
        assert!(preview.header && preview.warnings.is_empty(), "{name}");
        assert_eq!(preview.columns.len(), file.lines().next().unwrap().split(',').count(), "{name}");
    }
}

#[test]
fn a_column_is_shown_with_its_values() {
    let long = "x".repeat(300);
    let file = format!(
        "Email,Note,Blank\na@x.org,b,\nb@x.org,'=1, \nc@x.org,b,\nd@x.org,{long},\nd@x.org,{long}!,\ne@x.org,c,\nf@x.org,d,\ng@x.org,e,\n"
    );
    let preview = of(&file);
    assert_eq!(preview.columns[0].samples, ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"]);
    assert_eq!(preview.columns[1].samples, ["b", "=1", &long[..200], "c", "d"]);
    assert_eq!(preview.columns[2].samples, [""; 0]);
    assert_eq!((&preview.columns[2].field, preview.columns[2].create), (&None, None));
}

#[test]
fn the_first_ten_rows_are_shown() {
    let people: String = (0..20).map(|n| format!("a{n}@x.org\n,\n")).collect();
    let shown = rows(&of(&format!(",\n\nEmail,Name\n{people}")));
    let expected: Vec<String> = (0..10).map(|n| format!("{}: email=a{n}@x.org", 4 + 2 * n)).collect();
    assert_eq!(shown, expected);
    assert_eq!(rows(&of("Email\na@x.org\nb@x.org")), ["2: email=a@x.org", "3: email=b@x.org"]);
}

#[test]
fn every_encoding_shows_the_same() {
    let text = "Name;E-Mail;Straße\nZoë Müller;zoe@x.org;Ödweg 1\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let marked = format!("\u{FEFF}{text}");
    let files = [
        (Encoding::Utf8, text.as_bytes().to_vec()),
        (Encoding::Utf8, marked.clone().into_bytes()),
        (Encoding::Utf16Le, utf16(u16::to_le_bytes, text)),
        (Encoding::Utf16Le, utf16(u16::to_le_bytes, &marked)),
        (Encoding::Utf16Be, utf16(u16::to_be_bytes, text)),
        (Encoding::Utf16Be, utf16(u16::to_be_bytes, &marked)),
        (Encoding::WINDOWS_1252, encoding_rs::WINDOWS_1252.encode(text).0.into_owned()),
    ];
    for (encoding, bytes) in files {
        let found = shown(&bytes, &PlanOptions::default(), &settings()).unwrap();
        assert_eq!(found, Preview { encoding, ..of(text) }, "{encoding}");
        assert_eq!(fed(&found), ["Name: name", "E-Mail: email", "Straße: custom.strasse, new string"]);
        assert_eq!(rows(&found), ["2: name=Zoë Müller email=zoe@x.org custom.strasse=Ödweg 1"]);
        assert_eq!(found.delimiter.byte(), b';');
    }
}

#[test]
fn a_file_without_a_header_goes_by_its_values() {
    let found = of("Ada,a@x.org,'+1 650 253 0000,5\nBob,b@x.org,+1 650 253 0001,6\n");
    assert_eq!((found.header, fed(&found)), (false, vec!["1: email".to_owned(), "2: telephone".to_owned()]));
    assert_eq!(rows(&found)[0], "1: telephone=+16502530000 email=a@x.org");
    assert!(found.columns.iter().all(|column| column.header.is_none()));
}

#[test]
fn a_header_alone_has_no_rows() {
    for file in ["Email,Plan,Size", "Email,Plan,Size\n", "sep=,\r\nEmail,Plan,Size\r\n,,\r\n"] {
        let found = of(file);
        assert_eq!(fed(&found), ["Email: email", "Plan: custom.plan"], "{file:?}");
        assert!(found.header && found.rows.is_empty() && found.warnings.is_empty(), "{file:?}");
    }
}

#[test]
fn a_row_is_shown_with_all_that_is_wrong_with_it() {
    let mapping = r#"[{"column":0,"field":"name"},{"column":1,"field":"email"},{"column":2,"field":"telephone"},
        {"column":3,"field":"custom.plan"}]"#;
    let options = PlanOptions { mapping: Some(serde_json::from_str(mapping).unwrap()), ..PlanOptions::default() };
    let file = "Name,Email,Phone,Plan\nAda,ada.x.org,4.41E+11,pro\n,b@x.org,12\nEve,,,pro\n";
    let found = shown(file.as_bytes(), &options, &settings()).unwrap();
    let columns = |problems: &[RowProblem]| problems.iter().map(|problem| problem.column).collect::<Vec<_>>();
    let problems: Vec<_> = found.rows.iter().map(|row| (columns(&row.problems), columns(&row.skipped))).collect();
    let rejected = (vec![Some(1), Some(2), None], vec![]);
    assert_eq!(problems, [rejected, (vec![], vec![Some(2)]), (vec![None], vec![])]);
    let shown = rows(&found);
    assert!(shown[0].starts_with("2: name=Ada custom.plan=pro ! column 2 "), "{}", shown[0]);
    assert_eq!(shown[1], "3: email=b@x.org");
    assert_eq!(shown[2], "4: name=Eve custom.plan=pro ! has no phone, email, handle or id to identify a contact");
    assert!(found.warnings.is_empty());
}

#[test]
fn a_file_that_names_nobody_is_shown_with_a_warning() {
    let found = of("Name,Kontakt\nAda,London\n");
    assert_eq!(fed(&found), ["Name: name", "Kontakt: custom.kontakt, new string"]);
    assert_eq!(
        rows(&found),
        ["2: name=Ada custom.kontakt=London ! has no phone, email, handle or id to identify a contact"]
    );
    let refused = Plan::of(b"Name,Kontakt\nAda,London\n", Extent::Whole, &PlanOptions::default(), &[]).err().unwrap();
    assert_eq!(refused.code(), "no_identifier_column");
    assert_eq!(found.warnings, [refused.to_string()]);
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "empty_file"),
        (b"\xEF\xBB\xBF\n;;;\n", "empty_file"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "not_text"),
        (b"\xEF\xBB\xBFEmail\n\xFF\n", "malformed_text"),
        (b"Email\n\"a@x.org\n", "unclosed_quote"),
        (&[b','; 1_001], "too_many_columns"),
    ];
    for (file, code) in cases {
        let error = shown(file, &PlanOptions::default(), &settings()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn given_options_are_used_as_they_are() {
    let file = b"first,second,third\nada,x@x.org,650 253 0000\n";
    let mapping = |json: &str| Some(serde_json::from_str::<Mapping>(json).unwrap());
    let json = r#"[{"column":2,"field":"whatsapp"},{"column":0,"field":"name"},{"column":2,"field":"telephone"}]"#;
    let options = PlanOptions { header: Some(false), mapping: mapping(json), ..PlanOptions::default() };
    let found = shown(file, &options, &settings()).unwrap();
    assert_eq!(fed(&found), ["0: name", "2: whatsapp"], "nothing is created that was not asked for");
    assert_eq!(Some(&found.mapping), options.mapping.as_ref());
    assert_eq!((found.header, found.rows.len()), (false, 2));
    assert!(rows(&found)[0].starts_with("1: name=first ! column 3 "), "{:?}", rows(&found));
    assert_eq!(rows(&found)[1], "2: name=ada telephone=+16502530000 whatsapp=+16502530000");

    let beyond = PlanOptions { mapping: mapping(r#"[{"column":3,"field":"email"}]"#), ..PlanOptions::default() };
    assert_eq!(shown(file, &beyond, &settings()).unwrap_err().code(), "column_out_of_range");
}

#[test]
fn the_mapping_that_is_shown_joins_names_as_people_are_called() {
    let found = of("Last Name,First Name,Email,Size\nLovelace,Ada,a@x.org,5\n");
    let json = serde_json::to_string(&found.mapping).unwrap();
    let expected = r#"[{"column":1,"field":"name"},{"column":0,"field":"name"},{"column":2,"field":"email"},{"column":3,"field":"custom.size"}]"#;
    assert_eq!(json, expected);
}

#[test]
fn phones_are_read_in_the_country_of_the_workspace() {
    let file = "Telefon;Mobil;WhatsApp\n030 1234567;+49 30 1234567;+49 171 1234567\n";
    let german = Settings { default_country: Country::parse("DE").unwrap(), ..settings() };
    let found = shown(file.as_bytes(), &PlanOptions::default(), &german).unwrap();
    // The second spelling of the number is not a further number.
    assert_eq!(rows(&found), ["2: telephone=+49301234567 whatsapp=+491711234567"]);
}

#[test]
fn a_sample_may_be_cut_anywhere() {
    let people = |count: usize| -> String {
        (0..count).map(|n| format!("Zoë {n};zoe{n}@x.org;\"a \"\"note\"\"\"\n")).collect()
    };
    let text = format!("Name;Email;Notes\n{}", people(12_000));
    let expected = of(&format!("Name;Email;Notes\n{}", people(300)));
    assert_eq!(expected.rows.len(), 10);
    assert!(text.len() > SAMPLE_BYTES + 100);
    // The sample may end inside a character, inside a quoted cell or between two quotes.
    for shift in 0..40 {
        let bytes = format!("{}{text}", "\n".repeat(shift)).into_bytes();
        let found = shown(&bytes[..SAMPLE_BYTES], &PlanOptions::default(), &settings()).unwrap();
        assert_eq!(found.rows.len(), 10);
        assert_eq!((&found.columns, &found.mapping), (&expected.columns, &expected.mapping), "{shift}");
    }
    let whole = shown(text.as_bytes(), &PlanOptions::default(), &settings());
    let beginning = shown(&text.as_bytes()[..SAMPLE_BYTES], &PlanOptions::default(), &settings());
    assert_eq!(whole, beginning, "what follows the sample changes nothing");
    // A shorter one is the whole file.
    let open = shown(b"Email\n\"a@x.org", &PlanOptions::default(), &settings());
    assert_eq!(open.unwrap_err().code(), "unclosed_quote");
}

proptest! {
    #[test]
    fn a_preview_reads_what_the_import_reads(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(name|email|phone|Plan|Größe|[a-z@.+0-9]{0,8}|[,;\"\r\n]){0,30}".prop_map(String::into_bytes),
        ],
    ) {
        let settings = settings();
        let found = shown(&bytes, &PlanOptions::default(), &settings);
        match Plan::of(&bytes, Extent::Whole, &PlanOptions::default(), &settings.custom_fields) {
            Ok(plan) => {
                let found = found.unwrap();
                prop_assert!(found.mapping.columns().starts_with(plan.mapping.columns()));
                let lines: Vec<u64> = plan.sample.rows.iter().take(10).map(|row| row.line).collect();
                prop_assert_eq!(found.rows.iter().map(|row| row.line).collect::<Vec<_>>(), lines);
            }
            Err(PlanError::NoIdentifierColumn(_)) => prop_assert!(!found.unwrap().warnings.is_empty()),
            Err(error) => prop_assert_eq!(found, Err(error)),
        }
    }
}
