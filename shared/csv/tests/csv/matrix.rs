//! The same five people, in every form in which a spreadsheet may save them.

use contacts::{CustomField, CustomKey, CustomType, OnInvalid, Settings};
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::plan::PlanOptions;
use contacts_csv::row::Row;

use crate::support;

/// How the columns are named, and whether they need a mapping.
#[derive(Debug, Clone, Copy)]
enum Columns {
    Known,
    KnownAfterSepLine,
    Unknown,
    Unnamed,
}

/// Which cells are in quotes.
#[derive(Debug, Clone, Copy)]
enum Quoting {
    Needed,
    All,
}

const ENCODINGS: [(Encoding, &str); 7] = [
    (Encoding::Utf8, ""),
    (Encoding::Utf8, "\u{FEFF}"),
    (Encoding::Utf16Le, ""),
    (Encoding::Utf16Le, "\u{FEFF}"),
    (Encoding::Utf16Be, ""),
    (Encoding::Utf16Be, "\u{FEFF}"),
    (Encoding::WINDOWS_1252, ""),
];
const STYLES: [Columns; 4] = [Columns::Known, Columns::KnownAfterSepLine, Columns::Unknown, Columns::Unnamed];

/// Accents, quotes, every delimiter and every line end; an empty line, a short row and a long one.
const PEOPLE: [&[&str]; 6] = [
    &["Zoë Müller", "+49 30 1234567", "zoe@x.org", "a, b; c | d\te"],
    &["O'Neill \"Jack\"", "+1 555 123 4567", "jack@x.org", "two\r\nlines\nor three\ror four"],
    &[],
    &["José — €5", "+34 600 000 000"],
    &["Ångström", "+46 8 123 456", "a@x.org", "x", "", "more"],
    &["Renée Ñandú", "", "renee@x.org", "\"hi\" to all"],
];

const EXPECTED: [&str; 5] = [
    "telephone=+49301234567 email=zoe@x.org custom.notes=a, b; c | d\te name=Zoë Müller",
    "telephone=+15551234567 email=jack@x.org custom.notes=two\r\nlines\nor three\ror four name=O'Neill \"Jack\"",
    "telephone=+34600000000 name=José — €5",
    "telephone=+468123456 email=a@x.org custom.notes=x name=Ångström",
    "email=renee@x.org custom.notes=\"hi\" to all name=Renée Ñandú",
];

fn settings() -> Settings {
    let notes = CustomField::new(CustomKey::parse("notes").unwrap(), "Notes", CustomType::String).unwrap();
    Settings { custom_fields: vec![notes], ..Settings::default() }
}

fn options(columns: Columns) -> PlanOptions {
    let mapping = r#"[{"column":0,"field":"name"},{"column":1,"field":"telephone"},{"column":2,"field":"email"},
        {"column":3,"field":"custom.notes"}]"#;
    match columns {
        Columns::Known | Columns::KnownAfterSepLine => PlanOptions::default(),
        Columns::Unknown | Columns::Unnamed => {
            PlanOptions { mapping: Some(serde_json::from_str(mapping).unwrap()), ..PlanOptions::default() }
        }
    }
}

fn write(delimiter: Delimiter, line_end: &str, quoting: Quoting, columns: Columns) -> String {
    let delimiter = char::from(delimiter.byte());
    let header: &[&str] = match columns {
        Columns::Known | Columns::KnownAfterSepLine => &["Name", "Phone", "E-Mail", "Notes"],
        Columns::Unknown => &["Wer", "Worüber", "Wohin", "Was"],
        Columns::Unnamed => &[],
    };
    let mut text = match columns {
        Columns::KnownAfterSepLine => format!("sep={delimiter}{line_end}"),
        Columns::Known | Columns::Unknown | Columns::Unnamed => String::new(),
    };
    for row in [header].into_iter().chain(PEOPLE) {
        let cells = row.iter().map(|cell| match quoting {
            Quoting::Needed if !cell.contains([delimiter, '"', '\r', '\n']) => (*cell).to_owned(),
            Quoting::Needed | Quoting::All => format!("\"{}\"", cell.replace('"', "\"\"")),
        });
        text.push_str(&cells.collect::<Vec<_>>().join(&delimiter.to_string()));
        text.push_str(line_end);
    }
    text
}

fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Legacy(legacy) => legacy.encode(text).0.into_owned(),
    }
}

/// The values of a row, in order of precedence.
fn shown(row: &Row) -> String {
    let values =
        row.observation.values().iter().map(|observed| format!("{}={}", observed.field, observed.value.as_str()));
    values.collect::<Vec<_>>().join(" ")
}

#[test]
fn five_people_are_the_same_however_they_were_saved() {
    let settings = settings();
    for columns in STYLES {
        let options = options(columns);
        for delimiter in Delimiter::ALL {
            for line_end in ["\n", "\r\n", "\r"] {
                for quoting in [Quoting::Needed, Quoting::All] {
                    let text = write(delimiter, line_end, quoting, columns);
                    for (encoding, mark) in ENCODINGS {
                        let case = format!("{columns:?} {delimiter:?} {line_end:?} {quoting:?} {encoding} {mark:?}");
                        let file = encode(&format!("{mark}{text}"), encoding);
                        let rows = support::read(&file, &options, &settings, OnInvalid::RejectRow);
                        let rows = rows.unwrap_or_else(|error| panic!("{case}: {error}"));
                        let rows: Vec<String> = rows.iter().map(|row| shown(row.as_ref().unwrap())).collect();
                        assert_eq!(rows, EXPECTED, "{case}");
                    }
                }
            }
        }
    }
}
