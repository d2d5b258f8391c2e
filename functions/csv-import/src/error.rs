//! The errors of the function, with stable names.

use contacts::BookError;
use lambda_runtime::Diagnostic;

/// Why an invocation failed. Lambda tries it again, which is safe; a file that cannot be read is not among the reasons.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The book is overloaded or out of reach. The import goes on at the next try.
    #[error("{0}; the import goes on when the event comes again")]
    Unavailable(#[source] BookError),
    /// The file cannot be read just now. The import goes on at the next try.
    #[error("the file is not available; the import goes on when the event comes again")]
    FileUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect, or a missing permission: the import has failed, and the next try leaves it so. The logs have the detail.
    #[error("the rows could not be folded")]
    Internal(#[source] BookError),
}

impl From<BookError> for ImportError {
    fn from(error: BookError) -> ImportError {
        if error.is_temporary() { ImportError::Unavailable(error) } else { ImportError::Internal(error) }
    }
}

impl From<ImportError> for Diagnostic {
    fn from(error: ImportError) -> Diagnostic {
        let error_type = match &error {
            ImportError::Unavailable(_) => "Unavailable",
            ImportError::FileUnavailable(_) => "FileUnavailable",
            ImportError::Internal(_) => "Internal",
        };
        Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}
