//! The objects in a folder.
//!
//! `blobs/<uuid>` holds an object's bytes and is never changed; `objects/<SHA-256 of the key>.json`, its
//! record, says which blob. Replacing the record is one rename: a reader sees the old object or the new one,
//! and no key is ever a file name. All records are in memory, so listing reads nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use s3s::crypto::{Checksum as _, Sha256};
use uuid::Uuid;

use super::object::Object;

/// All objects by key, in S3's order (that of the UTF-8 bytes).
pub(super) type Catalog = BTreeMap<String, Arc<Object>>;

/// The folder and what is in it.
pub(super) struct Store {
    blobs: PathBuf,
    records: PathBuf,
    catalog: RwLock<Catalog>,
}

/// A blob that is being written; removed again unless it is kept.
pub(super) struct Draft {
    path: PathBuf,
    name: String,
    kept: bool,
}

impl Store {
    /// Opens the store in `folder`, created when missing; removes blobs that no record names.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let (blobs, records) = (folder.join("blobs"), folder.join("objects"));
        fs::create_dir_all(&blobs)?;
        fs::create_dir_all(&records)?;
        let catalog = read_records(&records)?;
        let used: std::collections::HashSet<&str> = catalog.values().map(|object| object.blob.as_str()).collect();
        for entry in fs::read_dir(&blobs)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { blobs, records, catalog: RwLock::new(catalog) })
    }

    pub(super) fn catalog(&self) -> RwLockReadGuard<'_, Catalog> {
        // Nothing panics half-way through a change of the catalog.
        self.catalog.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Object>> {
        self.catalog().get(key).cloned()
    }

    /// An object and its bytes. Both are of one moment: a later change of the key does not touch them.
    pub(super) fn read(&self, key: &str) -> io::Result<Option<(Arc<Object>, fs::File)>> {
        // Under the lock a record's blob is there; once open, it may be removed.
        let catalog = self.catalog();
        let Some(object) = catalog.get(key) else {
            return Ok(None);
        };
        let file = fs::File::open(self.blobs.join(&object.blob))?;
        Ok(Some((Arc::clone(object), file)))
    }

    /// A name for a new blob.
    pub(super) fn draft(&self) -> Draft {
        let name = Uuid::now_v7().simple().to_string();
        Draft { path: self.blobs.join(&name), name, kept: false }
    }

    /// Puts an object in the place of what has its key, unless `first`, told both, objects.
    ///
    /// Blocks for two small file operations and awaits nothing, so a client that goes away cannot leave
    /// the change half done.
    pub(super) fn replace<E: From<io::Error>>(
        &self,
        object: Object,
        draft: Draft,
        first: impl FnOnce(&Object, Option<&Object>) -> Result<(), E>,
    ) -> Result<Arc<Object>, E> {
        let mut catalog = self.catalog_mut();
        first(&object, catalog.get(&object.key).map(Arc::as_ref))?;
        let record = self.record(&object.key);
        let new = record.with_extension("draft");
        fs::write(&new, serde_json::to_vec(&object).map_err(io::Error::from)?)?;
        fs::rename(&new, &record)?;
        draft.keep();
        let object = Arc::new(object);
        let old = catalog.insert(object.key.clone(), Arc::clone(&object));
        drop(catalog);
        if let Some(old) = old {
            self.remove_blob(&old);
        }
        Ok(object)
    }

    /// Removes an object if there is one and `allowed` agrees.
    pub(super) fn remove<E: From<io::Error>>(
        &self,
        key: &str,
        allowed: impl FnOnce(Option<&Object>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut catalog = self.catalog_mut();
        allowed(catalog.get(key).map(Arc::as_ref))?;
        if catalog.contains_key(key) {
            fs::remove_file(self.record(key))?;
        }
        let old = catalog.remove(key);
        drop(catalog);
        if let Some(old) = old {
            self.remove_blob(&old);
        }
        Ok(())
    }

    /// Who still reads the blob has it open and reads on. What cannot be removed goes at the next start.
    fn remove_blob(&self, object: &Object) {
        if let Err(error) = fs::remove_file(self.blobs.join(&object.blob)) {
            tracing::warn!(%error, "could not remove the bytes of an old object");
        }
    }

    fn record(&self, key: &str) -> PathBuf {
        self.records.join(format!("{}.json", hex(&Sha256::checksum(key.as_bytes()))))
    }

    fn catalog_mut(&self) -> RwLockWriteGuard<'_, Catalog> {
        self.catalog.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Draft {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Leaves the file where it is; to be called when something else refers to it.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // It may not exist yet; and if it stays, the next start removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn read_records(folder: &Path) -> io::Result<Catalog> {
    let mut catalog = Catalog::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let object: Object = serde_json::from_slice(&fs::read(&path)?)?;
            catalog.insert(object.key.clone(), Arc::new(object));
        } else {
            // A record that was being written when the process ended; its client got no answer.
            fs::remove_file(&path)?;
        }
    }
    Ok(catalog)
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
