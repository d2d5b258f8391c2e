//! Writes an object as a stream.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use crate::error::BucketError;

/// The content type of every written object.
const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

/// The default size of a part in bytes. S3 accepts up to 10,000 parts of at least 5 MiB, so objects may have up to 80 GB.
pub const PART_BYTES: usize = 8 * 1024 * 1024;

/// Writes a CSV file to a bucket, with one part in memory. The object appears only after [`ObjectWriter::finish`].
#[derive(Debug)]
pub struct ObjectWriter<'a> {
    s3: &'a Client,
    bucket: &'a str,
    key: String,
    part_bytes: usize,
    waiting: Vec<u8>,
    /// Starts with the first part. An object smaller than a part is put with one request instead.
    upload: Option<Upload>,
    bytes: u64,
}

#[derive(Debug)]
struct Upload {
    id: String,
    parts: Vec<CompletedPart>,
}

impl<'a> ObjectWriter<'a> {
    /// Creates a writer of an empty object.
    pub fn new(s3: &'a Client, bucket: &'a str, key: String) -> ObjectWriter<'a> {
        ObjectWriter { s3, bucket, key, part_bytes: PART_BYTES, waiting: Vec::new(), upload: None, bytes: 0 }
    }

    /// Sets the size of a part in bytes. Default: [`PART_BYTES`]. S3 requires at least 5 MiB.
    #[must_use]
    pub fn with_part_bytes(mut self, part_bytes: usize) -> ObjectWriter<'a> {
        self.part_bytes = part_bytes;
        self
    }

    /// The number of bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`BucketError`] if the bucket does not accept a part. Call [`ObjectWriter::abandon`] afterwards.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), BucketError> {
        self.waiting.extend_from_slice(bytes);
        self.bytes += bytes.len() as u64;
        if self.waiting.len() >= self.part_bytes {
            self.send_part().await?;
        }
        Ok(())
    }

    /// Completes the object.
    ///
    /// # Errors
    /// See [`ObjectWriter::write`].
    pub async fn finish(&mut self) -> Result<(), BucketError> {
        if self.upload.is_none() {
            let put = self.s3.put_object().bucket(self.bucket).key(&self.key).content_type(CONTENT_TYPE);
            put.body(std::mem::take(&mut self.waiting).into()).send().await?;
            return Ok(());
        }
        if !self.waiting.is_empty() {
            self.send_part().await?;
        }
        if let Some(upload) = &self.upload {
            let parts = CompletedMultipartUpload::builder().set_parts(Some(upload.parts.clone())).build();
            let complete = self.s3.complete_multipart_upload().bucket(self.bucket).key(&self.key);
            complete.upload_id(&upload.id).multipart_upload(parts).send().await?;
        }
        Ok(())
    }

    /// Removes the parts of an unfinished object. Best effort: a failure is only logged, and the bucket's lifecycle rule
    /// removes the parts later. Until then they cost money.
    pub async fn abandon(self) {
        let Some(upload) = self.upload else { return };
        let abort = self.s3.abort_multipart_upload().bucket(self.bucket).key(&self.key).upload_id(&upload.id);
        if let Err(error) = abort.send().await {
            tracing::warn!(error = contacts_lambda::causes(&error), "could not remove the parts of an unfinished file");
        }
    }

    async fn send_part(&mut self) -> Result<(), BucketError> {
        let upload = match self.upload.take() {
            Some(upload) => upload,
            None => self.begin().await?,
        };
        let upload = self.upload.insert(upload);
        let number = i32::try_from(upload.parts.len() + 1).unwrap_or(i32::MAX);
        let send = self.s3.upload_part().bucket(self.bucket).key(&self.key).upload_id(&upload.id);
        let send = send.part_number(number).checksum_algorithm(ChecksumAlgorithm::Crc32);
        let sent = send.body(std::mem::take(&mut self.waiting).into()).send().await?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        upload.parts.push(part.set_checksum_crc32(sent.checksum_crc32).build());
        Ok(())
    }

    async fn begin(&self) -> Result<Upload, BucketError> {
        // S3 refuses parts whose checksum algorithm differs from the one announced here.
        let begin = self.s3.create_multipart_upload().bucket(self.bucket).key(&self.key).content_type(CONTENT_TYPE);
        let begun = begin.checksum_algorithm(ChecksumAlgorithm::Crc32).send().await?;
        let id = begun.upload_id.ok_or_else(|| BucketError::Refused("S3 started an upload without an id".into()))?;
        Ok(Upload { id, parts: Vec::new() })
    }
}
