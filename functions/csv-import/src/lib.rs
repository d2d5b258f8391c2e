//! Imports CSV files that are put under `imports/<workspace>/` of the bucket.
//!
//! An event names an upload, its file is streamed once, and its rows are folded into the book in batches. How a file is
//! read is the matter of [`contacts_csv`].

mod batch;
mod error;
mod failure;
mod file;
mod import;
mod tally;
mod upload;

use aws_lambda_events::event::s3::S3Event;
use contacts::ContactBook;

pub use error::ImportError;

use crate::upload::Upload;

/// What an import needs.
#[derive(Debug, Clone)]
pub struct Importer {
    book: ContactBook,
    s3: aws_sdk_s3::Client,
}

impl Importer {
    /// An importer of files of any bucket that `s3` may read into `book`.
    pub fn new(book: ContactBook, s3: aws_sdk_s3::Client) -> Importer {
        Importer { book, s3 }
    }
}

/// Handles one invocation: imports the files that were created, one after the other.
///
/// An event may come any number of times: an import that has ended is left alone, one that was cut off goes on where its
/// counts were last saved. A file that cannot be read fails its import, not the invocation.
///
/// # Errors
/// See [`ImportError`]. The other files of the event are imported nonetheless.
pub async fn handle(importer: &Importer, event: S3Event) -> Result<(), ImportError> {
    let mut result = Ok(());
    for record in &event.records {
        let upload = match Upload::of(record) {
            Ok(upload) => upload,
            Err(reason) => {
                // Not the key: people name files after people.
                let sequencer = record.s3.object.sequencer.as_deref();
                tracing::warn!(%reason, sequencer, "object left alone");
                continue;
            }
        };
        if let Err(error) = import::run(importer, &upload).await {
            tracing::error!(workspace = %upload.workspace, import = %upload.id, error = contacts::causes(&error), "import stopped");
            result = result.and(Err(error));
        }
    }
    result
}
