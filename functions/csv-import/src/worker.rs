//! Working: folds the rows of a chunk into the book.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use contacts::{Folded, Observation, Outcome, Rejection, Settings, Workspace};
use contacts_book::{BookError, ChunkResult, ContactBook, Import, ImportCounts, ImportStatus, Rehearsal};
use contacts_csv::file::{FileReader, Place};
use contacts_csv::mapping::Mapping;
use contacts_csv::people::{Meetings, People};
use contacts_csv::report::ReportWriter;
use contacts_csv::row::{Origin, RowReader};
use contacts_files::{ObjectReader, ObjectWriter, ReadError, keys};
use tokio_util::task::AbortOnDropHandle;

use crate::batch::{Batch, Collector, Named};
use crate::chunk::{Chunk, ChunkOrder};
use crate::error::ImportError;
use crate::job::{Job, Stop};
use crate::{Importer, columns, conclude, finish};

/// The interval between two updates of the chunk's progress.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// How many batches are folded concurrently: while some wait for reads or writes, others use the processor.
const BATCHES_AT_ONCE: usize = 8;

/// Whether the people of a chunk are probably new to the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    /// No guess: look the next batch up.
    Anybody,
    /// Every row of the last batch was a new contact. So write the next batch without reading first.
    Strangers,
    /// That guess was wrong once, which cost refused writes. Do not guess again.
    Mixed,
}

const SKIPPED: &str = "some cells could not be read and were left out; the report lists them";

/// A chunk being imported.
struct Work<'a> {
    job: &'a Job<'a>,
    number: u32,
    mapping: &'a Mapping,
    /// Present in a dry run.
    rehearsal: Option<Rehearsal>,
    guess: Guess,
    /// The running batches, in the file's order.
    folding: VecDeque<Folding>,
    result: ChunkResult,
    people: People<'a>,
    report: ReportWriter,
    /// The object with the chunk's part of the report, which `finish` reads.
    reported: ObjectWriter<'a>,
    saved: Instant,
}

/// A batch that is being folded.
struct Folding {
    batch: Batch,
    named: Named,
    /// How many bytes of the chunk come before the end of the batch.
    bytes_done: u64,
    folded: AbortOnDropHandle<Result<FoldedBatch, BookError>>,
}

/// The observations of a batch with their results, and a guess about the next batch.
type FoldedBatch = (Vec<Observation>, Vec<Folded>, Guess);

/// Why a worker leaves a chunk early.
enum Leave {
    /// Another delivery of the event has completed the chunk, or the import has ended.
    Ended,
    Stop(Stop),
}

/// Imports the chunk that an object describes.
pub(crate) async fn run(importer: &Importer, order: &ChunkOrder, request: &str) -> Result<(), ImportError> {
    let job = Job { importer, workspace: &order.workspace, id: order.import, bucket: &order.object.bucket, request };
    let worked = Box::pin(async {
        match Chunk::read(&importer.s3, &order.object).await {
            Ok(Some(chunk)) => work(&job, order.number, &chunk).await,
            Ok(None) => {
                tracing::warn!(workspace = %job.workspace, import = %job.id, number = order.number, "object describes no chunk, ignored");
                Ok(())
            }
            Err(ReadError::Bucket(error)) => Err(error.into()),
            Err(ReadError::Gone | ReadError::Replaced) => {
                tracing::warn!(workspace = %job.workspace, import = %job.id, "chunk object is gone, event is late");
                Ok(())
            }
        }
    });
    let worked = worked.await;
    conclude::step(&job, worked).await
}

/// Imports a chunk, unless it is already done. Ignores one that the import's plan did not make.
pub(crate) async fn work(job: &Job<'_>, number: u32, chunk: &Chunk) -> Result<(), Stop> {
    let book = &job.importer.book;
    let import = book.import_order(job.workspace, job.id).await?;
    let Some(import) = import.filter(|import| import.status == ImportStatus::Running) else {
        tracing::info!(workspace = %job.workspace, import = %job.id, number, "import of this chunk is not running");
        return Ok(());
    };
    if !chunk.is_of(&import, job.workspace, number) {
        tracing::warn!(workspace = %job.workspace, import = %job.id, number, "chunk is not of the import's plan, ignored");
        return Ok(());
    }
    let mapping = columns::mapping_of(&import)?.unwrap_or_default();
    let begun = Instant::now();
    let mut work = Work {
        job,
        number,
        mapping: &mapping,
        rehearsal: import.dry_run.then(Rehearsal::default),
        guess: Guess::Anybody,
        folding: VecDeque::new(),
        result: ChunkResult::default(),
        people: People::new(&mapping, &chunk.columns),
        report: ReportWriter::new(chunk.delimiter, chunk.columns.clone()),
        reported: ObjectWriter::new(&job.importer.s3, job.bucket, keys::report_part(job.workspace, job.id, number)),
        saved: Instant::now(),
    };
    match work.import(&import, chunk).await {
        Ok(()) => {
            if work.result.reported > 0 {
                work.reported.finish().await?;
            }
            work.result.people = people_json(work.people.meetings())?;
            let is_first = book.finish_chunk(job.workspace, job.id, number, &work.result).await?;
            if is_first && !import.dry_run {
                measure(&work.result.counts, begun);
            }
        }
        Err(leave) => {
            work.reported.abandon().await;
            if let Leave::Stop(stop) = leave {
                return Err(stop);
            }
        }
    }
    finish::if_done(job, Some(chunk)).await
}

/// The rows that are about one contact, as the chunk's item keeps them until the import ends; `None` without such rows.
fn people_json(meetings: &Meetings) -> Result<Option<String>, Stop> {
    if meetings.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::to_string(meetings).map_err(|error| ImportError::Internal(error.into()))?))
}

fn measure(counts: &ImportCounts, begun: Instant) {
    tracing::info!(
        target: contacts_lambda::METRICS,
        rows_created = counts.created,
        rows_updated = counts.updated,
        rows_unchanged = counts.unchanged,
        rows_rejected = counts.rejected,
        joins = counts.joined,
        conflicts = counts.conflicts,
        chunk_ms = begun.elapsed().as_secs_f64() * 1e3,
    );
}

impl Work<'_> {
    async fn import(&mut self, import: &Import, chunk: &Chunk) -> Result<(), Leave> {
        // Also checks whether the chunk is still open.
        self.save().await?;
        let settings = columns::settings_of(import, self.job.settings().await?);
        let rows = RowReader::new(self.mapping, &chunk.columns, &settings, import.on_invalid);
        let rows = rows.with_numbers(chunk.numbers.clone());
        let origin = Origin { import: import.id, at: import.created_at };
        let mut collector = Collector::new(rows, origin, self.job.request).with_existing(import.existing);

        let file = chunk.file(self.job.bucket);
        let mut object = ObjectReader::open_part(&self.job.importer.s3, &file, chunk.start..chunk.end).await?;
        let place = Place { offset: chunk.start, line: chunk.line };
        let mut reader = FileReader::at(place, chunk.encoding, chunk.delimiter).with_quoting(import.quoting);
        let mut ended = false;
        while !ended {
            match object.next().await {
                Ok(Some(bytes)) => reader.push(&bytes),
                Ok(None) => {
                    reader.end();
                    ended = true;
                }
                Err(error) => {
                    // Import the rows before the error.
                    self.fold(collector.take(), &settings, object.position() - chunk.start).await?;
                    self.settle_all().await?;
                    self.save().await?;
                    return Err(error.into());
                }
            }
            while let Some(record) = reader.read()? {
                collector.add(&record);
                if collector.is_full() {
                    self.fold(collector.take(), &settings, object.position() - chunk.start).await?;
                }
            }
        }
        self.fold(collector.take(), &settings, chunk.end - chunk.start).await?;
        self.settle_all().await
    }

    /// Starts to fold a batch, concurrently with earlier ones. In a dry run, folds it at once.
    async fn fold(&mut self, mut batch: Batch, settings: &Settings, bytes_done: u64) -> Result<(), Leave> {
        let (book, workspace) = (&self.job.importer.book, self.job.workspace);
        let observations = batch.take_observations();
        if let Some(rehearsal) = &mut self.rehearsal {
            let folded = book.rehearse_all(workspace, rehearsal, &observations).await?;
            return self.settle(batch, &observations, folded, bytes_done).await;
        }
        let named = Named::of(&observations, settings);
        // Batches that name the same person run in file order.
        while self.folding.len() >= BATCHES_AT_ONCE || self.folding.iter().any(|other| other.named.overlaps(&named)) {
            self.settle_first().await?;
        }
        let (book, workspace) = (book.clone(), workspace.clone());
        let guess = self.guess;
        let folded = tokio::spawn(async move {
            let (folded, guess) = fold_guessing(&book, &workspace, &observations, guess).await?;
            Ok((observations, folded, guess))
        });
        self.folding.push_back(Folding { batch, named, bytes_done, folded: AbortOnDropHandle::new(folded) });
        Ok(())
    }

    async fn settle_all(&mut self) -> Result<(), Leave> {
        while !self.folding.is_empty() {
            self.settle_first().await?;
        }
        Ok(())
    }

    async fn settle_first(&mut self) -> Result<(), Leave> {
        let Some(Folding { batch, bytes_done, folded, .. }) = self.folding.pop_front() else { return Ok(()) };
        // Nothing cancels the task while it is awaited, so a join error is a panic.
        let folded = folded.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let (observations, folded, guess) = folded?;
        if self.guess != Guess::Mixed {
            self.guess = guess;
        }
        self.settle(batch, &observations, folded, bytes_done).await
    }

    /// Counts the rows of a folded batch, and reports those that were not fully taken.
    async fn settle(
        &mut self,
        batch: Batch,
        observations: &[Observation],
        folded: Vec<Folded>,
        bytes_done: u64,
    ) -> Result<(), Leave> {
        let result = &mut self.result;
        result.counts.bytes_done = bytes_done;
        batch.compare(observations, &folded, &mut self.people);
        let notes = batch.settle(folded, self.mapping, &mut result.counts, &mut self.report);
        let meetings = self.people.meetings();
        (result.counts.duplicates, result.counts.other_names, result.counts.shared) =
            (meetings.duplicates, meetings.other_names, meetings.shared);
        result.reported += notes.reported;
        if notes.reported > 0 {
            self.reported.write(&self.report.take()).await?;
        }
        let result = &mut self.result;
        let skipped = notes.skipped.then_some(SKIPPED);
        for warning in notes.left_out.into_iter().map(warning).chain(skipped) {
            if !result.warnings.iter().any(|other| other == warning) {
                result.warnings.push(warning.to_owned());
            }
        }
        if self.saved.elapsed() >= SAVE_EVERY { self.save().await } else { Ok(()) }
    }

    async fn save(&mut self) -> Result<(), Leave> {
        self.saved = Instant::now();
        let Job { importer, workspace, id, .. } = self.job;
        let is_open = importer.book.save_chunk(workspace, *id, self.number, &self.result.counts).await?;
        if is_open && self.result.counts.read > 0 {
            // A person may have cancelled the import meanwhile.
            let runs = importer.book.import_runs(workspace, *id).await?;
            return if runs { Ok(()) } else { Err(Leave::Ended) };
        }
        if is_open { Ok(()) } else { Err(Leave::Ended) }
    }
}

/// The warning about valid values that were left out.
fn warning(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::TooMany => {
            "phones, emails or handles of some rows were left out, because their contacts have too many; the report lists \
             them"
        }
        Rejection::TooLarge => {
            "custom values of some rows were left out, because their contacts would exceed the size limit of custom values; \
             the report lists them"
        }
        Rejection::OtherName => {
            "names of some rows without email or id were left out, because the contacts have clearly different names; the \
             report lists them"
        }
    }
}

/// Folds a batch under a guess about its people. Also returns the guess for the next batch.
async fn fold_guessing(
    book: &ContactBook,
    workspace: &Workspace,
    observations: &[Observation],
    guess: Guess,
) -> Result<(Vec<Folded>, Guess), BookError> {
    if guess == Guess::Strangers {
        let (folded, right) = book.observe_all_assuming_new(workspace, observations).await?;
        return Ok((folded, if right { Guess::Strangers } else { Guess::Mixed }));
    }
    let folded = book.observe_all(workspace, observations).await?;
    let is_new = |folded: &Folded| folded.outcome == Outcome::Created;
    let guess = if !folded.is_empty() && folded.iter().all(is_new) { Guess::Strangers } else { Guess::Anybody };
    Ok((folded, guess))
}

impl<E: Into<Stop>> From<E> for Leave {
    fn from(error: E) -> Leave {
        Leave::Stop(error.into())
    }
}
