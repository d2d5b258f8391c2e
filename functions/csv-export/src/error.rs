//! The errors of the function, with stable names.

use contacts_book::BookError;
use contacts_files::BucketError;
use lambda_runtime::Diagnostic;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an invocation failed. Lambda retries it, which is safe.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The book is overloaded or unreachable. The retry starts the export over.
    #[error("the contact book is not available; the retry starts the export over")]
    BookUnavailable(#[source] BookError),
    /// The bucket is overloaded or unreachable. The retry starts the export over.
    #[error("the bucket for files is not available; the retry starts the export over")]
    BucketUnavailable(#[source] BucketError),
    /// A defect or a missing permission. The export has failed for good: a retry does nothing. The logs have the details.
    #[error("the contacts could not be written to a file")]
    Internal(#[source] Source),
}

impl ExportError {
    /// Whether a retry may succeed.
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
