//! What the steps of an import have in common.

use contacts::{ImportId, Workspace};
use contacts_book::{BookError, ImportFailure};
use contacts_csv::plan::PlanError;
use contacts_files::{BucketError, ReadError};

use crate::Importer;
use crate::error::ImportError;
use crate::failure::Failure;
use crate::finish;

/// An import under way, and where its objects are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) importer: &'a Importer,
    pub(crate) workspace: &'a Workspace,
    pub(crate) id: ImportId,
    pub(crate) bucket: &'a str,
}

/// Why a step does not go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The import has failed.
    Failed(Failure),
    /// The step is to be tried again.
    Error(ImportError),
}

impl Job<'_> {
    /// Deals with a step that may have stopped: tells the import's owner, or asks Lambda for another try.
    pub(crate) async fn conclude(&self, result: Result<(), Stop>) -> Result<(), ImportError> {
        let (failure, error) = match result {
            Ok(()) => return Ok(()),
            Err(Stop::Failed(failure)) => (failure, None),
            // It would fail at every try: so its owner is told now, and whoever watches the errors of the function, too.
            Err(Stop::Error(error @ ImportError::Internal(_))) => (Failure::Internal, Some(error)),
            Err(Stop::Error(error)) => {
                self.log_stop(&error);
                return Err(error);
            }
        };
        let failure = ImportFailure::from(failure);
        tracing::info!(workspace = %self.workspace, import = %self.id, code = failure.code, "import failed");
        // Boxed: the futures of the SDK nest so deep that the compiler would meet its recursion limit.
        Box::pin(finish::report_failed(self)).await;
        if self.importer.book.finish_import(self.workspace, self.id, Some(&failure)).await? {
            tracing::info!(target: contacts_lambda::METRICS, imports_failed = 1);
        }
        error.inspect(|error| self.log_stop(error)).map_or(Ok(()), Err)
    }

    fn log_stop(&self, error: &ImportError) {
        let error = contacts_lambda::causes(error);
        tracing::error!(workspace = %self.workspace, import = %self.id, error, "import stopped");
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
        Stop::Error(error.into())
    }
}

impl From<BucketError> for Stop {
    fn from(error: BucketError) -> Stop {
        Stop::Error(error.into())
    }
}

/// Of the import's file.
impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Stop {
        match error {
            ReadError::Gone => Failure::Gone.into(),
            ReadError::Replaced => Failure::Replaced.into(),
            // To those who may not list the bucket S3 says so of a removed object, too.
            ReadError::Bucket(BucketError::Refused(_)) => Failure::Unreadable.into(),
            ReadError::Bucket(error @ BucketError::Unavailable(_)) => Stop::Error(error.into()),
        }
    }
}
