//! Imports CSV files that are put under `imports/<workspace>/` of the bucket.
//!
//! 1. An upload's event runs the `planner`: it reads the file through, checks it and cuts it into chunks. Each chunk is
//!    described by an object of its own. A file of one chunk is imported at once.
//! 2. The event of such an object runs a `worker`, which folds the chunk's rows into the book.
//! 3. Whoever finishes the last chunk finishes (`finish`) the import.
//!
//! Every event may come any number of times, late, or side by side with its twin, and every invocation may end at any
//! point: what counts is written under conditions in the book, everything else is done again.

mod batch;
mod chunk;
mod columns;
mod conclude;
mod error;
mod failure;
mod finish;
mod job;
mod planner;
mod tally;
mod upload;
mod worker;

use aws_lambda_events::event::s3::{S3Event, S3EventRecord};
use contacts_book::ContactBook;
use contacts_csv::cut::Limits;
use contacts_files::{Ignored, StoredObject, keys};

pub use error::ImportError;

use crate::chunk::ChunkOrder;
use crate::upload::Upload;

/// A worker takes some 10 s for so many new contacts, of the 15 minutes that a function has. Smaller chunks would be
/// spread better, larger ones cost fewer invocations.
const CHUNK: Limits = Limits { rows: 10_000, bytes: 8 * 1024 * 1024 };

/// What an import needs.
#[derive(Debug, Clone)]
pub struct Importer {
    book: ContactBook,
    s3: aws_sdk_s3::Client,
    chunk: Limits,
}

impl Importer {
    /// An importer of files of any bucket that `s3` may read, and write chunks and reports to, into `book`.
    pub fn new(book: ContactBook, s3: aws_sdk_s3::Client) -> Importer {
        Importer { book, s3, chunk: CHUNK }
    }

    /// Sets how large the chunks of a file are. 10,000 rows or 8 MiB by default.
    #[must_use]
    pub fn with_chunks(mut self, chunk: Limits) -> Importer {
        self.chunk = chunk;
        self
    }
}

/// What an object of the bucket is to us.
enum Task {
    Upload(Upload),
    Chunk(ChunkOrder),
}

impl Task {
    fn of(record: &S3EventRecord) -> Result<Task, Ignored> {
        let object = StoredObject::of(record)?;
        if object.key.starts_with(keys::CHUNKS) {
            ChunkOrder::of(object).map(Task::Chunk)
        } else {
            Upload::of(object, record).map(Task::Upload)
        }
    }
}

/// Handles one invocation: imports the files and chunks that were created, one after the other.
///
/// A file that cannot be imported fails its import, not the invocation.
///
/// # Errors
/// See [`ImportError`]. The other objects of the event are dealt with nonetheless.
pub async fn handle(importer: &Importer, event: S3Event) -> Result<(), ImportError> {
    let mut result = Ok(());
    for record in &event.records {
        let done = match Task::of(record) {
            Ok(Task::Upload(upload)) => planner::run(importer, &upload).await,
            Ok(Task::Chunk(order)) => worker::run(importer, &order).await,
            Err(reason) => {
                // Not the key: people name files after people.
                let sequencer = record.s3.object.sequencer.as_deref();
                tracing::warn!(%reason, sequencer, "object left alone");
                Ok(())
            }
        };
        result = result.and(done);
    }
    result
}
