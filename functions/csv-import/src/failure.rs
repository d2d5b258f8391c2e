//! Why an import fails, for its owner.

use contacts::ImportFailure;
use contacts_csv::plan::PlanError;

/// Why a file cannot be imported, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    File(#[from] PlanError),
    #[error("the file was removed before it was imported to its end")]
    Gone,
    #[error("the file was replaced before it was imported to its end; the new one is imported for itself")]
    Replaced,
    /// With S3's code.
    #[error("the file is gone or may not be read ({0})")]
    Unreadable(String),
    /// Ours, not the file's: the logs have the detail.
    #[error("the import stopped because of an internal fault; importing the file again is safe")]
    Internal,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Failure::File(error) => error.code(),
            Failure::Gone => "file_gone",
            Failure::Replaced => "file_replaced",
            Failure::Unreadable(_) => "file_unreadable",
            Failure::Internal => "internal",
        }
    }
}

impl From<Failure> for ImportFailure {
    fn from(failure: Failure) -> ImportFailure {
        ImportFailure { code: failure.code().to_owned(), reason: failure.to_string() }
    }
}
