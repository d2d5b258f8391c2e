//! Resuming: continues an interrupted import where it was.

use std::collections::HashSet;

use aws_sdk_s3::primitives::ByteStream;
use contacts_book::ImportStatus;
use contacts_files::{BucketError, ObjectReader, ReadError, StoredObject, keys};

use crate::chunk::Request;
use crate::error::ImportError;
use crate::failure::Failure;
use crate::job::{Job, Stop};
use crate::{Importer, conclude, finish, planner};

/// Plans the import again if its plan is not complete; else puts the objects of the chunks that are not done again, whose
/// events run the workers. All of this may be repeated.
pub(crate) async fn run(importer: &Importer, order: &Request, request: &str) -> Result<(), ImportError> {
    let Request { workspace, import, bucket, .. } = order;
    let job = Job { importer, workspace, id: *import, bucket, request };
    let resumed = Box::pin(resume(&job)).await;
    conclude::step(&job, resumed).await
}

async fn resume(job: &Job<'_>) -> Result<(), Stop> {
    let book = &job.importer.book;
    let working = |status| matches!(status, ImportStatus::Planning | ImportStatus::Running);
    let Some(import) = book.import_order(job.workspace, job.id).await?.filter(|import| working(import.status)) else {
        tracing::info!(workspace = %job.workspace, import = %job.id, "import to resume does not run");
        return Ok(());
    };
    let Some(chunks) = import.chunks.filter(|chunks| chunks.released) else {
        let key = import.key.clone().unwrap_or_else(|| keys::import(job.workspace, job.id));
        let file = StoredObject { bucket: job.bucket.to_owned(), key, etag: import.etag.clone() };
        return planner::plan(job, &file, import).await;
    };
    let done: HashSet<u32> = book.finished_chunks(job.workspace, job.id).await?.into_iter().collect();
    for number in (0..chunks.total).filter(|number| !done.contains(number)) {
        repeat(job, &keys::chunk(job.workspace, job.id, number)).await?;
    }
    finish::if_done(job, None).await
}

/// Puts an object once more, which causes its event.
async fn repeat(job: &Job<'_>, key: &str) -> Result<(), Stop> {
    let s3 = &job.importer.s3;
    let object = StoredObject { bucket: job.bucket.to_owned(), key: key.to_owned(), etag: None };
    let read = async { ObjectReader::open(s3, &object).await?.head(usize::MAX).await };
    match read.await {
        Ok(body) => Ok(put(s3, job.bucket, key, body).await?),
        Err(ReadError::Bucket(error)) => Err(error.into()),
        Err(ReadError::Gone | ReadError::Replaced) => Err(Failure::Gone.into()),
    }
}

/// Puts an object that starts work.
pub(crate) async fn put(
    s3: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    body: impl Into<ByteStream>,
) -> Result<(), BucketError> {
    let put = s3.put_object().bucket(bucket).key(key).content_type("application/json");
    put.body(body.into()).send().await?;
    Ok(())
}
