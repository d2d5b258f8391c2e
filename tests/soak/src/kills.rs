//! Kills calls of functions at any of their requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::counters::Counters;

/// A killed call sends fewer requests than this.
const MOST_REQUESTS: usize = 12;

tokio::task_local! {
    static BUDGET: Arc<RequestBudget>;
}

/// How many requests a call sends before it is killed.
struct RequestBudget {
    requests: AtomicUsize,
    end: Notify,
}

/// Decides which calls are killed, and when.
pub(crate) struct CallKiller {
    rng: Mutex<Rng>,
    counters: Arc<Counters>,
    over: CancellationToken,
}

impl CallKiller {
    /// It kills no call that begins after the time is up.
    pub(crate) fn new(rng: Rng, counters: Arc<Counters>, over: CancellationToken) -> CallKiller {
        CallKiller { rng: Mutex::new(rng), counters, over }
    }

    /// Runs a call, and kills it with this probability; `None` if it was killed.
    pub(crate) async fn call<T>(&self, what: &'static str, chance: f64, work: impl Future<Output = T>) -> Option<T> {
        let requests = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            let (dies, requests) = (rng.f64() < chance, rng.usize(..MOST_REQUESTS));
            (dies && !self.over.is_cancelled()).then_some(requests)
        };
        let Some(requests) = requests else { return Some(work.await) };
        let budget = Arc::new(RequestBudget { requests: AtomicUsize::new(requests), end: Notify::new() });
        tokio::select! {
            biased;
            () = budget.end.notified() => {
                self.counters.killed(what);
                None
            }
            done = BUDGET.scope(Arc::clone(&budget), work) => Some(done),
        }
    }
}

/// Whether the current call is killed instead of sending its next request. Ask once for each request.
pub(crate) fn kills_current_call() -> bool {
    let spent = |budget: &Arc<RequestBudget>| {
        let one_less = |left: usize| left.checked_sub(1);
        let is_spent = budget.requests.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err();
        if is_spent {
            budget.end.notify_one();
        }
        is_spent
    };
    BUDGET.try_with(spent).unwrap_or(false)
}
