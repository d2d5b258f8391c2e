//! Concluding: a step that stopped fails its import, or has Lambda retry it.

use contacts_book::ImportFailure;

use crate::error::ImportError;
use crate::failure::Failure;
use crate::finish;
use crate::job::{Job, Stop};

/// Turns the result of a step into the result of the invocation.
///
/// A [`Failure`] fails the import and ends the invocation well: a retry would find the same file.
///
/// # Errors
/// The error of a step that Lambda must retry. [`ImportError::Internal`] fails the import as well: each retry would end
/// the same way, so the owner sees the failure now, and the error reaches the operators, too.
pub(crate) async fn step(job: &Job<'_>, result: Result<(), Stop>) -> Result<(), ImportError> {
    let (failure, error) = match result {
        Ok(()) => return Ok(()),
        Err(Stop::Failed(failure)) => (failure, None),
        Err(Stop::Error(error @ ImportError::Internal(_))) => (Failure::Internal, Some(error)),
        Err(Stop::Error(error)) => {
            log_stop(job, &error);
            return Err(error);
        }
    };
    let failure = ImportFailure::from(failure);
    tracing::info!(workspace = %job.workspace, import = %job.id, code = failure.code, "import failed");
    // Boxed because the nested futures of the SDK would exceed the compiler's recursion limit.
    Box::pin(finish::report_failed(job)).await;
    if job.importer.book.finish_import(job.workspace, job.id, Some(&failure), &[]).await? {
        tracing::info!(target: contacts_lambda::METRICS, imports_failed = 1);
    }
    error.inspect(|error| log_stop(job, error)).map_or(Ok(()), Err)
}

fn log_stop(job: &Job<'_>, error: &ImportError) {
    let error = contacts_lambda::causes(error);
    tracing::error!(workspace = %job.workspace, import = %job.id, error, "import stopped");
}
