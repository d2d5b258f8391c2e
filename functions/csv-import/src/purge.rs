//! Removes the values of a custom field that was deleted.

use std::time::Duration;

use contacts::{CustomKey, Workspace};
use contacts_files::{BucketError, Ignored, StoredObject, keys};

use crate::Importer;
use crate::error::ImportError;

/// How long an invocation works, of the 15 minutes that a function may run. Then the order is given again.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The order to remove the values of a custom field. The key of its object says everything; the object's content is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PurgeOrder {
    workspace: Workspace,
    key: CustomKey,
    bucket: String,
}

impl PurgeOrder {
    /// Parses an object's key.
    pub(crate) fn of(object: &StoredObject) -> Result<PurgeOrder, Ignored> {
        let (workspace, name) = object.below(keys::PURGES)?;
        let key = name.strip_suffix(keys::ORDER).and_then(|key| CustomKey::parse(key).ok());
        Ok(PurgeOrder { workspace, key: key.ok_or(Ignored::Elsewhere)?, bucket: object.bucket.clone() })
    }
}

/// Removes the values, if the settings order it. It may be repeated.
pub(crate) async fn run(importer: &Importer, order: &PurgeOrder) -> Result<(), ImportError> {
    let PurgeOrder { workspace, key, bucket } = order;
    let purged = async {
        let is_done = importer.book.purge_values(workspace, key, LIMIT).await?;
        if !is_done {
            let put = importer.s3.put_object().bucket(bucket).key(keys::purge(workspace, key));
            put.content_type("application/json").body(b"{}".to_vec().into()).send().await.map_err(BucketError::from)?;
        }
        Ok::<_, ImportError>(is_done)
    };
    let is_done = purged.await.inspect_err(|error| {
        let error = contacts_lambda::causes(error);
        tracing::error!(%workspace, error, "values of a deleted field are left");
    })?;
    tracing::info!(%workspace, is_done, "values of a deleted field removed");
    Ok(())
}
