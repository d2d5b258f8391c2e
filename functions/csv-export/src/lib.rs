//! Exports all contacts of a workspace as a CSV file.
//!
//! An event names a request, the object `exports/<workspace>/<export id>.json`. The contacts are streamed from the book
//! into the object beside it, `exports/<workspace>/<export id>.csv`. How a contact is written is the matter of
//! [`contacts_csv`].
//!
//! In memory are one page of contacts (see [`contacts_book::AllContacts`]) and one part of the file: while it grows, its
//! buffer may be twice as large as the part.

mod error;
mod export;
mod request;

use aws_lambda_events::event::s3::S3Event;
use contacts_book::ContactBook;
use contacts_files::{PART_BYTES, StoredObject};

pub use error::ExportError;

use crate::request::Request;

/// What an export needs.
#[derive(Debug, Clone)]
pub struct Exporter {
    book: ContactBook,
    s3: aws_sdk_s3::Client,
    part_bytes: usize,
}

impl Exporter {
    /// An exporter of the contacts of `book` to any bucket that `s3` may write to.
    pub fn new(book: ContactBook, s3: aws_sdk_s3::Client) -> Exporter {
        Exporter { book, s3, part_bytes: PART_BYTES }
    }

    /// Sets how many bytes a part of a large file has, or a few more. 8 MiB by default; S3 takes no less than 5.
    #[must_use]
    pub fn with_part_bytes(mut self, bytes: usize) -> Exporter {
        self.part_bytes = bytes;
        self
    }
}

/// Handles one invocation: writes the exports that were asked for, one after the other.
///
/// An event may come any number of times: an export that has ended is left alone, one that was cut off is written anew.
///
/// # Errors
/// See [`ExportError`]. The other exports of the event are written nonetheless.
pub async fn handle(exporter: &Exporter, event: S3Event) -> Result<(), ExportError> {
    let mut result = Ok(());
    for record in &event.records {
        let request = match StoredObject::of(record).and_then(Request::of) {
            Ok(request) => request,
            Err(reason) => {
                // Not the key: it may be any text.
                let sequencer = record.s3.object.sequencer.as_deref();
                tracing::warn!(%reason, sequencer, "object left alone");
                continue;
            }
        };
        // Boxed: the SDK's futures nest so deep that the compiler would meet its recursion limit.
        if let Err(error) = Box::pin(export::run(exporter, &request)).await {
            tracing::error!(workspace = %request.workspace, export = %request.id, error = contacts_lambda::causes(&error), "export stopped");
            result = result.and(Err(error));
        }
    }
    result
}
