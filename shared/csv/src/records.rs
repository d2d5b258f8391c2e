//! Records as CSV text, in memory.

use csv_core::{Terminator, WriterBuilder};

use crate::dialect::Delimiter;

/// Without it spreadsheets do not read a file as UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Writes records: cells in quotes where they need them, lines that end with CRLF (RFC 4180), in UTF-8.
#[derive(Debug)]
pub(crate) struct RecordWriter {
    core: csv_core::Writer,
    bytes: Vec<u8>,
    in_record: bool,
}

impl RecordWriter {
    /// A writer that begins where a record does.
    pub(crate) fn new(delimiter: Delimiter) -> RecordWriter {
        let core = WriterBuilder::new().delimiter(delimiter.byte()).terminator(Terminator::CRLF).build();
        RecordWriter { core, bytes: Vec::new(), in_record: false }
    }

    /// A writer that begins a file.
    pub(crate) fn of_file(delimiter: Delimiter) -> RecordWriter {
        RecordWriter { bytes: BYTE_ORDER_MARK.to_vec(), ..RecordWriter::new(delimiter) }
    }

    /// Appends a cell to the record.
    pub(crate) fn cell(&mut self, text: &str) {
        if std::mem::replace(&mut self.in_record, true) {
            // The quote that ends the cell before, and the delimiter.
            self.append(2, |core, out| core.delimiter(out).1);
        }
        // Two quotes around it, and each of its own doubled.
        self.append(2 + 2 * text.len(), |core, out| core.field(text.as_bytes(), out).2);
    }

    /// Ends the record, which has one cell at least.
    pub(crate) fn end_record(&mut self) {
        self.in_record = false;
        // A quote and CRLF; an empty cell alone is written as two quotes.
        self.append(4, |core, out| core.terminator(out).1);
    }

    /// How many bytes wait to be taken.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Gives away what was written.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Appends what `write` writes, which is `most` bytes at most.
    fn append(&mut self, most: usize, write: impl FnOnce(&mut csv_core::Writer, &mut [u8]) -> usize) {
        let start = self.bytes.len();
        self.bytes.resize(start + most, 0);
        let written = write(&mut self.core, &mut self.bytes[start..]);
        self.bytes.truncate(start + written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut records = RecordWriter::of_file(Delimiter::Semicolon);
        for record in [&["a", "", " b "][..], &["x;y", "1,5", "\"\"", "l\r\nm", "\r"], &[""], &["", "é"]] {
            record.iter().for_each(|cell| records.cell(cell));
            records.end_record();
        }
        let expected = "\u{FEFF}a;; b \r\n\"x;y\";1,5;\"\"\"\"\"\";\"l\r\nm\";\"\r\"\r\n\"\"\r\n;é\r\n";
        assert_eq!(records.len(), expected.len());
        assert_eq!(String::from_utf8(records.take()).unwrap(), expected);
        assert_eq!(records.len(), 0);
    }
}
