//! Why a command failed.

use std::io;
use std::path::PathBuf;

use contacts::Workspace;
use contacts_book::{BookError, NotClosed};
use contacts_files::BucketError;

/// Why a command failed. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The table cannot be used.
    #[error("use the table")]
    Table(#[from] BookError),
    /// The bucket cannot be used.
    #[error("use the bucket")]
    Bucket(#[from] BucketError),
    /// Invariants do not hold. They have been printed.
    #[error("confirm the book: {0} invariants do not hold")]
    Unsound(usize),
    /// Contacts were not erased again. They have been printed.
    #[error("erase {0} contacts, which are joined into others in the restored table")]
    NotErased(usize),
    /// Neither the table nor the bucket has anything of the workspace.
    #[error("find the workspace {0} in the table or the bucket")]
    UnknownWorkspace(Workspace),
    /// The name of the workspace was not typed.
    #[error("confirm the removal of {0}: its name was not typed, so nothing was changed")]
    NotConfirmed(Workspace),
    /// The workspace is not closed.
    #[error("remove the workspace")]
    NotClosed(#[from] NotClosed),
    /// New items or objects of the workspace appeared again and again.
    #[error("remove everything of {0}: something still writes to it; try again later")]
    StillWritten(Workspace),
    /// The file of an export cannot be created.
    #[error("create {}", .path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The terminal or the file of an export cannot be used.
    #[error("write the output")]
    Output(#[from] io::Error),
}
