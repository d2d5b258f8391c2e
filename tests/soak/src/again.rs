//! Invocations that come again, or late: repeated events, and those that Lambda has given up and somebody sends again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::patience::{Trouble, persist};
use crate::tally::Tally;

/// How much is sent at a time.
const AT_ONCE: usize = 16;
/// Lambda tries an asynchronous invocation so often, then it is a letter in a queue of failures.
const ATTEMPTS: usize = 3;
/// After so long, somebody looks into that queue.
const REDRIVE: Duration = Duration::from_secs(3);

/// Sends invocations later. Clones send together.
#[derive(Clone)]
pub(crate) struct Again {
    lambda: Client,
    tally: Arc<Tally>,
    /// Set when nothing is to wait any more.
    now: CancellationToken,
    tasks: TaskTracker,
    permits: Arc<Semaphore>,
    /// How often each payload has failed.
    failures: Arc<Mutex<HashMap<String, usize>>>,
}

impl Again {
    pub(crate) fn new(lambda: Client, tally: Arc<Tally>) -> Again {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let (now, tasks) = (CancellationToken::new(), TaskTracker::new());
        Again { lambda, tally, now, tasks, permits, failures: Arc::default() }
    }

    /// Invokes a function after a time, without waiting for what it does.
    pub(crate) fn later(&self, after: Duration, why: &'static str, function: &str, payload: String) {
        self.tally.again(why);
        let (again, function) = (self.clone(), function.to_owned());
        self.tasks.spawn(async move {
            tokio::select! {
                () = again.now.cancelled() => {}
                () = tokio::time::sleep(after) => {}
            }
            // Never closed.
            let _permit = again.permits.acquire().await;
            // The connection may be cut before the answer: what was taken then comes once more.
            let invoke = again.lambda.invoke().function_name(&function).invocation_type(InvocationType::Event);
            let invoke = invoke.payload(Blob::new(payload));
            let taken = persist(move |_| {
                let answer = invoke.clone().send();
                async { answer.await.map(drop).map_err(|error| Trouble::Unanswered(contacts_lambda::causes(&error))) }
            });
            if let (_, Err(why)) = taken.await {
                again.tally.find(format!("{function} takes nothing: {why}"));
            }
        });
    }

    /// Notes how an invocation ended; what has failed as often as Lambda tries is sent again.
    pub(crate) fn note(&self, function: &str, payload: &str, succeeded: bool) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if succeeded {
            failures.remove(payload);
            return;
        }
        let failed = failures.entry(payload.to_owned()).or_default();
        *failed += 1;
        if *failed == ATTEMPTS {
            failures.remove(payload);
            self.later(REDRIVE, "given up by Lambda", function, payload.to_owned());
        }
    }

    /// Sends at once what is left; what comes later is sent at once, too.
    pub(crate) async fn settle(&self) {
        self.now.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Whether nothing is left to be sent.
    pub(crate) fn is_settled(&self) -> bool {
        self.tasks.is_empty()
    }
}
