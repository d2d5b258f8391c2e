//! The errors of the function, with names that its callers may match.

use contacts_book::BookError;
use lambda_runtime::Diagnostic;

use crate::event::InvalidEvent;

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum UpsertError {
    /// The payload is no event.
    #[error(transparent)]
    InvalidEvent(#[from] InvalidEvent),
    /// The book is overloaded or out of reach: send the event again.
    #[error("{0}; send the event again")]
    Unavailable(#[source] BookError),
    /// A defect, or a missing permission. The logs have the detail.
    #[error("the event could not be folded")]
    Internal(#[source] BookError),
}

impl From<BookError> for UpsertError {
    fn from(error: BookError) -> UpsertError {
        if error.is_temporary() { UpsertError::Unavailable(error) } else { UpsertError::Internal(error) }
    }
}

impl From<UpsertError> for Diagnostic {
    fn from(error: UpsertError) -> Diagnostic {
        let error_type = match &error {
            UpsertError::InvalidEvent(_) => "InvalidEvent",
            UpsertError::Unavailable(_) => "Unavailable",
            UpsertError::Internal(_) => "Internal",
        };
        Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}
