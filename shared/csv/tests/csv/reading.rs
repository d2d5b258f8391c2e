//! From a file's bytes to records: every encoding with every dialect, cut anywhere.

use std::ops::Range;

use contacts::Quoting;
use contacts_csv::dialect::{Delimiter, Dialect};
use contacts_csv::encoding::{Decoder, Encoding, EncodingError};
use contacts_csv::quotes::QuoteFault;
use contacts_csv::reader::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_RECORD_BYTES, Position, RecordError, RecordReader};
use contacts_csv::sample::{Extent, Sample};
use contacts_csv::suggest::suggest;
use proptest::prelude::*;

use crate::support::encode;

/// A record with its line, its place in the decoded text, what is wrong with its quotes, and its cells.
type Found = (u64, Range<u64>, (Option<QuoteFault>, bool), Vec<String>);

/// Decodes bytes that come in chunks of the given sizes, over and over.
fn decode(mut bytes: &[u8], sizes: &[usize], mut decoder: Decoder) -> Result<(Vec<u8>, Encoding), EncodingError> {
    let mut text = Vec::new();
    for &size in sizes.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (chunk, rest) = bytes.split_at(size.min(bytes.len()));
        decoder.decode(chunk, &mut text)?;
        bytes = rest;
    }
    decoder.finish(&mut text)?;
    Ok((text, decoder.encoding()))
}

fn records(mut text: &[u8], sizes: &[usize], mut reader: RecordReader) -> Result<Vec<Found>, RecordError> {
    let mut found = Vec::new();
    let mut keep = |record: contacts_csv::reader::Record<'_>| {
        let quotes = (record.fault(), record.has_bare_quote());
        found.push((record.line(), record.bytes(), quotes, record.cells().map(str::to_owned).collect()));
    };
    for &size in sizes.iter().cycle() {
        if text.is_empty() {
            break;
        }
        let (mut chunk, rest) = text.split_at(size.min(text.len()));
        while let Some(record) = reader.read(&mut chunk)? {
            keep(record);
        }
        assert!(chunk.is_empty());
        text = rest;
    }
    if let Some(record) = reader.finish()? {
        keep(record);
    }
    Ok(found)
}

fn comma() -> RecordReader {
    RecordReader::at(Delimiter::Comma, Position::START)
}

fn read(text: &str) -> Result<Vec<(u64, Vec<String>)>, RecordError> {
    let found = records(text.as_bytes(), &[usize::MAX], comma())?;
    Ok(found.into_iter().map(|(line, .., cells)| (line, cells)).collect())
}

/// Writes rows as a file; quotes every cell, or those that need it.
fn write(rows: &[Vec<&str>], delimiter: Delimiter, line_end: &str, quote_all: bool) -> String {
    let delimiter = char::from(delimiter.byte());
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().map(|cell| {
            let needed = cell.contains([delimiter, '"', '\r', '\n']);
            if needed || quote_all { format!("\"{}\"", cell.replace('"', "\"\"")) } else { (*cell).to_owned() }
        });
        text.push_str(&cells.collect::<Vec<_>>().join(&delimiter.to_string()));
        text.push_str(line_end);
    }
    text
}

#[test]
fn every_encoding_with_every_dialect() {
    use Encoding::{Utf8, Utf16Be, Utf16Le};
    let encodings = [
        (Utf8, false),
        (Utf8, true),
        (Utf16Le, false),
        (Utf16Le, true),
        (Utf16Be, false),
        (Utf16Be, true),
        (Encoding::WINDOWS_1252, false),
    ];
    let headers = [Some(["Name", "E-Mail", "Phone", "Notes"]), None];
    let people = [
        vec!["Zoë Müller", "zoe@x.org", "+49 30 1234567", "a, b; c | d\te"],
        vec!["O'Neill \"Jack\"", "jack@x.org", "+1 555 123 4567", "two\r\nlines\nor three\r"],
        vec!["José — €5", "jose@x.org", "+34 600 000 000", ""],
    ];
    for (encoding, mark) in encodings {
        for delimiter in Delimiter::ALL {
            for line_end in ["\n", "\r\n", "\r", "\r\n\r\n"] {
                for quote_all in [false, true] {
                    for header in headers {
                        for sep in [false, true] {
                            let rows: Vec<_> =
                                header.iter().map(|header| header.to_vec()).chain(people.clone()).collect();
                            let mut text = write(&rows, delimiter, line_end, quote_all);
                            if sep {
                                text = format!("sep={}{line_end}{text}", char::from(delimiter.byte()));
                            }
                            let case =
                                format!("{encoding} {mark} {delimiter:?} {line_end:?} {quote_all} {sep} {header:?}");
                            let bytes = encode(&text, encoding, mark);
                            let decoder = Decoder::detect(&bytes);
                            let (decoded, found) = decode(&bytes, &[3, 1, 7], decoder).unwrap();
                            assert_eq!((found, std::str::from_utf8(&decoded)), (encoding, Ok(text.as_str())), "{case}");
                            let sample = Sample::read(&decoded, Extent::Whole, None).unwrap();
                            assert_eq!(
                                sample.dialect,
                                Dialect { delimiter, sep_line: sep, quoting: Quoting::Standard },
                                "{case}"
                            );
                            assert_eq!(sample.header.is_some(), header.is_some(), "{case}");
                            let found = records(&decoded, &[5, 2], RecordReader::new(sample.dialect)).unwrap();
                            let cells: Vec<_> = found.into_iter().map(|(.., cells)| cells).collect();
                            assert_eq!(cells, rows, "{case}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn records_know_their_lines() {
    type Lines = &'static [(u64, &'static [&'static str])];
    let cases: &[(&str, Lines)] = &[
        ("a,b\nc\n", &[(1, &["a", "b"]), (2, &["c"])]),
        ("\n\r\n\na\n\n\nb", &[(4, &["a"]), (7, &["b"])]),
        ("a\rb\r\rc", &[(1, &["a"]), (2, &["b"]), (4, &["c"])]),
        ("a\r\nb\r\n\r\nc\r\n", &[(1, &["a"]), (2, &["b"]), (4, &["c"])]),
        ("\"x\r\ny\rz\n\",1\r\nb", &[(1, &["x\r\ny\rz\n", "1"]), (5, &["b"])]),
        ("\"x\r\",\"\ny\"\nb", &[(1, &["x\r", "\ny"]), (4, &["b"])]),
        ("5\" pipe,a\"b\",\"c\"d\n", &[(1, &["5\" pipe", "a\"b\"", "cd"])]),
        ("\"a\"\"b\",\"\"\n\"\"", &[(1, &["a\"b", ""]), (2, &[""])]),
        (",\n,,\n \n", &[(1, &["", ""]), (2, &["", "", ""]), (3, &[" "])]),
        ("a,", &[(1, &["a", ""])]),
        ("\"a\"", &[(1, &["a"])]),
    ];
    for (text, expected) in cases {
        let expected: Vec<_> =
            expected.iter().map(|(line, cells)| (*line, cells.iter().map(|&cell| cell.to_owned()).collect())).collect();
        assert_eq!(read(text), Ok(expected), "{text:?}");
    }
}

#[test]
fn an_open_quote_is_found_on_its_line() {
    for (text, line) in
        [("a\n\"b\nc\nd", 2), ("a\nb,\"c\r\nd\",\"e\rf\n", 3), ("a\r\n\r\n\"", 3), ("\"a\r", 1), ("x,\"a\"\"", 1)]
    {
        assert_eq!(read(text), Err(RecordError::UnclosedQuote { line }), "{text:?}");
    }
}

#[test]
fn limits_are_exact_and_named() {
    let columns = |count: usize| format!("a\n{}\n", ",".repeat(count - 1));
    assert_eq!(read(&columns(MAX_COLUMNS)).unwrap()[1].1.len(), MAX_COLUMNS);
    assert_eq!(read(&columns(MAX_COLUMNS + 1)), Err(RecordError::TooManyColumns { line: 2 }));
    assert_eq!(read(&columns(5_000)), Err(RecordError::TooManyColumns { line: 2 }));

    let cell = |length: usize| format!("a\n\nb,{},c\n", "x".repeat(length));
    assert_eq!(read(&cell(MAX_CELL_BYTES)).unwrap()[1].1[1].len(), MAX_CELL_BYTES);
    for length in [MAX_CELL_BYTES + 1, 10_000_000] {
        assert_eq!(read(&cell(length)), Err(RecordError::CellTooLong { line: 3, column: 2 }));
    }
    let open = format!("a\n\"{}", "x\n".repeat(MAX_CELL_BYTES));
    assert_eq!(read(&open), Err(RecordError::CellTooLong { line: 2, column: 1 }));

    let quarter = "x".repeat(MAX_CELL_BYTES);
    let record = [quarter.as_str(); 4].join(",");
    assert_eq!(record.len(), MAX_RECORD_BYTES + 3);
    assert_eq!(read(&record).unwrap()[0].1.len(), 4);
    assert_eq!(read(&format!("a\n{record},x")), Err(RecordError::RecordTooLong { line: 2 }));
}

#[test]
fn a_reader_goes_on_where_a_record_begins() {
    let text = "a,b\r\n\r\n\"x\r\ny\",z\r\nc,d\r\n";
    let all = records(text.as_bytes(), &[1], comma()).unwrap();
    for (index, (line, bytes, ..)) in all.iter().enumerate() {
        let position = Position { offset: bytes.start, line: *line };
        let reader = RecordReader::at(Delimiter::Comma, position);
        let rest = records(&text.as_bytes()[bytes.start as usize..], &[4], reader).unwrap();
        assert_eq!(rest, all[index..]);
    }
}

#[test]
fn a_place_in_the_text_leads_back_to_the_file() {
    let text = "naïve,€,𝄞\n\"Zoë\",b,c\n";
    let others = ["gb18030", "windows-1252"].map(|label| Encoding::parse(label).unwrap());
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be].into_iter().chain(others) {
        let is_unicode = !matches!(encoding, Encoding::Legacy(_));
        let text = if encoding == Encoding::WINDOWS_1252 { text.replace('𝄞', "x") } else { text.to_owned() };
        let file = encode(&text, encoding, is_unicode);
        let mut decoder = Decoder::of(&file, encoding);
        let mut decoded = Vec::new();
        let start = decoder.decode(&file, &mut decoded).unwrap();
        let at = text.find("\"Zoë").unwrap();
        let place = start + decoder.encoded_len(&decoded[..at]);
        let (tail, _) = decode(&file[place as usize..], &[2], Decoder::new(encoding, place)).unwrap();
        assert_eq!(std::str::from_utf8(&tail), Ok(&text[at..]), "{encoding}");
    }
}

#[test]
fn the_encoding_is_found_out() {
    let ascii = "name,email\n".repeat(30_000);
    let late = |tail: &[u8]| [ascii.as_bytes(), tail].concat();
    let cases: Vec<(Vec<u8>, Result<Encoding, EncodingError>)> = vec![
        (b"".to_vec(), Ok(Encoding::Utf8)),
        (b"name\nAda\n".to_vec(), Ok(Encoding::Utf8)),
        ("名前,メール\nエイダ,a@x.org\n".into(), Ok(Encoding::Utf8)),
        (encode("名前,メール\n山田太郎,a@x.org\n", Encoding::Utf16Le, false), Ok(Encoding::Utf16Le)),
        (encode("名前,メール\n山田太郎,a@x.org\n", Encoding::Utf16Be, false), Ok(Encoding::Utf16Be)),
        (b"name\nRen\xE9".to_vec(), Ok(Encoding::WINDOWS_1252)),
        (b"name\nRen\xE9,CAF\xC9\xBB \xE0\n".to_vec(), Ok(Encoding::WINDOWS_1252)),
        (late("Zoë\n".as_bytes()), Ok(Encoding::Utf8)),
        (late(b"Zo\xEB\n"), Ok(Encoding::WINDOWS_1252)),
        (late(b"Zo\xEB"), Ok(Encoding::WINDOWS_1252)),
        // Damaged UTF-8 is an error, not taken for another encoding.
        ("Zoë Müller\nRené\n".bytes().chain(*b"Jos\xE9\n").collect(), malformed(Encoding::Utf8, 22)),
        ("Zoë".bytes().chain(late(b"\xEB")).collect(), malformed(Encoding::Utf8, 4 + ascii.len() as u64)),
        ("Zoë\nRené\n\u{E9}".bytes().take(12).collect(), malformed(Encoding::Utf8, 11)),
        (b"\xEF\xBB\xBFname\nRen\xE9\n".to_vec(), malformed(Encoding::Utf8, 11)),
        (b"\xFF\xFEa\0\0\xDCb\0".to_vec(), malformed(Encoding::Utf16Le, 4)),
        (b"\xFF\xFEa\0b".to_vec(), malformed(Encoding::Utf16Le, 4)),
        (b"\xFE\xFF\0a\xD8\0".to_vec(), malformed(Encoding::Utf16Be, 4)),
        (b"name,email\nAd\0a,a@x.org\n".to_vec(), Err(EncodingError::NotText { offset: 13 })),
        (b"Ren\xE9,\xE8\0".to_vec(), Err(EncodingError::NotText { offset: 6 })),
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".to_vec(), Err(EncodingError::NotText { offset: 5 })),
        (b"\xFF\xFEa\0\0\0".to_vec(), Err(EncodingError::NotText { offset: 4 })),
        (late(b"\0"), Err(EncodingError::NotText { offset: ascii.len() as u64 })),
    ];
    for (bytes, expected) in cases {
        for sizes in [&[1, 2][..], &[usize::MAX], &[1000]] {
            let sample = &bytes[..bytes.len().min(contacts_csv::encoding::SAMPLE_BYTES)];
            let found = decode(&bytes, sizes, Decoder::detect(sample));
            let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(40)..]);
            assert_eq!(found.map(|(_, encoding)| encoding), expected, "{tail:?} {sizes:?}");
        }
    }
}

fn malformed(encoding: Encoding, offset: u64) -> Result<Encoding, EncodingError> {
    Err(EncodingError::Malformed { encoding, offset })
}

/// Bytes that are hard to read.
fn csv_bytes() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => "[a-z@+0-9 ]{1,6}".prop_map(String::into_bytes),
        6 => prop::sample::select(vec![&b","[..], b";", b"\"", b"\"\"", b"\r", b"\n", b"\r\n", b"\t", b"|", b"sep=;\n"])
            .prop_map(<[u8]>::to_vec),
        2 => "[é€𝄞\u{FEFF}]".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn how_a_file_is_cut_does_not_matter(
        bytes in csv_bytes(),
        sizes in prop::collection::vec(1usize..9, 1..5),
        others in prop::collection::vec(1usize..9, 1..5),
    ) {
        let decoder = Decoder::detect(&bytes);
        let whole = decode(&bytes, &[usize::MAX], decoder.clone());
        prop_assert_eq!(&decode(&bytes, &sizes, decoder), &whole);
        // A reader accepts any bytes, and reports those that are not text.
        let text = whole.map_or(bytes, |(text, _)| text);
        for delimiter in Delimiter::ALL {
            let reader = || {
                let mut reader = RecordReader::at(delimiter, Position::START);
                reader.expect_cells(3);
                reader
            };
            let found = records(&text, &[usize::MAX], reader());
            prop_assert_eq!(&records(&text, &sizes, reader()), &found);
            prop_assert_eq!(&records(&text, &others, reader()), &found);
            for (line, bytes, ..) in found.into_iter().flatten() {
                let before = &text[..bytes.start as usize];
                let breaks = String::from_utf8_lossy(before).replace("\r\n", "\n").replace('\r', "\n");
                prop_assert_eq!(line, 1 + breaks.matches('\n').count() as u64);
                let one = &text[bytes.start as usize..bytes.end as usize];
                prop_assert_eq!(records(one, &sizes, reader()).map(|found| found.len()), Ok(1));
            }
        }
        for extent in [Extent::Whole, Extent::Beginning] {
            if let Ok(sample) = Sample::read(&text, extent, None) {
                let suggestion = suggest(&sample, &[]);
                prop_assert_eq!(suggestion.mapping.check_width(sample.width()), Ok(()));
            }
        }
    }

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a-c,;\"\r\n\té ]{0,5}", 1..5), 0..6),
        sizes in prop::collection::vec(1usize..9, 1..5),
        quote_all in any::<bool>(),
    ) {
        // A single empty cell without quotes is an empty line.
        let rows: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect::<Vec<_>>())
            .filter(|row| quote_all || row.as_slice() != [""])
            .collect();
        for delimiter in Delimiter::ALL {
            let text = write(&rows, delimiter, "\r\n", quote_all);
            let reader = RecordReader::at(delimiter, Position::START);
            let found = records(text.as_bytes(), &sizes, reader).unwrap();
            let cells: Vec<_> = found.into_iter().map(|(.., cells)| cells).collect();
            prop_assert_eq!(&cells, &rows);
        }
    }
}
