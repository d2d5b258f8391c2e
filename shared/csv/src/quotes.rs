//! Finds quotes that do not enclose a cell as they should.

use memchr::{memchr, memchr_iter, memchr3};

use crate::dialect::Delimiter;

/// What is wrong with the quotes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuoteFault {
    /// Text follows a closing quote within one line, as in `"Bob" Berg`.
    Malformed,
    /// Text follows a closing quote that was opened on this earlier line: the quote swallowed the lines between them.
    SwallowedLines {
        /// The physical line of the opening quote, from 1.
        opened: u64,
    },
    /// A cell that was opened on this line spans lines, and one of them has as many delimiters as the header.
    HoldsRow {
        /// The physical line of the opening quote, from 1.
        opened: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Unquoted,
    Quoted,
    /// After a quote in a quoted cell, and perhaps white space: the end of the cell, or half of a doubled quote.
    AfterQuote,
    /// After a closing quote and white space.
    AfterCell,
}

/// Follows the quotes of one record at a time. The record may arrive in pieces.
#[derive(Debug)]
pub(crate) struct QuoteScan {
    delimiter: u8,
    /// The number of delimiters in a line that looks like a row; 0 if no line does.
    row_delimiters: u64,
    state: State,
    /// The current line, and the one on which the current quoted cell was opened.
    line: u64,
    opened: u64,
    after_cr: bool,
    /// How many delimiters the current line has so far, if it began inside the current quoted cell.
    delimiters: Option<u64>,
    fault: Option<QuoteFault>,
    has_bare: bool,
}

impl QuoteScan {
    pub(crate) fn new(delimiter: Delimiter) -> QuoteScan {
        QuoteScan {
            delimiter: delimiter.byte(),
            row_delimiters: 0,
            state: State::CellStart,
            line: 1,
            opened: 1,
            after_cr: false,
            delimiters: None,
            fault: None,
            has_bare: false,
        }
    }

    /// Sets how many cells a row of the file has, to recognise rows inside a cell.
    pub(crate) fn expect_cells(&mut self, cells: usize) {
        self.row_delimiters = cells.saturating_sub(1) as u64;
    }

    /// Starts a record on a line.
    pub(crate) fn start(&mut self, line: u64) {
        (self.state, self.line, self.fault, self.has_bare) = (State::CellStart, line, None, false);
    }

    /// What is wrong with the record so far. Of several faults the worst.
    pub(crate) fn fault(&self) -> Option<QuoteFault> {
        self.fault
    }

    /// Whether the record has a quote inside an unquoted cell, as in `5" pipe`.
    pub(crate) fn has_bare(&self) -> bool {
        self.has_bare
    }

    /// Reads the next bytes of the record.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) {
        loop {
            let skipped = self.skip(bytes);
            let Some((&byte, rest)) = bytes[skipped..].split_first() else { return };
            self.step(byte);
            bytes = rest;
        }
    }

    /// Reads the bytes before the next one that may begin or end a quoted cell, or a line in it. Returns their number.
    #[inline]
    fn skip(&mut self, bytes: &[u8]) -> usize {
        match self.state {
            State::CellStart | State::Unquoted => {
                let count = memchr(b'"', bytes).unwrap_or(bytes.len());
                if let Some(&last) = bytes[..count].last() {
                    self.state = if last == self.delimiter { State::CellStart } else { State::Unquoted };
                }
                count
            }
            State::Quoted => {
                let count = memchr3(b'"', b'\r', b'\n', bytes).unwrap_or(bytes.len());
                if let Some(delimiters) = &mut self.delimiters {
                    *delimiters += memchr_iter(self.delimiter, &bytes[..count]).count() as u64;
                }
                if count > 0 {
                    self.after_cr = false;
                }
                count
            }
            State::AfterQuote | State::AfterCell => 0,
        }
    }

    /// Reads a byte at which [`QuoteScan::skip`] stops.
    #[inline]
    fn step(&mut self, byte: u8) {
        self.state = match (self.state, byte) {
            (State::CellStart, _) => {
                (self.opened, self.delimiters) = (self.line, None);
                State::Quoted
            }
            (State::Unquoted, _) => {
                self.has_bare = true;
                State::Unquoted
            }
            (State::Quoted, b'"') => {
                self.after_cr = false;
                State::AfterQuote
            }
            (State::Quoted, _) => {
                self.end_line_inside(byte);
                State::Quoted
            }
            (State::AfterQuote, b'"') => State::Quoted,
            (State::AfterQuote | State::AfterCell, _) if byte == self.delimiter => {
                self.end_line();
                State::CellStart
            }
            (State::AfterQuote | State::AfterCell, b'\r' | b'\n') => {
                self.end_line();
                State::AfterCell
            }
            (State::AfterQuote | State::AfterCell, b' ' | b'\t') => State::AfterCell,
            (State::AfterQuote | State::AfterCell, _) => {
                self.note(if self.opened == self.line {
                    QuoteFault::Malformed
                } else {
                    QuoteFault::SwallowedLines { opened: self.opened }
                });
                State::Unquoted
            }
        };
    }

    /// Reads CR or LF in a quoted cell.
    #[inline]
    fn end_line_inside(&mut self, byte: u8) {
        // LF after CR is the second half of a line end.
        if byte == b'\r' || !self.after_cr {
            self.end_line();
            self.line += 1;
            self.delimiters = Some(0);
        }
        self.after_cr = byte == b'\r';
    }

    /// Judges a line, or what a quoted cell holds of its last one.
    fn end_line(&mut self) {
        if self.row_delimiters > 0 && self.delimiters == Some(self.row_delimiters) {
            self.note(QuoteFault::HoldsRow { opened: self.opened });
        }
        self.delimiters = None;
    }

    /// Adds a fault. A record that is malformed and seems to hold another row has lost that row.
    fn note(&mut self, fault: QuoteFault) {
        use QuoteFault::{HoldsRow, Malformed, SwallowedLines};
        self.fault = Some(match (self.fault, fault) {
            (None, fault) | (Some(Malformed), fault @ (Malformed | SwallowedLines { .. })) => fault,
            (Some(Malformed), HoldsRow { opened }) | (Some(HoldsRow { opened }), Malformed) => {
                SwallowedLines { opened }
            }
            (Some(HoldsRow { .. }), fault @ SwallowedLines { .. }) => fault,
            (Some(known @ (HoldsRow { .. } | SwallowedLines { .. })), _) => known,
        });
    }
}

/// Whether the quotes of a record only enclose cells that hold neither quotes nor line ends. Most records are such, and need
/// no [`QuoteScan`].
///
/// `bytes` are the whole record with its line end, `text` and `ends` its cells without the quotes.
pub(crate) fn only_enclose_cells(bytes: &[u8], text: &[u8], ends: &[usize]) -> bool {
    if memchr3(b'"', b'\r', b'\n', text).is_some() {
        return false;
    }
    // Besides the cells there are only delimiters and the line end.
    if bytes.len() == text.len() + ends.len() {
        return true;
    }
    let (mut at, mut start) = (0, 0);
    ends.iter().all(|&end| {
        let quoted = bytes.get(at) == Some(&b'"');
        at += end - start + if quoted { 3 } else { 1 };
        start = end;
        // If text follows the closing quote, the cell ends in that text.
        !quoted || bytes.get(at - 2) == Some(&b'"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Position, RecordReader};

    /// The fault of a record on line 7 in a file of three columns, which does not depend on how the record is cut.
    fn fault(record: &str) -> Option<QuoteFault> {
        let found: Vec<_> = [1, 2, 3, usize::MAX]
            .into_iter()
            .map(|size| {
                let mut scan = QuoteScan::new(Delimiter::Comma);
                scan.expect_cells(3);
                scan.start(7);
                record.as_bytes().chunks(size).for_each(|piece| scan.read(piece));
                scan.fault()
            })
            .collect();
        assert!(found.iter().all(|other| *other == found[0]), "{record:?}: {found:?}");
        let mut reader = RecordReader::at(Delimiter::Comma, Position { offset: 0, line: 7 });
        reader.expect_cells(3);
        let read = reader.read(&mut record.as_bytes()).unwrap().unwrap();
        assert_eq!(read.fault(), found[0], "{record:?}");
        found[0]
    }

    #[test]
    fn faults_are_found_on_their_lines() {
        for record in [
            "a,b,c\n",
            "\"a\",\"b, c\",\"\"\n",
            "\"a \"\"b\"\" c\",d\r\n",
            "Dee \"Dot\" Mohr,5\" pipe\n",
            "\"a\" ,\"b\"\t\n",
            "\"\",,\"\"\n",
            "\"\"\r",
            "\"one\r\ntwo, three\nfour\",b,c\n",
            "\"\"\"\",\"\"\"a\"\n",
        ] {
            assert_eq!(fault(record), None, "{record:?}");
        }
        for record in ["\"Bob\" Berg,b\n", "a,\"b\"c\n", "\"\"a,b\n", "\"\",\"a\"\"b\"c\n"] {
            assert_eq!(fault(record), Some(QuoteFault::Malformed), "{record:?}");
        }
        for (record, opened) in [
            ("\"Bob,b\nCyd,c\n\"Dee,d\n", 7),
            ("\"a\r\nb\",\"c\r\nd\"e\n", 8),
            ("\"a\" b,\"c\nd\"e\n", 7),
            ("\"a\r\"\"\nb\",\"c\nd\"e\n", 9),
            ("a,\"b\rc,d,e\"f\n", 7),
        ] {
            assert_eq!(fault(record), Some(QuoteFault::SwallowedLines { opened }), "{record:?}");
        }
        for record in ["\"Bob,b\nCyd,c,d\",e\n", "\"Bob\r\na,b,c\r\nd\",e\n", "a,\"b\rc,d,e\"\r\n"] {
            assert_eq!(fault(record), Some(QuoteFault::HoldsRow { opened: 7 }), "{record:?}");
        }
    }
}
