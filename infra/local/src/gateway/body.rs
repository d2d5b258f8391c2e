//! Reads a body of limited length.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;

/// How many bytes of a too long body are still read. A client that sends everything before it reads the response would
/// otherwise see a broken connection.
const DRAINED: usize = 100 * 1024 * 1024;

/// Why a body cannot be used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body is too long")]
    TooLong,
    #[error("the body ended early")]
    Broken,
}

/// Reads a whole body.
///
/// # Errors
/// [`BodyError::TooLong`] if it has more than `limit` bytes, [`BodyError::Broken`] if the connection breaks.
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
