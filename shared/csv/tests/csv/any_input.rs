//! Properties that hold for every text and for any bytes.

use contacts::{OnInvalid, Settings};
use contacts_csv::dialect::Delimiter;
use contacts_csv::plan::{Plan, PlanOptions};
use contacts_csv::reader::{Position, RecordError, RecordReader};
use contacts_csv::sample::Extent;
use proptest::prelude::*;

use crate::support;

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Texts of quotes, delimiters, line ends and characters of every length.
fn text() -> impl Strategy<Value = String> {
    let signs = vec!["\"", "\"\"", ",", ";", "\t", "|", "\r", "\n", "\r\n", "\n\n", "sep=;\n", "\u{FEFF}"];
    let token = prop_oneof![
        6 => prop::sample::select(signs).prop_map(str::to_owned),
        4 => "[a-z0-9+@.é€𝄞 ]{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(token, 0..50).prop_map(|tokens| tokens.concat())
}

/// A text that resembles a file of contacts, so that tests read its rows, too.
fn file() -> impl Strategy<Value = String> {
    let header = prop::sample::select(vec![
        "Email,Name\n",
        "id;telephone;whatsapp;dial_code\r\n",
        "name\tinstagram\tslack\n",
        "\"E-Mail\"|\"Phone\"|\"Name\"\r",
        "",
    ]);
    let cell = prop::sample::select(vec!["a@x.org", "'+1 201 555 0123", "4915112345678", "DE", "@ada", " ::: ", "'="]);
    let cells = prop::collection::vec(prop_oneof![cell.prop_map(str::to_owned), text()], 0..12);
    (header, cells).prop_map(|(header, cells)| header.to_owned() + &cells.concat())
}

/// All records, and the error that ends them.
fn records(mut text: &[u8], delimiter: Delimiter) -> (Vec<Vec<String>>, Option<RecordError>) {
    let mut reader = RecordReader::at(delimiter, Position::START);
    let mut found: Vec<Vec<String>> = Vec::new();
    let owned = |record: contacts_csv::reader::Record<'_>| record.cells().map(str::to_owned).collect();
    while let Some(record) = reader.read(&mut text).unwrap() {
        found.push(owned(record));
    }
    match reader.finish() {
        Ok(last) => {
            found.extend(last.map(owned));
            (found, None)
        }
        Err(error) => (found, Some(error)),
    }
}

/// The records as the crate `csv` reads them.
fn second_opinion(text: &[u8], delimiter: Delimiter) -> Vec<Vec<String>> {
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder.delimiter(delimiter.byte()).flexible(true).has_headers(false).from_reader(text);
    reader.into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    /// There are two differences. Our reader treats a byte order mark at the start as text, since the decoder strips the
    /// real one. And if the text ends inside quotes, our reader fails, while `csv` returns the rest as the last record.
    #[test]
    fn a_second_opinion_finds_the_same_cells(text in text()) {
        let text = text.trim_start_matches(BYTE_ORDER_MARK).as_bytes();
        for delimiter in Delimiter::ALL {
            let (found, error) = records(text, delimiter);
            let mut expected = second_opinion(text, delimiter);
            match error {
                None => {}
                Some(RecordError::UnclosedQuote { .. }) => prop_assert!(expected.pop().is_some()),
                Some(error) => prop_assert!(false, "{error}"),
            }
            prop_assert_eq!(&found, &expected);
        }
    }

    #[test]
    fn a_byte_order_mark_inside_the_text_is_text(text in text()) {
        let marked = format!("{BYTE_ORDER_MARK}{text}");
        for delimiter in Delimiter::ALL {
            let (found, _) = records(marked.as_bytes(), delimiter);
            if let Some(record) = found.first() {
                prop_assert!(record[0].starts_with(BYTE_ORDER_MARK));
            }
        }
    }

    #[test]
    fn no_bytes_panic(
        mark in prop::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            file().prop_map(String::into_bytes),
            file().prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            file().prop_map(|text| text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ],
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut file = [mark, &bytes].concat();
        for (at, byte) in damage {
            if !file.is_empty() {
                let at = at.index(file.len());
                file[at] = byte;
            }
        }
        let mapping = r#"[{"column":0,"field":"name"},{"column":0,"field":"email"},{"column":0,"field":"telephone"},
            {"column":0,"field":"dial_code"},{"column":0,"field":"id"},{"column":0,"field":"instagram"}]"#;
        let mapped = PlanOptions { mapping: Some(serde_json::from_str(mapping).unwrap()), ..PlanOptions::default() };
        for options in [PlanOptions::default(), mapped] {
            for on_invalid in OnInvalid::ALL {
                if let Ok(rows) = support::read(&file, &options, &Settings::default(), on_invalid) {
                    // A rejected row has a reason, and an accepted one identifies a contact.
                    for row in rows {
                        match row {
                            Ok(row) => prop_assert!(
                                row.observation.contact.is_some()
                                    || row.observation.names_somebody(&Settings::default())
                            ),
                            Err(problems) => prop_assert!(!problems.is_empty()),
                        }
                    }
                }
            }
            // As in a preview, whose sample may end anywhere.
            let _ = Plan::of(&file, Extent::Beginning, &options, &[]);
        }
    }
}
