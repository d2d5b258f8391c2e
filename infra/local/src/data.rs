//! The data folder, which one process at a time may use.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The folder cannot be created or written to.
    #[error("write to the data folder {}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// Another process uses the folder.
    #[error("use the data folder {}: another contacts-local is running on it", .0.display())]
    Locked(PathBuf),
}

/// A locked data folder. Dropping it, or the end of the process, releases the lock.
pub(crate) struct DataFolder {
    path: PathBuf,
    storage: Storage,
}

enum Storage {
    Persistent {
        lock: File,
    },
    /// Removed when dropped.
    Temporary {
        _folder: TempDir,
    },
}

impl DataFolder {
    /// Opens the folder at `path`, or creates it, readable only by its owner. Without a path creates a temporary folder.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, DataError> {
        let Some(path) = path else {
            return Self::temporary();
        };
        let unwritable = |source| DataError::Unwritable { path: path.to_owned(), source };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(unwritable)?;
        let lock = File::create(path.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        Ok(Self { path: path.to_owned(), storage: Storage::Persistent { lock } })
    }

    fn temporary() -> Result<Self, DataError> {
        let folder = tempfile::Builder::new().prefix("contacts-").tempdir();
        let folder = folder.map_err(|source| DataError::Unwritable { path: std::env::temp_dir(), source })?;
        Ok(Self { path: folder.path().to_owned(), storage: Storage::Temporary { _folder: folder } })
    }

    /// File of the database.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// Whether the folder is removed at the end.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self.storage, Storage::Temporary { .. })
    }

    /// File of the issuer's key; `None` keeps it in memory.
    pub(crate) fn issuer_key(&self) -> Option<PathBuf> {
        self.stored("issuer.pem")
    }

    /// Folder of the bucket.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.path.join("s3")
    }

    /// Folder of the unfinished asynchronous invocations.
    pub(crate) fn invocations(&self) -> PathBuf {
        self.path.join("invocations")
    }

    fn stored(&self, name: &str) -> Option<PathBuf> {
        matches!(self.storage, Storage::Persistent { .. }).then(|| self.path.join(name))
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // Closing the file is not enough: a new child process may hold an inherited handle for a moment.
        if let Storage::Persistent { lock } = &self.storage {
            let _ = lock.unlock();
        }
    }
}
