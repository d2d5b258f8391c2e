//! The header rows of real exports, and the mappings suggested for them.

use contacts::{CustomField, CustomKey, CustomType};
use contacts_csv::sample::{Extent, Sample};
use contacts_csv::suggest::{Suggestion, suggest};

/// A file's sample and suggestion, in a workspace with two custom fields.
fn suggestion(text: &str) -> (Sample, Suggestion) {
    let custom = [("plan", "Plan", CustomType::String), ("lead_score", "Lead score", CustomType::Number)]
        .map(|(key, label, kind)| CustomField::new(CustomKey::parse(key).unwrap(), label, kind).unwrap());
    let sample = Sample::read(text.as_bytes(), Extent::Whole, None).unwrap();
    let suggestion = suggest(&sample, &custom);
    (sample, suggestion)
}

/// The mapped headers by field, in the mapping's order: `name: First Name + Last Name`.
fn mapped(text: &str) -> Vec<String> {
    let (sample, suggestion) = suggestion(text);
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    for mapped in suggestion.mapping.columns() {
        let (field, header) = (mapped.field.to_string(), sample.column_name(mapped.column));
        match fields.iter_mut().find(|(other, _)| *other == field) {
            Some((_, headers)) => headers.push(header),
            None => fields.push((field, vec![header])),
        }
    }
    let mut lines: Vec<String> =
        fields.into_iter().map(|(field, headers)| format!("{field}: {}", headers.join(" + "))).collect();
    lines.sort();
    lines
}

const EXPORTS: &[(&str, &str, &[&str])] = &[
    (
        "ours",
        "id,name,telephone,whatsapp,whatsapp_user_id,email,instagram,slack,microsoft_teams,dial_code,custom.plan,custom.gone,created_at,last_seen_at",
        &[
            "custom.plan: custom.plan",
            "dial_code: dial_code",
            "email: email",
            "id: id",
            "instagram: instagram",
            "microsoft_teams: microsoft_teams",
            "name: name",
            "slack: slack",
            "telephone: telephone",
            "whatsapp: whatsapp",
            "whatsapp_user_id: whatsapp_user_id",
        ],
    ),
    (
        "a report of rejected rows",
        "Full Name,Phone,import_result,import_line,import_column,import_reason",
        &["name: Full Name", "telephone: Phone"],
    ),
    (
        "Google Contacts until 2024",
        "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Birthday,Notes,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Organization 1 - Name,Website 1 - Value",
        &[
            "email: E-mail 1 - Value + E-mail 2 - Value",
            "name: Given Name + Additional Name + Family Name + Name",
            "telephone: Phone 1 - Value + Phone 2 - Value",
        ],
    ),
    (
        "Google Contacts",
        "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Country,Custom Field 1 - Label,Custom Field 1 - Value,Relation 1 - Value,Event 1 - Value",
        &["email: E-mail 1 - Value", "name: First Name + Middle Name + Last Name", "telephone: Phone 1 - Value"],
    ),
    (
        "HubSpot",
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,WhatsApp Phone Number,Contact owner,Primary Company,Lead Status,Create Date,Last Activity Date",
        &[
            "email: Email",
            "name: First Name + Last Name",
            "telephone: Phone Number + Mobile Phone Number",
            "whatsapp: WhatsApp Phone Number",
        ],
    ),
    (
        "Outlook",
        "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Fax,Business Phone,Company Main Phone,Home Phone,Mobile Phone,Pager,Primary Phone,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,Initials,Notes",
        &[
            "email: E-mail Address + E-mail 2 Address",
            "name: First Name + Middle Name + Last Name",
            "telephone: Business Phone + Home Phone + Mobile Phone + Primary Phone",
        ],
    ),
    (
        "Salesforce report",
        "Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Phone,Mobile,Fax,Email,Account Owner",
        &["email: Email", "name: First Name + Last Name", "telephone: Phone + Mobile"],
    ),
    (
        "Salesforce data export",
        "Id,AccountId,LastName,FirstName,Salutation,Phone,MobilePhone,Email,CreatedDate",
        &["email: Email", "name: FirstName + LastName", "telephone: Phone + MobilePhone"],
    ),
    (
        "Mailchimp",
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS",
        &["email: Email Address", "name: First Name + Last Name", "telephone: Phone Number"],
    ),
    (
        "Intercom",
        "Name,Owner,Lead category,Last seen (UTC),First Seen (UTC),Email,Phone,User ID,Web sessions,City,Tag",
        &["email: Email", "name: Name", "telephone: Phone"],
    ),
    (
        "Chatwoot",
        "id,name,email,phone_number,identifier,company,city,created_at",
        &["email: email", "name: name", "telephone: phone_number"],
    ),
    (
        "German",
        "Anrede;Name;Vorname;Straße;Handynummer;Telefon (privat);E-Mail-Adresse",
        &["email: E-Mail-Adresse", "name: Vorname + Name", "telephone: Handynummer + Telefon (privat)"],
    ),
    (
        "Spanish",
        "Apellidos;Nombre;Teléfono móvil;Correo electrónico;Número de WhatsApp",
        &[
            "email: Correo electrónico",
            "name: Nombre + Apellidos",
            "telephone: Teléfono móvil",
            "whatsapp: Número de WhatsApp",
        ],
    ),
    ("Portuguese", "Nome\tCelular\tE-mail\tCidade", &["email: E-mail", "name: Nome", "telephone: Celular"]),
    (
        "French",
        "Nom;Prénom;Téléphone portable;Adresse e-mail",
        &["email: Adresse e-mail", "name: Prénom + Nom", "telephone: Téléphone portable"],
    ),
    (
        "custom fields by key and label",
        "email,PLAN,Lead Score,lead_score,Plan type,custom.Plan",
        &["custom.lead_score: Lead Score", "custom.plan: PLAN", "email: email"],
    ),
];

#[test]
fn the_exports_of_others_are_understood() {
    for (name, header, expected) in EXPORTS {
        assert_eq!(mapped(header), *expected, "{name}");
    }
}

#[test]
fn neither_order_nor_spelling_of_the_columns_matters() {
    for (name, header, expected) in EXPORTS {
        let delimiter = [",", ";", "\t"].into_iter().find(|delimiter| header.contains(delimiter)).unwrap();
        let mut columns: Vec<&str> = header.split(delimiter).collect();
        let expected: Vec<String> = expected.iter().map(|line| unordered(line)).collect();
        for turn in 0..columns.len() {
            columns.rotate_left(1);
            let mut shuffled = columns.clone();
            if turn % 2 == 1 {
                shuffled.reverse();
            }
            let shuffled = shuffled.join(delimiter);
            for header in [shuffled.to_uppercase(), shuffled.to_lowercase(), shuffled.replace(' ', "_")] {
                let found: Vec<String> = mapped(&header).iter().map(|line| unordered(line)).collect();
                assert_eq!(found, expected, "{name}: {header}");
            }
        }
    }
}

/// A line of [`mapped`] without what shuffling changes: spelling; the order of columns, but for the parts of a name; and
/// which of two columns feeds a field that takes one.
fn unordered(line: &str) -> String {
    let line = line.to_lowercase().replace('_', " ");
    let (field, headers) = line.split_once(": ").unwrap();
    let mut headers: Vec<&str> = headers.split(" + ").collect();
    if field != "name" {
        headers.sort_unstable();
    }
    if field.starts_with("custom.") { field.to_owned() } else { format!("{field}: {}", headers.join(" + ")) }
}

#[test]
fn the_id_is_ours_when_the_file_is() {
    let uuid = "0190c5f2-0000-7000-8000-000000000000";
    assert_eq!(mapped(&format!("id,email\n{uuid},a@x.org\n")), ["email: email", "id: id"]);
    assert_eq!(mapped("ID,email,Dial_Code\n17,a@x.org,US\n"), ["dial_code: Dial_Code", "email: email", "id: ID"]);
    assert_eq!(mapped("id,email\n17,a@x.org\n"), ["email: email"]);
    assert_eq!(mapped("id,email\n"), ["email: email"]);
    assert_eq!(mapped(&format!("user id,email\n{uuid},a@x.org\n")), ["email: email"]);
}

#[test]
fn values_decide_where_no_header_names_a_channel() {
    let rows = "Ada,a@x.org,'+1 555 123 4567,2024-01-02\nBob,b@x.org,+15551234568,2024-01-02\n";
    assert_eq!(mapped(rows), ["email: 2", "telephone: 3"]);
    assert_eq!(mapped(&format!("who,where,how,when\n{rows}")), ["email: where", "telephone: how"]);
    assert_eq!(mapped(&format!("name,email,how,when\n{rows}")), ["email: email", "name: name", "telephone: how"]);
    assert_eq!(mapped("a,b\n1,2\n"), [""; 0]);
}

#[test]
fn what_feeds_nothing_is_listed() {
    let (_, of_hubspot) = suggestion("Record ID,First Name,Email,Lead Status\n");
    assert_eq!(of_hubspot.ignored, [0, 3]);
    let (_, of_google) = suggestion("Name,Given Name,Family Name,E-mail 1 - Value\n");
    assert_eq!(of_google.ignored, [0; 0]);
    let (_, of_ours) = suggestion("id,name,telephone,dial_code,created_at,last_seen_at\n");
    assert_eq!(of_ours.ignored, [0; 0]);
    let (_, twice) = suggestion("slack,Slack ID,email\n");
    assert_eq!(twice.ignored, [1]);
}

#[test]
fn a_custom_field_does_not_take_a_column_of_our_exports() {
    let custom = ["id", "dial_code", "created_at", "import_line"]
        .map(|key| CustomField::new(CustomKey::parse(key).unwrap(), key, CustomType::String).unwrap());
    let file = "id,email,dial_code,custom.id,custom.dial_code,created_at,import_line\n";
    let sample = Sample::read(file.as_bytes(), Extent::Whole, None).unwrap();
    let mapping = suggest(&sample, &custom).mapping;
    let fields: Vec<String> = mapping.columns().iter().map(|mapped| mapped.field.to_string()).collect();
    assert_eq!(fields, ["id", "email", "dial_code", "custom.id", "custom.dial_code"]);
}

#[test]
fn equal_headers_feed_the_fields_that_were_made_of_them() {
    let custom = [("plan", "Plan"), ("plan_2", "Plan")]
        .map(|(key, label)| CustomField::new(CustomKey::parse(key).unwrap(), label, CustomType::String).unwrap());
    let sample = Sample::read(b"Email,Plan,Plan,Plan\na@x.org,1,2,3\n", Extent::Whole, None).unwrap();
    let suggestion = suggest(&sample, &custom);
    let fields: Vec<String> = suggestion.mapping.columns().iter().map(|mapped| mapped.field.to_string()).collect();
    assert_eq!(
        (fields, suggestion.ignored),
        (["email", "custom.plan", "custom.plan_2"].map(str::to_owned).to_vec(), vec![3])
    );
}
