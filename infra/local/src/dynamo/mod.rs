//! DynamoDB: the embedded engine `dynoxide`, served over HTTP.

mod operations;
mod protocol;

use std::path::{Path, PathBuf};
use std::time::Duration;

use dynoxide::Database;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::browsers::Visitors;
use crate::server::Server;
use crate::stream::Writes;

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
    /// The stream of the table cannot be prepared.
    #[error("prepare the stream of the table")]
    Stream(#[source] rusqlite::Error),
    /// The file cannot be checked, for example because it is not a database.
    #[error("check the database {}", path.display())]
    Check {
        /// The file.
        path: PathBuf,
        /// The error of SQLite.
        source: rusqlite::Error,
    },
    /// The file is damaged.
    #[error(
        "use the database {}: it is damaged ({finding}); restore a copy of it, or move it away to start with an empty book",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        finding: String,
    },
}

/// Opens the database in the file at `path` if it is sound, or creates it.
pub(crate) fn open(path: &Path) -> Result<Database, DynamoError> {
    let text = path.to_str().ok_or_else(|| DynamoError::Path(path.to_owned()))?;
    if path.exists() {
        check(path)?;
    }
    Ok(Database::new(text)?)
}

/// Reads the whole file. SQLite itself finds damage only where it happens to read, so a damaged file would start as if it
/// were well, and lose or invent items later.
fn check(path: &Path) -> Result<(), DynamoError> {
    let failed = |source| DynamoError::Check { path: path.to_owned(), source };
    // Not created if it is missing. Writable, because a log that a crash left is first applied.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    let finding = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match finding {
        Ok(finding) if finding == "ok" => Ok(()),
        // Several lines, of which the first names the table.
        Ok(finding) => {
            let finding = finding.lines().collect::<Vec<_>>().join(" ");
            Err(DynamoError::Damaged { path: path.to_owned(), finding })
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            Err(DynamoError::Damaged { path: path.to_owned(), finding: error.to_string() })
        }
        Err(error) => Err(failed(error)),
    }
}

/// Serves `database` on `listener`, and regularly removes expired items. Counts all `writes`. Refuses `visitors` that are pages
/// in a browser.
///
/// The engine has an HTTP server of its own, but that lets pages of every origin read its responses, and nothing can stand
/// in front of it that a page could not go around.
pub(crate) fn serve(listener: TcpListener, database: Database, writes: Writes, visitors: Visitors) -> Server {
    Server::spawn("dynamodb", |stop| async move {
        let sweeper = tokio::spawn(sweep(database.clone(), writes.clone(), stop.clone()));
        let router = visitors.guard(protocol::router(database, writes));
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        // The database closes with its last handle, so wait for a running sweep.
        if let Err(error) = sweeper.await {
            tracing::error!(%error, "the sweep of expired items failed");
        }
        served.map_err(|error| error.to_string())
    })
}

/// The engine does not remove expired items by itself.
async fn sweep(database: Database, writes: Writes, stop: CancellationToken) {
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
            Ok(Ok(removed)) => {
                writes.add();
                tracing::debug!(removed, "removed expired items");
            }
            Ok(Err(error)) => tracing::error!(%error, "could not remove expired items"),
            Err(error) => tracing::error!(%error, "the sweep of expired items panicked"),
        }
    }
}
