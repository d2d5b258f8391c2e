//! Files that are not quite right: each is either read, or refused with a code and a reason.

use contacts::{OnInvalid, Settings};
use contacts_csv::plan::PlanOptions;

use crate::support;

/// How many rows of a file are valid and how many rejected; or the code and the reason with which the file is refused.
fn outcome(file: &[u8]) -> Result<(usize, usize), (&'static str, String)> {
    let rows = support::read(file, &PlanOptions::default(), &Settings::default(), OnInvalid::RejectRow);
    let rows = rows.map_err(|error| (error.code(), error.to_string()))?;
    let read = rows.iter().filter(|row| row.is_ok()).count();
    Ok((read, rows.len() - read))
}

#[test]
fn odd_files_are_read() {
    let cases = [
        ("ragged rows", "Name,Email\nAda,a@x.org,more,,\nBob\nEve,e@x.org\n", (2, 1)),
        ("rows that are wider than the header", "Email\na@x.org,b,c,d\nb@x.org\n", (2, 0)),
        ("empty lines", "\n\r\n\nEmail,Name\n\n\na@x.org,Ada\n\r\n\r\nb@x.org,Bob\n\n", (2, 0)),
        ("blank rows", "Email,Name\n,\n\" \",\t\na@x.org,Ada\n,\n", (1, 0)),
        ("no line end at the end", "Email\na@x.org", (1, 0)),
        ("a header only", "Email,Name\n", (0, 0)),
        ("a header only, without a line end", "Email,Name", (0, 0)),
        ("one row without a header", "a@x.org", (1, 0)),
        ("a quote inside a cell", "Email,Name\na@x.org,5\" Ada \"x\"\n", (1, 0)),
    ];
    for (name, file, rows) in cases {
        assert_eq!(outcome(file.as_bytes()), Ok(rows), "{name}");
    }
}

#[test]
fn files_that_are_no_list_of_contacts_are_refused_with_a_code() {
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\x06\0\0\0\xF4x\xD4\xFA\0\0\0\x04gAMA";
    let zip = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0A7\x82\xCFr\x01\0\0\x04\x05\0\0\x13\0\x08\x02[Content_Types].xml";
    let workbook = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0>\0\x03\0\xFE\xFF\t\0";
    // Two-byte numbers: some look like separators with a NUL beside them, as in UTF-16.
    let numbers: Vec<u8> = (1..300_u16).flat_map(u16::to_le_bytes).collect();
    let samples: Vec<u8> = (0..300_u16).flat_map(u16::to_le_bytes).collect();
    let marked = b"\xFF\xFE\x80\x01\x10\xDC,\0\n\0\x80\x01";
    let cell = "x".repeat(10_000_000);
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("nothing", vec![], "empty_file", "the file is empty"),
        ("a byte order mark", b"\xEF\xBB\xBF".to_vec(), "empty_file", "the file is empty"),
        ("blank lines", b"\r\n;;\n \n".to_vec(), "empty_file", "the file is empty"),
        ("a picture", png.to_vec(), "not_text", "byte 8 of the file is NUL"),
        ("an archive", zip.to_vec(), "not_text", "byte 5 of the file is NUL"),
        ("an old workbook", workbook.to_vec(), "not_text", "byte 8 of the file is NUL"),
        ("a binary that looks like UTF-16", numbers, "no_identifier_column", "no column identifies a contact"),
        ("one with a NUL", samples, "not_text", "byte 0 of the file is NUL"),
        ("one with a byte order mark", marked.to_vec(), "malformed_text", "byte 4 of the file is not valid utf-16le"),
        (
            "a cell of 10 MB",
            format!("Email,Notes\na@x.org,{cell}\n").into(),
            "cell_too_long",
            "cell 2 of the record on line 2",
        ),
        ("one in quotes", format!("Email\n\"{cell}\"\n").into(), "cell_too_long", "cell 1 of the record on line 2"),
        ("one in the first line", format!("Email,{cell}\n").into(), "cell_too_long", "cell 2 of the record on line 1"),
        ("one that comes first", format!("{cell},Email\n").into(), "no_identifier_column", "the columns are \"xxx"),
        ("one that comes first, in quotes", format!("\"{cell}\",Email\n").into(), "no_record", "first 262144 bytes"),
        ("a quote left open", b"Email,Name\na@x.org,\"Ada\nb@x.org,Bob\n".to_vec(), "unclosed_quote", "line 2"),
        ("5,000 columns", ",".repeat(4_999).into(), "too_many_columns", "the record on line 1 has more than 1000"),
        ("5,000 columns later", format!("Email\na@x.org{}", ",".repeat(4_999)).into(), "too_many_columns", "line 2"),
        (
            "a damaged letter",
            b"Email,Name\na@x.org,Ren\xC3\xA9e Fran\xC3\xA7oise\nb@x.org,Zo\xEB\n".to_vec(),
            "malformed_text",
            "byte 47 of the file is not valid utf-8",
        ),
        ("nobody's columns", b"Name,City\nAda,London\n".to_vec(), "no_identifier_column", "\"Name\", \"City\""),
    ];
    for (name, file, code, reason) in cases {
        let (found, text) = outcome(&file).expect_err(name);
        assert_eq!(found, code, "{name}: {text}");
        assert!(text.contains(reason), "{name}: {text}");
    }
}
