//! Taking back an import that has ended: see [`ContactBook::undo_import`].

use std::time::{Duration, Instant, SystemTime};

#[cfg(doc)]
use contacts_book::ContactBook;
use contacts_files::keys;
use lambda_runtime::Context;

use crate::Importer;
use crate::chunk::Request;
use crate::error::ImportError;
use crate::resume::put;

/// The part of the invocation's time that is left for asking for another one.
const MARGIN: Duration = Duration::from_secs(60);

/// Takes an import back, as far as the invocation's time allows; the next invocation continues.
pub(crate) async fn run(importer: &Importer, order: &Request, context: &Context) -> Result<(), ImportError> {
    let Request { workspace, import, bucket, .. } = order;
    let begun = Instant::now();
    let is_done = importer.book.undo_import(workspace, *import, deadline(context)).await?;
    tracing::info!(%workspace, %import, is_done, took_ms = begun.elapsed().as_millis(), "import is taken back");
    if !is_done {
        put(&importer.s3, bucket, &keys::undo(workspace, *import), b"{}".to_vec()).await?;
    }
    Ok(())
}

/// When to stop. On one machine, invocations have no end.
fn deadline(context: &Context) -> Instant {
    const NO_END: Duration = Duration::from_secs(24 * 3600);
    let left = (context.deadline > 0).then(|| context.deadline().duration_since(SystemTime::now()).unwrap_or_default());
    Instant::now() + left.map_or(NO_END, |left| left.saturating_sub(MARGIN))
}
