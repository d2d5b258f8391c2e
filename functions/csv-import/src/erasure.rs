//! Removes files after a person was erased.
//!
//! Which files hold the person cannot be said for certain: a name or a phone can be written in many ways. So all files of the
//! workspace from before the erasure are removed: exports, and the uploads, chunks and reports of imports that have ended.

use std::collections::HashSet;

use contacts::{ContactId, ImportId, Workspace, time};
use contacts_book::ImportFile;
use contacts_files::{Ignored, Listed, StoredObject, keys, list, remove};
use jiff::{SignedDuration, Timestamp};

use crate::Importer;
use crate::error::ImportError;

/// How long the event of an upload may wait, so that an upload without an import may still get one.
const UPLOAD_WAITS: SignedDuration = SignedDuration::from_hours(7);

/// The order to remove files after an erasure. The key of its object says everything; the object's content is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErasureOrder {
    workspace: Workspace,
    contact: ContactId,
    bucket: String,
}

impl ErasureOrder {
    /// Parses an object's key.
    pub(crate) fn of(object: &StoredObject) -> Result<ErasureOrder, Ignored> {
        let (workspace, name) = object.below(keys::ERASURES)?;
        let id = name.strip_suffix(keys::ORDER).ok_or(Ignored::Elsewhere)?;
        Ok(ErasureOrder { workspace, contact: ContactId::parse(id)?, bucket: object.bucket.clone() })
    }
}

/// The imports whose files stay.
struct Open {
    /// The ids of those that have not ended.
    ids: HashSet<String>,
    /// The keys of their uploads.
    uploads: HashSet<String>,
    /// The keys of the uploads of those that have ended.
    ended: HashSet<String>,
}

/// Removes the files of the workspace from before its last erasure. It may be repeated.
pub(crate) async fn run(importer: &Importer, order: &ErasureOrder) -> Result<(), ImportError> {
    let ErasureOrder { workspace, contact, bucket } = order;
    let removed = remove_files(importer, workspace, bucket).await.inspect_err(|error| {
        let error = contacts_lambda::causes(error);
        tracing::error!(%workspace, %contact, error, "files from before an erasure are left");
    })?;
    tracing::info!(%workspace, %contact, removed, "files from before an erasure removed");
    Ok(())
}

async fn remove_files(importer: &Importer, workspace: &Workspace, bucket: &str) -> Result<usize, ImportError> {
    let Importer { book, s3, .. } = importer;
    // Anybody who can write to the bucket could order it: without an erasure nothing is removed.
    let Some(erased_at) = book.settings(workspace).await?.last_erasure else { return Ok(0) };
    book.fail_exports(workspace, erased_at).await?;
    let imports = book.import_files(workspace).await?;
    let open = Open::of(workspace, &imports);
    let now = time::now();
    let mut removed = 0;
    for folder in [keys::IMPORTS, keys::CHUNKS, keys::REPORTS, keys::EXPORTS] {
        let prefix = format!("{folder}{workspace}/");
        let objects = list(s3, bucket, &prefix).await?.into_iter().filter(|object| object.modified <= erased_at);
        let gone: Vec<String> = match folder {
            keys::IMPORTS => objects.filter(|object| open.is_done_with(object, now)).map(|object| object.key).collect(),
            // Requests hold no data, and one of an export that runs must stay.
            keys::EXPORTS => objects.map(|object| object.key).filter(|key| key.ends_with(keys::FILE)).collect(),
            _ => objects.map(|object| object.key).filter(|key| !open.has(key, &prefix)).collect(),
        };
        remove(s3, bucket, &gone).await?;
        removed += gone.len();
    }
    // The key of a file that was not uploaded to a link is the name that somebody gave it.
    let is_named =
        |import: &&ImportFile| import.key.as_ref().is_some_and(|key| *key != keys::import(workspace, import.id));
    let named = imports.iter().filter(|import| !import.is_open).filter(is_named);
    let named: Vec<ImportId> = named.map(|import| import.id).collect();
    for id in named {
        book.forget_file(workspace, id).await?;
    }
    Ok(removed)
}

impl Open {
    fn of(workspace: &Workspace, imports: &[ImportFile]) -> Open {
        let key = |import: &ImportFile| import.key.clone().unwrap_or_else(|| keys::import(workspace, import.id));
        let (open, ended): (Vec<_>, Vec<_>) = imports.iter().partition(|import| import.is_open);
        Open {
            ids: open.iter().map(|import| import.id.to_string()).collect(),
            uploads: open.into_iter().map(key).collect(),
            ended: ended.into_iter().map(key).collect(),
        }
    }

    /// Whether an upload is of no import that has not ended, and none will start with it.
    fn is_done_with(&self, object: &Listed, now: Timestamp) -> bool {
        !self.uploads.contains(&object.key)
            && (self.ended.contains(&object.key) || now.duration_since(object.modified) > UPLOAD_WAITS)
    }

    /// Whether a chunk or a report belongs to an import that has not ended. The key goes on with the import's id.
    fn has(&self, key: &str, prefix: &str) -> bool {
        let rest = key.strip_prefix(prefix).unwrap_or_default();
        rest.split(['/', '.']).next().is_some_and(|id| self.ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190c5f2-0000-7000-8000-000000000001";

    #[test]
    fn a_key_names_the_workspace_and_the_contact() {
        let object = |key: &str| StoredObject { bucket: "b".to_owned(), key: key.to_owned(), etag: None };
        let order = ErasureOrder::of(&object(&format!("erasures/acme/{ID}.json"))).unwrap();
        assert_eq!((order.workspace.as_str(), order.contact.to_string().as_str()), ("acme", ID));
        assert_eq!(keys::erasure(&order.workspace, order.contact), format!("erasures/acme/{ID}.json"));
        for key in [format!("erasures/{ID}.json"), format!("erasures/acme/{ID}.csv"), "erasures/acme/x.json".to_owned()]
        {
            assert!(ErasureOrder::of(&object(&key)).is_err(), "{key}");
        }
    }
}
