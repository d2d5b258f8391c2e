//! Batches of rows: collecting, then counting and reporting them.

use std::collections::HashSet;

use contacts::{Conflict, ContactId, Existing, Folded, Identifier, Observation, Outcome, Rejection, Settings, time};
use contacts_book::ImportCounts;
use contacts_csv::mapping::{Mapping, Target};
use contacts_csv::people::People;
use contacts_csv::reader::{Record, RecordBuf};
use contacts_csv::report::{ReportWriter, RowResult};
use contacts_csv::row::{Origin, Reason, RowProblem, RowReader};

use crate::tally;

/// The most rows of a batch, and the bytes of the file after which it is full. Enough to share reads and transactions, few
/// enough for a small function's memory. If each row has a phone and an email, the claims and the settings fill four
/// reads, and new contacts fill six transactions.
const ROWS: usize = 198;
const BYTES: u64 = 1024 * 1024;

/// Collects the rows of a file until a batch is full.
#[derive(Debug)]
pub(crate) struct Collector<'a> {
    reader: RowReader<'a>,
    origin: Origin,
    /// The id of the invocation.
    request: &'a str,
    existing: Existing,
    batch: Batch,
    bytes: u64,
}

/// Rows that are folded together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    rows: Vec<BatchRow>,
    /// One for each accepted row, in order.
    observations: Vec<Observation>,
}

/// The identifiers and contact ids in the rows of a batch.
#[derive(Debug)]
pub(crate) struct Named {
    identifiers: HashSet<Identifier>,
    ids: HashSet<ContactId>,
}

/// A row as it is in the file, and whether it is valid.
#[derive(Debug)]
struct BatchRow {
    record: RecordBuf,
    verdict: Verdict,
}

#[derive(Debug)]
enum Verdict {
    /// The batch has an observation for the row. It lacks the cells with these problems.
    Accepted(Vec<RowProblem>),
    Rejected(Vec<RowProblem>),
}

/// What the import's owner should know about a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BatchNotes {
    /// How many of its rows are in the report.
    pub(crate) reported: u64,
    /// Whether invalid cells were left out.
    pub(crate) skipped: bool,
    /// Why valid values were left out.
    pub(crate) left_out: Vec<Rejection>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(reader: RowReader<'a>, origin: Origin, request: &'a str) -> Collector<'a> {
        Collector { reader, origin, request, existing: Existing::default(), batch: Batch::default(), bytes: 0 }
    }

    /// Sets what the rows may do to contacts that exist already. Default: update them.
    pub(crate) fn with_existing(self, existing: Existing) -> Collector<'a> {
        Collector { existing, ..self }
    }

    /// Adds the file's next record. Ignores a blank one.
    pub(crate) fn add(&mut self, record: &Record<'_>) {
        if record.is_blank() {
            return;
        }
        let bytes = record.bytes();
        self.bytes += bytes.end - bytes.start;
        let verdict = match self.reader.read(record, self.origin, time::now()) {
            Ok(row) => {
                let mut observation = row.observation.delivered_by(self.request);
                observation.existing = self.existing;
                self.batch.observations.push(observation);
                Verdict::Accepted(row.skipped)
            }
            Err(problems) => Verdict::Rejected(problems),
        };
        self.batch.rows.push(BatchRow { record: record.to_buf(), verdict });
    }

    /// Whether the batch is full.
    pub(crate) fn is_full(&self) -> bool {
        self.batch.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// Returns the collected batch and starts the next one.
    pub(crate) fn take(&mut self) -> Batch {
        self.bytes = 0;
        std::mem::take(&mut self.batch)
    }
}

impl Batch {
    /// Takes the observations to fold. A second call returns none.
    pub(crate) fn take_observations(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.observations)
    }

    /// Notices which rows are about one contact. `observations` are those of the batch.
    pub(crate) fn compare(&self, observations: &[Observation], folded: &[Folded], people: &mut People<'_>) {
        let accepted = self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Accepted(_)));
        for ((row, observation), folded) in accepted.zip(observations).zip(folded) {
            people.add(row.record.line(), observation, folded);
        }
    }

    /// Counts and reports the rows after they have been folded.
    pub(crate) fn settle(
        self,
        folded: Vec<Folded>,
        mapping: &Mapping,
        counts: &mut ImportCounts,
        report: &mut ReportWriter,
    ) -> BatchNotes {
        let mut notes = BatchNotes::default();
        let mut folded = folded.into_iter();
        for BatchRow { record, verdict } in self.rows {
            // The report must not repeat a row that names somebody who was erased.
            let mut is_erased = false;
            let (result, problems) = match verdict {
                Verdict::Rejected(problems) => {
                    tally::rejected(counts);
                    (RowResult::Rejected, problems)
                }
                Verdict::Accepted(mut problems) => {
                    let Some(folded) = folded.next() else { continue };
                    tally::folded(counts, &folded);
                    notes.skipped |= !problems.is_empty();
                    for (field, rejection) in folded.rejected {
                        notes.left_out.push(rejection);
                        let column = mapping.column_of(&Target::Field(field));
                        let problem = RowProblem { column, reason: Reason::LeftOut(rejection) };
                        // Several columns may feed one field.
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                    let result = if folded.outcome == Outcome::Erased {
                        is_erased = true;
                        problems = vec![RowProblem { column: None, reason: Reason::Erased }];
                        RowResult::Rejected
                    } else if folded.outcome == Outcome::Ignored {
                        problems.push(RowProblem { column: None, reason: Reason::UnknownContact });
                        RowResult::Rejected
                    } else if folded.conflicts.is_empty() {
                        RowResult::Skipped
                    } else {
                        RowResult::Conflict
                    };
                    problems.extend(folded.conflicts.into_iter().map(|Conflict { field, contact, reason, .. }| {
                        let column = mapping.column_of(&Target::Field(field.clone()));
                        RowProblem { column, reason: Reason::Conflict { field, contact, reason } }
                    }));
                    (result, problems)
                }
            };
            if !problems.is_empty() {
                notes.reported += 1;
                let cells = record.cells().filter(|_| !is_erased);
                report.write(result, record.line(), cells, &problems);
            }
        }
        notes
    }
}

impl Named {
    /// Leaves out what the settings block: it names nobody, and may be in every row.
    pub(crate) fn of(observations: &[Observation], settings: &Settings) -> Named {
        let identifiers = observations.iter().flat_map(Observation::identifiers);
        Named {
            identifiers: identifiers.filter(|identifier| !settings.blocks(identifier)).cloned().collect(),
            ids: observations.iter().filter_map(|observation| observation.contact).collect(),
        }
    }

    /// Whether both have an identifier or an id in common.
    pub(crate) fn overlaps(&self, other: &Named) -> bool {
        !self.identifiers.is_disjoint(&other.identifiers) || !self.ids.is_disjoint(&other.ids)
    }
}
