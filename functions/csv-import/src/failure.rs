//! Why an import fails, for its owner.

use contacts::ImportFailure;

use crate::encoding::{EncodingError, SAMPLE_BYTES};
use crate::reader::ReadError;

/// Why a file cannot be imported, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// Nothing, or nothing but blank lines.
    #[error("the file is empty")]
    Empty,
    #[error("the first record does not end within the first {SAMPLE_BYTES} bytes of the file; is a quote left open?")]
    NoRecord,
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    #[error(transparent)]
    Read(#[from] ReadError),
    /// With the names of the columns, as a list.
    #[error(
        "no column says who a row is about: name one telephone, whatsapp, email, instagram, slack or microsoft_teams in \
         the first line; the columns are {0}"
    )]
    NoIdentifierColumn(String),
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
            Failure::Empty => "empty_file",
            Failure::NoRecord => "no_record",
            Failure::Encoding(error) => error.code(),
            Failure::Read(error) => error.code(),
            Failure::NoIdentifierColumn(_) => "no_identifier_column",
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
