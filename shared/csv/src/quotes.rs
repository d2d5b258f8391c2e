//! Finds quotes that do not enclose a cell as they should.

use memchr::{memchr, memchr2, memchr3};

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
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        let Some(&last) = bytes.last() else { return };
        if matches!(self.state, State::CellStart | State::Unquoted) && memchr(b'"', bytes).is_none() {
            self.state = if last == self.delimiter { State::CellStart } else { State::Unquoted };
            return;
        }
        if self.state == State::CellStart && is_well_formed_line(bytes, self.delimiter) {
            self.state = State::Unquoted;
            return;
        }
        let mut rest = bytes;
        loop {
            rest = &rest[self.dull(rest)..];
            let Some((&byte, after)) = rest.split_first() else { return };
            self.step(byte);
            rest = after;
        }
    }

    /// How many of the next bytes change nothing.
    #[inline]
    fn dull(&self, bytes: &[u8]) -> usize {
        let delimiter = self.delimiter;
        let next = match self.state {
            State::Quoted if self.delimiters.is_none() => memchr3(b'"', b'\r', b'\n', bytes),
            State::Unquoted => memchr2(b'"', delimiter, bytes),
            State::Quoted | State::CellStart | State::AfterQuote | State::AfterCell => return 0,
        };
        next.unwrap_or(bytes.len())
    }

    #[inline]
    fn step(&mut self, byte: u8) {
        self.state = match self.state {
            State::Quoted if byte == b'"' => State::AfterQuote,
            State::Quoted => {
                self.inside(byte);
                State::Quoted
            }
            State::AfterQuote if byte == b'"' => State::Quoted,
            State::CellStart if byte == b'"' => {
                (self.opened, self.delimiters, self.after_cr) = (self.line, None, false);
                State::Quoted
            }
            _ if byte == self.delimiter => {
                if matches!(self.state, State::AfterQuote | State::AfterCell) {
                    self.end_line();
                }
                State::CellStart
            }
            State::CellStart | State::Unquoted => {
                self.has_bare |= byte == b'"';
                State::Unquoted
            }
            State::AfterQuote | State::AfterCell => match byte {
                b'\r' | b'\n' => {
                    self.end_line();
                    State::AfterCell
                }
                b' ' | b'\t' => State::AfterCell,
                _ => {
                    self.note(if self.opened == self.line {
                        QuoteFault::Malformed
                    } else {
                        QuoteFault::SwallowedLines { opened: self.opened }
                    });
                    State::Unquoted
                }
            },
        };
    }

    /// Reads a byte of a quoted cell.
    #[inline]
    fn inside(&mut self, byte: u8) {
        if byte == self.delimiter {
            self.delimiters = self.delimiters.map(|count| count + 1);
        } else if byte == b'\n' && self.after_cr {
            // The second half of a line end.
        } else if matches!(byte, b'\r' | b'\n') {
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

/// Whether the bytes are a whole record on one line, whose quotes all enclose a cell. Most records are.
fn is_well_formed_line(bytes: &[u8], delimiter: u8) -> bool {
    let Some((b'\r' | b'\n', mut rest)) = bytes.split_last() else { return false };
    if memchr2(b'\r', b'\n', rest).is_some() {
        return false;
    }
    loop {
        let end = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let Some(end) = memchr(b'"', quoted) else { return false };
                rest = &quoted[end + 1..];
                0
            }
            None => memchr2(b'"', delimiter, rest).unwrap_or(rest.len()),
        };
        match rest.get(end) {
            None => return true,
            Some(byte) if *byte == delimiter => rest = &rest[end + 1..],
            Some(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "\"one\r\ntwo, three\nfour\",b,c\n",
            "\"\"\"\",\"\"\"a\"\n",
        ] {
            assert_eq!(fault(record), None, "{record:?}");
        }
        for record in ["\"Bob\" Berg,b\n", "a,\"b\"c\n", "\"\"a,b\n"] {
            assert_eq!(fault(record), Some(QuoteFault::Malformed), "{record:?}");
        }
        for (record, opened) in [
            ("\"Bob,b\nCyd,c\n\"Dee,d\n", 7),
            ("\"a\r\nb\",\"c\r\nd\"e\n", 8),
            ("\"a\" b,\"c\nd\"e\n", 7),
            ("a,\"b\rc,d,e\"f\n", 7),
        ] {
            assert_eq!(fault(record), Some(QuoteFault::SwallowedLines { opened }), "{record:?}");
        }
        for record in ["\"Bob,b\nCyd,c,d\",e\n", "\"Bob\r\na,b,c\r\nd\",e\n", "a,\"b\rc,d,e\"\r\n"] {
            assert_eq!(fault(record), Some(QuoteFault::HoldsRow { opened: 7 }), "{record:?}");
        }
    }
}
