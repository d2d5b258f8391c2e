//! The table's stream: delivers the changes of contacts to the function that follows them, as Lambda does: in order, each
//! at least once, and again until the function has handled it.
//!
//! The engine keeps its stream in a table of the database, which it neither indexes nor trims. A second connection to the
//! file does both, and keeps the changes of other items out, as the event source's filter does on AWS.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::{Database, DynoxideError};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::constants::TABLE;
use crate::functions::{self, FunctionHandler};

/// The most records of a batch, as on AWS.
const BATCH: usize = 100;
/// The pause before a batch is delivered again. It doubles with every attempt that handles nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The engine compares sequence numbers as numbers, and stores them as text.
const PREPARE: &str = "
    CREATE INDEX IF NOT EXISTS stream_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE TRIGGER IF NOT EXISTS stream_of_contacts BEFORE INSERT ON _stream_records
        WHEN NEW.keys_json NOT LIKE '%{\"S\":\"CONTACT\"}%' BEGIN SELECT RAISE(IGNORE); END;";
/// A public sequence number is the stored one after a leading 1.
const TRIM: &str = "
    DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= CAST(SUBSTR(?2, 2) AS INTEGER)";

/// The engine's table of stream records, in the file of the database.
#[derive(Clone)]
pub(crate) struct StreamRecords(Arc<Mutex<Connection>>);

/// Counts the writes to the database, so that the follower of the stream knows of them.
#[derive(Clone)]
pub(crate) struct Writes(watch::Sender<u64>);

/// The running follower of the stream.
pub(crate) struct Follower {
    writes: Writes,
    /// How many of the writes have been followed.
    followed: watch::Receiver<u64>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Why changes are delivered again.
#[derive(Debug, thiserror::Error)]
enum StreamError {
    #[error("the stream cannot be read")]
    Engine(#[from] DynoxideError),
    #[error("the stream cannot be trimmed")]
    Records(#[from] rusqlite::Error),
    #[error("the function failed: {0}")]
    Function(String),
    #[error("the function could not handle the change {0}")]
    Left(String),
}

/// The answer of the function.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "batchItemFailures")]
    failures: Vec<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "itemIdentifier")]
    number: String,
}

impl StreamRecords {
    /// Prepares the records in the file of an open database.
    pub(crate) fn open(file: &Path) -> rusqlite::Result<StreamRecords> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(PREPARE)?;
        Ok(StreamRecords(Arc::new(Mutex::new(connection))))
    }

    /// Removes the records up to a sequence number.
    fn trim(&self, number: &str) -> rusqlite::Result<()> {
        // A panic elsewhere does not harm the connection.
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.execute(TRIM, [TABLE, number]).map(drop)
    }
}

impl Writes {
    pub(crate) fn new() -> Writes {
        Writes(watch::Sender::new(0))
    }

    /// Counts a write.
    pub(crate) fn add(&self) {
        self.0.send_modify(|writes| *writes += 1);
    }
}

impl Follower {
    /// Delivers the changes in `database` to `function`, those of an earlier run first.
    pub(crate) fn start(
        database: Database,
        records: StreamRecords,
        writes: Writes,
        function: FunctionHandler,
    ) -> Follower {
        let (sender, followed) = watch::channel(0);
        let stop = CancellationToken::new();
        let task = tokio::spawn(follow(database, records, writes.0.subscribe(), function, sender, stop.clone()));
        // Changes of an earlier run count as written.
        writes.add();
        Follower { writes, followed, stop, task }
    }

    /// Waits until every change is handled, including those that this causes.
    pub(crate) async fn idle(&self) {
        loop {
            let writes = *self.writes.0.borrow();
            // Fails when the follower has stopped.
            if self.followed.clone().wait_for(|followed| *followed >= writes).await.is_err()
                || *self.writes.0.borrow() == writes
            {
                return;
            }
        }
    }

    /// Stops after the running batch. The others are delivered after the next start.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the follower of the stream failed");
        }
    }
}

async fn follow(
    database: Database,
    records: StreamRecords,
    mut writes: watch::Receiver<u64>,
    function: FunctionHandler,
    followed: watch::Sender<u64>,
    stop: CancellationToken,
) {
    let (mut pause, mut oldest) = (FIRST_PAUSE, None);
    loop {
        let seen = *writes.borrow_and_update();
        match deliver_all(&database, &mut oldest, &records, &function, &mut pause, &stop).await {
            Ok(()) => {
                followed.send_replace(seen);
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = writes.changed() => {}
                }
            }
            Err(error) => {
                tracing::warn!(error = contacts_lambda::causes(&error), "changes of contacts are delivered again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Delivers batch after batch until none is left, or until it is stopped. `oldest` is the iterator at the start of the
/// stream, once it is known. `pause` begins anew when changes were handled.
async fn deliver_all(
    database: &Database,
    oldest: &mut Option<String>,
    records: &StreamRecords,
    function: &FunctionHandler,
    pause: &mut Duration,
    stop: &CancellationToken,
) -> Result<(), StreamError> {
    while !stop.is_cancelled() {
        let started = Instant::now();
        let (reader, known) = (database.clone(), oldest.take());
        let (iterator, batch) = blocking(move || Ok(next_batch(&reader, known)?)).await?;
        *oldest = iterator;
        let Some(last) = batch.last().map(|record| record.dynamodb.sequence_number.clone()) else { break };
        let event = json!({"Records": &batch}).to_string();
        let answer =
            functions::call(function, event).await.map_err(|error| StreamError::Function(error.to_string()))?;
        let answer: Answer = serde_json::from_str(&answer).map_err(|error| StreamError::Function(error.to_string()))?;
        // All numbers have the same length.
        let first_left = answer.failures.into_iter().map(|failure| failure.number).min();
        let numbers = batch.iter().map(|record| &record.dynamodb.sequence_number);
        let handled = match &first_left {
            None => Some(last),
            Some(left) => numbers.take_while(|number| *number < left).last().cloned(),
        };
        if let Some(number) = handled {
            let records = records.clone();
            blocking(move || records.trim(&number).map_err(StreamError::from)).await?;
            *pause = FIRST_PAUSE;
        }
        if let Some(left) = first_left {
            return Err(StreamError::Left(left));
        }
        // The database serves one request at a time. At most half of its time is for history: who writes contacts, comes first.
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(started.elapsed()) => {}
        }
    }
    Ok(())
}

/// The oldest records of the stream, and the iterator at its start. Without a stream there is neither.
fn next_batch(database: &Database, known: Option<String>) -> Result<(Option<String>, Vec<Record>), DynoxideError> {
    let iterator = match known {
        Some(iterator) => Some(iterator),
        None => oldest(database)?,
    };
    let Some(shard_iterator) = iterator.clone() else { return Ok((None, Vec::new())) };
    let read = database.get_records(GetRecordsRequest { shard_iterator, limit: Some(BATCH) })?;
    Ok((iterator, read.records))
}

fn oldest(database: &Database) -> Result<Option<String>, DynoxideError> {
    let table = ListStreamsRequest { table_name: Some(TABLE.to_owned()), ..ListStreamsRequest::default() };
    let Some(stream) = database.list_streams(table)?.streams.into_iter().next() else { return Ok(None) };
    let stream_arn = stream.stream_arn;
    let described = DescribeStreamRequest { stream_arn: stream_arn.clone(), ..DescribeStreamRequest::default() };
    let shards = database.describe_stream(described)?.stream_description.shards;
    let Some(shard) = shards.into_iter().next() else { return Ok(None) };
    let iterator = database.get_shard_iterator(GetShardIteratorRequest {
        stream_arn,
        shard_id: shard.shard_id,
        shard_iterator_type: "TRIM_HORIZON".to_owned(),
        sequence_number: None,
    })?;
    Ok(iterator.shard_iterator)
}

/// Runs what blocks its thread.
async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, StreamError> + Send + 'static,
) -> Result<T, StreamError> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) => Err(StreamError::Function(error.to_string())),
    }
}
