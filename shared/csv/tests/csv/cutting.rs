//! Reading a file chunk by chunk gives the same rows as reading it at once.

use contacts::{Channel, Field};
use contacts_csv::cut::{Cut, Cuts, Cutter, Limits};
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::file::{FileReader, Place};
use contacts_csv::mapping::{MappedColumn, Mapping, Target};
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::sample::Extent;
use proptest::prelude::*;

use crate::support::encode;

/// The rows of data with their lines.
type Rows = Vec<(u64, Vec<String>)>;

/// A mapping that fits any file.
fn options(header: bool) -> PlanOptions {
    let column = MappedColumn { column: 0, field: Target::Field(Field::Channel(Channel::Email)) };
    PlanOptions { header: Some(header), mapping: Some(Mapping::new(vec![column]).unwrap()), ..PlanOptions::default() }
}

/// Cuts a file whose first `sample` bytes are the sample and whose others come in pieces of this size.
fn cut(file: &[u8], header: bool, sample: usize, piece: usize, limits: Limits) -> Result<Cuts, PlanError> {
    let (sample, rest) = file.split_at(sample.min(file.len()));
    let extent = if rest.is_empty() { Extent::Whole } else { Extent::Beginning };
    let mut cutter = Cutter::new(Plan::of(sample, extent, &options(header), &[])?, limits);
    for piece in rest.chunks(piece) {
        cutter.push(piece)?;
    }
    cutter.finish()
}

fn read(bytes: &[u8], piece: usize, mut reader: FileReader) -> Result<Rows, PlanError> {
    let mut rows = Rows::new();
    // The text that the reader already holds, the pushed bytes, and the end.
    for step in [Some(&b""[..])].into_iter().chain(bytes.chunks(piece).map(Some)).chain([None]) {
        while let Some(record) = reader.read()? {
            rows.push((record.line(), record.cells().map(str::to_owned).collect()));
        }
        match step {
            Some(piece) => reader.push(piece),
            None => reader.end(),
        }
    }
    while let Some(record) = reader.read()? {
        rows.push((record.line(), record.cells().map(str::to_owned).collect()));
    }
    rows.retain(|(_, cells)| cells.iter().any(|cell| !contacts_csv::cell::trim(cell).is_empty()));
    Ok(rows)
}

fn read_cut(file: &[u8], cut: &Cut, delimiter: Delimiter, piece: usize) -> Rows {
    let bytes = &file[usize::try_from(cut.bytes.start).unwrap()..usize::try_from(cut.bytes.end).unwrap()];
    let place = Place { offset: cut.bytes.start, line: cut.line };
    read(bytes, piece, FileReader::at(place, cut.encoding, delimiter)).unwrap()
}

const NO_LIMITS: Limits = Limits { rows: u64::MAX, bytes: u64::MAX };

#[test]
fn a_cut_is_where_a_record_begins() {
    let file = "Email,Note\r\na@x.org,\"one\r\ntwo\"\r\n\r\n;\r\nb@x.org,é\r\nc@x.org,\"x\ny\"\r\n\r\n";
    let cuts = cut(file.as_bytes(), true, 9, 4, Limits { rows: 1, bytes: u64::MAX }).unwrap();
    let begin = |line: u64, start: u64, end: u64| Cut { bytes: start..end, line, encoding: Encoding::Utf8 };
    // With commas as delimiters, a lone ";" is a record.
    assert_eq!(cuts.chunks, [begin(2, 12, 34), begin(5, 34, 37), begin(6, 37, 49), begin(7, 49, 66)]);
    assert_eq!((cuts.rows, cuts.width), (4, 2));
}

#[test]
fn preamble_and_blank_ends_belong_to_no_row() {
    for (file, header, rows, first) in [
        ("sep=;\nEmail;Note\na@x.org;x\n", true, 1, 3),
        ("sep=;\na@x.org;x\n", false, 1, 2),
        ("\n;;\nEmail;Note\n;;\n\na@x.org;x\n;;\n", true, 1, 4),
        ("\u{FEFF}a@x.org;x", false, 1, 1),
    ] {
        let cuts = cut(file.as_bytes(), header, usize::MAX, 1, NO_LIMITS).unwrap();
        assert_eq!((cuts.rows, cuts.chunks.len()), (rows, 1), "{file:?}");
        assert_eq!(cuts.chunks[0].line, first, "{file:?}");
        assert_eq!(cuts.chunks[0].bytes.end, file.len() as u64, "{file:?}");
        assert_eq!(read_cut(file.as_bytes(), &cuts.chunks[0], Delimiter::Semicolon, 5).len(), 1, "{file:?}");
    }
    let header_only = cut(b"Email;Note\r\n\r\n", true, usize::MAX, 1, NO_LIMITS).unwrap();
    assert_eq!((header_only.chunks, header_only.rows, header_only.width), (vec![], 0, 2));
}

#[test]
fn a_chunk_ends_at_either_limit() {
    let file: String = (0..100).map(|n| format!("a{n:02}@x.org,x\n")).collect();
    let sizes = |limits| {
        let cuts = cut(file.as_bytes(), false, 64, 10, limits).unwrap();
        cuts.chunks.iter().map(|cut| (cut.bytes.end - cut.bytes.start) / 12).collect::<Vec<_>>()
    };
    assert_eq!(sizes(Limits { rows: 30, bytes: u64::MAX }), [30, 30, 30, 10]);
    assert_eq!(sizes(Limits { rows: u64::MAX, bytes: 500 }), [46, 46, 8]);
    assert_eq!(sizes(NO_LIMITS), [100]);
}

#[test]
fn what_is_wrong_with_a_file_is_found_before_it_is_read() {
    let good = "a@x.org,x\n".repeat(100);
    for (bad, code) in [("\"never closed", "unclosed_quote"), ("a\0b", "not_text"), ("é\u{1}", "")] {
        let file = format!("{good}{bad}");
        let found = cut(file.as_bytes(), false, 100, 7, NO_LIMITS);
        assert_eq!(found.err().map_or("", |error| error.code()), code);
    }
    let mut damaged = format!("{good}éé{good}").into_bytes();
    damaged.push(0xFF);
    assert_eq!(cut(&damaged, false, 100, 7, NO_LIMITS).unwrap_err().code(), "malformed_text");
}

fn encodings() -> impl Strategy<Value = (Encoding, bool)> {
    prop_oneof![
        Just((Encoding::Utf8, false)),
        Just((Encoding::Utf8, true)),
        Just((Encoding::Utf16Le, true)),
        Just((Encoding::Utf16Be, true)),
        Just((Encoding::WINDOWS_1252, false)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

    /// Holds for any file, any limits and any pieces in which its bytes arrive.
    #[test]
    fn cutting_then_reading_is_reading(
        // Words of the characters that matter, all of them in Windows-1252.
        text in proptest::collection::vec(
            prop_oneof![
                Just("a@x.org"), Just(","), Just(";"), Just("\""), Just("\"\""), Just("\n"), Just("\r"), Just("\r\n"),
                Just("é"), Just("€"), Just(" "), Just("x"), Just("\",\""), Just("\"\n\""),
            ],
            0..60,
        ),
        (encoding, mark) in encodings(),
        header in any::<bool>(),
        rows in 1_u64..6,
        bytes in prop_oneof![1_u64..40, Just(u64::MAX)],
        sample in 1_usize..80,
        piece in 1_usize..12,
    ) {
        let file = encode(&text.concat(), encoding, mark);
        let whole = cut(&file, header, usize::MAX, 1, NO_LIMITS);
        let limits = Limits { rows, bytes };
        // The dialect is detected from the sample, so a smaller sample may lead to another dialect.
        let (Ok(whole), Ok(cuts)) = (whole, cut(&file, header, file.len(), 1, limits)) else { return Ok(()) };
        let delimiter = Plan::of(&file, Extent::Whole, &options(header), &[]).unwrap().sample.dialect.delimiter;
        let at_once: Rows = whole.chunks.iter().flat_map(|cut| read_cut(&file, cut, delimiter, usize::MAX)).collect();
        let in_parts: Rows = cuts.chunks.iter().flat_map(|cut| read_cut(&file, cut, delimiter, piece)).collect();
        prop_assert_eq!(&in_parts, &at_once);
        prop_assert_eq!(cuts.rows, at_once.len() as u64);
        for pair in cuts.chunks.windows(2) {
            prop_assert_eq!(pair[0].bytes.end, pair[1].bytes.start);
        }
        if let Some(last) = cuts.chunks.last() {
            prop_assert_eq!(last.bytes.end, file.len() as u64);
        }
        // The rows of the plain reader, after the records that are not data.
        let plan = Plan::of(&file, Extent::Whole, &options(header), &[]).unwrap();
        let before_data = plan.sample.records_before_data();
        let preamble = usize::from(plan.sample.dialect.sep_line) + before_data;
        let mut plain = read(&[], 1, FileReader::of(plan)).unwrap();
        plain.drain(..preamble.min(plain.len()));
        prop_assert_eq!(&at_once, &plain);

        // In pieces, with a sample of only the first bytes: the same cuts, if the dialect and the preamble are the
        // same.
        let planned_early = Plan::of(&file[..sample.min(file.len())], Extent::Beginning, &options(header), &[]);
        let same = planned_early.is_ok_and(|plan| {
            let plan = plan.sample;
            plan.dialect.delimiter == delimiter
                && plan.header.is_some() == header
                && plan.records_before_data() == before_data
        });
        if same && let Ok(early) = cut(&file, header, sample, piece, limits) {
            let detected = cut(&file, header, file.len(), 1, limits).unwrap();
            if early.chunks.iter().map(|cut| cut.encoding).eq(detected.chunks.iter().map(|cut| cut.encoding)) {
                // The plan warns of a doubtful encoding if its sample shows it, else the cuts do.
                let is_firm = |warning: &String| !warning.contains("is a guess");
                let firm = |cuts: Cuts| Cuts { warnings: cuts.warnings.into_iter().filter(is_firm).collect(), ..cuts };
                prop_assert_eq!(firm(early), firm(detected));
            }
        }
    }
}
