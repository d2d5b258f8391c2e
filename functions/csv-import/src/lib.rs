//! Imports CSV files that are uploaded to `imports/<workspace>/` in the bucket.
//!
//! 1. The event of an upload runs the `planner`. It reads the whole file, checks it and splits it into chunks. It writes
//!    one object per chunk. A file of one chunk is imported at once.
//! 2. The event of a chunk's object runs a `worker`, which folds the chunk's rows into the book. On AWS, these events wait in a
//!    queue, which limits how many chunks are imported concurrently.
//! 3. The worker that completes the last chunk runs `finish`, which completes the import.
//!
//! An import that stood still is resumed by an object of its own, and one that has ended is taken back by one: see `resume`
//! and `undo`. After a person was erased, an object orders to remove files: see `erasure`. After a custom field was deleted,
//! one may order to remove its values: see `purge`.
//!
//! S3 may deliver an event any number of times, late or concurrently, and an invocation may die at any point. So progress
//! is recorded in the book by conditional writes, and everything else can be repeated.

mod batch;
mod chunk;
mod columns;
mod conclude;
mod erasure;
mod error;
mod failure;
mod finish;
mod job;
mod planner;
mod purge;
mod queue;
mod resume;
mod tally;
mod undo;
mod upload;
mod worker;

use std::time::Duration;

use aws_lambda_events::event::s3::{S3Event, S3EventRecord};
use contacts_book::ContactBook;
use contacts_csv::cut::Limits;
use contacts_files::{Ignored, StoredObject, keys};
use contacts_lambda::QueueBatch;
use lambda_runtime::LambdaEvent;
use serde::Deserialize;

pub use error::ImportError;

use crate::chunk::{ChunkOrder, Request, Requested};
use crate::erasure::ErasureOrder;
use crate::purge::PurgeOrder;
use crate::upload::Upload;

/// A worker takes about 10 s for this many new contacts, of the 15 minutes that a function may run. Smaller chunks would
/// spread the work better; larger ones need fewer invocations.
const CHUNK: Limits = Limits { rows: 10_000, bytes: 8 * 1024 * 1024 };

/// The clients and settings of imports.
#[derive(Debug, Clone)]
pub struct Importer {
    book: ContactBook,
    s3: aws_sdk_s3::Client,
    chunk: Limits,
    /// The pauses before a message of the queue is handled again.
    pauses: [Duration; 2],
}

impl Importer {
    /// Creates an importer into `book`, of files in any bucket that `s3` may read from and write chunks and reports to.
    pub fn new(book: ContactBook, s3: aws_sdk_s3::Client) -> Importer {
        Importer { book, s3, chunk: CHUNK, pauses: queue::PAUSES }
    }

    /// Sets the size of the chunks of a file. Default: 10,000 rows or 8 MiB.
    #[must_use]
    pub fn with_chunks(mut self, chunk: Limits) -> Importer {
        self.chunk = chunk;
        self
    }

    /// Sets the pauses before a message of the queue is handled again because the table or the bucket was not available.
    /// Default: one minute, then two.
    #[must_use]
    pub fn with_pauses(mut self, pauses: [Duration; 2]) -> Importer {
        self.pauses = pauses;
        self
    }
}

/// What invokes the function.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Invocation {
    /// The queue of notifications. A message has the event of the bucket.
    Queue(QueueBatch),
    /// The bucket itself.
    Bucket(S3Event),
}

/// What to do for a created object.
enum Task {
    Upload(Upload),
    Chunk(ChunkOrder),
    Request(Request),
    Erasure(ErasureOrder),
    Purge(PurgeOrder),
}

impl Task {
    fn of(record: &S3EventRecord) -> Result<Task, Ignored> {
        let object = StoredObject::of(record)?;
        if let Some(request) = Request::of(&object) {
            Ok(Task::Request(request))
        } else if object.key.starts_with(keys::ERASURES) {
            ErasureOrder::of(&object).map(Task::Erasure)
        } else if object.key.starts_with(keys::PURGES) {
            PurgeOrder::of(&object).map(Task::Purge)
        } else if object.key.starts_with(keys::CHUNKS) {
            ChunkOrder::of(object).map(Task::Chunk)
        } else {
            Upload::of(object, record).map(Task::Upload)
        }
    }
}

/// Handles one invocation by the bucket or by the queue.
///
/// # Errors
/// As [`handle`]. [`ImportError::Internal`] also for a message that has no event of the bucket.
pub async fn invoke(importer: &Importer, invocation: LambdaEvent<Invocation>) -> Result<(), ImportError> {
    let (invocation, context) = invocation.into_parts();
    match invocation {
        Invocation::Queue(batch) => queue::run(importer, &batch, &context).await,
        Invocation::Bucket(event) => handle(importer, LambdaEvent::new(event, context)).await,
    }
}

/// Handles one invocation by the bucket: imports the created files and chunks one after the other.
///
/// A file that cannot be imported fails its import, not the invocation.
///
/// # Errors
/// The first [`ImportError`]. The other objects of the event are still imported.
pub async fn handle(importer: &Importer, invocation: LambdaEvent<S3Event>) -> Result<(), ImportError> {
    let (event, context) = invocation.into_parts();
    let request = context.request_id.as_str();
    let mut result = Ok(());
    for record in &event.records {
        let done = match Task::of(record) {
            Ok(Task::Upload(upload)) => planner::run(importer, &upload, request).await,
            Ok(Task::Chunk(order)) => worker::run(importer, &order, request).await,
            Ok(Task::Request(order)) => match order.what {
                Requested::Resume => resume::run(importer, &order, request).await,
                Requested::Undo => undo::run(importer, &order, &context).await,
            },
            Ok(Task::Erasure(order)) => Box::pin(erasure::run(importer, &order)).await,
            Ok(Task::Purge(order)) => Box::pin(purge::run(importer, &order)).await,
            Err(reason) => {
                // The key is not logged: file names may contain personal names.
                let sequencer = record.s3.object.sequencer.as_deref();
                tracing::warn!(reason = contacts_lambda::causes(&reason), sequencer, "object ignored");
                Ok(())
            }
        };
        result = result.and(done);
    }
    result
}
