//! Failures of the object store itself.

use s3s::{S3Error, S3ErrorCode};

/// Logs a failure, and hides its details from the client.
pub(super) fn internal(error: std::io::Error) -> S3Error {
    tracing::error!(%error, "the object store failed");
    S3Error::with_message(S3ErrorCode::InternalError, "the object store failed")
}

/// An error while the catalog is locked: a refused request, or a failure of the file system.
#[derive(Debug)]
pub(super) struct Refused(pub(super) S3Error);

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self(internal(error))
    }
}

impl From<S3Error> for Refused {
    fn from(error: S3Error) -> Self {
        Self(error)
    }
}

impl From<Refused> for S3Error {
    fn from(refused: Refused) -> Self {
        refused.0
    }
}
