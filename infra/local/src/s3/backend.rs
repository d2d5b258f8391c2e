//! The operations of S3 that the system and its tests use.

use std::io::SeekFrom;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use jiff::Timestamp;
use s3s::dto::{self, CopySource, MetadataDirective, Range, StreamingBlob};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::condition::{ReadConditions, WriteConditions};
use super::event::{self, Created};
use super::fault::{Refused, internal};
use super::listing;
use super::multipart::{Upload, Uploads};
use super::object::{Attributes, Object};
use super::receive::{Announced, receive};
use super::store::{Draft, Store, hex};
use crate::constants::{BUCKET, REGION};
use crate::deliveries::Deliveries;

/// The bytes read from a file at once.
const CHUNK: usize = 64 * 1024;

/// A bucket in a folder.
pub(crate) struct Backend {
    store: Arc<Store>,
    uploads: Uploads,
    deliveries: Deliveries,
    opened: SystemTime,
    /// The sequencer of the newest event.
    sequencer: AtomicU64,
}

impl Backend {
    /// Opens the bucket in `folder`. Its events go to `deliveries`.
    pub(super) fn open(folder: &Path, store: Arc<Store>, deliveries: Deliveries) -> std::io::Result<Self> {
        let uploads = Uploads::open(folder.join("uploads"))?;
        Ok(Self { store, uploads, deliveries, opened: SystemTime::now(), sequencer: AtomicU64::new(0) })
    }

    /// An object, its bytes in `range`, and the bounds of that range.
    async fn read(
        &self,
        key: &str,
        range: Option<Range>,
        allowed: impl FnOnce(&Object) -> S3Result<()>,
    ) -> S3Result<(Arc<Object>, StreamingBlob, std::ops::Range<u64>)> {
        let (object, file) = self.store.read(key).map_err(internal)?.ok_or_else(|| s3_error!(NoSuchKey))?;
        allowed(&object)?;
        let range = range.map_or(Ok(0..object.size), |range| range.check(object.size))?;
        let mut file = tokio::fs::File::from_std(file);
        file.seek(SeekFrom::Start(range.start)).await.map_err(internal)?;
        let part = file.take(range.end - range.start);
        Ok((object, StreamingBlob::wrap(ReaderStream::with_capacity(part, CHUNK)), range))
    }

    /// The source of a copy.
    async fn source(&self, source: &CopySource, range: Option<Range>) -> S3Result<(Arc<Object>, StreamingBlob)> {
        let CopySource::Bucket { bucket, key, .. } = source else {
            return Err(s3_error!(NotImplemented, "only a bucket can be the source of a copy"));
        };
        owned(bucket)?;
        let (object, bytes, _) = self.read(key, range, |_| Ok(())).await?;
        Ok((object, bytes))
    }

    /// Makes a draft the object of its key, and stores its event for delivery.
    fn commit(
        &self,
        object: Object,
        draft: Draft,
        conditions: &WriteConditions,
        how: Created,
    ) -> S3Result<Arc<Object>> {
        let mut message = None;
        // Store the event first: a crash in between may repeat an old event, but never loses one.
        let replaced = self.store.replace(object, draft, |object, current| {
            conditions.check(current)?;
            let event = event::created(object, how, self.next_sequencer());
            message = Some(self.deliveries.write(event)?);
            Ok::<_, Refused>(())
        });
        match (&replaced, message) {
            (Ok(_), Some(message)) => self.deliveries.send(message),
            (Err(_), Some(message)) => self.deliveries.discard(&message),
            (_, None) => {}
        }
        Ok(replaced?)
    }

    /// The next sequencer. It also grows across restarts, as long as the clock does.
    fn next_sequencer(&self) -> u64 {
        let now = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default();
        let before = self.sequencer.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)));
        // Never fails: the closure always returns `Some`.
        before.map_or(now, |last| now.max(last + 1))
    }
}

/// Refuses any bucket except the only one.
fn owned(bucket: &str) -> S3Result<()> {
    if bucket == BUCKET { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
}

/// A new object, modified now.
fn fresh(key: String, draft: &Draft, size: u64, etag: String, attributes: Attributes) -> Object {
    let (blob, modified) = (draft.name().to_owned(), Timestamp::now());
    Object { key, blob, size, etag, modified, attributes }
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn put_object(&self, request: S3Request<dto::PutObjectInput>) -> S3Result<S3Response<dto::PutObjectOutput>> {
        let S3Request { headers, input, trailing_headers, .. } = request;
        owned(&input.bucket)?;
        let attributes = Attributes::from(&input);
        let conditions = WriteConditions { if_match: input.if_match, if_none_match: input.if_none_match };
        // Refuse early if possible. `commit` checks again when the body has arrived.
        conditions.check(self.store.get(&input.key).as_deref())?;
        let announced = Announced::new(&headers, input.content_length, trailing_headers);
        let draft = self.store.draft();
        let received = receive(input.body, &announced, &draft).await?;
        let object = fresh(input.key, &draft, received.size, hex(&received.md5), attributes);
        let object = self.commit(object, draft, &conditions, Created::Put)?;
        Ok(S3Response::new(dto::PutObjectOutput { e_tag: Some(object.etag()), ..Default::default() }))
    }

    async fn get_object(&self, request: S3Request<dto::GetObjectInput>) -> S3Result<S3Response<dto::GetObjectOutput>> {
        let input = request.input;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        owned(&input.bucket)?;
        let (object, body, range) = self.read(&input.key, input.range, |object| conditions.check(object)).await?;
        let content_range =
            input.range.map(|_| format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), object.size));
        let attributes = &object.attributes;
        let output = dto::GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(body),
            content_length: i64::try_from(range.end - range.start).ok(),
            content_range,
            content_type: Some(input.response_content_type.unwrap_or_else(|| attributes.content_type())),
            cache_control: input.response_cache_control.or(attributes.cache_control.clone()),
            content_disposition: input.response_content_disposition.or(attributes.content_disposition.clone()),
            content_encoding: input.response_content_encoding.or(attributes.content_encoding.clone()),
            content_language: input.response_content_language.or(attributes.content_language.clone()),
            e_tag: Some(object.etag()),
            last_modified: Some(object.last_modified()),
            metadata: attributes.metadata(),
            ..Default::default()
        };
        Ok(S3Response::new(output))
    }

    async fn head_object(
        &self,
        request: S3Request<dto::HeadObjectInput>,
    ) -> S3Result<S3Response<dto::HeadObjectOutput>> {
        let input = request.input;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        owned(&input.bucket)?;
        let object = self.store.get(&input.key).ok_or_else(|| s3_error!(NoSuchKey))?;
        conditions.check(&object)?;
        let attributes = &object.attributes;
        Ok(S3Response::new(dto::HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(object.length()),
            content_type: Some(attributes.content_type()),
            cache_control: attributes.cache_control.clone(),
            content_disposition: attributes.content_disposition.clone(),
            content_encoding: attributes.content_encoding.clone(),
            content_language: attributes.content_language.clone(),
            e_tag: Some(object.etag()),
            last_modified: Some(object.last_modified()),
            metadata: attributes.metadata(),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<dto::DeleteObjectInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        let conditions = WriteConditions { if_match: input.if_match, ..Default::default() };
        self.store.remove(&input.key, |current| Ok::<_, Refused>(conditions.check(current)?))?;
        Ok(S3Response::new(dto::DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<dto::DeleteObjectsInput>,
    ) -> S3Result<S3Response<dto::DeleteObjectsOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        let mut deleted = Vec::new();
        for identifier in input.delete.objects {
            self.store.remove(&identifier.key, |_| Ok::<_, Refused>(()))?;
            deleted.push(dto::DeletedObject { key: Some(identifier.key), ..Default::default() });
        }
        let quiet = input.delete.quiet == Some(true);
        Ok(S3Response::new(dto::DeleteObjectsOutput { deleted: (!quiet).then_some(deleted), ..Default::default() }))
    }

    async fn copy_object(
        &self,
        request: S3Request<dto::CopyObjectInput>,
    ) -> S3Result<S3Response<dto::CopyObjectOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        let (source, bytes) = self.source(&input.copy_source, None).await?;
        let replaced = input.metadata_directive.as_ref().map(MetadataDirective::as_str) == Some("REPLACE");
        let attributes = if replaced { Attributes::from(&input) } else { source.attributes.clone() };
        let draft = self.store.draft();
        receive(Some(bytes), &Announced::default(), &draft).await?;
        let object = fresh(input.key, &draft, source.size, source.etag.clone(), attributes);
        let object = self.commit(object, draft, &WriteConditions::default(), Created::Copy)?;
        Ok(S3Response::new(dto::CopyObjectOutput {
            copy_object_result: Some(dto::CopyObjectResult {
                e_tag: Some(object.etag()),
                last_modified: Some(object.last_modified()),
                ..Default::default()
            }),
            ..Default::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<dto::ListObjectsV2Input>,
    ) -> S3Result<S3Response<dto::ListObjectsV2Output>> {
        let input = request.input;
        owned(&input.bucket)?;
        Ok(S3Response::new(listing::list(&self.store.catalog(), input)?))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<dto::CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::CreateMultipartUploadOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        let upload = Upload { key: input.key.clone(), attributes: Attributes::from(&input) };
        let upload_id = self.uploads.create(&upload).map_err(internal)?;
        Ok(S3Response::new(dto::CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(upload_id),
            ..Default::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<dto::UploadPartInput>,
    ) -> S3Result<S3Response<dto::UploadPartOutput>> {
        let S3Request { headers, input, trailing_headers, .. } = request;
        owned(&input.bucket)?;
        self.uploads.get(&input.upload_id, &input.key)?;
        let announced = Announced::new(&headers, input.content_length, trailing_headers);
        let draft = self.store.draft();
        let received = receive(input.body, &announced, &draft).await?;
        let e_tag = self.uploads.add(&input.upload_id, input.part_number, draft, &received)?;
        Ok(S3Response::new(dto::UploadPartOutput { e_tag: Some(e_tag), ..Default::default() }))
    }

    async fn upload_part_copy(
        &self,
        request: S3Request<dto::UploadPartCopyInput>,
    ) -> S3Result<S3Response<dto::UploadPartCopyOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        self.uploads.get(&input.upload_id, &input.key)?;
        let range = input.copy_source_range.as_deref().map(Range::parse).transpose();
        let range = range.map_err(|_| s3_error!(InvalidArgument, "the range is malformed"))?;
        let (_, bytes) = self.source(&input.copy_source, range).await?;
        let draft = self.store.draft();
        let received = receive(Some(bytes), &Announced::default(), &draft).await?;
        let e_tag = self.uploads.add(&input.upload_id, input.part_number, draft, &received)?;
        let result = dto::CopyPartResult { e_tag: Some(e_tag), ..Default::default() };
        Ok(S3Response::new(dto::UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<dto::CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::CompleteMultipartUploadOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        let upload = self.uploads.get(&input.upload_id, &input.key)?;
        let wanted = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let conditions = WriteConditions { if_match: input.if_match, if_none_match: input.if_none_match };
        let draft = self.store.draft();
        let whole = self.uploads.assemble(&input.upload_id, &wanted, &draft).await?;
        let object = fresh(upload.key, &draft, whole.size, whole.etag, upload.attributes);
        let object = self.commit(object, draft, &conditions, Created::CompleteMultipartUpload)?;
        // The object is complete, even if its parts cannot be removed.
        if let Err(error) = self.uploads.remove(&input.upload_id) {
            tracing::warn!(%error, "could not remove the parts of an upload");
        }
        Ok(S3Response::new(dto::CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(object.etag()),
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<dto::AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<dto::AbortMultipartUploadOutput>> {
        let input = request.input;
        owned(&input.bucket)?;
        self.uploads.get(&input.upload_id, &input.key)?;
        self.uploads.remove(&input.upload_id).map_err(internal)?;
        Ok(S3Response::new(dto::AbortMultipartUploadOutput::default()))
    }

    async fn list_buckets(&self, _: S3Request<dto::ListBucketsInput>) -> S3Result<S3Response<dto::ListBucketsOutput>> {
        let bucket = dto::Bucket {
            name: Some(BUCKET.to_owned()),
            creation_date: Some(self.opened.into()),
            ..Default::default()
        };
        Ok(S3Response::new(dto::ListBucketsOutput { buckets: Some(vec![bucket]), ..Default::default() }))
    }

    async fn head_bucket(
        &self,
        request: S3Request<dto::HeadBucketInput>,
    ) -> S3Result<S3Response<dto::HeadBucketOutput>> {
        owned(&request.input.bucket)?;
        Ok(S3Response::new(dto::HeadBucketOutput { bucket_region: Some(REGION.to_owned()), ..Default::default() }))
    }

    async fn create_bucket(
        &self,
        request: S3Request<dto::CreateBucketInput>,
    ) -> S3Result<S3Response<dto::CreateBucketOutput>> {
        match owned(&request.input.bucket) {
            Ok(()) => Err(s3_error!(BucketAlreadyOwnedByYou)),
            Err(_) => Err(s3_error!(AccessDenied, "this machine has only one bucket")),
        }
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<dto::GetBucketLocationInput>,
    ) -> S3Result<S3Response<dto::GetBucketLocationOutput>> {
        owned(&request.input.bucket)?;
        // S3 returns an empty location for us-east-1.
        Ok(S3Response::new(dto::GetBucketLocationOutput::default()))
    }
}
