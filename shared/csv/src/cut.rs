//! Splits a file into chunks that can be imported independently.
//!
//! The cutter reads the file once, to its end, so that an import finds every error before it changes anything. Each chunk
//! starts where a record starts, never inside a quoted cell. The cuts depend only on the file and the limits, not on how
//! the bytes arrive.

use std::ops::Range;

use crate::encoding::Encoding;
use crate::file::{FileReader, Place};
use crate::plan::{Plan, PlanError};

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
}

/// Finds where to cut a file.
#[derive(Debug)]
pub struct Cutter {
    file: FileReader,
    limits: Limits,
    /// How many of the next records are not data: a `sep=` line and the header.
    preamble: u32,
    /// Where the current chunk starts; `None` before its first record.
    start: Option<Place>,
    chunk_rows: u64,
    chunk_bytes: u64,
    found: Cuts,
}

impl Cutter {
    /// Creates a cutter of the planned file. The plan already holds the bytes of its sample: push only those after it.
    pub fn new(plan: Plan, limits: Limits) -> Cutter {
        Cutter {
            preamble: u32::from(plan.sample.dialect.sep_line) + u32::from(plan.sample.header.is_some()),
            file: FileReader::of(plan),
            limits,
            start: None,
            chunk_rows: 0,
            chunk_bytes: 0,
            found: Cuts { chunks: Vec::new(), rows: 0, width: 0 },
        }
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
            let end = self.file.pushed();
            self.close(start, end);
        }
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
            self.found.width = self.found.width.max(record.len());
            let blank = record.is_blank();
            let bytes = record.bytes();
            if self.preamble > 0 {
                // Blank lines may stand before the header.
                self.preamble -= u32::from(!blank);
                continue;
            }
            self.chunk_bytes += bytes.end - bytes.start;
            self.chunk_rows += u64::from(!blank);
            self.found.rows += u64::from(!blank);
        }
    }

    fn close(&mut self, start: Place, end: u64) {
        let encoding = self.file.encoding();
        self.found.chunks.push(Cut { bytes: start.offset..end, line: start.line, encoding });
        (self.chunk_rows, self.chunk_bytes) = (0, 0);
    }
}
