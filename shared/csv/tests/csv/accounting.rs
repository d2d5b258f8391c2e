//! No row and no line of a file is lost, whatever its quotes.

use contacts::{Channel, Field, OnInvalid, Quoting, Settings};
use contacts_csv::cut::{Cuts, Cutter, Limits};
use contacts_csv::dialect::Delimiter;
use contacts_csv::mapping::{MappedColumn, Mapping, Target};
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::reader::{Position, RecordReader};
use contacts_csv::sample::Extent;
use proptest::prelude::*;

use crate::support;

fn planned(file: &str, options: &PlanOptions) -> Result<Cuts, PlanError> {
    let plan = Plan::of(file.as_bytes(), Extent::Whole, options, &[])?;
    Cutter::new(plan, Limits { rows: 2, bytes: u64::MAX }).finish()
}

/// For each row of a file: what the import would say of it, `ok` or the code of its first problem.
fn verdicts(file: &str, options: &PlanOptions) -> Vec<&'static str> {
    let rows = support::read(file.as_bytes(), options, &Settings::default(), OnInvalid::RejectRow).unwrap();
    rows.iter().map(|row| row.as_ref().map_or_else(|problems| problems[0].reason.code(), |_| "ok")).collect()
}

#[test]
fn a_malformed_quote_within_one_line_costs_that_row_alone() {
    let file = "Name,Email,City\r\nAnn,ann@q.example,Bonn\r\n\"Bob\" Berg,bob@q.example,Ulm\r\n\
        Cyd,cyd@q.example,\"Koeln\"\r\nDee \"Dot\" Mohr,dee@q.example,Trier\r\n";
    assert_eq!(planned(file, &PlanOptions::default()).unwrap().rows, 4);
    assert_eq!(verdicts(file, &PlanOptions::default()), ["ok", "malformed_quote", "ok", "ok"]);
}

#[test]
fn a_quote_that_swallows_lines_is_named() {
    let start = "Name,Email,City\nAnn,ann@q.example,Bonn\n";
    for (rest, line) in [
        ("\"Bob,bob@q.example,Ulm\nCyd,cyd@q.example,Koeln\n\"Dee,dee@q.example,Trier\nEva,e@q.example,Mainz\n", 3),
        ("\"Bob,bob@q.example,Ulm\nCyd,cyd@q.example,\"Koeln\"\n", 3),
        ("\"Bob,bob@q.example,Ulm\nCyd,cyd@q.example,Koeln\"\nEva,eva@q.example,Mainz\n", 3),
        ("Bob,bob@q.example,\"Ulm\nCyd,cyd@q.example,Koeln\n", 3),
        // The quoted cell on lines 4 and 5 may hold a row, and the file has a malformed quote.
        ("\"Bob\" Berg,b@q.example,\nCyd,c@q.example,\"Koeln\na,b,c\"\n", 4),
    ] {
        let error = planned(&format!("{start}{rest}"), &PlanOptions::default()).unwrap_err();
        assert!(error.to_string().contains(&format!("line {line} ")), "{rest:?}: {error}");
    }
}

#[test]
fn a_cell_of_lines_like_rows_is_a_warning_in_a_well_formed_file() {
    let file = "Name,Email,Notes\nAnn,ann@q.example,\"called:\nBob, Cyd, Dee\nthen Eva\"\nFay,fay@q.example,\n";
    let cuts = planned(file, &PlanOptions::default()).unwrap();
    assert_eq!(cuts.rows, 2);
    assert!(cuts.warnings[0].contains("line 2 "), "{:?}", cuts.warnings);
    let plain = "Name,Email,Notes\nAnn,ann@q.example,\"one\ntwo, three\"\n";
    assert_eq!(planned(plain, &PlanOptions::default()).unwrap().warnings, [""; 0]);
}

#[test]
fn without_quoting_a_quote_is_a_character() {
    let options = PlanOptions { quoting: Quoting::None, ..PlanOptions::default() };
    let file =
        "Name;Email;Pipe\r\nAnn;ann@q.example;\"3/4\r\nBob;bob@q.example;1/2\"\r\nCyd;cyd@q.example;2\" x 3\"\r\n";
    assert_eq!(planned(file, &options).unwrap().rows, 3);
    assert_eq!(verdicts(file, &options), ["ok"; 3]);
    let sample = Plan::of(file.as_bytes(), Extent::Whole, &options, &[]).unwrap().sample;
    let pipes: Vec<&str> = sample.rows.iter().map(|row| row.cells[2].as_str()).collect();
    assert_eq!(pipes, ["\"3/4", "1/2\"", "2\" x 3\""]);
    assert!(planned(file, &PlanOptions::default()).is_err());
}

#[test]
fn footers_are_rejected_rows() {
    let file =
        "\"Name\",\"Email\",\"Budget\"\n\"Ann\",\"ann@q.example\",\"1,5\"\n\n\n\"Contacts\"\n\"Copyright (c)\"\n";
    assert_eq!(verdicts(file, &PlanOptions::default()), ["ok", "names_nobody", "names_nobody"]);
}

/// Files of two or more rows with cells that are quoted or not, some of them spanning lines.
fn file() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = prop::sample::select(vec!["x", "\"\"", "\"y\"", "\"y, z\"", "\"\"\"q\"\" r\"", "\"a\nb\"", "5\" w", ""]);
    let row = prop::collection::vec(cell.prop_map(str::to_owned), 2);
    prop::collection::vec(row, 2..8)
}

fn text(rows: &[Vec<String>]) -> String {
    let rows = rows.iter().enumerate().map(|(n, cells)| format!("p{n}@q.example,{}\n", cells.join(",")));
    format!("Email,City,Notes\n{}", rows.collect::<String>())
}

fn line_ends(text: &str) -> u64 {
    text.matches('\n').count() as u64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * ProptestConfig::default().cases))]

    /// Each line of a file belongs to one record, or is empty and between two.
    #[test]
    fn the_lines_of_all_records_are_those_of_the_file(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["a", ",", "\"", "\"\"", "\n", "\n\n", "\"x\ny\"", ",\"\n\"", "b c"]),
            0..40,
        ),
    ) {
        let text = pieces.concat();
        let mut reader = RecordReader::at(Delimiter::Comma, Position::START);
        let mut spans = Vec::new();
        let span = |record: contacts_csv::reader::Record<'_>| {
            (record.line(), 1 + record.cells().map(line_ends).sum::<u64>())
        };
        let mut rest = text.as_bytes();
        while let Some(record) = reader.read(&mut rest).unwrap() {
            spans.push(span(record));
        }
        // An open quote is an error, and nothing is imported.
        let Ok(last) = reader.finish() else { return Ok(()) };
        spans.extend(last.map(span));
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let taken: u64 = spans.iter().map(|(_, lines)| lines).sum();
        let mut expected = 1;
        for (line, span) in spans {
            let between = &lines[usize::try_from(expected - 1).unwrap()..usize::try_from(line - 1).unwrap()];
            prop_assert!(between.iter().all(|line| line.is_empty()), "{:?} of {:?}", between, text);
            expected = line + span;
        }
        let rest = &lines[usize::try_from(expected - 1).unwrap()..];
        prop_assert!(rest.iter().all(|line| line.is_empty()), "{:?} of {:?}", rest, text);
        prop_assert!(taken <= lines.len() as u64);
    }

    /// A stray quote rejects its row, is a character, or fails the import with its line. It never costs another row.
    #[test]
    fn a_stray_quote_loses_nobody_silently(
        rows in file(),
        at in any::<prop::sample::Index>(),
    ) {
        // The broken cell is one of few, so that the values would not confirm what the header says.
        let email = MappedColumn { column: 0, field: Target::Field(Field::Channel(Channel::Email)) };
        let mapping = Some(Mapping::new(vec![email]).unwrap());
        let options = PlanOptions { header: Some(true), mapping, ..PlanOptions::default() };
        let good = text(&rows);
        prop_assert_eq!(planned(&good, &options).unwrap().rows, rows.len() as u64);
        let first = good.find('\n').unwrap() + 1;
        let at = first + at.index(good.len() - first);
        let bad = format!("{}\"{}", &good[..at], &good[at..]);
        match planned(&bad, &options) {
            Ok(cuts) => {
                // It may close a cell early, whose other lines are then rejected rows of their own.
                let verdicts = verdicts(&bad, &options);
                prop_assert_eq!(cuts.rows, verdicts.len() as u64, "{}", bad);
                prop_assert!(verdicts.len() >= rows.len(), "{}", bad);
                prop_assert!(verdicts.iter().filter(|code| **code == "ok").count() + 1 >= rows.len(), "{}", bad);
            }
            Err(PlanError::Read(error)) => {
                let line = 1 + line_ends(&good[..at]);
                // The quote may end a cell that was opened on the line before.
                prop_assert!((line - 1..=line).contains(&error.line()), "{} {}", error, bad);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
