//! Finds the dialect of a file from its first bytes.

use std::cmp::Reverse;

use contacts::Quoting;

use crate::dialect::{Delimiter, Dialect};
use crate::reader::{Position, RecordReader};

/// The most records of a sample that the delimiter is judged by.
const JUDGED_RECORDS: usize = 500;

/// How well a delimiter fits a sample. The greatest fit wins.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DialectFit {
    /// The share of records that have the most frequent number of cells, times `(columns - 1) / columns`, in ten
    /// thousandths.
    consistency: usize,
    columns: usize,
    /// How many cells begin with a space, as they do if the delimiter is punctuation in a text.
    spaced: Reverse<usize>,
}

/// Finds the dialect of the decoded text that begins with `sample`; the sample may end anywhere.
///
/// A `sep=` line decides. Otherwise the delimiter that splits the most records into the same number of cells, more than
/// one, wins; a comma if none does.
pub(crate) fn dialect(sample: &[u8], quoting: Quoting) -> Dialect {
    if let Some(delimiter) = sep_line(sample) {
        return Dialect { delimiter, sep_line: true, quoting };
    }
    // `max_by_key` returns the last of equal maxima, so the list is reversed to prefer the first.
    let best = Delimiter::ALL.into_iter().rev().max_by_key(|&delimiter| fit(sample, delimiter, quoting));
    Dialect { delimiter: best.unwrap_or(Delimiter::Comma), sep_line: false, quoting }
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

fn fit(sample: &[u8], delimiter: Delimiter, quoting: Quoting) -> DialectFit {
    let (widths, spaced) = widths(sample, delimiter, quoting);
    let agreeing = |width: usize| widths.iter().filter(|&&other| other == width).count();
    let most = widths.iter().copied().filter(|&width| width > 1).max_by_key(|&width| (agreeing(width), width));
    let Some(columns) = most else {
        return DialectFit { consistency: 0, columns: 0, spaced: Reverse(0) };
    };
    let mut consistency = 10_000 * agreeing(columns) * (columns - 1) / (widths.len() * columns);
    // A delimiter that does not split the header is probably punctuation inside cells.
    if widths.first() == Some(&1) {
        consistency /= 2;
    }
    DialectFit { consistency, columns, spaced: Reverse(spaced) }
}

/// How many cells each record has, and how many cells begin with a space.
fn widths(sample: &[u8], delimiter: Delimiter, quoting: Quoting) -> (Vec<usize>, usize) {
    let mut reader = RecordReader::at(delimiter, Position::START).with_quoting(quoting);
    let (mut widths, mut spaced) = (Vec::new(), 0);
    let mut rest = sample;
    while widths.len() < JUDGED_RECORDS {
        // Another delimiter may read the rest, so an error only ends the sample for this one.
        let Ok(Some(record)) = reader.read(&mut rest) else { break };
        widths.push(record.len());
        spaced += record.cells().filter(|cell| cell.starts_with(' ')).count();
    }
    // The sample may end inside the last record, so that record counts only if there are fewer than two others.
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
            assert_eq!(
                dialect(sample.as_bytes(), Quoting::Standard),
                Dialect { delimiter, sep_line: false, quoting: Quoting::Standard },
                "{sample:?}"
            );
        }
    }

    #[test]
    fn a_sep_line_decides() {
        for sample in ["sep=;\r\na,b,c;d\n1,2,3;4\n", "SEP=;\na,b", "\"sep=;\"\na,b", "sep=;;;\na,b", "sep=;"] {
            let expected = Dialect { delimiter: Delimiter::Semicolon, sep_line: true, quoting: Quoting::Standard };
            assert_eq!(dialect(sample.as_bytes(), Quoting::Standard), expected, "{sample:?}");
        }
        assert_eq!(dialect(b"sep=\t\na,b", Quoting::Standard).delimiter, Delimiter::Tab);
        for sample in ["sep=\na,b\n", "sep=x\na,b\n", "sep=;name,b\n1,2\n", "separate;b\nc;d\n"] {
            assert!(!dialect(sample.as_bytes(), Quoting::Standard).sep_line, "{sample:?}");
        }
    }
}
