//! Finishing: after the last chunk, writes the report and completes the import.

use contacts::time;
use contacts_book::{Import, ImportCounts, ImportStatus};
use contacts_csv::people::Meetings;
use contacts_csv::report::ReportWriter;
use contacts_files::{ObjectReader, ObjectWriter, ReadError, StoredObject, keys};

use crate::chunk::Chunk;
use crate::error::ImportError;
use crate::job::{Job, Stop};

/// Finishes the import if all its chunks are done.
///
/// `chunk` is any chunk of the import's plan; if it is `None` and the report needs one, it is read from the bucket. Several
/// invocations may run this at once: all write the same report, and the first one completes the import.
pub(crate) async fn if_done(job: &Job<'_>, chunk: Option<&Chunk>) -> Result<(), Stop> {
    let book = &job.importer.book;
    let Some(import) = book.import_order(job.workspace, job.id).await? else { return Ok(()) };
    let done = import.chunks.is_some_and(|chunks| chunks.done == chunks.total);
    if import.status != ImportStatus::Running || !done {
        return Ok(());
    }
    if import.reported > 0 {
        put_report(job, &import, chunk).await?;
    }
    let warnings = people_warnings(job, &import).await?;
    if book.finish_import(job.workspace, job.id, None, &warnings).await? {
        log(job, &import);
    }
    Ok(())
}

/// What the owner should know about rows that are about one contact.
async fn people_warnings(job: &Job<'_>, import: &Import) -> Result<Vec<String>, Stop> {
    let ImportCounts { duplicates, other_names, shared, .. } = import.counts;
    if duplicates + other_names + shared == 0 {
        return Ok(Vec::new());
    }
    let mut meetings = Meetings::default();
    for chunk in job.importer.book.people_of_chunks(job.workspace, job.id).await? {
        let of_chunk = serde_json::from_str(&chunk).map_err(|error| ImportError::Internal(error.into()))?;
        meetings.merge(of_chunk);
    }
    Ok(meetings.warnings())
}

/// Writes the report of a failed import, with the rows reported so far. Best effort: errors are only logged, so that the
/// failure itself is still recorded.
pub(crate) async fn report_failed(job: &Job<'_>) {
    let reported = async {
        match job.importer.book.import_order(job.workspace, job.id).await? {
            Some(import) if import.reported > 0 => put_report(job, &import, None).await,
            _ => Ok(()),
        }
    };
    if let Err(stop) = reported.await {
        tracing::warn!(workspace = %job.workspace, import = %job.id, ?stop, "could not write the report");
    }
}

/// Writes the report from its parts, in the file's order.
async fn put_report(job: &Job<'_>, import: &Import, chunk: Option<&Chunk>) -> Result<(), Stop> {
    let Job { importer, workspace, id, bucket, .. } = *job;
    let first;
    let chunk = match chunk {
        Some(chunk) => chunk,
        None => {
            first = any_chunk(job, import).await?;
            &first
        }
    };
    let mut report = ObjectWriter::new(&importer.s3, bucket, keys::report(workspace, id));
    let written = async {
        report.write(&ReportWriter::header(chunk.delimiter, &chunk.columns)).await?;
        for number in importer.book.reported_chunks(workspace, id).await? {
            let part = part(bucket, keys::report_part(workspace, id, number));
            let mut rows = ObjectReader::open(&importer.s3, &part).await.map_err(lost)?;
            while let Some(bytes) = rows.next().await.map_err(lost)? {
                report.write(&bytes).await?;
            }
        }
        report.finish().await?;
        Ok(())
    };
    let written = written.await;
    if written.is_err() {
        report.abandon().await;
    }
    written
}

/// The first chunk of the import's plan. Skips objects that others put in the place of one.
async fn any_chunk(job: &Job<'_>, import: &Import) -> Result<Chunk, Stop> {
    let Job { importer, workspace, id, bucket, .. } = *job;
    for number in 0..import.chunks.map_or(0, |chunks| chunks.total) {
        match Chunk::read(&importer.s3, &part(bucket, keys::chunk(workspace, id, number))).await {
            Ok(Some(chunk)) if chunk.is_of(import, workspace, number) => return Ok(chunk),
            Ok(_) => {}
            Err(error) => return Err(lost(error)),
        }
    }
    Err(ImportError::Internal("no object describes a chunk of the import".into()).into())
}

fn part(bucket: &str, key: String) -> StoredObject {
    StoredObject { bucket: bucket.to_owned(), key, etag: None }
}

/// The error for a missing or unreadable object that this function itself wrote.
fn lost(error: ReadError) -> Stop {
    match error {
        ReadError::Bucket(error) => error.into(),
        ReadError::Gone | ReadError::Replaced => ImportError::Internal(error.into()).into(),
    }
}

fn log(job: &Job<'_>, import: &Import) {
    let counts = import.counts;
    tracing::info!(
        workspace = %job.workspace,
        import = %import.id,
        dry_run = import.dry_run,
        chunks = import.chunks.map(|chunks| chunks.total),
        bytes = counts.bytes_done,
        rows = counts.read,
        created = counts.created,
        updated = counts.updated,
        unchanged = counts.unchanged,
        rejected = counts.rejected,
        joined = counts.joined,
        conflicts = counts.conflicts,
        "import completed"
    );
    let took = import.started_at.map(|started| time::now().duration_since(started));
    let import_ms = took.map_or(0.0, |took| took.as_secs_f64() * 1e3);
    tracing::info!(target: contacts_lambda::METRICS, imports_completed = 1, import_ms);
}
