//! Rows on their way into the book.

use contacts::{Observation, time};

use crate::reader::Record;
use crate::row::{Origin, RowReader};

/// How many rows are folded at once, and how many bytes of the file they may come from: enough to share reads and
/// transactions, few enough for a small function's memory.
const ROWS: usize = 500;
const BYTES: u64 = 4 * 1024 * 1024;

/// Collects the rows of a file until there are enough to fold at once.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    reader: RowReader<'a>,
    origin: Origin,
    /// The next record names the columns.
    header: bool,
    /// How many of the next rows are not wanted.
    skip: u64,
    observations: Vec<Observation>,
    rejected: u64,
    bytes: u64,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(reader: RowReader<'a>, origin: Origin, header: bool, skip: u64) -> Batch<'a> {
        Batch { reader, origin, header, skip, observations: Vec::new(), rejected: 0, bytes: 0 }
    }

    /// Takes the file's next record. Blank ones are no rows.
    pub(crate) fn take(&mut self, record: &Record<'_>) {
        if record.is_blank() || std::mem::take(&mut self.header) {
            return;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        let bytes = record.bytes();
        self.bytes += bytes.end - bytes.start;
        match self.reader.read(record, self.origin, time::now()) {
            Ok(observation) => self.observations.push(observation),
            Err(_) => self.rejected += 1,
        }
    }

    /// Whether it is time to fold.
    pub(crate) fn is_full(&self) -> bool {
        self.observations.len() >= ROWS || self.bytes >= BYTES
    }

    /// Gives away what it has collected: observations, and how many rows were rejected among them.
    pub(crate) fn empty(&mut self) -> (Vec<Observation>, u64) {
        self.bytes = 0;
        (std::mem::take(&mut self.observations), std::mem::take(&mut self.rejected))
    }
}
