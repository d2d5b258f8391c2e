//! Receives a body into a file, and checks its length and checksums against the headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use http::HeaderMap;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Result, TrailingHeaders, s3_error};
use tokio::io::AsyncWriteExt as _;

use super::fault::internal;
use super::store::Draft;

/// The size of the write buffer. Each write goes to another thread, so there should be few.
const BUFFER: usize = 256 * 1024;

/// The checksum algorithms, by the last part of their header's name.
const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// The length and checksums of a body according to the headers. By default none.
#[derive(Default)]
pub(super) struct Announced {
    length: Option<i64>,
    md5: Option<String>,
    /// Algorithm and value; without the value if it follows in a trailer.
    checksums: Vec<(&'static str, Option<String>)>,
    trailer: Option<TrailingHeaders>,
}

/// A received body.
pub(super) struct Received {
    pub(super) size: u64,
    pub(super) md5: [u8; 16],
}

impl Announced {
    pub(super) fn new(headers: &HeaderMap, length: Option<i64>, trailer: Option<TrailingHeaders>) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trailers = text("x-amz-trailer").unwrap_or_default().to_ascii_lowercase();
        let checksums = ALGORITHMS.into_iter().filter_map(|algorithm| {
            let name = format!("x-amz-checksum-{algorithm}");
            let value = text(&name).map(str::to_owned);
            let later = trailers.split(',').any(|trailer| trailer.trim() == name);
            (value.is_some() || later).then_some((algorithm, value))
        });
        Self { length, md5: text("content-md5").map(str::to_owned), checksums: checksums.collect(), trailer }
    }

    fn hasher(&self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        for (algorithm, _) in &self.checksums {
            match *algorithm {
                "crc32" => hasher.crc32 = Some(Crc32::new()),
                "crc32c" => hasher.crc32c = Some(Crc32c::new()),
                "crc64nvme" => hasher.crc64nvme = Some(Crc64Nvme::new()),
                "sha1" => hasher.sha1 = Some(Sha1::new()),
                _ => hasher.sha256 = Some(Sha256::new()),
            }
        }
        hasher
    }

    fn check(&self, received: &Received, computed: &Checksum) -> S3Result<()> {
        if self.length.is_some_and(|length| u64::try_from(length) != Ok(received.size)) {
            return Err(s3_error!(IncompleteBody));
        }
        if self.md5.as_ref().is_some_and(|md5| *md5 != STANDARD.encode(received.md5)) {
            return Err(s3_error!(BadDigest, "the MD5 of the body differs from Content-MD5"));
        }
        for (algorithm, announced) in &self.checksums {
            let announced = announced.clone().or_else(|| self.trailing(algorithm));
            if announced.as_ref() != value(computed, algorithm) {
                return Err(s3_error!(BadDigest, "the checksum of the body differs from the header"));
            }
        }
        Ok(())
    }

    /// The checksum in the trailer. Available only after the body was read.
    fn trailing(&self, algorithm: &str) -> Option<String> {
        let name = format!("x-amz-checksum-{algorithm}");
        self.trailer
            .as_ref()?
            .read(|headers| headers.get(&name).and_then(|value| value.to_str().ok()).map(str::to_owned))?
    }
}

/// Writes `body` to the draft's file.
///
/// # Errors
///
/// `IncompleteBody` if the body ends early, `BadDigest` if it does not match the headers.
pub(super) async fn receive(body: Option<StreamingBlob>, announced: &Announced, draft: &Draft) -> S3Result<Received> {
    let file = tokio::fs::File::create(draft.path()).await.map_err(internal)?;
    let mut file = tokio::io::BufWriter::with_capacity(BUFFER, file);
    let (mut size, mut md5, mut hasher) = (0_u64, Md5::new(), announced.hasher());
    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            // The stream itself checks the signature of the payload, at its end.
            let chunk = chunk.map_err(|error| broken(size, announced, error))?;
            size += chunk.len() as u64;
            md5.update(&chunk);
            hasher.update(&chunk);
            file.write_all(&chunk).await.map_err(internal)?;
        }
    }
    file.flush().await.map_err(internal)?;
    let received = Received { size, md5: md5.finalize() };
    announced.check(&received, &hasher.finalize())?;
    Ok(received)
}

/// The error of a body that ends early, or that is complete but does not match its signature.
fn broken(size: u64, announced: &Announced, error: s3s::StdError) -> s3s::S3Error {
    let code = match announced.length {
        Some(length) if u64::try_from(length) == Ok(size) => s3s::S3ErrorCode::BadDigest,
        _ => s3s::S3ErrorCode::IncompleteBody,
    };
    s3s::S3Error::with_source(code, error)
}

fn value<'a>(checksum: &'a Checksum, algorithm: &str) -> Option<&'a String> {
    match algorithm {
        "crc32" => checksum.checksum_crc32.as_ref(),
        "crc32c" => checksum.checksum_crc32c.as_ref(),
        "crc64nvme" => checksum.checksum_crc64nvme.as_ref(),
        "sha1" => checksum.checksum_sha1.as_ref(),
        _ => checksum.checksum_sha256.as_ref(),
    }
}
