//! Rows on their way into the book.

use std::collections::HashSet;

use contacts::{ContactId, Folded, Identifier, Observation, Outcome, time};
use contacts_book::ImportCounts;
use contacts_csv::mapping::{Mapping, Target};
use contacts_csv::reader::{Record, RecordBuf};
use contacts_csv::report::{ReportWriter, RowResult};
use contacts_csv::row::{Origin, Reason, RowProblem, RowReader};

use crate::tally;

/// How many rows are folded at once, and how many bytes of the file they may come from: enough to share reads and
/// transactions, few enough for a small function's memory. With a phone and an email each, the rows' claims and the
/// settings fill four reads, and new contacts six transactions.
const ROWS: usize = 198;
const BYTES: u64 = 1024 * 1024;

/// Collects the rows of a file until there are enough to fold at once.
#[derive(Debug)]
pub(crate) struct Collector<'a> {
    reader: RowReader<'a>,
    origin: Origin,
    batch: Batch,
    bytes: u64,
}

/// Rows that are folded at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    rows: Vec<Row>,
    /// Of the rows that are to be folded, in their order.
    observations: Vec<Observation>,
}

/// Whom the rows of a batch name.
#[derive(Debug)]
pub(crate) struct Named {
    identifiers: HashSet<Identifier>,
    ids: HashSet<ContactId>,
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
    Taken(Vec<RowProblem>),
    Rejected(Vec<RowProblem>),
}

/// What the import's owner should know of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BatchNotes {
    /// How many rows are in the report.
    pub(crate) reported: u64,
    /// Whether cells were left out.
    pub(crate) skipped: bool,
    /// Whether custom values were left out because a contact would become too large.
    pub(crate) too_large: bool,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(reader: RowReader<'a>, origin: Origin) -> Collector<'a> {
        Collector { reader, origin, batch: Batch::default(), bytes: 0 }
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
                self.batch.observations.push(row.observation);
                Reading::Taken(row.skipped)
            }
            Err(problems) => Reading::Rejected(problems),
        };
        self.batch.rows.push(Row { record: record.to_buf(), reading });
    }

    /// Whether it is time to fold.
    pub(crate) fn is_full(&self) -> bool {
        self.batch.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// Gives away what was collected.
    pub(crate) fn batch(&mut self) -> Batch {
        self.bytes = 0;
        std::mem::take(&mut self.batch)
    }
}

impl Batch {
    /// What is to be folded. It is given away once.
    pub(crate) fn observations(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.observations)
    }

    /// Counts and reports the rows, now that they have been folded.
    pub(crate) fn settle(
        self,
        folded: Vec<Folded>,
        mapping: &Mapping,
        counts: &mut ImportCounts,
        report: &mut ReportWriter,
    ) -> BatchNotes {
        let mut notes = BatchNotes::default();
        let mut folded = folded.into_iter();
        for Row { record, reading } in self.rows {
            let (result, problems) = match reading {
                Reading::Rejected(problems) => {
                    tally::rejected(counts);
                    (RowResult::Rejected, problems)
                }
                Reading::Taken(mut problems) => {
                    let Some(folded) = folded.next() else { continue };
                    tally::folded(counts, &folded);
                    notes.too_large |= !folded.too_large.is_empty();
                    notes.skipped |= !problems.is_empty();
                    let result = if folded.outcome == Outcome::Ignored {
                        problems.push(RowProblem { column: None, reason: Reason::UnknownContact });
                        RowResult::Rejected
                    } else if folded.conflicts.is_empty() {
                        RowResult::Skipped
                    } else {
                        RowResult::Conflict
                    };
                    problems.extend(folded.conflicts.into_iter().map(|conflict| {
                        let column = mapping.column_of(&Target::Field(conflict.field.clone()));
                        RowProblem {
                            column,
                            reason: Reason::Conflict { field: conflict.field, contact: conflict.contact },
                        }
                    }));
                    (result, problems)
                }
            };
            if !problems.is_empty() {
                notes.reported += 1;
                report.write(result, record.line(), record.cells(), &problems);
            }
        }
        notes
    }
}

impl Named {
    pub(crate) fn by(observations: &[Observation]) -> Named {
        Named {
            identifiers: observations.iter().flat_map(Observation::identifiers).cloned().collect(),
            ids: observations.iter().filter_map(|observation| observation.contact).collect(),
        }
    }

    /// Whether somebody is named here and there.
    pub(crate) fn meets(&self, other: &Named) -> bool {
        !self.identifiers.is_disjoint(&other.identifiers) || !self.ids.is_disjoint(&other.ids)
    }
}
