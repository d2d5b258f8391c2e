//! Records from decoded text, as it comes.
//!
//! Cells are separated by the delimiter, records by LF, CRLF or CR; a cell in quotes may hold all of these, and doubled
//! quotes. A quote inside an unquoted cell is itself. Lines with nothing on them are skipped; rows of any length are
//! kept as they are.

use std::ops::Range;

use csv_core::ReadRecordResult;

use crate::dialect::{Delimiter, Dialect};

/// The most columns a record has: more than any exporter writes.
pub const MAX_COLUMNS: usize = 1_000;
/// The most bytes of UTF-8 a cell has.
pub const MAX_CELL_BYTES: usize = 1024 * 1024;
/// The most bytes of UTF-8 the cells of a record have together. It bounds the memory of a reader.
pub const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// Why text cannot be read as CSV. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The record that begins on `line` has more than [`MAX_COLUMNS`] columns.
    #[error("the record on line {line} has more than {MAX_COLUMNS} columns")]
    TooManyColumns {
        /// Of the record's start.
        line: u64,
    },
    /// A cell is longer than [`MAX_CELL_BYTES`]; most often a quote was opened and never closed.
    #[error("cell {column} of the record on line {line} is longer than {MAX_CELL_BYTES} bytes; is a quote left open?")]
    CellTooLong {
        /// Of the record's start.
        line: u64,
        /// From 1.
        column: usize,
    },
    /// The record is longer than [`MAX_RECORD_BYTES`].
    #[error("the record on line {line} is longer than {MAX_RECORD_BYTES} bytes")]
    RecordTooLong {
        /// Of the record's start.
        line: u64,
    },
    /// The text ends inside quotes.
    #[error("the quote opened on line {line} is never closed")]
    UnclosedQuote {
        /// Of the opening quote.
        line: u64,
    },
    /// The reader was fed bytes that no [`crate::encoding::Decoder`] made.
    #[error("the record on line {line} is not UTF-8")]
    NotUtf8 {
        /// Of the record's start.
        line: u64,
    },
}

/// A place in the decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes of UTF-8 before it, a byte order mark not counted.
    pub offset: u64,
    /// The physical line it is on, from 1. LF, CRLF and CR each end a line, also inside quotes.
    pub line: u64,
}

/// One row, borrowed from the reader's buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'r> {
    line: u64,
    bytes: Range<u64>,
    text: &'r str,
    ends: &'r [usize],
}

/// Reads records from text that is pushed to it in chunks of any size.
#[derive(Debug)]
pub struct RecordReader {
    core: csv_core::Reader,
    /// The cells of the record being read, one after the other, without quotes and delimiters.
    text: Vec<u8>,
    text_len: usize,
    /// Where in `text` each cell ends.
    ends: Vec<usize>,
    ends_len: usize,
    position: Position,
    /// The last byte was CR: an LF now belongs to the same line end.
    after_cr: bool,
    start: Position,
    in_record: bool,
    skip_record: bool,
}

impl RecordError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            RecordError::TooManyColumns { .. } => "too_many_columns",
            RecordError::CellTooLong { .. } => "cell_too_long",
            RecordError::RecordTooLong { .. } => "record_too_long",
            RecordError::UnclosedQuote { .. } => "unclosed_quote",
            RecordError::NotUtf8 { .. } => "malformed_text",
        }
    }

    /// The line to look at, from 1.
    pub fn line(&self) -> u64 {
        match *self {
            RecordError::TooManyColumns { line }
            | RecordError::CellTooLong { line, .. }
            | RecordError::RecordTooLong { line }
            | RecordError::UnclosedQuote { line }
            | RecordError::NotUtf8 { line } => line,
        }
    }
}

impl Position {
    /// Where a text begins.
    pub const START: Position = Position { offset: 0, line: 1 };
}

impl<'r> Record<'r> {
    /// Where the record begins. A reader made there reads it first.
    pub fn start(&self) -> Position {
        Position { offset: self.bytes.start, line: self.line }
    }

    /// The physical line of its start, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its place in the decoded text, without the line end.
    pub fn bytes(&self) -> Range<u64> {
        self.bytes.clone()
    }

    /// How many cells it has, one at least.
    #[expect(clippy::len_without_is_empty, reason = "a record is never empty")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell as it is in the file, but for quotes; `None` beyond the last one.
    pub fn cell(&self, column: usize) -> Option<&'r str> {
        let end = *self.ends.get(column)?;
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        Some(&self.text[start..end])
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'r str> + use<'r> {
        cells(self.text, self.ends)
    }

    /// The record, to keep.
    pub fn to_buf(&self) -> RecordBuf {
        RecordBuf { line: self.line, text: self.text.to_owned(), ends: self.ends.to_owned() }
    }

    /// Whether every cell is blank: the `;;;;` of spreadsheets.
    pub fn is_blank(&self) -> bool {
        crate::cell::trim(self.text).is_empty()
    }
}

/// A record of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBuf {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl RecordBuf {
    /// The physical line of its start, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        cells(&self.text, &self.ends)
    }
}

fn cells<'t>(text: &'t str, ends: &'t [usize]) -> impl ExactSizeIterator<Item = &'t str> {
    let mut start = 0;
    ends.iter().map(move |&end| &text[std::mem::replace(&mut start, end)..end])
}

impl RecordReader {
    /// A reader of a whole text. A leading `sep=` line is not a record.
    pub fn new(dialect: Dialect) -> RecordReader {
        let mut reader = RecordReader::at(dialect.delimiter, Position::START);
        reader.skip_record = dialect.sep_line;
        reader
    }

    /// A reader of the text from `position`, where a record begins.
    pub fn at(delimiter: Delimiter, position: Position) -> RecordReader {
        let mut core = csv_core::ReaderBuilder::new().delimiter(delimiter.byte()).build();
        // It would take a byte order mark off whatever it reads first, if it gets it in one piece: what the decoder has
        // left of such marks is text, wherever the reader begins.
        core.read_record(b"\n", &mut [], &mut []);
        RecordReader {
            core,
            text: vec![0; 4096],
            text_len: 0,
            ends: vec![0; 64],
            ends_len: 0,
            position,
            after_cr: false,
            start: position,
            in_record: false,
            skip_record: false,
        }
    }

    /// Takes bytes from the front of `input` up to the end of the next record. `None`: all of `input` is taken, and the
    /// next chunk is wanted, or [`RecordReader::finish`]. After an error the reader is of no further use.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Record<'_>>, RecordError> {
        if self.fill(input)? { self.record().map(Some) } else { Ok(None) }
    }

    /// Takes line ends from the front of `input`, up to where the next record begins. `None`: there was nothing else.
    ///
    /// Only between two records.
    pub fn seek(&mut self, input: &mut &[u8]) -> Option<Position> {
        let blank = input.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
        self.advance(input, blank);
        (!input.is_empty()).then_some(self.position)
    }

    /// The text has ended: the last record, if its line had no end.
    pub fn finish(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        if !self.in_record {
            return Ok(None);
        }
        // A line end that the text does not have ends the record, unless it is taken as part of a quoted cell.
        if self.fill(&mut &b"\n"[..])? {
            return self.record().map(Some);
        }
        if !self.in_record {
            return Ok(None);
        }
        self.check_cells()?;
        let open = &self.text[self.last_end()..self.text_len];
        Err(RecordError::UnclosedQuote { line: self.position.line - line_ends(open, false) })
    }

    /// Reads to the end of a record; `false` if `input` ends first.
    pub(crate) fn fill(&mut self, input: &mut &[u8]) -> Result<bool, RecordError> {
        while !input.is_empty() {
            if !self.in_record {
                let Some(start) = self.seek(input) else { break };
                (self.in_record, self.start, self.text_len, self.ends_len) = (true, start, 0, 0);
            }
            let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.ends_len..]);
            let (result, taken, text_len, ends_len) = self.core.read_record(input, text, ends);
            self.advance(input, taken);
            self.text_len += text_len;
            self.ends_len += ends_len;
            match result {
                ReadRecordResult::Record => {
                    self.check_cells()?;
                    self.in_record = false;
                    if !std::mem::take(&mut self.skip_record) {
                        return Ok(true);
                    }
                }
                ReadRecordResult::OutputFull => self.grow_text()?,
                ReadRecordResult::OutputEndsFull => self.grow_ends()?,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            }
        }
        Ok(false)
    }

    /// The record that [`RecordReader::fill`] has read.
    pub(crate) fn record(&self) -> Result<Record<'_>, RecordError> {
        let line = self.start.line;
        let ends = &self.ends[..self.ends_len];
        let text = std::str::from_utf8(&self.text[..self.text_len]).map_err(|_| RecordError::NotUtf8 { line })?;
        if !ends.iter().all(|&end| text.is_char_boundary(end)) {
            return Err(RecordError::NotUtf8 { line });
        }
        // The last byte taken is the line end, or at the end of the text stands for it.
        Ok(Record { line, bytes: self.start.offset..self.position.offset - 1, text, ends })
    }

    fn advance(&mut self, input: &mut &[u8], count: usize) {
        let (taken, rest) = input.split_at(count);
        self.position.line += line_ends(taken, self.after_cr);
        self.position.offset += count as u64;
        self.after_cr = taken.last().map_or(self.after_cr, |&byte| byte == b'\r');
        *input = rest;
    }

    fn last_end(&self) -> usize {
        self.ends[..self.ends_len].last().copied().unwrap_or(0)
    }

    /// The errors depend on what was read, never on how it was cut: so cells are judged before anything that came later.
    fn check_cells(&self) -> Result<(), RecordError> {
        if self.text_len <= MAX_CELL_BYTES {
            return Ok(());
        }
        let mut start = 0;
        let ends = self.ends[..self.ends_len].iter().chain([&self.text_len]);
        for (index, &end) in ends.enumerate() {
            if end - start > MAX_CELL_BYTES {
                return Err(RecordError::CellTooLong { line: self.start.line, column: index + 1 });
            }
            start = end;
        }
        Ok(())
    }

    fn grow_text(&mut self) -> Result<(), RecordError> {
        self.check_cells()?;
        if self.text_len > MAX_RECORD_BYTES {
            return Err(RecordError::RecordTooLong { line: self.start.line });
        }
        // One more than allowed, so that a full buffer is a record too long.
        self.text.resize((self.text.len() * 2).min(MAX_RECORD_BYTES + 1), 0);
        Ok(())
    }

    fn grow_ends(&mut self) -> Result<(), RecordError> {
        self.check_cells()?;
        if self.ends_len == MAX_COLUMNS {
            return Err(RecordError::TooManyColumns { line: self.start.line });
        }
        self.ends.resize((self.ends.len() * 2).min(MAX_COLUMNS), 0);
        Ok(())
    }
}

/// How many line ends are in `bytes`; a first LF is none after a CR.
fn line_ends(bytes: &[u8], after_cr: bool) -> u64 {
    let count = |wanted: u8| bytes.iter().filter(|&&byte| byte == wanted).count();
    let (lf, cr) = (count(b'\n'), count(b'\r'));
    let pairs = if cr == 0 { 0 } else { bytes.windows(2).filter(|pair| pair == b"\r\n").count() };
    let joined = usize::from(after_cr && bytes.first() == Some(&b'\n'));
    (lf + cr - pairs - joined) as u64
}
