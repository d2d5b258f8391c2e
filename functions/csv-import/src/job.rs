//! The import that a step works on, and why a step stops.

use contacts::{Actor, Caller, ImportId, Settings, Workspace};
use contacts_book::BookError;
use contacts_csv::plan::PlanError;
use contacts_files::{BucketError, ReadError};

use crate::Importer;
use crate::error::ImportError;
use crate::failure::Failure;

/// A running import, and the bucket of its objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) importer: &'a Importer,
    pub(crate) workspace: &'a Workspace,
    pub(crate) id: ImportId,
    pub(crate) bucket: &'a str,
    /// The id of the invocation.
    pub(crate) request: &'a str,
}

/// Why a step stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The import has failed.
    Failed(Failure),
    /// The invocation fails, and Lambda retries it.
    Error(ImportError),
}

impl Job<'_> {
    /// Who makes the writes of this import.
    pub(crate) fn caller(&self) -> Caller {
        Caller { actor: Actor::Import(self.id), request: Some(self.request.to_owned()) }
    }

    /// The workspace's settings. Stops if the workspace is closed: its rows would be suppressed, one by one.
    pub(crate) async fn settings(&self) -> Result<Settings, Stop> {
        let settings = self.importer.book.settings(self.workspace).await?;
        if settings.is_closed() { Err(Failure::WorkspaceClosed.into()) } else { Ok(settings) }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<PlanError> for Stop {
    fn from(error: PlanError) -> Stop {
        Stop::Failed(error.into())
    }
}

impl From<ImportError> for Stop {
    fn from(error: ImportError) -> Stop {
        Stop::Error(error)
    }
}

impl From<BookError> for Stop {
    fn from(error: BookError) -> Stop {
        match error {
            BookError::Closed => Failure::WorkspaceClosed.into(),
            error => Stop::Error(error.into()),
        }
    }
}

impl From<BucketError> for Stop {
    fn from(error: BucketError) -> Stop {
        Stop::Error(error.into())
    }
}

/// For errors of reading the import's file.
impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Stop {
        match error {
            ReadError::Gone => Failure::Gone.into(),
            ReadError::Replaced => Failure::Replaced.into(),
            // Without permission to list the bucket, S3 reports a removed object the same way.
            ReadError::Bucket(BucketError::Refused(_)) => Failure::Unreadable.into(),
            ReadError::Bucket(error @ BucketError::Unavailable(_)) => Stop::Error(error.into()),
        }
    }
}
