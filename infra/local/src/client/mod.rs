//! `contacts-local import`, `export` and `undo`: terminal clients of the HTTP API of a running system.

mod api;
mod export;
mod import;
mod mapping;
mod progress;
mod undo;

use std::io;
use std::path::PathBuf;

pub use export::export;
pub use import::import;
pub use undo::undo;

/// Why a client failed. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The system does not respond.
    #[error("reach {url}: {cause}; does contacts-local run there?")]
    Unreachable {
        /// The URL, without the query.
        url: String,
        /// The error of the client, with its causes.
        cause: String,
    },
    /// The API or the bucket refuses a request.
    #[error("{doing}: {reason}")]
    Refused {
        /// What the client tried to do, such as `start the import`.
        doing: &'static str,
        /// The reason in the response.
        reason: String,
    },
    /// A local file cannot be read or written.
    #[error("use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file of an export already exists, and `--force` is not set.
    #[error("write {0}: it already exists; --force replaces it")]
    Exists(PathBuf),
    /// A `--map` is not of the form `Header=field`, or its column does not exist.
    #[error("map {0}")]
    Map(String),
    /// The import or the export failed on the server.
    #[error("{doing}: {reason} ({code})")]
    Failed {
        /// What failed, such as `import people.csv`.
        doing: String,
        /// The reason, for people.
        reason: String,
        /// The stable name of the error.
        code: String,
    },
    /// The terminal cannot be used.
    #[error("use the terminal")]
    Terminal(#[from] io::Error),
}
