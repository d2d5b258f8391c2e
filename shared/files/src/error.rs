//! What can go wrong with a bucket. Nothing else looks into the SDK's errors.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the bucket did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// It is overloaded or out of reach. A moment later it may do it.
    #[error("the bucket is not available")]
    Unavailable(#[source] Source),
    /// It refused: a defect, or a missing permission.
    #[error("the bucket refused a request")]
    Refused(#[source] Source),
}

/// Why there are no more bytes of an object.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such object.
    #[error("the object is gone")]
    Gone,
    /// Another object of the same key has taken its place.
    #[error("the object was replaced")]
    Replaced,
    /// For another reason.
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// Of any operation.
impl<E> From<SdkError<E>> for BucketError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> BucketError {
        let temporary = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(service) => passes(service.raw().status().as_u16(), service.err().code()),
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

/// Whether what S3 answered passes by itself.
fn passes(status: u16, code: Option<&str>) -> bool {
    match code {
        // Putting parts together is answered before it is done, so an error may come with status 200.
        Some("InternalError" | "ServiceUnavailable" | "SlowDown" | "RequestTimeout") => true,
        // The answer to an earlier attempt was lost, or the upload was taken for forgotten: the next one is a new upload.
        Some("NoSuchUpload") => true,
        _ => status >= 500 || status == 429,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_tried_again() {
        for (status, code) in [
            (503, Some("SlowDown")),
            (400, Some("RequestTimeout")),
            (200, Some("InternalError")),
            (404, Some("NoSuchUpload")),
            (500, None),
            (429, None),
        ] {
            assert!(passes(status, code), "{status} {code:?}");
        }
        for (status, code) in [(403, Some("AccessDenied")), (404, Some("NoSuchBucket")), (400, None)] {
            assert!(!passes(status, code), "{status} {code:?}");
        }
    }
}
