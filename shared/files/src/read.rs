//! The bytes of an object, as they come.

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::error::{BucketError, ReadError};
use crate::event::StoredObject;

/// How often in a row a broken connection is made anew.
const RECONNECTIONS: u32 = 4;
/// The pause before the first new connection; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// An object being read, all of it or a part. It is asked for once, and again only when the connection breaks.
#[derive(Debug)]
pub struct ObjectReader<'a> {
    s3: &'a Client,
    object: &'a StoredObject,
    /// Quoted.
    etag: Option<String>,
    /// Where the next byte is, and where the last one was.
    next: u64,
    end: Option<u64>,
    /// Whether all of the object is wanted.
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

    /// Opens a part of an object, which is not empty.
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

    /// Where the next byte is in the object.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Where in the object the last byte is that is wanted, plus one: its size, if all of it is read.
    pub fn end(&self) -> u64 {
        self.end.unwrap_or(self.next)
    }

    /// The object that is being read, and no other of its key.
    pub fn object(&self) -> StoredObject {
        let etag = self.etag.as_ref().map(|etag| etag.trim_matches('"').to_owned());
        StoredObject { etag, ..self.object.clone() }
    }

    /// Whether all bytes were read.
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

    /// The first bytes, `limit` or a little more, or all if there are fewer.
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

    /// Asks for the bytes from where it stands.
    async fn connect(&mut self) -> Result<(), ReadError> {
        let range = match (self.whole, self.next, self.end) {
            // An empty object has no range.
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
        // From now on it is this object, also if the event did not say which.
        self.etag = answer.e_tag.or(self.etag.take());
        self.stream = answer.body;
        Ok(())
    }
}
