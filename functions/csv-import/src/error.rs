//! The errors of the function, with stable names.

use contacts_book::BookError;
use contacts_files::BucketError;
use lambda_runtime::Diagnostic;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an invocation failed. Lambda tries it again, which is safe; a file that cannot be read is not among the reasons.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The book is overloaded or out of reach. The import goes on at the next try.
    #[error("{0}; the import goes on when the event comes again")]
    BookUnavailable(#[source] BookError),
    /// The bucket is overloaded or out of reach. The import goes on at the next try.
    #[error("{0}; the import goes on when the event comes again")]
    BucketUnavailable(#[source] BucketError),
    /// A defect, or a missing permission: the import has failed, and the next try leaves it so. The logs have the detail.
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
