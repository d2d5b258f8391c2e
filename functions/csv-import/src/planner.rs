//! Planning: reads and checks an uploaded file and splits it into chunks.

use std::time::{Duration, Instant};

use contacts::{Actor, Caller, Settings, time};
use contacts_book::{Chunks, Import, ImportColumn, ImportStatus, PlanSecret};
use contacts_csv::cut::{Cuts, Cutter, Limits};
use contacts_csv::encoding::{Encoding, SAMPLE_BYTES};
use contacts_csv::numbers::NumberFormats;
use contacts_csv::plan::{Plan, PlanOptions};
use contacts_csv::sample::{Extent, Sample};
use contacts_files::{BucketError, ObjectReader, StoredObject, keys};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::chunk::Chunk;
use crate::error::ImportError;
use crate::failure::Failure;
use crate::job::{Job, Stop};
use crate::upload::Upload;
use crate::{Importer, columns, conclude, finish, worker};

/// The interval between two updates of the import's progress.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// How many chunk objects are put concurrently.
const PUTS_AT_ONCE: usize = 16;

/// The number of rows that justifies one more index shard, up to [`MOST_SHARDS`]. A shard takes 1,000 writes a second, so
/// the new contacts of a large file take about a minute; but every list queries every shard.
const ROWS_A_SHARD: u64 = 50_000;
const MOST_SHARDS: u32 = 16;

/// The result of checked the whole file.
struct CheckedFile {
    file: StoredObject,
    size: u64,
    sample: Sample,
    /// The columns as the import stores them.
    columns: Vec<ImportColumn>,
    numbers: NumberFormats,
    warnings: Vec<String>,
    cuts: Cuts,
}

/// Plans the import of an upload, and imports it if it is small.
pub(crate) async fn run(importer: &Importer, upload: &Upload, request: &str) -> Result<(), ImportError> {
    let Some(import) = begin(importer, upload, request).await? else {
        tracing::warn!(workspace = %upload.workspace, "file of a closed workspace ignored");
        return Ok(());
    };
    let job = Job { importer, workspace: &upload.workspace, id: import.id, bucket: &upload.object.bucket, request };
    match import.status {
        ImportStatus::Completed | ImportStatus::Failed | ImportStatus::Cancelled => {
            tracing::info!(workspace = %job.workspace, import = %job.id, "import already ended");
            Ok(())
        }
        ImportStatus::AwaitingUpload | ImportStatus::Planning | ImportStatus::Running => {
            let etag = import.etag.clone();
            match Box::pin(plan(&job, &upload.object, import)).await {
                // The upload link was used twice. The event of the other upload imports its file.
                Err(Stop::Failed(Failure::Replaced))
                    if upload.awaited == Some(job.id) && (etag.is_none() || etag != upload.object.etag) =>
                {
                    tracing::info!(workspace = %job.workspace, import = %job.id, "upload was replaced before it was planned");
                    Ok(())
                }
                planned => conclude::step(&job, planned).await,
            }
        }
    }
}

/// Finds or creates the import of the upload. Creates none in a closed workspace, of which nothing may be left: `None`.
async fn begin(importer: &Importer, upload: &Upload, request: &str) -> Result<Option<Import>, ImportError> {
    let (book, workspace) = (&importer.book, &upload.workspace);
    if let Some(id) = upload.awaited
        && let Some(mut import) = book.import_order(workspace, id).await?
    {
        if import.status == ImportStatus::AwaitingUpload && book.begin_import(workspace, id, &upload.object.key).await?
        {
            import.status = ImportStatus::Planning;
        }
        return Ok(Some(import));
    }
    if let Some(import) = book.import_order(workspace, upload.dropped).await? {
        return Ok(Some(import));
    }
    let settings = book.settings(workspace).await?;
    if settings.is_closed() {
        return Ok(None);
    }
    let import = dropped(upload, &settings);
    let caller = Caller { actor: Actor::Import(import.id), request: Some(request.to_owned()) };
    book.create_import(workspace, &import, &caller).await?;
    Ok(Some(import))
}

/// The import of a file that was uploaded without a created import.
fn dropped(upload: &Upload, settings: &Settings) -> Import {
    let import = Import::new(upload.dropped, upload.file_name(), settings.default_country, upload.at);
    let now = Some(time::now());
    let key = Some(upload.object.key.clone());
    Import { status: ImportStatus::Planning, key, started_at: now, progressed_at: now, ..import }
}

/// Plans an import and starts its workers, unless another invocation has done both.
pub(crate) async fn plan(job: &Job<'_>, object: &StoredObject, import: Import) -> Result<(), Stop> {
    if import.chunks.is_some_and(|chunks| chunks.released) {
        return finish::if_done(job, None).await;
    }
    let settings = job.settings().await?;
    let Some(checked) = check_file(job, object, &import, &settings).await? else {
        tracing::info!(workspace = %job.workspace, import = %job.id, "import ended while its file was checked");
        return Ok(());
    };
    let Some(import) = record_plan(job, import, &settings, &checked).await? else {
        tracing::info!(workspace = %job.workspace, import = %job.id, "another upload is being imported, or the import has ended");
        return Ok(());
    };
    start_workers(job, &import, checked).await
}

/// Reads the file to its end, to find every error before the import changes anything. Returns `None` if the import ends
/// meanwhile.
async fn check_file(
    job: &Job<'_>,
    object: &StoredObject,
    import: &Import,
    settings: &Settings,
) -> Result<Option<CheckedFile>, Stop> {
    let mut file = ObjectReader::open(&job.importer.s3, object).await?;
    let head = file.head(SAMPLE_BYTES).await?;
    // Exactly this many bytes, so that every retry makes the same plan.
    let (start, rest) = head.split_at(SAMPLE_BYTES.min(head.len()));
    let extent = if rest.is_empty() && file.is_at_end() { Extent::Whole } else { Extent::Beginning };
    let options = PlanOptions {
        // An import that was not ordered with an encoding has none, or the name of the one that an earlier try found.
        encoding: import.encoding.as_deref().and_then(|label| Encoding::parse(label).ok()),
        quoting: import.quoting,
        header: import.header,
        mapping: columns::mapping_of(import)?,
    };
    let plan = Plan::of(start, extent, &options, &settings.custom_fields)?;
    let sample = plan.sample.clone();
    let mut columns = columns::columns_of(&plan.mapping, &import.mapping);
    let mut warnings = [plan.remarks.clone(), plan.warnings.clone()].concat();
    let watched = columns::number_columns(&plan.mapping, &columns, settings, &sample);
    let mut cutter = Cutter::new(plan, limits(job.importer, import)).watching_numbers(watched);
    cutter.push(rest)?;
    let mut saved = Instant::now();
    while let Some(bytes) = file.next().await? {
        cutter.push(&bytes)?;
        if import.chunks.is_none() && saved.elapsed() >= SAVE_EVERY {
            saved = Instant::now();
            if !job.importer.book.save_planning(job.workspace, job.id, file.position()).await? {
                return Ok(None);
            }
        }
    }
    let mut cuts = cutter.finish()?;
    warnings.append(&mut cuts.warnings);
    warnings.extend(columns::decide_types(&mut columns, settings, &sample, &cuts.numbers));
    let numbers = NumberFormats::new(cuts.numbers.iter().map(|(column, evidence)| (*column, evidence.format())));
    let (file, size) = (file.object(), file.end());
    Ok(Some(CheckedFile { file, size, sample, columns, numbers, warnings, cuts }))
}

/// The limits that an earlier try recorded, so that a retry cuts the file in the same places.
fn limits(importer: &Importer, import: &Import) -> Limits {
    import.chunks.map_or(importer.chunk, |chunks| Limits { rows: chunks.max_rows, bytes: chunks.max_bytes })
}

/// Records the plan and starts the import. Returns the import as it is recorded, or `None` if it runs with another upload
/// or has ended.
async fn record_plan(
    job: &Job<'_>,
    mut import: Import,
    settings: &Settings,
    checked: &CheckedFile,
) -> Result<Option<Import>, Stop> {
    if import.chunks.is_some() {
        // Either an earlier try died after it recorded its plan, or another upload with the same link is being imported.
        return Ok(Some(import).filter(|import| import.etag == checked.file.etag));
    }
    let total = u32::try_from(checked.cuts.chunks.len()).unwrap_or(u32::MAX);
    let limits = limits(job.importer, &import);
    import.size_bytes = checked.size;
    import.bytes_checked = checked.size;
    import.etag.clone_from(&checked.file.etag);
    import.header = Some(checked.sample.header.is_some());
    import.encoding = Some(checked.cuts.encoding.as_str().to_owned());
    import.mapping.clone_from(&checked.columns);
    import.warnings.clone_from(&checked.warnings);
    import.chunks = Some(Chunks { max_rows: limits.rows, max_bytes: limits.bytes, total, done: 0, released: false });
    import.plan_secret = Some(PlanSecret::new());
    // No worker counts the bytes before the first row.
    import.counts.bytes_done = checked.cuts.chunks.first().map_or(checked.size, |first| first.bytes.start);
    columns::define(job, &import, settings, &checked.sample).await?;
    let shards = u32::try_from(checked.cuts.rows / ROWS_A_SHARD).unwrap_or(u32::MAX).min(MOST_SHARDS);
    if shards > settings.index_shards && !import.dry_run {
        job.importer.book.raise_index_shards(job.workspace, shards, &job.caller()).await?;
    }
    if job.importer.book.run_import(job.workspace, &import).await? {
        return Ok(Some(import));
    }
    // Either the response to this write was lost, or a concurrent delivery recorded the same plan. Starting the workers
    // twice is safe.
    let recorded = job.importer.book.import_order(job.workspace, job.id).await?;
    Ok(recorded.filter(|recorded| recorded.status == ImportStatus::Running && recorded.etag == import.etag))
}

/// Puts the objects whose events run the workers. Imports a single chunk at once.
async fn start_workers(job: &Job<'_>, import: &Import, checked: CheckedFile) -> Result<(), Stop> {
    let columns = names(&checked.sample, checked.cuts.width);
    let delimiter = checked.sample.dialect.delimiter;
    if let [cut] = checked.cuts.chunks.as_slice() {
        let chunk = Chunk::of(cut, &checked.file, delimiter, &columns, &checked.numbers).sealed(import, 0)?;
        return worker::work(job, 0, &chunk).await;
    }
    // Built lazily: each of perhaps thousands of chunks contains all headers.
    let (s3, bucket, workspace, id) = (job.importer.s3.clone(), job.bucket.to_owned(), job.workspace.clone(), job.id);
    let puts = (0..).zip(checked.cuts.chunks).map(move |(number, cut)| {
        let put = s3.put_object().bucket(&bucket).key(keys::chunk(&workspace, id, number));
        let chunk = Chunk::of(&cut, &checked.file, delimiter, &columns, &checked.numbers).sealed(import, number);
        async move {
            let json = serde_json::to_vec(&chunk?).map_err(|error| ImportError::Internal(error.into()))?;
            put.content_type("application/json").body(json.into()).send().await.map_err(BucketError::from)?;
            Ok::<(), Stop>(())
        }
    });
    stream::iter(puts).buffer_unordered(PUTS_AT_ONCE).try_collect::<()>().await?;
    job.importer.book.release_import(job.workspace, job.id).await?;
    finish::if_done(job, None).await
}

/// The headers of the file, empty for columns without one.
fn names(sample: &Sample, width: usize) -> Vec<String> {
    let mut names = sample.header.as_ref().map_or(Vec::new(), |header| header.cells.clone());
    names.resize(width, String::new());
    names
}
