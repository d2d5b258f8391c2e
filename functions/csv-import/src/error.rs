//! The errors of the function, with stable names.

use contacts_book::BookError;
use contacts_files::BucketError;
use lambda_runtime::Diagnostic;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an invocation failed. Lambda retries it, which is safe. An invalid file fails the import, not the invocation.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The book is overloaded or unreachable. The retry resumes the import.
    #[error("the contact book is not available; the retry resumes the import")]
    BookUnavailable(#[source] BookError),
    /// The bucket is overloaded or unreachable. The retry resumes the import.
    #[error("the bucket for files is not available; the retry resumes the import")]
    BucketUnavailable(#[source] BucketError),
    /// A defect or a missing permission. The import has failed for good: a retry does nothing. The logs have the details.
    #[error("the import could not be carried out")]
    Internal(#[source] Source),
}

impl From<BookError> for ImportError {
    fn from(error: BookError) -> ImportError {
        if error.is_temporary() { ImportError::BookUnavailable(error) } else { ImportError::Internal(error.into()) }
    }
}

impl From<BucketError> for ImportError {
    fn from(error: BucketError) -> ImportError {
        match error {
            BucketError::Unavailable(_) => ImportError::BucketUnavailable(error),
            BucketError::Refused(_) => ImportError::Internal(error.into()),
        }
    }
}

impl From<ImportError> for Diagnostic {
    fn from(error: ImportError) -> Diagnostic {
        let error_type = match &error {
            ImportError::BookUnavailable(_) | ImportError::BucketUnavailable(_) => "Unavailable",
            ImportError::Internal(_) => "Internal",
        };
        Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}
