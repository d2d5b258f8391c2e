//! The objects of a workspace in the bucket.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use contacts::Workspace;
use contacts_files::{BucketError, keys};

/// Counts the objects of a workspace, by their folder.
pub(crate) async fn count(
    s3: &Client,
    bucket: &str,
    workspace: &Workspace,
) -> Result<BTreeMap<&'static str, u64>, BucketError> {
    let mut counts = BTreeMap::new();
    for folder in keys::FOLDERS {
        let mut after = None;
        loop {
            let page = page(s3, bucket, &keys::of_workspace(folder, workspace), after.take()).await?;
            if let Some(last) = page.contents().last() {
                *counts.entry(folder).or_default() += page.contents().len() as u64;
                after = last.key.clone();
            }
            if !page.is_truncated.unwrap_or_default() {
                break;
            }
        }
    }
    Ok(counts)
}

/// Removes the objects of a workspace. Returns how many it removed, by their folder.
pub(crate) async fn remove(
    s3: &Client,
    bucket: &str,
    workspace: &Workspace,
) -> Result<BTreeMap<&'static str, u64>, BucketError> {
    let mut removed = BTreeMap::new();
    for folder in keys::FOLDERS {
        // What a page has is gone when the next one is read, so each page is the first.
        loop {
            let page = page(s3, bucket, &keys::of_workspace(folder, workspace), None).await?;
            let found: Vec<&str> = page.contents().iter().filter_map(|object| object.key()).collect();
            if found.is_empty() {
                break;
            }
            delete(s3, bucket, &found).await?;
            *removed.entry(folder).or_default() += found.len() as u64;
        }
    }
    Ok(removed)
}

/// The objects whose keys have a prefix, after a key: at most 1,000.
async fn page(
    s3: &Client,
    bucket: &str,
    prefix: &str,
    after: Option<String>,
) -> Result<ListObjectsV2Output, BucketError> {
    Ok(s3.list_objects_v2().bucket(bucket).prefix(prefix).set_start_after(after).send().await?)
}

async fn delete(s3: &Client, bucket: &str, keys: &[&str]) -> Result<(), BucketError> {
    let refused = |text: String| BucketError::Refused(text.into());
    let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(*key).build());
    let objects = objects.collect::<Result<Vec<_>, _>>().map_err(|error| BucketError::Refused(error.into()))?;
    let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
    let delete = delete.map_err(|error| BucketError::Refused(error.into()))?;
    let answer = s3.delete_objects().bucket(bucket).delete(delete).send().await?;
    // The key is not printed: the name of a file may contain the name of a person.
    match answer.errors().first() {
        None => Ok(()),
        Some(error) => Err(refused(format!(
            "{} objects were not removed: {}",
            answer.errors().len(),
            error.message().or(error.code()).unwrap_or("no reason was given")
        ))),
    }
}
