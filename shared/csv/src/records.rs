//! Writes records as CSV text into memory.

use csv_core::{Terminator, WriterBuilder};

use crate::dialect::Delimiter;

/// Spreadsheets read a file as UTF-8 only if it starts with this mark.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Writes UTF-8 records with CRLF line ends (RFC 4180). Quotes cells only where they need it.
#[derive(Debug)]
pub(crate) struct RecordWriter {
    core: csv_core::Writer,
    bytes: Vec<u8>,
    in_record: bool,
}

impl RecordWriter {
    /// Creates a writer without a byte order mark, for a part of a file.
    pub(crate) fn new(delimiter: Delimiter) -> RecordWriter {
        let core = WriterBuilder::new().delimiter(delimiter.byte()).terminator(Terminator::CRLF).build();
        RecordWriter { core, bytes: Vec::new(), in_record: false }
    }

    /// Creates a writer that starts a file with a byte order mark.
    pub(crate) fn of_file(delimiter: Delimiter) -> RecordWriter {
        RecordWriter { bytes: BYTE_ORDER_MARK.to_vec(), ..RecordWriter::new(delimiter) }
    }

    /// Appends a cell to the current record.
    pub(crate) fn cell(&mut self, text: &str) {
        if std::mem::replace(&mut self.in_record, true) {
            // The closing quote of the previous cell, and the delimiter.
            self.append(2, |core, out| core.delimiter(out).1);
        }
        // The opening quote, and every byte doubled in the worst case.
        self.append(2 + 2 * text.len(), |core, out| core.field(text.as_bytes(), out).2);
    }

    /// Ends the current record, which must have at least one cell.
    pub(crate) fn end_record(&mut self) {
        self.in_record = false;
        // The closing quote and CRLF. A record of one empty cell is written as two quotes.
        self.append(4, |core, out| core.terminator(out).1);
    }

    /// How many bytes [`RecordWriter::take`] would return.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes written since the last call.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Appends the output of `write`, which is at most `most` bytes.
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
