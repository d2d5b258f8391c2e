//! Stores objects in a folder.
//!
//! `blobs/<uuid>` has an object's bytes and never changes. The record `objects/<SHA-256 of the key>.json` names the blob.
//! Replacing a record is one rename, so a reader sees either the old or the new object. Keys are never used as file names.
//! All records are in memory, so listing reads no files. A damaged record does not keep the other objects from being used: it
//! is moved to `damaged/`, and so are the bytes that no record names then.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use s3s::crypto::{Checksum as _, Sha256};
use uuid::Uuid;

use super::object::Object;

/// All objects by key, in S3's order: by UTF-8 bytes.
pub(super) type Catalog = BTreeMap<String, Arc<Object>>;

/// A folder of objects.
pub(super) struct Store {
    blobs: PathBuf,
    records: PathBuf,
    catalog: RwLock<Catalog>,
}

/// A blob that is being written. Dropping it removes the file, unless it was kept.
pub(super) struct Draft {
    path: PathBuf,
    name: String,
    kept: bool,
}

impl Store {
    /// Opens the store in `folder`, or creates it. Removes blobs that no record names, unless a damaged record may have named
    /// them.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let (blobs, records) = (folder.join("blobs"), folder.join("objects"));
        fs::create_dir_all(&blobs)?;
        fs::create_dir_all(&records)?;
        let damaged = Damaged { folder: folder.join("damaged") };
        let (catalog, any_damaged) = read_records(&records, &blobs, &damaged)?;
        let used: std::collections::HashSet<&str> = catalog.values().map(|object| object.blob.as_str()).collect();
        for entry in fs::read_dir(&blobs)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                if any_damaged {
                    damaged.take(&entry.path(), "no record names these bytes, but a damaged one may have")?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(Self { blobs, records, catalog: RwLock::new(catalog) })
    }

    pub(super) fn catalog(&self) -> RwLockReadGuard<'_, Catalog> {
        // Nothing panics during a change of the catalog, so a poisoned one is consistent.
        self.catalog.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Object>> {
        self.catalog().get(key).cloned()
    }

    /// A consistent pair of an object and its bytes. Later changes of the key do not affect it.
    pub(super) fn read(&self, key: &str) -> io::Result<Option<(Arc<Object>, fs::File)>> {
        // The lock keeps the blob until it is open. After that it may be removed.
        let catalog = self.catalog();
        let Some(object) = catalog.get(key) else {
            return Ok(None);
        };
        let file = fs::File::open(self.blobs.join(&object.blob))?;
        Ok(Some((Arc::clone(object), file)))
    }

    /// Creates a draft with a new name.
    pub(super) fn draft(&self) -> Draft {
        let name = Uuid::now_v7().simple().to_string();
        Draft { path: self.blobs.join(&name), name, kept: false }
    }

    /// Replaces the object of a key, unless `first` fails. `first` gets the new and the current object.
    ///
    /// Blocks for two small file operations and does not await, so a client that disconnects cannot leave a partial change.
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

    /// Removes an object if it exists, unless `allowed` fails.
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

    /// Removes the blob of an old object. Open readers keep reading it. If it cannot be removed, the next start does so.
    fn remove_blob(&self, object: &Object) {
        if let Err(error) = fs::remove_file(self.blobs.join(&object.blob)) {
            tracing::warn!(%error, "could not remove the bytes of an old object");
        }
    }

    fn record(&self, key: &str) -> PathBuf {
        self.records.join(format!("{}.json", name_of(key)))
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

    /// Keeps the file. Call it once something else refers to the file.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // The file may not exist yet. If it cannot be removed, the next start does so.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The folder of files that were set aside.
struct Damaged {
    folder: PathBuf,
}

impl Damaged {
    /// Sets a file aside and names it in the log. A later one with the same name replaces it.
    fn take(&self, file: &Path, reason: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let aside = self.folder.join(file.file_name().unwrap_or_default());
        fs::rename(file, &aside)?;
        tracing::error!(file = %file.display(), aside = %aside.display(), reason, "a stored object is damaged and was set aside");
        Ok(())
    }
}

/// Reads all records, and sets damaged ones aside. Also returns whether there were any.
fn read_records(folder: &Path, blobs: &Path, damaged: &Damaged) -> io::Result<(Catalog, bool)> {
    let mut catalog = Catalog::new();
    let mut any_damaged = false;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            // An unfinished record of a process that ended. Its client got no response.
            fs::remove_file(&path)?;
            continue;
        }
        match read_record(&path, blobs)? {
            Ok(object) => {
                catalog.insert(object.key.clone(), Arc::new(object));
            }
            Err(reason) => {
                damaged.take(&path, reason)?;
                any_damaged = true;
            }
        }
    }
    Ok((catalog, any_damaged))
}

/// Reads a record. The inner error says why it is damaged.
fn read_record(path: &Path, blobs: &Path) -> io::Result<Result<Object, &'static str>> {
    let Ok(object) = serde_json::from_slice::<Object>(&fs::read(path)?) else {
        return Ok(Err("the record cannot be read"));
    };
    if path.file_stem().and_then(|name| name.to_str()) != Some(&name_of(&object.key)) {
        return Ok(Err("the record is of another object than its name says"));
    }
    // The name comes from the file, and must not lead out of the folder.
    if Uuid::try_parse(&object.blob).is_err() {
        return Ok(Err("the record does not name its bytes"));
    }
    match fs::metadata(blobs.join(&object.blob)) {
        Ok(blob) if blob.len() == object.size => Ok(Ok(object)),
        Ok(_) => Ok(Err("the bytes have another size than the record says")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Err("the bytes are missing")),
        Err(error) => Err(error),
    }
}

/// The name of a key's record, without its extension.
fn name_of(key: &str) -> String {
    hex(&Sha256::checksum(key.as_bytes()))
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
