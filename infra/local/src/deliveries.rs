//! The queue of asynchronous invocations, as Lambda has it for S3 events and the invocation type `Event`.
//!
//! A message is written to a small file before its sender gets a response. The file is removed after the message was
//! handled. A message that fails is tried again for about six hours, as long as Lambda keeps an event; then its file is
//! moved to the folder `failed`. Messages that a crash or a stop interrupts are handled again after the next start: at least
//! once, in no particular order.

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

/// Handles one message. Errors and panics are retried.
pub(crate) type Target = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The longest pause between two attempts, in units of the first.
const LONGEST_PAUSE: u32 = 60;
/// The fewest and the most messages handled concurrently. Between them, one for each processor: the chunks of several large
/// imports would otherwise wait for each other until their requests time out.
const CONCURRENCY: std::ops::RangeInclusive<usize> = 2..=8;
/// The folder of the messages that were given up.
const FAILED: &str = "failed";

/// A queue of messages in a folder. Clones share the queue.
#[derive(Clone)]
pub(crate) struct Deliveries {
    shared: Arc<Shared>,
}

struct Shared {
    name: &'static str,
    folder: PathBuf,
    retries: Retries,
    gate: Mutex<Gate>,
    permits: Semaphore,
    pending: watch::Sender<usize>,
    stopping: CancellationToken,
    abandoned: CancellationToken,
    tasks: TaskTracker,
}

/// How a failed message is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// The pause before the second attempt. It doubles with every attempt, up to 60 times as long.
    pub delay: Duration,
    /// How often it is tried in all, until the next start.
    pub attempts: u32,
}

impl Default for Retries {
    /// For about six hours, as long as Lambda keeps an event.
    fn default() -> Self {
        Self { delay: Duration::from_secs(1), attempts: 365 }
    }
}

/// Messages wait at the gate until the queue has a handler.
enum Gate {
    Closed(Vec<Message>),
    Open(Target),
}

/// A message that is on disk but not sent yet.
pub(crate) struct Message {
    file: PathBuf,
    id: String,
    body: Value,
}

impl Deliveries {
    /// Opens the queue in `folder`, or creates it. Keeps the messages of an earlier run for which `keep` returns `true`.
    /// `name` is for the log.
    pub(crate) fn open(
        name: &'static str,
        folder: PathBuf,
        retries: Retries,
        keep: impl Fn(&Value) -> bool,
    ) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let left = left_over(&folder, keep)?;
        Ok(Self {
            shared: Arc::new(Shared {
                name,
                folder,
                retries,
                pending: watch::Sender::new(left.len()),
                gate: Mutex::new(Gate::Closed(left)),
                permits: Semaphore::new(concurrency()),
                stopping: CancellationToken::new(),
                abandoned: CancellationToken::new(),
                tasks: TaskTracker::new(),
            }),
        })
    }

    /// Stores a message. Pass it to [`Deliveries::send`] or [`Deliveries::discard`].
    ///
    /// Deliberately not async: a request that is dropped at an await could lose a message between storing and sending it.
    pub(crate) fn write(&self, body: Value) -> io::Result<Message> {
        let id = uuid::Uuid::now_v7().simple().to_string();
        let file = self.shared.folder.join(format!("{id}.json"));
        let draft = self.shared.folder.join(format!("{id}.draft"));
        fs::write(&draft, body.to_string())?;
        fs::rename(&draft, &file)?;
        Ok(Message { file, id, body })
    }

    /// Sends a message. It waits until the queue has a handler.
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

    /// Removes a stored message without sending it.
    pub(crate) fn discard(&self, message: &Message) {
        self.shared.forget(message);
    }

    /// Sets the handler of all waiting and future messages.
    pub(crate) fn start(&self, target: Target) {
        let gate = std::mem::replace(&mut *self.shared.gate(), Gate::Open(Arc::clone(&target)));
        if let Gate::Closed(waiting) = gate {
            for message in waiting {
                self.spawn(message, Arc::clone(&target));
            }
        }
    }

    /// Waits until all messages are handled.
    pub(crate) async fn idle(&self) {
        // Never fails: `self` owns the sender.
        let _ = self.shared.pending.subscribe().wait_for(|pending| *pending == 0).await;
    }

    /// Stops the queue. Waits at most `within` for running messages, and leaves the rest for the next start.
    pub(crate) async fn stop(&self, within: Duration) {
        self.shared.stopping.cancel();
        self.shared.tasks.close();
        if tokio::time::timeout(within, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!(queue = self.shared.name, "interrupted; the next start retries");
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
    /// Tries a message until it is handled or has failed too often. Keeps it and returns early if the queue stops.
    async fn deliver(&self, message: &Message, target: &Target) {
        for attempt in 0..self.retries.attempts {
            if attempt > 0 {
                let pause = self.retries.delay * 2_u32.saturating_pow(attempt - 1).min(LONGEST_PAUSE);
                tokio::select! {
                    () = self.stopping.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
            let permit = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                permit = self.permits.acquire() => permit,
            };
            // The async block also catches a panic in the call that creates the future.
            let call = async { target(message.body.clone()).await };
            let outcome = AssertUnwindSafe(call).catch_unwind().await;
            drop(permit);
            let reason = match outcome {
                Ok(Ok(())) => return self.forget(message),
                Ok(Err(error)) => error,
                Err(_) => "the handler panicked".to_owned(),
            };
            tracing::warn!(queue = self.name, id = message.id, attempt, reason, "attempt failed");
        }
        tracing::error!(queue = self.name, id = message.id, "gave up after {} attempts", self.retries.attempts);
        self.give_up(message);
    }

    /// Keeps a message that failed too often where no start finds it.
    fn give_up(&self, message: &Message) {
        let failed = self.folder.join(FAILED);
        let moved = fs::create_dir_all(&failed).and_then(|()| match message.file.file_name() {
            Some(name) => fs::rename(&message.file, failed.join(name)),
            None => Ok(()),
        });
        if let Err(error) = moved {
            tracing::error!(queue = self.name, id = message.id, %error, "could not set a message aside");
        }
    }

    fn forget(&self, message: &Message) {
        if let Err(error) = fs::remove_file(&message.file) {
            tracing::error!(queue = self.name, id = message.id, %error, "could not remove a message");
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // Nothing panics while it holds the lock, so a poisoned gate is still consistent.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn concurrency() -> usize {
    let processors = std::thread::available_parallelism().map_or(*CONCURRENCY.start(), usize::from);
    processors.clamp(*CONCURRENCY.start(), *CONCURRENCY.end())
}

/// The unfinished messages of an earlier run, oldest first. Removes unreadable files.
fn left_over(folder: &Path, keep: impl Fn(&Value) -> bool) -> io::Result<Vec<Message>> {
    let mut files =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.is_file());
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
