//! Calls of functions that die before they have ended, at any of their requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::tally::Tally;

/// A call that is to die sends so many requests at most.
const MOST_REQUESTS: usize = 12;

tokio::task_local! {
    static LIFE: Arc<Life>;
}

/// What is left of a call's life.
struct Life {
    requests: AtomicUsize,
    end: Notify,
}

/// Decides which calls die, and when.
pub(crate) struct Reaper {
    rng: Mutex<Rng>,
    tally: Arc<Tally>,
    over: CancellationToken,
}

impl Reaper {
    /// One that leaves all alone once the time is up.
    pub(crate) fn new(rng: Rng, tally: Arc<Tally>, over: CancellationToken) -> Reaper {
        Reaper { rng: Mutex::new(rng), tally, over }
    }

    /// Makes a call of `what`, which is to die with this chance. `None` if it has.
    pub(crate) async fn call<T>(&self, what: &'static str, chance: f64, work: impl Future<Output = T>) -> Option<T> {
        let requests = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            let (dies, requests) = (rng.f64() < chance, rng.usize(..MOST_REQUESTS));
            (dies && !self.over.is_cancelled()).then_some(requests)
        };
        let Some(requests) = requests else { return Some(work.await) };
        let life = Arc::new(Life { requests: AtomicUsize::new(requests), end: Notify::new() });
        tokio::select! {
            biased;
            () = life.end.notified() => {
                self.tally.killed(what);
                None
            }
            done = LIFE.scope(Arc::clone(&life), work) => Some(done),
        }
    }
}

/// Whether the call that sends a request now has come to its end. It is told once more what it has done.
pub(crate) fn takes() -> bool {
    let spent = |life: &Arc<Life>| {
        let one_less = |left: usize| left.checked_sub(1);
        let is_spent = life.requests.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err();
        if is_spent {
            life.end.notify_one();
        }
        is_spent
    };
    LIFE.try_with(spent).unwrap_or(false)
}
