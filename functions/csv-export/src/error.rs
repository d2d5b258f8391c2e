//! The errors of the function, with stable names.

use contacts_book::BookError;
use contacts_files::BucketError;
use lambda_runtime::Diagnostic;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an invocation failed. Lambda tries it again, which is safe.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The book is overloaded or out of reach. The export starts over at the next try.
    #[error("{0}; the export starts over when the event comes again")]
    BookUnavailable(#[source] BookError),
    /// The bucket is overloaded or out of reach. The export starts over at the next try.
    #[error("{0}; the export starts over when the event comes again")]
    BucketUnavailable(#[source] BucketError),
    /// A defect, or a missing permission: the export has failed, and the next try leaves it so. The logs have the detail.
    #[error("the contacts could not be written to a file")]
    Internal(#[source] Source),
}

impl ExportError {
    /// Whether the next try may succeed.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            ExportError::BookUnavailable(_) | ExportError::BucketUnavailable(_) => true,
            ExportError::Internal(_) => false,
        }
    }
}

impl From<BookError> for ExportError {
    fn from(error: BookError) -> ExportError {
        if error.is_temporary() { ExportError::BookUnavailable(error) } else { ExportError::Internal(error.into()) }
    }
}

impl From<BucketError> for ExportError {
    fn from(error: BucketError) -> ExportError {
        match error {
            BucketError::Unavailable(_) => ExportError::BucketUnavailable(error),
            BucketError::Refused(_) => ExportError::Internal(error.into()),
        }
    }
}

impl From<ExportError> for Diagnostic {
    fn from(error: ExportError) -> Diagnostic {
        let error_type = if error.is_temporary() { "Unavailable" } else { "Internal" };
        Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}
