//! What passes between a book and its table: counted, and cut when a test wants it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use tokio::sync::Notify;

/// Watches the requests of a client. Clones watch together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    state: Arc<Mutex<State>>,
    killed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    operations: BTreeMap<String, usize>,
    contact_writes: usize,
    /// How many more writes of contacts pass before the line is cut.
    cut_after: Option<usize>,
    /// How many more requests pass before whoever sends them is killed.
    kill_after: Option<usize>,
}

impl Traffic {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// How many requests of an operation there were.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.state().operations.get(operation).copied().unwrap_or(0)
    }

    /// How many of them wrote contacts or claims.
    pub(crate) fn contact_writes(&self) -> usize {
        self.state().contact_writes
    }

    /// Counts from nought.
    pub(crate) fn reset(&self) {
        *self.state() = State::default();
    }

    /// Lets so many more writes of contacts pass, then nothing at all.
    pub(crate) fn cut_after(&self, contact_writes: usize) {
        self.state().cut_after = Some(contact_writes);
    }
}

impl Traffic {
    /// Lets so many more requests pass, then [`Traffic::killed`] is over.
    pub(crate) fn kill_after(&self, requests: usize) {
        self.state().kill_after = Some(requests);
    }

    /// Waits for the moment to die.
    pub(crate) async fn killed(&self) {
        self.killed.notified().await;
    }
}

impl Intercept for Traffic {
    fn name(&self) -> &'static str {
        "Traffic"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        let of_contacts = body.contains("#C#") || body.contains("#I#");
        let mut state = self.state();
        match &mut state.kill_after {
            Some(0) => {
                self.killed.notify_one();
                return Err("killed".into());
            }
            Some(left) => *left -= 1,
            None => {}
        }
        if state.cut_after == Some(0) {
            return Err("the line is cut".into());
        }
        if of_contacts && !operation.starts_with("BatchGet") {
            state.contact_writes += 1;
            state.cut_after = state.cut_after.map(|left| left - 1);
        }
        *state.operations.entry(operation).or_default() += 1;
        Ok(())
    }
}
