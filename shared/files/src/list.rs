//! Lists and removes objects.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use jiff::Timestamp;

use crate::error::BucketError;

/// The most objects that one request removes.
const REMOVED_A_REQUEST: usize = 1_000;

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was stored. S3 tells whole seconds.
    pub modified: Timestamp,
}

/// All objects whose keys start with `prefix`.
///
/// # Errors
/// See [`BucketError`].
pub async fn list(s3: &Client, bucket: &str, prefix: &str) -> Result<Vec<Listed>, BucketError> {
    let mut pages = s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    let mut listed = Vec::new();
    while let Some(page) = pages.next().await {
        for object in page?.contents.unwrap_or_default() {
            let modified = object.last_modified.and_then(|modified| Timestamp::from_second(modified.secs()).ok());
            if let (Some(key), Some(modified)) = (object.key, modified) {
                listed.push(Listed { key, modified });
            }
        }
    }
    Ok(listed)
}

/// Removes objects. One that does not exist is no error.
///
/// # Errors
/// See [`BucketError`]. Some objects may have been removed; removing them again is safe.
pub async fn remove(s3: &Client, bucket: &str, keys: &[String]) -> Result<(), BucketError> {
    for chunk in keys.chunks(REMOVED_A_REQUEST) {
        let mut delete = Delete::builder().quiet(true);
        for key in chunk {
            let object = ObjectIdentifier::builder().key(key).build();
            delete = delete.objects(object.map_err(|error| BucketError::Refused(error.into()))?);
        }
        let delete = delete.build().map_err(|error| BucketError::Refused(error.into()))?;
        let answer = s3.delete_objects().bucket(bucket).delete(delete).send().await?;
        // The request succeeds also if S3 kept some of the objects.
        if let Some(error) = answer.errors().first() {
            let code = error.code().unwrap_or("unknown").to_owned();
            let is_temporary = matches!(&*code, "InternalError" | "ServiceUnavailable" | "SlowDown");
            let source = format!("an object was not removed: {code}").into();
            return Err(if is_temporary { BucketError::Unavailable(source) } else { BucketError::Refused(source) });
        }
    }
    Ok(())
}
