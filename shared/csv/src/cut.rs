//! Splits a file into chunks that can be imported independently.
//!
//! The cutter reads the file once, to its end, so that an import finds every error before it changes anything. Each chunk
//! starts where a record starts, never inside a quoted cell. The cuts depend only on the file and the limits, not on how
//! the bytes arrive.

use std::ops::Range;

use crate::encoding::Encoding;
use crate::file::{FileReader, Place};
use crate::mapping::Mapping;
use crate::numbers::NumberEvidence;
use crate::plan::{Plan, PlanError, doubt};
use crate::quotes::QuoteFault;
use crate::reader::RecordError;
use crate::types::NumberWatch;

/// The size at which a chunk is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most rows of a chunk.
    pub rows: u64,
    /// The bytes of text after which a chunk ends. It may have a few more, since records are not split.
    pub bytes: u64,
}

/// A part of a file that starts and ends at a record boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Its range of bytes in the file.
    pub bytes: Range<u64>,
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// The encoding of its bytes.
    pub encoding: Encoding,
}

/// The result of reading a file to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// The chunks, in order. Together they cover the file from its first row, after the header.
    pub chunks: Vec<Cut>,
    /// The number of rows, without blank ones.
    pub rows: u64,
    /// The number of columns of the longest record.
    pub width: usize,
    /// The encoding of the file.
    pub encoding: Encoding,
    /// What the file says about the columns given to [`Cutter::watching_numbers`].
    pub numbers: Vec<(usize, NumberEvidence)>,
    /// Messages for the file's owner.
    pub warnings: Vec<String>,
}

/// Finds where to cut a file.
#[derive(Debug)]
pub struct Cutter {
    file: FileReader,
    limits: Limits,
    /// How many of the next records are not data: a `sep=` line, notes above the header, and the header.
    preamble: usize,
    has_header: bool,
    /// How many cells the header has, else the first row; and the row before the current one.
    cells: usize,
    cells_before: usize,
    /// The line of the first quoted cell that holds a line like a row.
    holds_row: Option<u64>,
    /// Whether some quote is neither at the end of a cell nor doubled.
    has_odd_quotes: bool,
    was_doubtful: bool,
    mapping: Mapping,
    numbers: NumberWatch,
    /// Where the current chunk starts; `None` before its first record.
    start: Option<Place>,
    chunk_rows: u64,
    chunk_bytes: u64,
    found: Cuts,
}

impl Cutter {
    /// Creates a cutter of the planned file. The plan already holds the bytes of its sample: push only those after it.
    pub fn new(plan: Plan, limits: Limits) -> Cutter {
        let sample = &plan.sample;
        let preamble = usize::from(sample.dialect.sep_line) + sample.records_before_data();
        let has_header = sample.header.is_some();
        let (was_doubtful, mapping) = (plan.decoder.is_doubtful(), plan.mapping.clone());
        let file = FileReader::of(plan);
        let encoding = file.encoding();
        Cutter {
            file,
            limits,
            preamble,
            has_header,
            cells: 0,
            cells_before: 0,
            holds_row: None,
            has_odd_quotes: false,
            was_doubtful,
            mapping,
            numbers: NumberWatch::default(),
            start: None,
            chunk_rows: 0,
            chunk_bytes: 0,
            found: Cuts { chunks: Vec::new(), rows: 0, width: 0, encoding, numbers: Vec::new(), warnings: Vec::new() },
        }
    }

    /// Also finds out how the numbers of these columns are written (see [`number_columns`](crate::types::number_columns)).
    /// Default: of no column.
    #[must_use]
    pub fn watching_numbers(mut self, columns: Vec<(usize, NumberEvidence)>) -> Cutter {
        self.numbers = NumberWatch::new(columns, &self.mapping);
        self
    }

    /// Reads the file's next bytes.
    ///
    /// # Errors
    /// [`PlanError::Encoding`] or [`PlanError::Read`] if the file is not text or not CSV.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), PlanError> {
        // The sample, on the first call.
        self.read()?;
        self.file.push(bytes);
        self.read()
    }

    /// Ends the file and returns its cuts.
    ///
    /// # Errors
    /// See [`Cutter::push`].
    pub fn finish(mut self) -> Result<Cuts, PlanError> {
        self.read()?;
        self.file.end();
        self.read()?;
        if let Some(start) = self.start {
            let end = self.file.position();
            self.close(start, end);
        }
        if let Some(line) = self.holds_row {
            if self.has_odd_quotes {
                return Err(RecordError::SwallowedLines { line }.into());
            }
            self.found.warnings.push(format!(
                "the quoted cell that starts on line {line} has lines that look like rows; if they are rows, a quote is left \
                 open there"
            ));
        }
        self.found.encoding = self.file.encoding();
        if self.file.is_doubtful() && !self.was_doubtful {
            self.found.warnings.push(doubt(self.found.encoding));
        }
        self.found.numbers = self.numbers.found();
        Ok(self.found)
    }

    fn read(&mut self) -> Result<(), PlanError> {
        loop {
            let full = self.chunk_rows >= self.limits.rows || self.chunk_bytes >= self.limits.bytes;
            if self.preamble == 0 && (full || self.start.is_none()) {
                // Without a place there is no record either, but `read` may still return an error.
                let place = self.file.seek();
                if let Some(place) = place
                    && let Some(start) = self.start.replace(place)
                {
                    self.close(start, place.offset);
                }
            }
            let Some(record) = self.file.read()? else { return Ok(()) };
            let blank = record.is_blank();
            let bytes = record.bytes();
            let cells = record.len();
            if self.preamble > 0 {
                // Blank lines may stand before the header.
                self.preamble -= usize::from(!blank);
                if self.preamble == 0 && self.has_header {
                    self.expect_cells(cells);
                }
                continue;
            }
            self.numbers.see(&record);
            self.has_odd_quotes |= record.has_bare_quote();
            let fault = record.fault();
            if self.cells == 0 {
                self.expect_cells(cells);
            }
            if let Some(fault) = fault {
                let is_row = cells == self.cells || cells == self.cells_before;
                match fault {
                    QuoteFault::HoldsRow { opened } if is_row => self.holds_row = self.holds_row.or(Some(opened)),
                    QuoteFault::HoldsRow { opened } | QuoteFault::SwallowedLines { opened } => {
                        return Err(RecordError::SwallowedLines { line: opened }.into());
                    }
                    QuoteFault::Malformed => self.has_odd_quotes = true,
                }
            }
            self.found.width = self.found.width.max(cells);
            self.cells_before = cells;
            self.chunk_bytes += bytes.end - bytes.start;
            self.chunk_rows += u64::from(!blank);
            self.found.rows += u64::from(!blank);
        }
    }

    fn expect_cells(&mut self, cells: usize) {
        (self.cells, self.cells_before, self.found.width) = (cells, cells, cells);
        self.file.expect_cells(cells);
    }

    fn close(&mut self, start: Place, end: u64) {
        let encoding = self.file.encoding();
        self.found.chunks.push(Cut { bytes: start.offset..end, line: start.line, encoding });
        (self.chunk_rows, self.chunk_bytes) = (0, 0);
    }
}
