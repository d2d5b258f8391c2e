//! Late and repeated invocations: duplicate events, and events from the dead-letter queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::counters::Counters;
use crate::retry::{Failure, retry};

/// How many invocations are sent at a time.
const AT_ONCE: usize = 16;
/// How often Lambda tries an asynchronous invocation before it goes to the dead-letter queue.
const ATTEMPTS: usize = 3;
/// How long an invocation stays in that queue.
const REDRIVE: Duration = Duration::from_secs(3);

/// Sends invocations later. Clones share all state.
#[derive(Clone)]
pub(crate) struct Redelivery {
    lambda: Client,
    counters: Arc<Counters>,
    /// Cancelled when invocations are no longer delayed.
    now: CancellationToken,
    tasks: TaskTracker,
    permits: Arc<Semaphore>,
    /// How often each payload has failed.
    failures: Arc<Mutex<HashMap<String, usize>>>,
}

impl Redelivery {
    pub(crate) fn new(lambda: Client, counters: Arc<Counters>) -> Redelivery {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let (now, tasks) = (CancellationToken::new(), TaskTracker::new());
        Redelivery { lambda, counters, now, tasks, permits, failures: Arc::default() }
    }

    /// Invokes a function asynchronously after a time.
    pub(crate) fn later(&self, after: Duration, why: &'static str, function: &str, payload: String) {
        self.counters.redelivered(why);
        let (redelivery, function) = (self.clone(), function.to_owned());
        self.tasks.spawn(async move {
            tokio::select! {
                () = redelivery.now.cancelled() => {}
                () = tokio::time::sleep(after) => {}
            }
            // The semaphore is never closed.
            let _permit = redelivery.permits.acquire().await;
            // If the connection is cut before the answer, the invocation may be delivered twice.
            let invoke = redelivery.lambda.invoke().function_name(&function).invocation_type(InvocationType::Event);
            let invoke = invoke.payload(Blob::new(payload));
            let taken = retry(move |_| {
                let answer = invoke.clone().send();
                async { answer.await.map(drop).map_err(|error| Failure::Unanswered(contacts_lambda::causes(&error))) }
            });
            if let (_, Err(why)) = taken.await {
                redelivery.counters.find(format!("{function} takes nothing: {why}"));
            }
        });
    }

    /// Records whether an invocation is done; redelivers one that failed as often as Lambda tries.
    pub(crate) fn note(&self, function: &str, payload: &str, is_done: bool) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if is_done {
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

    /// Sends all delayed invocations now, and later ones without delay.
    pub(crate) async fn settle(&self) {
        self.now.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Whether no invocation is left to be sent.
    pub(crate) fn is_settled(&self) -> bool {
        self.tasks.is_empty()
    }
}
