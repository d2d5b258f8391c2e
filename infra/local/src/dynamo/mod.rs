//! DynamoDB: the embedded engine `dynoxide`, served over HTTP.

mod operations;
mod protocol;

use std::path::{Path, PathBuf};
use std::time::Duration;

use dynoxide::Database;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::browsers::Visitors;
use crate::server::Server;

/// The interval between two removals of expired items. AWS only promises days; a minute keeps the table small and the tests
/// short.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DynamoError {
    /// The path is not UTF-8, which the engine requires.
    #[error("open the database {}: the path is not UTF-8", .0.display())]
    Path(PathBuf),
    /// The engine refused the file, for example because it is not a database.
    #[error("open the database")]
    Open(#[from] dynoxide::DynoxideError),
}

/// Opens the database in `file`, or creates it. Without a file keeps it in memory.
pub(crate) fn open(file: Option<&Path>) -> Result<Database, DynamoError> {
    match file {
        None => Ok(Database::memory()?),
        Some(path) => {
            let text = path.to_str().ok_or_else(|| DynamoError::Path(path.to_owned()))?;
            Ok(Database::new(text)?)
        }
    }
}

/// Serves `database` on `listener`, and regularly removes expired items. Refuses `visitors` that are pages in a browser.
///
/// The engine has an HTTP server of its own, but that lets pages of every origin read its responses, and nothing can stand
/// in front of it that a page could not go around.
pub(crate) fn serve(listener: TcpListener, database: Database, visitors: Visitors) -> Server {
    Server::spawn("dynamodb", |stop| async move {
        let sweeper = tokio::spawn(sweep(database.clone(), stop.clone()));
        let router = visitors.guard(protocol::router(database));
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        // The database closes with its last handle, so wait for a running sweep.
        if let Err(error) = sweeper.await {
            tracing::error!(%error, "the sweep of expired items failed");
        }
        served.map_err(|error| error.to_string())
    })
}

/// The engine does not remove expired items by itself.
async fn sweep(database: Database, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(removed)) => tracing::debug!(removed, "removed expired items"),
            Ok(Err(error)) => tracing::error!(%error, "could not remove expired items"),
            Err(error) => tracing::error!(%error, "the sweep of expired items panicked"),
        }
    }
}
