//! Rows on their way into the book.

use contacts::{Folded, ImportCounts, Observation, Outcome, time};
use contacts_csv::mapping::{Mapping, Target};
use contacts_csv::reader::{Record, RecordBuf};
use contacts_csv::report::{ReportWriter, RowResult};
use contacts_csv::row::{Origin, Problem, Reason, RowReader};

use crate::tally;

/// How many rows are folded at once, and how many bytes of the file they may come from: enough to share reads and
/// transactions, few enough for a small function's memory.
const ROWS: usize = 500;
const BYTES: u64 = 4 * 1024 * 1024;

/// Collects the rows of a file until there are enough to fold at once.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    reader: RowReader<'a>,
    mapping: &'a Mapping,
    origin: Origin,
    rows: Vec<Row>,
    /// Of the rows that are to be folded, in their order.
    observations: Vec<Observation>,
    bytes: u64,
}

/// A row as it is in the file, and what its reading came to.
#[derive(Debug)]
struct Row {
    record: RecordBuf,
    reading: Reading,
}

#[derive(Debug)]
enum Reading {
    /// There is an observation of it; these cells were left out.
    Taken(Vec<Problem>),
    Rejected(Vec<Problem>),
}

/// What the import's owner should know of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many rows are in the report.
    pub(crate) reported: u64,
    /// Whether cells were left out.
    pub(crate) skipped: bool,
    /// Whether custom values were left out because a contact would become too large.
    pub(crate) too_large: bool,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(reader: RowReader<'a>, mapping: &'a Mapping, origin: Origin) -> Batch<'a> {
        Batch { reader, mapping, origin, rows: Vec::new(), observations: Vec::new(), bytes: 0 }
    }

    /// Takes the file's next record. Blank ones are no rows.
    pub(crate) fn take(&mut self, record: &Record<'_>) {
        if record.is_blank() {
            return;
        }
        let bytes = record.bytes();
        self.bytes += bytes.end - bytes.start;
        let reading = match self.reader.read(record, self.origin, time::now()) {
            Ok(row) => {
                self.observations.push(row.observation);
                Reading::Taken(row.skipped)
            }
            Err(problems) => Reading::Rejected(problems),
        };
        self.rows.push(Row { record: record.to_buf(), reading });
    }

    /// Whether it is time to fold.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// What is to be folded.
    pub(crate) fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Counts and reports the rows, now that they have been folded, and forgets them.
    pub(crate) fn settle(&mut self, folded: Vec<Folded>, counts: &mut ImportCounts, report: &mut ReportWriter) -> Told {
        let mut told = Told::default();
        let mut folded = folded.into_iter();
        for Row { record, reading } in self.rows.drain(..) {
            let (result, problems) = match reading {
                Reading::Rejected(problems) => {
                    tally::rejected(counts);
                    (RowResult::Rejected, problems)
                }
                Reading::Taken(mut problems) => {
                    let Some(folded) = folded.next() else { continue };
                    tally::folded(counts, &folded);
                    told.too_large |= !folded.too_large.is_empty();
                    told.skipped |= !problems.is_empty();
                    let result = if folded.outcome == Outcome::Ignored {
                        problems.push(Problem { column: None, reason: Reason::UnknownContact });
                        RowResult::Rejected
                    } else if folded.conflicts.is_empty() {
                        RowResult::Skipped
                    } else {
                        RowResult::Conflict
                    };
                    problems.extend(folded.conflicts.into_iter().map(|conflict| {
                        let column = self.mapping.column_of(&Target::Field(conflict.field.clone()));
                        Problem {
                            column,
                            reason: Reason::Conflict { field: conflict.field, contact: conflict.contact },
                        }
                    }));
                    (result, problems)
                }
            };
            if !problems.is_empty() {
                told.reported += 1;
                report.write(result, record.line(), record.cells(), &problems);
            }
        }
        self.observations.clear();
        self.bytes = 0;
        told
    }
}
