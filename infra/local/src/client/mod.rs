//! `contacts-local import` and `contacts-local export`: a person at a terminal, and the HTTP API of a running system.

mod api;
mod export;
mod import;
mod mapping;
mod progress;

use std::io;
use std::path::PathBuf;

pub use export::export;
pub use import::import;

/// Why a file was not imported or exported. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no answer.
    #[error("reach {url}: {cause}; does contacts-local run there?")]
    Unreachable {
        /// Without the query.
        url: String,
        /// What the client says.
        cause: String,
    },
    /// The API, or the bucket, refuses.
    #[error("{doing}: {reason}")]
    Refused {
        /// What was asked for.
        doing: &'static str,
        /// What was answered.
        reason: String,
    },
    /// A file of this machine cannot be read or written.
    #[error("use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file of an export is there, and is not to be replaced.
    #[error("write {0}: it is there already; --force replaces it")]
    Exists(PathBuf),
    /// A `--map` is not of the form `Header=field`, or names no column.
    #[error("map {0}")]
    Map(String),
    /// The import, or the export, ended badly.
    #[error("{doing}: {reason} ({code})")]
    Failed {
        /// `import people.csv` and so on.
        doing: String,
        /// For people.
        reason: String,
        /// Stable.
        code: String,
    },
    /// The terminal cannot be used.
    #[error("use the terminal: {0}")]
    Terminal(#[from] io::Error),
}
