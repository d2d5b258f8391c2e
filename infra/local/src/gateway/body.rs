//! Taking in a body of limited length.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;

/// So much of a body that is too long is still read: a client that sends it all before it listens would
/// otherwise find the connection broken instead of an answer.
const DRAINED: usize = 100 * 1024 * 1024;

/// Why there is no body.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body is too long")]
    TooLong,
    #[error("the body broke off")]
    Broken,
}

/// The whole body, of at most `limit` bytes.
pub(super) async fn collect(mut body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else if length > DRAINED {
            break;
        }
    }
    if length <= limit { Ok(bytes.into()) } else { Err(BodyError::TooLong) }
}
