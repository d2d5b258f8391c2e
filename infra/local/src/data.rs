//! The data folder: where everything is, and that one process has it at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be made or written to.
    #[error("write to the data folder {}: {source}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process uses it.
    #[error("use the data folder {}: another contacts-local is running on it", .0.display())]
    Locked(PathBuf),
}

/// A locked data folder. The lock ends with it, also when the process is killed.
pub(crate) struct DataFolder {
    path: PathBuf,
    keeping: Keeping,
}

enum Keeping {
    Stored {
        lock: File,
    },
    /// Removed when dropped.
    Passing {
        _folder: TempDir,
    },
}

impl DataFolder {
    /// The folder at `path`, made when missing and readable by its owner only; without a path a passing one.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, DataError> {
        let Some(path) = path else {
            return Self::passing();
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
        Ok(Self { path: path.to_owned(), keeping: Keeping::Stored { lock } })
    }

    fn passing() -> Result<Self, DataError> {
        let folder = tempfile::Builder::new().prefix("contacts-").tempdir();
        let folder = folder.map_err(|source| DataError::Unwritable { path: std::env::temp_dir(), source })?;
        Ok(Self { path: folder.path().to_owned(), keeping: Keeping::Passing { _folder: folder } })
    }

    /// File of the database; `None` keeps it in memory.
    pub(crate) fn database(&self) -> Option<PathBuf> {
        self.stored("dynamodb.sqlite")
    }

    /// File of the issuer's key; `None` keeps it in memory.
    pub(crate) fn issuer_key(&self) -> Option<PathBuf> {
        self.stored("issuer.pem")
    }

    /// Folder of the bucket.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.path.join("s3")
    }

    /// Folder of the asynchronous invocations that have not ended.
    pub(crate) fn invocations(&self) -> PathBuf {
        self.path.join("invocations")
    }

    fn stored(&self, name: &str) -> Option<PathBuf> {
        matches!(self.keeping, Keeping::Stored { .. }).then(|| self.path.join(name))
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // Closing the file would do, but for a child of this process that has begun and has not let go of its files yet.
        if let Keeping::Stored { lock } = &self.keeping {
            let _ = lock.unlock();
        }
    }
}
