//! Records from a file's bytes, as they come.

use crate::dialect::Delimiter;
use crate::encoding::{Decoder, Encoding, EncodingError};
use crate::plan::{Plan, PlanError};
use crate::reader::{Position, Record, RecordReader};

/// Reads records from the bytes of a file, which are pushed to it piece by piece.
///
/// After each push, [`FileReader::read`] is to be called until it gives `None`.
#[derive(Debug)]
pub struct FileReader {
    decoder: Decoder,
    reader: RecordReader,
    /// What the last push brought, and how much of it the reader has taken.
    text: Vec<u8>,
    taken: usize,
    /// Where in the file `text` begins.
    offset: u64,
    /// What is wrong with the bytes behind `text`.
    fault: Option<EncodingError>,
    ended: bool,
}

/// Where in a file a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In bytes of the file.
    pub offset: u64,
    /// The physical line, from 1.
    pub line: u64,
}

impl FileReader {
    /// A reader of a planned file, from its first record, which may be a `sep=` line. The bytes of the sample were pushed.
    pub fn of(plan: Plan) -> FileReader {
        let Plan { decoder, text, offset, sample, .. } = plan;
        let reader = RecordReader::at(sample.dialect.delimiter, Position::START);
        FileReader { decoder, reader, text, taken: 0, offset, fault: None, ended: false }
    }

    /// A reader of a part of a file, which begins where a record does. The part's bytes are to be pushed.
    pub fn at(place: Place, encoding: Encoding, delimiter: Delimiter) -> FileReader {
        FileReader {
            decoder: Decoder::new(encoding, place.offset),
            reader: RecordReader::at(delimiter, Position { offset: 0, line: place.line }),
            text: Vec::new(),
            taken: 0,
            offset: place.offset,
            fault: None,
            ended: false,
        }
    }

    /// The encoding of all that was pushed.
    pub fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// How many bytes were pushed: at the end, the file's size.
    pub fn pushed(&self) -> u64 {
        self.offset + self.decoder.encoding().encoded_len(&self.text)
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.decode(|decoder, text| decoder.decode(bytes, text));
    }

    /// There are no more bytes.
    pub fn end(&mut self) {
        self.decode(|decoder, text| decoder.finish(text));
        self.ended = true;
    }

    fn decode(&mut self, decode: impl FnOnce(&mut Decoder, &mut Vec<u8>) -> Result<u64, EncodingError>) {
        self.text.clear();
        self.taken = 0;
        match decode(&mut self.decoder, &mut self.text) {
            Ok(offset) => self.offset = offset,
            Err(error) => {
                // Of two faults the first in the file is told, and text ends before a NUL.
                let end = self.text.iter().position(|&byte| byte == 0).unwrap_or(self.text.len());
                self.text.truncate(end);
                self.fault = Some(error);
            }
        }
    }

    /// Where the next record begins; `None` when more bytes are wanted, or when there is none. Only between two records.
    pub fn seek(&mut self) -> Option<Place> {
        let mut rest = &self.text[self.taken..];
        let position = self.reader.seek(&mut rest);
        self.taken = self.text.len() - rest.len();
        // Behind a fault no place is known, and none is needed.
        let position = position.filter(|_| self.fault.is_none())?;
        let before = self.decoder.encoding().encoded_len(&self.text[..self.taken]);
        Some(Place { offset: self.offset + before, line: position.line })
    }

    /// The next record; `None` when more bytes are wanted, or when there is none.
    ///
    /// # Errors
    /// When the file is no text, or no CSV, from here on. The reader is then of no further use.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, PlanError> {
        let mut rest = &self.text[self.taken..];
        let len = rest.len();
        let found = self.reader.fill(&mut rest)?;
        self.taken += len - rest.len();
        if found {
            return Ok(Some(self.reader.record()?));
        }
        if let Some(fault) = self.fault {
            return Err(fault.into());
        }
        if self.ended { Ok(self.reader.finish()?) } else { Ok(None) }
    }
}
