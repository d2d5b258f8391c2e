//! Reads an object as a stream.

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::error::{BucketError, ReadError};
use crate::event::StoredObject;

/// How many times in a row the reader reconnects.
const RECONNECTIONS: u32 = 4;
/// The pause before the first reconnection. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Reads an object, or a part of it, with one request. Reconnects only if the connection breaks.
#[derive(Debug)]
pub struct ObjectReader<'a> {
    s3: &'a Client,
    object: &'a StoredObject,
    /// In quotes, as HTTP has it.
    etag: Option<String>,
    /// The positions in the object of the next byte, and of the end.
    next: u64,
    end: Option<u64>,
    /// Whether to read the whole object.
    whole: bool,
    stream: ByteStream,
}

impl<'a> ObjectReader<'a> {
    /// Opens an object.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn open(s3: &'a Client, object: &'a StoredObject) -> Result<ObjectReader<'a>, ReadError> {
        ObjectReader::connected(s3, object, 0, None).await
    }

    /// Opens a part of an object. The range must not be empty.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn open_part(
        s3: &'a Client,
        object: &'a StoredObject,
        part: Range<u64>,
    ) -> Result<ObjectReader<'a>, ReadError> {
        ObjectReader::connected(s3, object, part.start, Some(part.end)).await
    }

    async fn connected(
        s3: &'a Client,
        object: &'a StoredObject,
        next: u64,
        end: Option<u64>,
    ) -> Result<ObjectReader<'a>, ReadError> {
        let etag = object.etag.as_ref().map(|etag| format!("\"{etag}\""));
        let mut reader =
            ObjectReader { s3, object, etag, next, end, whole: end.is_none(), stream: ByteStream::default() };
        reader.connect().await?;
        Ok(reader)
    }

    /// The position of the next byte in the object.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// The end of the range in the object: its size, if the reader reads the whole object.
    pub fn end(&self) -> u64 {
        self.end.unwrap_or(self.next)
    }

    /// The exact version of the object that is being read.
    pub fn object(&self) -> StoredObject {
        let etag = self.etag.as_ref().map(|etag| etag.trim_matches('"').to_owned());
        StoredObject { etag, ..self.object.clone() }
    }

    /// Whether the reader has returned all bytes.
    pub fn is_at_end(&self) -> bool {
        self.next >= self.end()
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        let mut broken = 0;
        loop {
            let source = match self.stream.try_next().await {
                Ok(Some(bytes)) => {
                    self.next += bytes.len() as u64;
                    return Ok(Some(bytes));
                }
                Ok(None) if self.is_at_end() => return Ok(None),
                Ok(None) => "the object ended early".into(),
                Err(error) => error.into(),
            };
            if broken == RECONNECTIONS {
                return Err(BucketError::Unavailable(source).into());
            }
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(broken)).await;
            broken += 1;
            self.connect().await?;
        }
    }

    /// Reads the first bytes: `limit` or a few more, or all if the object is shorter.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn head(&mut self, limit: usize) -> Result<Vec<u8>, ReadError> {
        let mut head = Vec::new();
        while head.len() < limit
            && let Some(bytes) = self.next().await?
        {
            head.extend_from_slice(&bytes);
        }
        Ok(head)
    }

    /// Requests the bytes from the current position.
    async fn connect(&mut self) -> Result<(), ReadError> {
        let range = match (self.whole, self.next, self.end) {
            // No range at the start: S3 refuses any range of an empty object.
            (true, 0, _) => None,
            (true, next, _) | (false, next, None) => Some(format!("bytes={next}-")),
            (false, next, Some(end)) => Some(format!("bytes={next}-{}", end - 1)),
        };
        let get = self.s3.get_object().bucket(&self.object.bucket).key(&self.object.key);
        let answer = get.set_if_match(self.etag.clone()).set_range(range).send().await?;
        let rest = answer.content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        if self.whole {
            self.end = Some(self.next + rest);
        }
        // Pin the version, so that a reconnection reads the same object even if the event had no ETag.
        self.etag = answer.e_tag.or(self.etag.take());
        self.stream = answer.body;
        Ok(())
    }
}
