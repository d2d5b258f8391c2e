//! The errors of the bucket. Only this file inspects errors of the S3 SDK.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a request to the bucket failed.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The bucket is overloaded or unreachable. A retry may succeed.
    #[error("the bucket is not available")]
    Unavailable(#[source] Source),
    /// The bucket refused the request, because of a defect or a missing permission.
    #[error("the bucket refused a request")]
    Refused(#[source] Source),
}

/// Why reading an object failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The object does not exist.
    #[error("the object is gone")]
    Gone,
    /// Another object with the same key has replaced it.
    #[error("the object was replaced")]
    Replaced,
    /// The request failed.
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// Classifies the errors that any S3 operation can return.
impl<E> From<SdkError<E>> for BucketError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> BucketError {
        let temporary = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(service) => is_temporary(service.raw().status().as_u16(), service.err().code()),
            _ => false,
        };
        if temporary { BucketError::Unavailable(error.into()) } else { BucketError::Refused(error.into()) }
    }
}

impl From<SdkError<GetObjectError>> for ReadError {
    fn from(error: SdkError<GetObjectError>) -> ReadError {
        match error.as_service_error().and_then(|error| error.code()) {
            Some("NoSuchKey") => ReadError::Gone,
            Some("PreconditionFailed") => ReadError::Replaced,
            _ => ReadError::Bucket(error.into()),
        }
    }
}

/// Whether a retry may succeed after this response of S3.
fn is_temporary(status: u16, code: Option<&str>) -> bool {
    match code {
        // S3 sends the status of a completed upload before it assembles the parts, so an error may come with status 200.
        Some("InternalError" | "ServiceUnavailable" | "SlowDown" | "RequestTimeout") => true,
        // An earlier attempt succeeded and its response was lost, or S3 removed the upload as abandoned. The next try starts
        // a new upload.
        Some("NoSuchUpload") => true,
        _ => status >= 500 || status == 429,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_errors_are_recognised() {
        for (status, code) in [
            (503, Some("SlowDown")),
            (400, Some("RequestTimeout")),
            (200, Some("InternalError")),
            (404, Some("NoSuchUpload")),
            (500, None),
            (429, None),
        ] {
            assert!(is_temporary(status, code), "{status} {code:?}");
        }
        for (status, code) in [(403, Some("AccessDenied")), (404, Some("NoSuchBucket")), (400, None)] {
            assert!(!is_temporary(status, code), "{status} {code:?}");
        }
    }
}
