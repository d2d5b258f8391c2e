//! How a file separates its cells.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::reader::{Position, RecordReader};

/// How many records of a sample the delimiter is judged by.
const JUDGED_RECORDS: usize = 500;

/// What separates the cells of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`, where the comma is the decimal sign.
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Pipe,
}

/// What must be known of a file to read its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between two cells.
    pub delimiter: Delimiter,
    /// The first line is a `sep=;`, by which spreadsheets are told the delimiter.
    pub sep_line: bool,
}

/// How well a delimiter explains a sample; the greatest wins.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// The share of records that have the most frequent number of cells, times that share of a record that a cell more
    /// explains, in ten thousandths.
    consistency: usize,
    columns: usize,
    /// Cells that begin with a space: the delimiter is punctuation.
    spaced: Reverse<usize>,
}

impl Delimiter {
    /// All of them; of two that explain a file equally well the earlier is taken.
    pub const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

    /// The character, which is ASCII.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }
}

impl Dialect {
    /// Finds out the dialect of the decoded text that begins with `sample`; the sample may end anywhere.
    ///
    /// A `sep=` line decides. Else it is the delimiter that cuts the most records into the same number of cells, more
    /// than one; the comma when none does.
    pub fn detect(sample: &[u8]) -> Dialect {
        if let Some(delimiter) = sep_line(sample) {
            return Dialect { delimiter, sep_line: true };
        }
        // The last of equal maxima is taken.
        let best = Delimiter::ALL.into_iter().rev().max_by_key(|&delimiter| fit(sample, delimiter));
        Dialect { delimiter: best.unwrap_or(Delimiter::Comma), sep_line: false }
    }
}

/// The delimiter of a leading `sep=;` line. The line may be quoted, or padded with delimiters to the table's width.
fn sep_line(sample: &[u8]) -> Option<Delimiter> {
    let line = sample.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (name, value) = line.split_at_checked(4)?;
    let delimiter = Delimiter::ALL.into_iter().find(|delimiter| value.first() == Some(&delimiter.byte()))?;
    let padded = value.iter().all(|&byte| byte == delimiter.byte() || byte == b'"');
    (name.eq_ignore_ascii_case(b"sep=") && padded).then_some(delimiter)
}

fn fit(sample: &[u8], delimiter: Delimiter) -> Fit {
    let (widths, spaced) = widths(sample, delimiter);
    let agreeing = |width: usize| widths.iter().filter(|&&other| other == width).count();
    let most = widths.iter().copied().filter(|&width| width > 1).max_by_key(|&width| (agreeing(width), width));
    let Some(columns) = most else {
        return Fit { consistency: 0, columns: 0, spaced: Reverse(0) };
    };
    let mut consistency = 10_000 * agreeing(columns) * (columns - 1) / (widths.len() * columns);
    // What does not even cut the header is punctuation in the cells.
    if widths.first() == Some(&1) {
        consistency /= 2;
    }
    Fit { consistency, columns, spaced: Reverse(spaced) }
}

/// How many cells each record has, and how many cells begin with a space.
fn widths(sample: &[u8], delimiter: Delimiter) -> (Vec<usize>, usize) {
    let mut reader = RecordReader::at(delimiter, Position::START);
    let (mut widths, mut spaced) = (Vec::new(), 0);
    let mut rest = sample;
    while widths.len() < JUDGED_RECORDS {
        // What cannot be read with this delimiter may well be read with another: it is judged by what came before.
        let Ok(Some(record)) = reader.read(&mut rest) else { break };
        widths.push(record.len());
        spaced += record.cells().filter(|cell| cell.starts_with(' ')).count();
    }
    // The last line may be cut, so it counts only where there is little else.
    if widths.len() < 2
        && let Ok(Some(record)) = reader.finish()
    {
        widths.push(record.len());
    }
    (widths, spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_out() {
        let cases = [
            ("name,email\nAda,a@x.org\n", Delimiter::Comma),
            ("name;budget\nAda;1,5\nBob;2,5\n", Delimiter::Semicolon),
            ("\"name\";\"email\"\n\"Lovelace, Ada\";\"a@x.org\"\n\"Byron, Ada\";\"b@x.org\"", Delimiter::Semicolon),
            ("Name, Vorname;Telefon\nLovelace, Ada;+1\nByron, Ada;+2\n", Delimiter::Semicolon),
            ("a;b\n\"x\n1,2,3\n4,5,6\n7,8,9\";2\n", Delimiter::Semicolon),
            ("name\tnote\nAda\tone, two; three\n", Delimiter::Tab),
            ("name|tags\nAda|a,b\nBob|c,d,e", Delimiter::Pipe),
            ("name,tags,note\nAda,a|b|c,x\nBob,d|e|f,y\n", Delimiter::Comma),
            ("name,email,note\nAda,a@x\nBob,b@x,y,z\nEve,e@x,w\nJoe,j@x,v\n", Delimiter::Comma),
            ("email\na@x.org\nb@x.org\n", Delimiter::Comma),
            ("name;email", Delimiter::Semicolon),
            ("name;em", Delimiter::Semicolon),
            ("", Delimiter::Comma),
            ("\"never closed; and, more", Delimiter::Comma),
        ];
        for (sample, delimiter) in cases {
            assert_eq!(Dialect::detect(sample.as_bytes()), Dialect { delimiter, sep_line: false }, "{sample:?}");
        }
    }

    #[test]
    fn a_sep_line_decides() {
        for sample in ["sep=;\r\na,b,c;d\n1,2,3;4\n", "SEP=;\na,b", "\"sep=;\"\na,b", "sep=;;;\na,b", "sep=;"] {
            let dialect = Dialect { delimiter: Delimiter::Semicolon, sep_line: true };
            assert_eq!(Dialect::detect(sample.as_bytes()), dialect, "{sample:?}");
        }
        assert_eq!(Dialect::detect(b"sep=\t\na,b").delimiter, Delimiter::Tab);
        for sample in ["sep=\na,b\n", "sep=x\na,b\n", "sep=;name,b\n1,2\n", "separate;b\nc;d\n"] {
            assert!(!Dialect::detect(sample.as_bytes()).sep_line, "{sample:?}");
        }
    }
}
