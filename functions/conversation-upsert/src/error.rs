//! The errors of the function. Callers may match their names.

use contacts_book::BookError;
use lambda_runtime::Diagnostic;

use crate::event::InvalidEvent;

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum UpsertError {
    /// The payload is not a valid event.
    #[error(transparent)]
    InvalidEvent(#[from] InvalidEvent),
    /// The function does not accept events of this workspace.
    #[error("workspace_id: the workspace is not one of those whose events are accepted")]
    UnknownWorkspace,
    /// The book is overloaded or unreachable. The caller should send the event again.
    #[error("the event could not be folded yet; send it again")]
    Unavailable(#[source] BookError),
    /// A defect or a missing permission. The logs have the details.
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
            UpsertError::UnknownWorkspace => "UnknownWorkspace",
            UpsertError::Unavailable(_) => "Unavailable",
            UpsertError::Internal(_) => "Internal",
        };
        let error_message = match &error {
            // The reason helps the caller. The sources of the book's error do not: they may name internals.
            UpsertError::Unavailable(reason) => format!("{error}: {reason}"),
            UpsertError::InvalidEvent(_) | UpsertError::UnknownWorkspace | UpsertError::Internal(_) => {
                error.to_string()
            }
        };
        Diagnostic { error_type: error_type.to_owned(), error_message }
    }
}
