//! The bytes of an uploaded file, as they come.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::failure::Failure;
use crate::upload::Upload;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// How often in a row a broken connection is made anew.
const RECONNECTIONS: u32 = 4;
/// The pause before the first new connection; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// A file being read. Its start is asked for once, more only when the connection breaks.
pub(crate) struct File<'a> {
    s3: &'a Client,
    upload: &'a Upload,
    /// Of the object that is being read, quoted: another one of the same key is another file.
    etag: Option<String>,
    size: u64,
    read: u64,
    stream: ByteStream,
}

/// Why there are no more bytes.
#[derive(Debug)]
pub(crate) enum FileError {
    /// There never will be.
    Failed(Failure),
    /// There may be, a moment later.
    Unavailable(Source),
}

impl<'a> File<'a> {
    pub(crate) async fn open(s3: &'a Client, upload: &'a Upload) -> Result<File<'a>, FileError> {
        let etag = upload.etag.as_ref().map(|etag| format!("\"{etag}\""));
        let mut file = File { s3, upload, etag, size: 0, read: 0, stream: ByteStream::default() };
        file.connect().await?;
        Ok(file)
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether all bytes were read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.read >= self.size
    }

    /// How many bytes were read.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// The next bytes; `None` at the end of the file.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        let mut broken = 0;
        loop {
            let source: Source = match self.stream.try_next().await {
                Ok(Some(bytes)) => {
                    self.read += bytes.len() as u64;
                    return Ok(Some(bytes));
                }
                Ok(None) if self.is_at_end() => return Ok(None),
                Ok(None) => "the file ended early".into(),
                Err(error) => error.into(),
            };
            if broken == RECONNECTIONS {
                return Err(FileError::Unavailable(source));
            }
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(broken)).await;
            broken += 1;
            self.connect().await?;
        }
    }

    /// The first bytes, `limit` or a little more, or all if there are fewer.
    pub(crate) async fn head(&mut self, limit: usize) -> Result<Vec<u8>, FileError> {
        let mut head = Vec::new();
        while head.len() < limit
            && let Some(bytes) = self.next().await?
        {
            head.extend_from_slice(&bytes);
        }
        Ok(head)
    }

    /// Asks for the bytes from where it stands.
    async fn connect(&mut self) -> Result<(), FileError> {
        // An empty file has no range.
        let range = (self.read > 0).then(|| format!("bytes={}-", self.read));
        let get = self.s3.get_object().bucket(&self.upload.bucket).key(&self.upload.key);
        let answer = get.set_if_match(self.etag.clone()).set_range(range).send().await.map_err(FileError::of)?;
        let rest = answer.content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        self.size = self.read + rest;
        self.etag = answer.e_tag.or(self.etag.take());
        self.stream = answer.body;
        Ok(())
    }
}

impl FileError {
    fn of(error: SdkError<GetObjectError>) -> FileError {
        let SdkError::ServiceError(service) = &error else {
            return FileError::Unavailable(error.into());
        };
        let status = service.raw().status().as_u16();
        match service.err().code() {
            Some("NoSuchKey") => FileError::Failed(Failure::Gone),
            Some("PreconditionFailed") => FileError::Failed(Failure::Replaced),
            Some("RequestTimeout" | "SlowDown") => FileError::Unavailable(error.into()),
            _ if status >= 500 || status == 429 => FileError::Unavailable(error.into()),
            // To those who may not list the bucket S3 says so of a removed object, too.
            code => FileError::Failed(Failure::Unreadable(code.unwrap_or("no code").to_owned())),
        }
    }
}
