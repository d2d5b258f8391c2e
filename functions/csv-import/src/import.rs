//! One import, from its file to its last count.

use std::time::{Duration, Instant};

use contacts::{BookError, Import, ImportCounts, ImportStatus, Settings, time};
use contacts_csv::encoding::{EncodingError, SAMPLE_BYTES};
use contacts_csv::plan::{Plan, PlanError, Told};
use contacts_csv::reader::ReadError;
use contacts_csv::row::{Origin, RowReader};
use contacts_csv::sample::Extent;

use crate::batch::Batch;
use crate::error::ImportError;
use crate::failure::Failure;
use crate::file::{File, FileError};
use crate::upload::Upload;
use crate::{Importer, tally};

/// How often the counts are saved.
const SAVE_EVERY: Duration = Duration::from_secs(1);

const TOO_LARGE: &str =
    "custom values of some rows were left out: their contacts would have more of them than a contact can hold";

/// Why an import does not go on.
enum Stop {
    /// It has failed.
    Failed(Failure),
    /// It is to be tried again.
    Error(ImportError),
    /// Another delivery of the event was faster, and has ended it.
    Ended,
}

/// An import under way.
struct Run<'a> {
    importer: &'a Importer,
    upload: &'a Upload,
    settings: &'a Settings,
    import: Import,
    saved: Instant,
}

/// Imports an upload, unless that was done before.
pub(crate) async fn run(importer: &Importer, upload: &Upload) -> Result<(), ImportError> {
    let begun = importer.book.import(&upload.workspace, upload.id).await?;
    if begun.as_ref().is_some_and(Import::is_finished) {
        tracing::info!(workspace = %upload.workspace, import = %upload.id, "import had ended before");
        return Ok(());
    }
    let settings = importer.book.settings(&upload.workspace).await?;
    let import = begun.unwrap_or_else(|| begin(upload, &settings));
    let mut run = Run { importer, upload, settings: &settings, import, saved: Instant::now() };
    let (failure, error) = match run.import().await {
        Ok(()) => (None, None),
        Err(Stop::Failed(failure)) => (Some(failure), None),
        // It would fail at every try: so its owner is told now, and whoever watches the errors of the function, too.
        Err(Stop::Error(error @ ImportError::Internal(_))) => (Some(Failure::Internal), Some(error)),
        Err(Stop::Error(error)) => return Err(error),
        Err(Stop::Ended) => return Ok(()),
    };
    run.end(failure).await?;
    error.map_or(Ok(()), Err)
}

/// The import that a dropped file starts.
fn begin(upload: &Upload, settings: &Settings) -> Import {
    Import {
        id: upload.id,
        status: ImportStatus::Running,
        file_name: upload.file_name().to_owned(),
        size_bytes: upload.size,
        header: None,
        mapping: Vec::new(),
        default_country: settings.default_country,
        created_at: upload.at,
        started_at: Some(time::now()),
        finished_at: None,
        counts: ImportCounts::default(),
        warnings: Vec::new(),
        error: None,
    }
}

impl Run<'_> {
    async fn import(&mut self) -> Result<(), Stop> {
        let mut file = File::open(&self.importer.s3, self.upload).await?;
        let head = file.head(SAMPLE_BYTES).await?;
        // To the byte, so that every try finds the same.
        let (sample, rest) = head.split_at(SAMPLE_BYTES.min(head.len()));
        let extent = if rest.is_empty() && file.is_at_end() { Extent::Whole } else { Extent::Beginning };
        let plan = Plan::of(sample, extent, &Told::default(), &self.settings.custom_fields)?;
        self.note(&plan, file.size());
        self.save().await?;

        let mapping = plan.mapping.clone();
        let rows = RowReader::new(&mapping, self.settings);
        let origin = Origin { import: self.import.id, at: self.import.created_at };
        // Rows that were counted before the import was cut off are passed over.
        let mut batch = Batch::new(rows, origin, plan.sample.header.is_some(), self.import.counts.read);
        let read = self.read(plan, rest, &mut file, &mut batch).await;
        // What was read before the file broke counts. After an error of the book the batch is empty.
        self.fold(&mut batch, file.read()).await?;
        if let Err(Stop::Error(_)) = read {
            // Rows that made contacts would count as unchanged at the next try.
            self.save().await?;
        }
        read
    }

    /// Reads the file to its end, and folds its rows but for the last batch.
    async fn read(
        &mut self,
        mut plan: Plan,
        rest: &[u8],
        file: &mut File<'_>,
        batch: &mut Batch<'_>,
    ) -> Result<(), Stop> {
        let mut text = std::mem::take(&mut plan.text);
        let mut decoded = plan.decoder.decode(rest, &mut text);
        loop {
            if decoded.is_err() {
                // Of two faults the first in the file is told, and text ends before a NUL.
                let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
                text.truncate(end);
            }
            let mut unread = text.as_slice();
            while let Some(record) = plan.reader.read(&mut unread)? {
                batch.take(&record);
                if batch.is_full() {
                    self.fold(batch, file.read()).await?;
                }
            }
            decoded?;
            text.clear();
            decoded = match file.next().await? {
                Some(bytes) => plan.decoder.decode(&bytes, &mut text),
                None => break,
            };
        }
        plan.decoder.finish(&mut text)?;
        let mut unread = text.as_slice();
        while let Some(record) = plan.reader.read(&mut unread)? {
            batch.take(&record);
        }
        if let Some(record) = plan.reader.finish()? {
            batch.take(&record);
        }
        Ok(())
    }

    /// Folds a batch and counts its rows.
    async fn fold(&mut self, batch: &mut Batch<'_>, bytes_done: u64) -> Result<(), Stop> {
        let rows = batch.empty();
        let folded = self.importer.book.observe_all(&self.upload.workspace, &rows.observations).await?;
        let counts = &mut self.import.counts;
        for row in &folded {
            tally::folded(counts, row);
        }
        tally::rejected(counts, rows.rejected);
        counts.bytes_done = counts.bytes_done.max(bytes_done);
        rows.rejections.iter().for_each(|rejection| self.warn(rejection));
        if folded.iter().any(|row| !row.too_large.is_empty()) {
            self.warn(TOO_LARGE);
        }
        if self.saved.elapsed() >= SAVE_EVERY { self.save().await } else { Ok(()) }
    }

    /// Notes how the file is read.
    fn note(&mut self, plan: &Plan, size: u64) {
        self.import.size_bytes = size;
        self.import.header = Some(plan.sample.header.is_some());
        let mapped = plan.mapping.columns().iter().map(|mapped| (mapped.column, mapped.field.to_string()));
        self.import.mapping = mapped.collect();
        plan.warnings.iter().for_each(|warning| self.warn(warning));
    }

    fn warn(&mut self, warning: &str) {
        if !self.import.warnings.iter().any(|other| other == warning) {
            self.import.warnings.push(warning.to_owned());
        }
    }

    async fn save(&mut self) -> Result<(), Stop> {
        self.saved = Instant::now();
        let saved = self.importer.book.save_import(&self.upload.workspace, &self.import).await?;
        if saved { Ok(()) } else { Err(Stop::Ended) }
    }

    async fn end(&mut self, failure: Option<Failure>) -> Result<(), ImportError> {
        let import = &mut self.import;
        import.status = if failure.is_some() { ImportStatus::Failed } else { ImportStatus::Completed };
        import.error = failure.map(Failure::into);
        import.finished_at = Some(time::now());
        self.importer.book.save_import(&self.upload.workspace, import).await?;
        let counts = import.counts;
        tracing::info!(
            workspace = %self.upload.workspace,
            import = %import.id,
            status = import.status.as_str(),
            error = import.error.as_ref().map(|error| error.code.as_str()),
            bytes = counts.bytes_done,
            rows = counts.read,
            created = counts.created,
            updated = counts.updated,
            unchanged = counts.unchanged,
            rejected = counts.rejected,
            joined = counts.joined,
            conflicts = counts.conflicts,
            "import ended"
        );
        Ok(())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<PlanError> for Stop {
    fn from(error: PlanError) -> Stop {
        Stop::Failed(error.into())
    }
}

impl From<EncodingError> for Stop {
    fn from(error: EncodingError) -> Stop {
        PlanError::from(error).into()
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Stop {
        PlanError::from(error).into()
    }
}

impl From<BookError> for Stop {
    fn from(error: BookError) -> Stop {
        Stop::Error(error.into())
    }
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Stop {
        match error {
            FileError::Failed(failure) => Stop::Failed(failure),
            FileError::Unavailable(source) => Stop::Error(ImportError::FileUnavailable(source)),
        }
    }
}
