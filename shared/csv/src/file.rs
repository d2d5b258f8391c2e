//! Reads records from the bytes of a file, piece by piece.

use contacts::Quoting;

use crate::dialect::Delimiter;
use crate::encoding::{Decoder, Encoding, EncodingError};
use crate::plan::{Plan, PlanError};
use crate::reader::{Position, Record, RecordReader};

/// Reads records from the bytes of a file, which the caller pushes piece by piece.
///
/// After each push, call [`FileReader::read`] until it returns `None`.
#[derive(Debug)]
pub struct FileReader {
    decoder: Decoder,
    reader: RecordReader,
    /// The decoded text of the last push, and how much of it the reader has consumed.
    text: Vec<u8>,
    taken: usize,
    /// Where in the file `text` starts.
    offset: u64,
    /// The error in the bytes after `text`.
    fault: Option<EncodingError>,
    ended: bool,
}

/// Where in a file a record starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The position in bytes.
    pub offset: u64,
    /// The physical line, from 1.
    pub line: u64,
}

impl FileReader {
    /// Creates a reader of a planned file, from its first record, which may be a `sep=` line. The plan already holds the
    /// bytes of its sample: push only those after it.
    pub fn of(plan: Plan) -> FileReader {
        let Plan { decoder, text, offset, sample, .. } = plan;
        let dialect = sample.dialect;
        let reader = RecordReader::at(dialect.delimiter, Position::START).with_quoting(dialect.quoting);
        FileReader { decoder, reader, text, taken: 0, offset, fault: None, ended: false }
    }

    /// Creates a reader of a part of a file that starts at a record boundary. Push the bytes of that part.
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

    /// Sets what quotes mean. Default: [`Quoting::Standard`]. Call it before the first record.
    #[must_use]
    pub fn with_quoting(mut self, quoting: Quoting) -> FileReader {
        self.reader = self.reader.with_quoting(quoting);
        self
    }

    /// Sets how many cells a row has, to find rows that a quote swallowed. Default: unknown.
    pub fn expect_cells(&mut self, cells: usize) {
        self.reader.expect_cells(cells);
    }

    /// Whether the encoding is a doubtful guess: see [`Decoder::is_doubtful`].
    pub fn is_doubtful(&self) -> bool {
        self.decoder.is_doubtful()
    }

    /// The encoding of the pushed bytes.
    pub fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// How many bytes were decoded. At the end of the file this is its size.
    pub fn position(&self) -> u64 {
        self.decoder.position()
    }

    /// Adds the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.decode(|decoder, text| decoder.decode(bytes, text));
    }

    /// Ends the file.
    pub fn end(&mut self) {
        self.decode(|decoder, text| decoder.finish(text));
        self.ended = true;
    }

    fn decode(&mut self, decode: impl FnOnce(&mut Decoder, &mut Vec<u8>) -> Result<u64, EncodingError>) {
        self.text.clear();
        self.decoder.forget();
        self.taken = 0;
        match decode(&mut self.decoder, &mut self.text) {
            Ok(offset) => self.offset = offset,
            Err(error) => {
                // Of two errors the first in the file is reported, and text ends before a NUL.
                let end = self.text.iter().position(|&byte| byte == 0).unwrap_or(self.text.len());
                self.text.truncate(end);
                self.fault = Some(error);
            }
        }
    }

    /// Where the next record starts; `None` if it needs more bytes or the file has no more records.
    ///
    /// Call it only between two records.
    pub fn seek(&mut self) -> Option<Place> {
        let mut rest = &self.text[self.taken..];
        let position = self.reader.seek(&mut rest);
        self.taken = self.text.len() - rest.len();
        // After a decoding error the position is unknown, and nobody needs it.
        let position = position.filter(|_| self.fault.is_none())?;
        let before = self.decoder.encoded_len(&self.text[..self.taken]);
        Some(Place { offset: self.offset + before, line: position.line })
    }

    /// The next record; `None` if it needs more bytes or the file has no more records.
    ///
    /// # Errors
    /// [`PlanError::Encoding`] or [`PlanError::Read`] if the next bytes are not text or not CSV. The reader is unusable
    /// afterwards.
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
