//! The bucket: links for uploading and downloading files, and the requests of exports.

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::presigning::{PresigningConfig, PresigningConfigError};
use contacts::time;
use contacts_book::UPLOAD_SPAN;
use contacts_files::BucketError;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The content type of an upload. The link's signature covers it.
pub(crate) const UPLOAD_TYPE: &str = "text/csv";

/// How long a link is valid.
const SPAN: SignedDuration = UPLOAD_SPAN;

/// The most characters of a download's name. The link contains the name, encoded and several times as long.
const NAME_CHARS: usize = 100;

/// Escapes all characters except those allowed in an extended parameter of a header (RFC 8187, attr-char).
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The files of imports and exports in a bucket.
#[derive(Clone, Debug)]
pub struct Files {
    s3: Client,
    bucket: Arc<str>,
}

/// A link for uploading one file.
#[derive(Debug)]
pub(crate) struct UploadLink {
    pub(crate) url: String,
    pub(crate) expires_at: Timestamp,
}

impl Files {
    /// The files in `bucket`. Links are signed with the credentials of `s3`, and stop working when those expire.
    pub fn new(s3: Client, bucket: &str) -> Files {
        Files { s3, bucket: bucket.into() }
    }

    /// A link for uploading a file of exactly `size_bytes`, valid for an hour.
    ///
    /// # Errors
    /// [`BucketError`] if there are no credentials to sign with.
    pub(crate) async fn upload_link(&self, key: String, size_bytes: u64) -> Result<UploadLink, BucketError> {
        // A signature has no fractions of a second, so `expires_at` must not have them either.
        let now = time::from_millis(time::now().as_second() * 1_000);
        let put = self.s3.put_object().bucket(&*self.bucket).key(key).content_type(UPLOAD_TYPE);
        let put = put.content_length(i64::try_from(size_bytes).unwrap_or(i64::MAX));
        let signed = put.presigned(for_an_hour(now)?).await?;
        Ok(UploadLink { url: signed.uri().to_owned(), expires_at: now + SPAN })
    }

    /// A link for downloading a file under this name, valid for an hour.
    ///
    /// # Errors
    /// [`BucketError`] if there are no credentials to sign with.
    pub(crate) async fn download_link(&self, key: String, name: &str) -> Result<String, BucketError> {
        let get = self.s3.get_object().bucket(&*self.bucket).key(key);
        let get = get.response_content_disposition(attachment(name));
        let signed = get.presigned(for_an_hour(time::now())?).await?;
        Ok(signed.uri().to_owned())
    }

    /// Stores a JSON object.
    ///
    /// # Errors
    /// See [`BucketError`].
    pub(crate) async fn put_json(&self, key: String, json: Vec<u8>) -> Result<(), BucketError> {
        let put = self.s3.put_object().bucket(&*self.bucket).key(key).content_type("application/json");
        put.body(json.into()).send().await?;
        Ok(())
    }

    /// Stores a JSON object, unless there is one with this key: then nothing happens, and no event follows.
    ///
    /// # Errors
    /// See [`BucketError`].
    pub(crate) async fn put_json_once(&self, key: String, json: Vec<u8>) -> Result<(), BucketError> {
        let put = self.s3.put_object().bucket(&*self.bucket).key(key).content_type("application/json");
        match put.if_none_match("*").body(json.into()).send().await {
            Ok(_) => Ok(()),
            // The second code is that of two writers at once: the other one writes it.
            Err(error) if matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict")) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn for_an_hour(now: Timestamp) -> Result<PresigningConfig, BucketError> {
    let config = PresigningConfig::builder().start_time(now.into()).expires_in(SPAN.unsigned_abs()).build();
    config.map_err(|error: PresigningConfigError| BucketError::Refused(error.into()))
}

/// The `Content-Disposition` for saving a file under this name (RFC 6266).
fn attachment(name: &str) -> String {
    let safe = |c: char| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c };
    let name: String = name.chars().map(safe).collect();
    // A quote would end the name, and some browsers read % as an escape.
    let plain = |c: char| if matches!(c, ' '..='~') && !matches!(c, '"' | '%') { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    if ascii == name {
        return format!("attachment; filename=\"{ascii}\"");
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, EXTENDED))
}

/// Whether the files of a job that ended at `finished_at` were removed because a person was erased. The bucket knows when a
/// file was stored to the second, so files of the same second are removed as well.
pub(crate) fn was_removed(finished_at: Option<Timestamp>, last_erasure: Option<Timestamp>) -> bool {
    finished_at.zip(last_erasure).is_some_and(|(finished, erased)| finished.as_second() <= erased.as_second())
}

/// The name of a file that is derived from another: `people.csv` becomes `people-report.csv`.
pub(crate) fn derived_name(file_name: &str, suffix: &str) -> String {
    let stem = match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    };
    let stem: String = stem.chars().take(NAME_CHARS).collect();
    format!("{stem}-{suffix}.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_under_its_name_whatever_it_is() {
        for (name, header) in [
            ("people.csv", "attachment; filename=\"people.csv\""),
            ("my people (1).csv", "attachment; filename=\"my people (1).csv\""),
            (
                "Kündigung €.csv",
                "attachment; filename=\"K_ndigung _.csv\"; filename*=UTF-8''K%C3%BCndigung%20%E2%82%AC.csv",
            ),
            ("a\"; x=\"b.csv", "attachment; filename=\"a_; x=_b.csv\"; filename*=UTF-8''a%22%3B%20x%3D%22b.csv"),
            ("100%25.csv", "attachment; filename=\"100_25.csv\"; filename*=UTF-8''100%2525.csv"),
            ("../a\\b\r\n.csv", "attachment; filename=\".._a_b__.csv\""),
        ] {
            assert_eq!(attachment(name), header, "{name:?}");
        }
    }

    #[test]
    fn a_report_is_named_after_its_file() {
        for (name, derived) in [
            ("people.csv", "people-report.csv"),
            ("People.CSV", "People-report.csv"),
            ("a.b.csv", "a.b-report.csv"),
            ("people", "people-report.csv"),
            (".csv", ".csv-report.csv"),
        ] {
            assert_eq!(derived_name(name, "report"), derived);
        }
        assert_eq!(derived_name(&"é".repeat(255), "report").chars().count(), NAME_CHARS + "-report.csv".len());
    }
}
