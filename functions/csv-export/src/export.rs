//! Runs one export.

use std::time::{Duration, Instant};

use contacts_book::{BookError, ExportFailure, ExportStatus};
use contacts_csv::export::ContactWriter;
use contacts_files::{BucketError, ObjectWriter, keys};

use crate::Exporter;
use crate::error::ExportError;
use crate::request::ExportRequest;

/// The interval between two updates of the export's progress.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// How many bytes of CSV are passed to the object at once.
const WRITE_BYTES: usize = 256 * 1024;

/// Why a run stops early.
enum Stop {
    /// The export has failed, or Lambda must retry it.
    Error(ExportError),
    /// Another delivery of the event has ended the export.
    Ended,
    /// The workspace is closed.
    Closed,
}

/// A running export.
struct Run<'a> {
    exporter: &'a Exporter,
    request: &'a ExportRequest,
    rows: u64,
    begun: Instant,
    saved: Instant,
}

/// Writes the requested export, unless it has already ended.
pub(crate) async fn run(exporter: &Exporter, request: &ExportRequest) -> Result<(), ExportError> {
    match exporter.book.export(&request.workspace, request.id).await? {
        Some(export) if !export.is_finished() => {}
        Some(_) => {
            tracing::info!(workspace = %request.workspace, export = %request.id, "export already ended");
            return Ok(());
        }
        None => {
            tracing::warn!(workspace = %request.workspace, export = %request.id, "unknown export ignored");
            return Ok(());
        }
    }
    let mut run = Run { exporter, request, rows: 0, begun: Instant::now(), saved: Instant::now() };
    let key = keys::export(&request.workspace, request.id);
    let mut object = ObjectWriter::new(&exporter.s3, &request.bucket, key).with_part_bytes(exporter.part_bytes);
    let written = run.write(&mut object).await;
    let bytes = object.bytes();
    if written.is_err() {
        object.abandon().await;
    }
    match written {
        Ok(()) => run.end(bytes, Ok(())).await,
        Err(Stop::Ended) => {
            tracing::info!(workspace = %request.workspace, export = %request.id, "another delivery ended the export");
            Ok(())
        }
        Err(Stop::Closed) => {
            let reason = BookError::Closed.to_string();
            run.end(bytes, Err(ExportFailure { code: "workspace_closed".to_owned(), reason })).await
        }
        Err(Stop::Error(error)) if error.is_temporary() => Err(error),
        // Each retry would fail the same way, so fail the export for its owner and return the error for the operators.
        Err(Stop::Error(error)) => {
            run.end(bytes, Err(internal())).await?;
            Err(error)
        }
    }
}

/// The failure that the owner sees if the cause is on our side. The logs have the details.
fn internal() -> ExportFailure {
    let reason = "the export stopped because of an internal error; exporting again is safe";
    ExportFailure { code: "internal".to_owned(), reason: reason.to_owned() }
}

impl Run<'_> {
    async fn write(&mut self, object: &mut ObjectWriter<'_>) -> Result<(), Stop> {
        let mut contacts = self.exporter.book.all_contacts(&self.request.workspace).await?;
        if contacts.settings().is_closed() {
            return Err(Stop::Closed);
        }
        let mut writer = ContactWriter::new(&contacts.settings().custom_fields);
        while let Some(page) = contacts.next_page().await? {
            for contact in &page {
                writer.write(contact);
                self.rows += 1;
                if writer.len() >= WRITE_BYTES {
                    object.write(&writer.take()).await?;
                }
            }
            if self.saved.elapsed() >= SAVE_EVERY {
                self.save().await?;
            }
        }
        // Stop if another delivery has ended the export: replacing its file would contradict the row count it saved.
        self.save().await?;
        object.write(&writer.take()).await?;
        object.finish().await?;
        Ok(())
    }

    async fn save(&mut self) -> Result<(), Stop> {
        self.saved = Instant::now();
        let ExportRequest { workspace, id, .. } = self.request;
        let running = self.exporter.book.save_export_progress(workspace, *id, self.rows).await?;
        if running { Ok(()) } else { Err(Stop::Ended) }
    }

    async fn end(&self, bytes: u64, result: Result<(), ExportFailure>) -> Result<(), ExportError> {
        let ExportRequest { workspace, id, .. } = self.request;
        let error = result.as_ref().err().map(|failure| failure.code.clone());
        let status = if error.is_none() { ExportStatus::Completed } else { ExportStatus::Failed };
        if !self.exporter.book.finish_export(workspace, *id, self.rows, result).await? {
            tracing::info!(%workspace, export = %id, "export already ended");
            return self.remove_if_failed().await;
        }
        tracing::info!(%workspace, export = %id, status = status.as_str(), error, rows = self.rows, bytes, "export ended");
        tracing::info!(
            target: contacts_lambda::METRICS,
            exports_completed = status == ExportStatus::Completed,
            exports_failed = status == ExportStatus::Failed,
            export_ms = self.begun.elapsed().as_secs_f64() * 1e3,
        );
        Ok(())
    }

    /// Removes the file of an export that failed elsewhere: after an erasure, it may hold the erased person.
    async fn remove_if_failed(&self) -> Result<(), ExportError> {
        let ExportRequest { workspace, id, bucket } = self.request;
        let export = self.exporter.book.export(workspace, *id).await?;
        if export.is_some_and(|export| export.status == ExportStatus::Failed) {
            contacts_files::remove(&self.exporter.s3, bucket, &[keys::export(workspace, *id)]).await?;
        }
        Ok(())
    }
}

impl From<BookError> for Stop {
    fn from(error: BookError) -> Stop {
        Stop::Error(error.into())
    }
}

impl From<BucketError> for Stop {
    fn from(error: BucketError) -> Stop {
        Stop::Error(error.into())
    }
}

impl From<ExportError> for Stop {
    fn from(error: ExportError) -> Stop {
        Stop::Error(error)
    }
}
