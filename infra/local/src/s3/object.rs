//! The metadata of a stored object.

use std::collections::BTreeMap;
use std::collections::HashMap;

use jiff::Timestamp;
use s3s::dto;
use serde::{Deserialize, Serialize};

/// An object, as its record on disk describes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Object {
    pub(super) key: String,
    /// The name of the file with the bytes. No two objects share one.
    pub(super) blob: String,
    pub(super) size: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) modified: Timestamp,
    pub(super) attributes: Attributes,
}

/// Attributes that a client stores with the content.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Attributes {
    pub(super) content_type: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
}

impl Object {
    pub(super) fn etag(&self) -> dto::ETag {
        dto::ETag::Strong(self.etag.clone())
    }

    /// In whole seconds, as in HTTP headers, so that a client can send it back as a condition.
    pub(super) fn last_modified(&self) -> dto::Timestamp {
        let seconds = Timestamp::from_second(self.modified.as_second()).unwrap_or(self.modified);
        dto::Timestamp::from(std::time::SystemTime::from(seconds))
    }

    /// The size as S3's types have it.
    pub(super) fn length(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX)
    }
}

impl Attributes {
    /// The content type; that of unknown bytes if the client gave none, as in S3.
    pub(super) fn content_type(&self) -> String {
        self.content_type.clone().unwrap_or_else(|| "binary/octet-stream".to_owned())
    }

    pub(super) fn metadata(&self) -> Option<HashMap<String, String>> {
        (!self.metadata.is_empty()).then(|| self.metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
    }
}

/// The three requests that set attributes have the same members, but no common type.
macro_rules! attributes_from {
    ($($input:ty),+) => {
        $(impl From<&$input> for Attributes {
            fn from(input: &$input) -> Self {
                Self {
                    content_type: input.content_type.clone(),
                    cache_control: input.cache_control.clone(),
                    content_disposition: input.content_disposition.clone(),
                    content_encoding: input.content_encoding.clone(),
                    content_language: input.content_language.clone(),
                    metadata: input.metadata.clone().unwrap_or_default().into_iter().collect(),
                }
            }
        })+
    };
}

attributes_from!(dto::PutObjectInput, dto::CreateMultipartUploadInput, dto::CopyObjectInput);
