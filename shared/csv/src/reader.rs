//! Splits decoded text into records, chunk by chunk.
//!
//! The delimiter separates cells; LF, CRLF or CR separates records. A quoted cell may contain all of these, and doubled
//! quotes. A quote inside an unquoted cell is an ordinary character. Text after a closing quote is taken, and is a
//! [`QuoteFault`] of the record. Empty lines are skipped. Records may differ in length.

use std::ops::Range;

use contacts::Quoting;
use csv_core::ReadRecordResult;
use memchr::memchr2_iter;

use crate::dialect::{Delimiter, Dialect};
use crate::quotes::{self, QuoteFault, QuoteScan};

/// The most columns a record may have: more than any exporter writes.
pub const MAX_COLUMNS: usize = 1_000;
/// The most bytes of UTF-8 a cell may have.
pub const MAX_CELL_BYTES: usize = 1024 * 1024;
/// The most bytes of UTF-8 that the cells of a record may have together. It bounds the memory of a reader.
pub const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// Why text cannot be split into records. Lines are physical lines and count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A record has more than [`MAX_COLUMNS`] columns.
    #[error("the record on line {line} has more than {MAX_COLUMNS} columns")]
    TooManyColumns {
        /// The line on which the record starts.
        line: u64,
    },
    /// A cell is longer than [`MAX_CELL_BYTES`], usually because a quote is never closed.
    #[error("cell {column} of the record on line {line} is longer than {MAX_CELL_BYTES} bytes; is a quote left open?")]
    CellTooLong {
        /// The line on which the record starts.
        line: u64,
        /// The number of the cell in the record, from 1.
        column: usize,
    },
    /// A record is longer than [`MAX_RECORD_BYTES`].
    #[error("the record on line {line} is longer than {MAX_RECORD_BYTES} bytes")]
    RecordTooLong {
        /// The line on which the record starts.
        line: u64,
    },
    /// The text ends inside quotes.
    #[error("the quote opened on line {line} is never closed")]
    UnclosedQuote {
        /// The line of the opening quote.
        line: u64,
    },
    /// A quote swallows the lines after it: text follows the quote that closes it on a later line, or the cell that it
    /// opens holds a line that looks like a row.
    #[error(
        "the quote opened on line {line} swallows the lines after it; close or double it, or read the file with quoting \
         \"none\", which takes quotes as they are"
    )]
    SwallowedLines {
        /// The line of the opening quote.
        line: u64,
    },
    /// The caller pushed bytes that did not come from a [`crate::encoding::Decoder`].
    #[error("the record on line {line} is not UTF-8")]
    NotUtf8 {
        /// The line on which the record starts.
        line: u64,
    },
}

/// A position in the decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// How many bytes of UTF-8 come before it, without a byte order mark.
    pub offset: u64,
    /// The physical line, from 1. LF, CRLF and CR each end a line, also inside quotes.
    pub line: u64,
}

/// A record, borrowed from the reader's buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'r> {
    line: u64,
    bytes: Range<u64>,
    text: &'r str,
    ends: &'r [usize],
    fault: Option<QuoteFault>,
    has_bare_quote: bool,
}

/// Reads records from text that arrives in chunks of any size.
#[derive(Debug)]
pub struct RecordReader {
    core: csv_core::Reader,
    delimiter: Delimiter,
    /// Absent if quotes are ordinary characters.
    quotes: Option<QuoteScan>,
    /// The cells of the current record, concatenated, without quotes and delimiters.
    text: Vec<u8>,
    text_len: usize,
    /// The end of each cell in `text`.
    ends: Vec<usize>,
    ends_len: usize,
    position: Position,
    /// Whether the last byte was CR. An LF that follows belongs to the same line end.
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
            RecordError::SwallowedLines { .. } => "swallowed_lines",
            RecordError::NotUtf8 { .. } => "malformed_text",
        }
    }

    /// The line of the error, from 1.
    pub fn line(&self) -> u64 {
        match *self {
            RecordError::TooManyColumns { line }
            | RecordError::CellTooLong { line, .. }
            | RecordError::RecordTooLong { line }
            | RecordError::UnclosedQuote { line }
            | RecordError::SwallowedLines { line }
            | RecordError::NotUtf8 { line } => line,
        }
    }
}

impl Position {
    /// The start of a text.
    pub const START: Position = Position { offset: 0, line: 1 };
}

impl<'r> Record<'r> {
    /// Where the record starts. A reader created at this position reads the same record first.
    pub fn start(&self) -> Position {
        Position { offset: self.bytes.start, line: self.line }
    }

    /// The physical line on which the record starts, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The record's range of bytes in the decoded text, without the line end.
    pub fn bytes(&self) -> Range<u64> {
        self.bytes.clone()
    }

    /// The number of cells, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a record is never empty")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a cell without its quotes; `None` if the record has no such cell.
    pub fn cell(&self, column: usize) -> Option<&'r str> {
        let end = *self.ends.get(column)?;
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        Some(&self.text[start..end])
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'r str> + use<'r> {
        cells(self.text, self.ends)
    }

    /// What is wrong with the quotes of the record.
    pub fn fault(&self) -> Option<QuoteFault> {
        self.fault
    }

    /// Whether a quote stands inside an unquoted cell, where it is an ordinary character.
    pub fn has_bare_quote(&self) -> bool {
        self.has_bare_quote
    }

    /// An owned copy of the record.
    pub fn to_buf(&self) -> RecordBuf {
        RecordBuf { line: self.line, text: self.text.to_owned(), ends: self.ends.to_owned() }
    }

    /// Whether every cell is blank, as in the `;;;;` lines that spreadsheets write.
    pub fn is_blank(&self) -> bool {
        crate::cell::trim(self.text).is_empty()
    }
}

/// An owned record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBuf {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl RecordBuf {
    /// The physical line on which the record starts, from 1.
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
    /// Creates a reader of a whole text. It skips a leading `sep=` line.
    pub fn new(dialect: Dialect) -> RecordReader {
        let mut reader = RecordReader::at(dialect.delimiter, Position::START).with_quoting(dialect.quoting);
        reader.skip_record = dialect.sep_line;
        reader
    }

    /// Creates a reader of the text from `position`, where a record must start.
    pub fn at(delimiter: Delimiter, position: Position) -> RecordReader {
        RecordReader {
            core: core(delimiter, Quoting::Standard),
            quotes: Some(QuoteScan::new(delimiter)),
            delimiter,
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

    /// Sets what quotes mean. Default: [`Quoting::Standard`]. Call it before the first record.
    #[must_use]
    pub fn with_quoting(mut self, quoting: Quoting) -> RecordReader {
        self.core = core(self.delimiter, quoting);
        self.quotes = (quoting == Quoting::Standard).then(|| QuoteScan::new(self.delimiter));
        self
    }

    /// Sets how many cells a row has, to find rows that a quote swallowed. Default: unknown.
    pub fn expect_cells(&mut self, cells: usize) {
        if let Some(quotes) = &mut self.quotes {
            quotes.expect_cells(cells);
        }
    }

    /// Reads the next record and advances `input` past it.
    ///
    /// Returns `None` after consuming all of `input`: the caller passes the next chunk, or calls
    /// [`RecordReader::finish`].
    ///
    /// # Errors
    /// [`RecordError`] if the text exceeds a limit or is not UTF-8. The reader is unusable afterwards.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Record<'_>>, RecordError> {
        if self.fill(input)? { self.record().map(Some) } else { Ok(None) }
    }

    /// Skips line ends at the front of `input` and returns the position where the next record starts; `None` if `input`
    /// has only line ends.
    ///
    /// Call it only between two records.
    pub fn seek(&mut self, input: &mut &[u8]) -> Option<Position> {
        let blank = input.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
        if blank > 0 {
            self.advance(input, blank, line_ends(&input[..blank], self.after_cr));
        }
        (!input.is_empty()).then_some(self.position)
    }

    /// Ends the text. Returns the last record if no line end follows it.
    ///
    /// # Errors
    /// [`RecordError`], in particular [`RecordError::UnclosedQuote`].
    pub fn finish(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        if !self.in_record {
            return Ok(None);
        }
        // Add the missing line end. It completes the record, unless the text ends inside quotes.
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

    /// Reads to the end of a record. Returns `false` if `input` ends first.
    pub(crate) fn fill(&mut self, input: &mut &[u8]) -> Result<bool, RecordError> {
        while !input.is_empty() {
            let begins = !self.in_record;
            if begins {
                let Some(start) = self.seek(input) else { break };
                (self.in_record, self.start, self.text_len, self.ends_len) = (true, start, 0, 0);
                if let Some(quotes) = &mut self.quotes {
                    quotes.start(start.line);
                }
            }
            let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.ends_len..]);
            let (result, taken, text_len, ends_len) = self.core.read_record(input, text, ends);
            self.text_len += text_len;
            self.ends_len += ends_len;
            let read = &input[..taken];
            let lines = if begins && result == ReadRecordResult::Record && self.is_simple(read) {
                1
            } else {
                if let Some(quotes) = &mut self.quotes {
                    quotes.read(read);
                }
                line_ends(read, self.after_cr)
            };
            self.advance(input, taken, lines);
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

    /// The record that [`RecordReader::fill`] completed.
    pub(crate) fn record(&self) -> Result<Record<'_>, RecordError> {
        let line = self.start.line;
        let ends = &self.ends[..self.ends_len];
        let text = std::str::from_utf8(&self.text[..self.text_len]).map_err(|_| RecordError::NotUtf8 { line })?;
        if !ends.iter().all(|&end| text.is_char_boundary(end)) {
            return Err(RecordError::NotUtf8 { line });
        }
        // The last consumed byte is the line end; `finish` counts one at the end of the text, too.
        let fault = self.quotes.as_ref().and_then(QuoteScan::fault);
        let has_bare_quote = self.quotes.as_ref().is_some_and(QuoteScan::has_bare);
        Ok(Record { line, bytes: self.start.offset..self.position.offset - 1, text, ends, fault, has_bare_quote })
    }

    /// Whether the record, which is read whole from these bytes, has one line and no quotes that need a [`QuoteScan`].
    fn is_simple(&self, bytes: &[u8]) -> bool {
        let (text, ends) = (&self.text[..self.text_len], &self.ends[..self.ends_len]);
        self.quotes.is_none() || quotes::only_enclose_cells(bytes, text, ends)
    }

    /// Consumes `count` bytes, which end this many lines.
    fn advance(&mut self, input: &mut &[u8], count: usize, lines: u64) {
        let (taken, rest) = input.split_at(count);
        self.position.line += lines;
        self.position.offset += count as u64;
        self.after_cr = taken.last().map_or(self.after_cr, |&byte| byte == b'\r');
        *input = rest;
    }

    fn last_end(&self) -> usize {
        self.ends[..self.ends_len].last().copied().unwrap_or(0)
    }

    /// Checks finished cells before anything later, so that the reported error does not depend on chunk boundaries.
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
        // One byte above the limit, so that a full buffer means the record is too long.
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

fn core(delimiter: Delimiter, quoting: Quoting) -> csv_core::Reader {
    let mut builder = csv_core::ReaderBuilder::new();
    let mut core = builder.delimiter(delimiter.byte()).quoting(quoting == Quoting::Standard).build();
    // `csv_core` strips a byte order mark from its first input. The decoder has already stripped the real one, so any
    // other is text. An empty line as first input turns the stripping off.
    core.read_record(b"\n", &mut [], &mut []);
    core
}

/// Counts the line ends in `bytes`. After a CR, a leading LF does not count.
fn line_ends(bytes: &[u8], after_cr: bool) -> u64 {
    let is_end = |at: &usize| !bytes[*at..].starts_with(b"\r\n");
    let joined = usize::from(after_cr && bytes.first() == Some(&b'\n'));
    (memchr2_iter(b'\r', b'\n', bytes).filter(is_end).count() - joined) as u64
}
