//! Cutting a file into chunks that can be read by themselves.
//!
//! A file is read through once, to its end, before anything is made of it: what is wrong with it is found while nothing
//! has been imported. A cut is where a record begins, never inside a quoted cell, and depends on the file and the limits
//! alone, not on the pieces in which the bytes came.

use std::ops::Range;

use crate::encoding::Encoding;
use crate::file::{FileReader, Place};
use crate::plan::{Plan, PlanError};

/// When a chunk is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// It has so many rows.
    pub rows: u64,
    /// Its text has so many bytes, or a few more: records are not cut.
    pub bytes: u64,
}

/// A part of a file that begins and ends where a record does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Its place in the file.
    pub bytes: Range<u64>,
    /// The physical line of its start, from 1.
    pub line: u64,
    /// What its bytes are in.
    pub encoding: Encoding,
}

/// What reading a file through has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// The chunks, in order. Together they are the file from its first row on; the first begins behind the header.
    pub chunks: Vec<Cut>,
    /// How many rows there are, the blank ones left out.
    pub rows: u64,
    /// How many columns the longest record has.
    pub width: usize,
}

/// Finds the cuts of a file.
#[derive(Debug)]
pub struct Cutter {
    file: FileReader,
    limits: Limits,
    /// How many of the next records are not data: a `sep=` line, the header.
    preamble: u32,
    /// Where the chunk begins that is being filled; `None` while that has not been read.
    start: Option<Place>,
    chunk_rows: u64,
    chunk_bytes: u64,
    found: Cuts,
}

impl Cutter {
    /// A cutter of the planned file. The bytes of its sample were pushed.
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

    /// Takes the file's next bytes.
    ///
    /// # Errors
    /// When the file is no text, or no CSV.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), PlanError> {
        // First what came before: the sample, that is.
        self.read()?;
        self.file.push(bytes);
        self.read()
    }

    /// The cuts of the whole file.
    ///
    /// # Errors
    /// As [`Cutter::push`].
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
                // Without a place there is no record either, but there may be a fault.
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
