//! Rows on their way into the book.

use contacts::{Observation, time};
use contacts_csv::reader::Record;
use contacts_csv::row::{Origin, Problem, RowReader};

/// How many rows are folded at once, and how many bytes of the file they may come from: enough to share reads and
/// transactions, few enough for a small function's memory.
const ROWS: usize = 500;
const BYTES: u64 = 4 * 1024 * 1024;

/// Of how many rejected rows an import tells what is wrong with them.
const TOLD_REJECTIONS: usize = 20;

/// What a batch has collected.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) observations: Vec<Observation>,
    /// How many other rows were rejected.
    pub(crate) rejected: u64,
    /// What is wrong with the first rejected rows of the file, for people.
    pub(crate) rejections: Vec<String>,
}

/// Collects the rows of a file until there are enough to fold at once.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    reader: RowReader<'a>,
    origin: Origin,
    /// The next record names the columns.
    header: bool,
    /// How many of the next rows are not wanted.
    skip: u64,
    rows: Rows,
    bytes: u64,
    told_rejections: usize,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(reader: RowReader<'a>, origin: Origin, header: bool, skip: u64) -> Batch<'a> {
        Batch { reader, origin, header, skip, rows: Rows::default(), bytes: 0, told_rejections: 0 }
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
            Ok(observation) => self.rows.observations.push(observation),
            Err(problems) => self.reject(record.line(), &problems),
        }
    }

    fn reject(&mut self, line: u64, problems: &[Problem]) {
        self.rows.rejected += 1;
        if self.told_rejections < TOLD_REJECTIONS {
            self.told_rejections += 1;
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            self.rows.rejections.push(format!("line {line} was rejected: {}", problems.join("; ")));
        }
    }

    /// Whether it is time to fold.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.observations.len() >= ROWS || self.bytes >= BYTES
    }

    /// Gives away what it has collected.
    pub(crate) fn empty(&mut self) -> Rows {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}
