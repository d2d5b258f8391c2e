//! Planning: an uploaded file is read through, checked, and cut into chunks.

use contacts::{Settings, time};
use contacts_book::{Chunks, Import, ImportStatus};
use contacts_csv::cut::{Cuts, Cutter, Limits};
use contacts_csv::encoding::SAMPLE_BYTES;
use contacts_csv::mapping::Mapping;
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

/// How many chunks are handed out at once.
const PUTS_AT_ONCE: usize = 16;

/// So many rows are worth one more index shard, up to [`MOST_SHARDS`]. A shard takes 1,000 writes a second, so new contacts
/// of a large file take a minute or so; and every list queries every shard.
const ROWS_A_SHARD: u64 = 50_000;
const MOST_SHARDS: u32 = 16;

/// What reading the file through has shown.
struct Reading {
    file: StoredObject,
    size: u64,
    sample: Sample,
    mapping: Mapping,
    warnings: Vec<String>,
    cuts: Cuts,
}

/// Plans the import of an upload, and imports it if it is small.
pub(crate) async fn run(importer: &Importer, upload: &Upload) -> Result<(), ImportError> {
    let import = begin(importer, upload).await?;
    let job = Job { importer, workspace: &upload.workspace, id: import.id, bucket: &upload.object.bucket };
    match import.status {
        ImportStatus::Completed | ImportStatus::Failed => {
            tracing::info!(workspace = %job.workspace, import = %job.id, "import had ended before");
            Ok(())
        }
        ImportStatus::AwaitingUpload | ImportStatus::Planning | ImportStatus::Running => {
            let etag = import.etag.clone();
            match Box::pin(plan(&job, &upload.object, import)).await {
                // Somebody has used the link twice. The event of the other upload comes, if it has not yet.
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

/// Finds the import that the upload starts.
async fn begin(importer: &Importer, upload: &Upload) -> Result<Import, ImportError> {
    let (book, workspace) = (&importer.book, &upload.workspace);
    if let Some(id) = upload.awaited
        && let Some(mut import) = book.import_order(workspace, id).await?
    {
        if import.status == ImportStatus::AwaitingUpload && book.begin_import(workspace, id).await? {
            import.status = ImportStatus::Planning;
        }
        return Ok(import);
    }
    if let Some(import) = book.import_order(workspace, upload.dropped).await? {
        return Ok(import);
    }
    let import = dropped(upload, &book.settings(workspace).await?);
    book.create_import(workspace, &import).await?;
    Ok(import)
}

/// The import that a dropped file starts.
fn dropped(upload: &Upload, settings: &Settings) -> Import {
    let import = Import::new(upload.dropped, upload.file_name(), settings.default_country, upload.at);
    Import { status: ImportStatus::Planning, started_at: Some(time::now()), ..import }
}

async fn plan(job: &Job<'_>, object: &StoredObject, import: Import) -> Result<(), Stop> {
    if import.chunks.is_some_and(|chunks| chunks.released) {
        return finish::if_done(job, None).await;
    }
    let settings = job.importer.book.settings(job.workspace).await?;
    let reading = read_through(job, object, &import, &settings).await?;
    if !note(job, import, &settings, &reading).await? {
        tracing::info!(workspace = %job.workspace, import = %job.id, "another upload is imported, or the import has ended");
        return Ok(());
    }
    hand_out(job, reading).await
}

/// Reads the file to its end. What is wrong with it is found now, while nothing has been done about it.
async fn read_through(
    job: &Job<'_>,
    object: &StoredObject,
    import: &Import,
    settings: &Settings,
) -> Result<Reading, Stop> {
    let mut file = ObjectReader::open(&job.importer.s3, object).await?;
    let head = file.head(SAMPLE_BYTES).await?;
    // To the byte, so that every try finds the same.
    let (start, rest) = head.split_at(SAMPLE_BYTES.min(head.len()));
    let extent = if rest.is_empty() && file.is_at_end() { Extent::Whole } else { Extent::Beginning };
    let options = PlanOptions { header: import.header, mapping: columns::mapping_of(import)? };
    let plan = Plan::of(start, extent, &options, &settings.custom_fields)?;
    let (sample, mapping, warnings) = (plan.sample.clone(), plan.mapping.clone(), plan.warnings.clone());
    let mut cutter = Cutter::new(plan, limits(job.importer, import));
    cutter.push(rest)?;
    while let Some(bytes) = file.next().await? {
        cutter.push(&bytes)?;
    }
    Ok(Reading { file: file.object(), size: file.end(), sample, mapping, warnings, cuts: cutter.finish()? })
}

/// Those that an earlier try has noted, so that the file is cut in the same places.
fn limits(importer: &Importer, import: &Import) -> Limits {
    import.chunks.map_or(importer.chunk, |chunks| Limits { rows: chunks.max_rows, bytes: chunks.max_bytes })
}

/// Notes the plan; `false` if it is not the one that counts. From here on the import runs.
async fn note(job: &Job<'_>, mut import: Import, settings: &Settings, reading: &Reading) -> Result<bool, Stop> {
    if import.chunks.is_some() {
        // An earlier try was cut off after it had noted its plan; or another upload by the same link is being imported.
        return Ok(import.etag == reading.file.etag);
    }
    let total = u32::try_from(reading.cuts.chunks.len()).unwrap_or(u32::MAX);
    let limits = limits(job.importer, &import);
    import.size_bytes = reading.size;
    import.etag.clone_from(&reading.file.etag);
    import.header = Some(reading.sample.header.is_some());
    import.mapping = columns::columns_of(&reading.mapping, &import.mapping);
    import.warnings.clone_from(&reading.warnings);
    import.chunks = Some(Chunks { max_rows: limits.rows, max_bytes: limits.bytes, total, done: 0, released: false });
    // What comes before the first row is read by nobody else.
    import.counts.bytes_done = reading.cuts.chunks.first().map_or(reading.size, |first| first.bytes.start);
    columns::define(&job.importer.book, job.workspace, &import, settings, &reading.sample).await?;
    let shards = u32::try_from(reading.cuts.rows / ROWS_A_SHARD).unwrap_or(u32::MAX).min(MOST_SHARDS);
    if shards > settings.index_shards && !import.dry_run {
        job.importer.book.raise_index_shards(job.workspace, shards).await?;
    }
    if job.importer.book.run_import(job.workspace, &import).await? {
        return Ok(true);
    }
    // It was this try whose answer was lost, or a twin of its event. Chunks may be handed out twice.
    let noted = job.importer.book.import_order(job.workspace, job.id).await?;
    let same = |noted: Import| noted.status == ImportStatus::Running && noted.etag == import.etag;
    Ok(noted.is_some_and(same))
}

/// Puts the objects whose events run the workers.
async fn hand_out(job: &Job<'_>, reading: Reading) -> Result<(), Stop> {
    let columns = names(&reading.sample, reading.cuts.width);
    let delimiter = reading.sample.dialect.delimiter;
    if let [cut] = reading.cuts.chunks.as_slice() {
        return worker::work(job, 0, &Chunk::of(cut, &reading.file, delimiter, &columns)).await;
    }
    // Made one after the other as they are put: the headers are in each, and there may be thousands.
    let (s3, bucket, workspace, id) = (job.importer.s3.clone(), job.bucket.to_owned(), job.workspace.clone(), job.id);
    let puts = (0..).zip(reading.cuts.chunks).map(move |(number, cut)| {
        let put = s3.put_object().bucket(&bucket).key(keys::chunk(&workspace, id, number));
        let json = serde_json::to_vec(&Chunk::of(&cut, &reading.file, delimiter, &columns));
        async move {
            let json = json.map_err(|error| ImportError::Internal(error.into()))?;
            put.content_type("application/json").body(json.into()).send().await.map_err(BucketError::from)?;
            Ok::<(), Stop>(())
        }
    });
    stream::iter(puts).buffer_unordered(PUTS_AT_ONCE).try_collect::<()>().await?;
    job.importer.book.release_import(job.workspace, job.id).await?;
    finish::if_done(job, None).await
}

/// The headers of the file as they are, blank where there is none.
fn names(sample: &Sample, width: usize) -> Vec<String> {
    let mut names = sample.header.as_ref().map_or(Vec::new(), |header| header.cells.clone());
    names.resize(width, String::new());
    names
}
