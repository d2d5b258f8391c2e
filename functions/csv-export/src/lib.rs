//! Exports all contacts of a workspace as a CSV file.
//!
//! An S3 event names a request, the object `exports/<workspace>/<export id>.json`. The function streams the contacts from
//! the book into the object `exports/<workspace>/<export id>.csv`, in the format of [`contacts_csv`].
//!
//! It holds one page of contacts (see [`contacts_book::AllContacts`]) and one part of the file in memory. The buffer of
//! the part may grow to twice its size.

mod error;
mod export;
mod request;

use aws_lambda_events::event::s3::S3Event;
use contacts_book::ContactBook;
use contacts_files::{PART_BYTES, StoredObject};

pub use error::ExportError;

use crate::request::ExportRequest;

/// The clients and settings of exports.
#[derive(Debug, Clone)]
pub struct Exporter {
    book: ContactBook,
    s3: aws_sdk_s3::Client,
    part_bytes: usize,
}

impl Exporter {
    /// Creates an exporter of the contacts of `book`, to any bucket that `s3` may write to.
    pub fn new(book: ContactBook, s3: aws_sdk_s3::Client) -> Exporter {
        Exporter { book, s3, part_bytes: PART_BYTES }
    }

    /// Sets the size in bytes of the parts of a large file; a part may have a few more. Default: 8 MiB. S3 requires at
    /// least 5 MiB.
    #[must_use]
    pub fn with_part_bytes(mut self, bytes: usize) -> Exporter {
        self.part_bytes = bytes;
        self
    }
}

/// Handles one invocation: writes the requested exports one after the other.
///
/// Lambda may deliver an event any number of times. A repeated event does nothing if the export has ended, and starts it
/// over if it was interrupted.
///
/// # Errors
/// The first [`ExportError`]. The other exports of the event still run.
pub async fn handle(exporter: &Exporter, event: S3Event) -> Result<(), ExportError> {
    let mut result = Ok(());
    for record in &event.records {
        let request = match StoredObject::of(record).and_then(ExportRequest::of) {
            Ok(request) => request,
            Err(reason) => {
                // The key is not logged, since it may contain any text.
                let sequencer = record.s3.object.sequencer.as_deref();
                tracing::warn!(reason = contacts_lambda::causes(&reason), sequencer, "object ignored");
                continue;
            }
        };
        // Boxed because the nested futures of the SDK would exceed the compiler's recursion limit.
        if let Err(error) = Box::pin(export::run(exporter, &request)).await {
            tracing::error!(workspace = %request.workspace, export = %request.id, error = contacts_lambda::causes(&error), "export stopped");
            result = result.and(Err(error));
        }
    }
    result
}
