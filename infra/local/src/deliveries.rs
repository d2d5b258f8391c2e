//! Asynchronous invocations: what Lambda's own queue does for S3 events and for invocation type `Event`.
//!
//! A message is written to a small file before its sender gets an answer, and the file is removed when
//! the message was handled, or given up after two retries. What was under way at a crash or at a stop is
//! handled again at the next start: at least once, in no particular order.

use std::fs;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Handles one message. An error, or a panic, is retried.
pub(crate) type Target = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Lambda tries an asynchronous invocation three times.
const ATTEMPTS: u32 = 3;
/// Messages handled at a time: enough to overlap waiting, few enough for one machine.
const CONCURRENCY: usize = 8;

/// A queue of messages in a folder. Clones are handles of one queue.
#[derive(Clone)]
pub(crate) struct Deliveries {
    shared: Arc<Shared>,
}

struct Shared {
    name: &'static str,
    folder: PathBuf,
    retry_delay: Duration,
    gate: Mutex<Gate>,
    permits: Semaphore,
    pending: watch::Sender<usize>,
    stopping: CancellationToken,
    abandoned: CancellationToken,
    tasks: TaskTracker,
}

/// Messages wait at the gate until there is someone to handle them.
enum Gate {
    Closed(Vec<Message>),
    Open(Target),
}

/// A message that is on disk and not yet on its way.
pub(crate) struct Message {
    file: PathBuf,
    id: String,
    body: Value,
}

impl Deliveries {
    /// Opens the queue in `folder`, created when missing, and reads what an earlier run left there if
    /// `keep` says that it still matters. `name` is for the log.
    pub(crate) fn open(
        name: &'static str,
        folder: PathBuf,
        retry_delay: Duration,
        keep: impl Fn(&Value) -> bool,
    ) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let left = left_over(&folder, keep)?;
        Ok(Self {
            shared: Arc::new(Shared {
                name,
                folder,
                retry_delay,
                pending: watch::Sender::new(left.len()),
                gate: Mutex::new(Gate::Closed(left)),
                permits: Semaphore::new(CONCURRENCY),
                stopping: CancellationToken::new(),
                abandoned: CancellationToken::new(),
                tasks: TaskTracker::new(),
            }),
        })
    }

    /// Writes a message down. It leaves with [`Deliveries::send`] or goes with [`Deliveries::discard`].
    ///
    /// Not async on purpose: a request that is dropped at an await cannot lose a message between its
    /// cause and its sending.
    pub(crate) fn write(&self, body: Value) -> io::Result<Message> {
        let id = uuid::Uuid::now_v7().simple().to_string();
        let file = self.shared.folder.join(format!("{id}.json"));
        let draft = self.shared.folder.join(format!("{id}.draft"));
        fs::write(&draft, body.to_string())?;
        fs::rename(&draft, &file)?;
        Ok(Message { file, id, body })
    }

    /// Sends a message on its way, or to wait until there is a target.
    pub(crate) fn send(&self, message: Message) {
        self.shared.pending.send_modify(|pending| *pending += 1);
        let mut gate = self.shared.gate();
        match &mut *gate {
            Gate::Closed(waiting) => waiting.push(message),
            Gate::Open(target) => {
                let target = Arc::clone(target);
                drop(gate);
                self.spawn(message, target);
            }
        }
    }

    /// Takes back a message whose cause did not come about.
    pub(crate) fn discard(&self, message: &Message) {
        self.shared.forget(message);
    }

    /// Names who handles the messages, those that wait and those to come.
    pub(crate) fn start(&self, target: Target) {
        let gate = std::mem::replace(&mut *self.shared.gate(), Gate::Open(Arc::clone(&target)));
        if let Gate::Closed(waiting) = gate {
            for message in waiting {
                self.spawn(message, Arc::clone(&target));
            }
        }
    }

    /// Waits until no message waits or is being handled.
    pub(crate) async fn idle(&self) {
        // Fails only without a sender, and the sender is in `self`.
        let _ = self.shared.pending.subscribe().wait_for(|pending| *pending == 0).await;
    }

    /// Starts nothing more, waits at most `within` for what runs and leaves the rest for the next start.
    pub(crate) async fn stop(&self, within: Duration) {
        self.shared.stopping.cancel();
        self.shared.tasks.close();
        if tokio::time::timeout(within, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!(queue = self.shared.name, "cut off; the next start tries again");
            self.shared.abandoned.cancel();
            self.shared.tasks.wait().await;
        }
    }

    fn spawn(&self, message: Message, target: Target) {
        let shared = Arc::clone(&self.shared);
        self.shared.tasks.spawn(async move {
            let abandoned = shared.abandoned.clone();
            tokio::select! {
                () = abandoned.cancelled() => {}
                () = shared.deliver(&message, &target) => {}
            }
            shared.pending.send_modify(|pending| *pending -= 1);
        });
    }
}

impl Shared {
    /// Tries until handled or given up; returns early, with the message kept, when the queue stops.
    async fn deliver(&self, message: &Message, target: &Target) {
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::select! {
                    () = self.stopping.cancelled() => return,
                    () = tokio::time::sleep(self.retry_delay * attempt) => {}
                }
            }
            let permit = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                permit = self.permits.acquire() => permit,
            };
            // Also catches a panic before the future exists.
            let call = async { target(message.body.clone()).await };
            let outcome = AssertUnwindSafe(call).catch_unwind().await;
            drop(permit);
            match outcome {
                Ok(Ok(())) => return self.forget(message),
                Ok(Err(error)) => reason = error,
                Err(_) => "the handler panicked".clone_into(&mut reason),
            }
            tracing::warn!(queue = self.name, id = message.id, attempt, reason, "attempt failed");
        }
        tracing::error!(queue = self.name, id = message.id, reason, "gave up after {ATTEMPTS} attempts");
        self.forget(message);
    }

    fn forget(&self, message: &Message) {
        if let Err(error) = fs::remove_file(&message.file) {
            tracing::error!(queue = self.name, id = message.id, %error, "could not remove a message");
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // Nothing panics while it holds the gate, so a poisoned one is still whole.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an earlier run wrote and did not finish, oldest first; unreadable files are removed.
fn left_over(folder: &Path, keep: impl Fn(&Value) -> bool) -> io::Result<Vec<Message>> {
    let mut files =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    // UUIDv7 names sort by time.
    files.sort();
    let mut left = Vec::new();
    for file in files {
        let body = match file.extension() {
            Some(extension) if extension == "json" => serde_json::from_slice(&fs::read(&file)?).ok(),
            _ => None,
        };
        match body {
            Some(body) if keep(&body) => {
                let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                left.push(Message { file, id, body });
            }
            _ => fs::remove_file(&file)?,
        }
    }
    Ok(left)
}
