//! Counts requests and injects faults, for DynamoDB and S3 alike.

use std::collections::BTreeMap;
use std::fmt;
use std::future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use tokio::sync::{Notify, watch};

use super::fault::{Fault, server_error, throttled, timeout, transaction_conflict};
use super::index_answers::IndexAnswers;
use super::lock::lock;
use super::request::{self, InterceptedRequest, Service};

/// Decides what goes wrong with a request; `None` lets it pass. It runs in the task that sends the request.
type FaultRule = dyn Fn(&InterceptedRequest<'_>) -> Option<Fault> + Send + Sync;

/// When a request arrives that its client gave up.
const LATE: Duration = Duration::from_millis(200);

/// Stands between SDK clients and their services. Clones share rule and counts.
#[derive(Clone, Default)]
pub struct FaultInjector(Arc<State>);

#[derive(Default)]
struct State {
    rule: Mutex<CurrentRule>,
    sent: Mutex<Vec<Sent>>,
    injected: Mutex<BTreeMap<Fault, usize>>,
    index_answers: IndexAnswers,
    /// How many given up requests are yet to arrive.
    late: watch::Sender<usize>,
    /// Whether a request waits for its release.
    held: watch::Sender<bool>,
    released: Arc<Notify>,
    killed: watch::Sender<bool>,
}

/// The rule, and the requests since it was set.
#[derive(Default)]
struct CurrentRule {
    rule: Option<Arc<FaultRule>>,
    requests: usize,
    by_operation: BTreeMap<String, usize>,
}

/// A request for the counts.
struct Sent {
    operation: String,
    writes_contacts: bool,
}

impl FaultInjector {
    /// Sets the rule for the requests that follow.
    pub fn inject(&self, rule: impl Fn(&InterceptedRequest<'_>) -> Option<Fault> + Send + Sync + 'static) {
        *lock(&self.0.rule) = CurrentRule { rule: Some(Arc::new(rule)), ..CurrentRule::default() };
    }

    /// Lets all requests that follow pass.
    pub fn clear(&self) {
        *lock(&self.0.rule) = CurrentRule::default();
    }

    /// Waits until a request meets [`Fault::Hold`].
    pub async fn held(&self) {
        wait_for(&self.0.held, |held| *held).await;
    }

    /// Lets the requests go that are held.
    pub fn release(&self) {
        self.0.held.send_replace(false);
        self.0.released.notify_waiters();
    }

    /// Runs `work` until one of its requests meets [`Fault::Kill`]; `None` when it does.
    pub async fn run_until_killed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = wait_for(&self.0.killed, |killed| *killed) => None,
            done = work => Some(done),
        }
    }

    /// Waits until the requests have arrived that met [`Fault::Late`].
    pub async fn quiet(&self) {
        wait_for(&self.0.late, |late| *late == 0).await;
    }

    /// How many requests called an operation.
    pub fn count(&self, operation: &str) -> usize {
        lock(&self.0.sent).iter().filter(|sent| sent.operation == operation).count()
    }

    /// How many requests wrote contacts or claims.
    pub fn contact_writes(&self) -> usize {
        lock(&self.0.sent).iter().filter(|sent| sent.writes_contacts).count()
    }

    /// How many requests called each operation; counting starts again at 0.
    pub fn take_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for sent in std::mem::take(&mut *lock(&self.0.sent)) {
            *counts.entry(sent.operation).or_default() += 1;
        }
        counts
    }

    /// The operations in the order in which they were called, repeated calls as one; counting starts again at 0.
    pub fn take_operations(&self) -> Vec<String> {
        let sent = std::mem::take(&mut *lock(&self.0.sent));
        let mut operations: Vec<String> = sent.into_iter().map(|sent| sent.operation).collect();
        operations.dedup();
        operations
    }

    /// Starts counting again at 0.
    pub fn reset_counts(&self) {
        lock(&self.0.sent).clear();
    }

    /// How often each fault was injected since the last call.
    pub fn take_faults(&self) -> BTreeMap<Fault, usize> {
        std::mem::take(&mut lock(&self.0.injected))
    }

    /// Delivers a request by `send`, unless the rule makes something go wrong.
    pub fn deliver(
        &self,
        request: HttpRequest,
        send: impl FnOnce(HttpRequest) -> HttpConnectorFuture,
    ) -> HttpConnectorFuture {
        if *self.0.killed.borrow() {
            return never();
        }
        let (service, operation) = (request::service(&request), request::operation(&request));
        let writes_contacts = request::writes_contacts(&request, &operation);
        lock(&self.0.sent).push(Sent { operation: operation.clone(), writes_contacts });
        let fault = self.fault(service, &operation, &request);
        if let (None | Some(Fault::StaleIndex), Some(query)) = (fault, request::index_query(&request, &operation)) {
            return self.query_index(query, send(request), fault);
        }
        match fault.filter(|fault| fault.applies_to(service)) {
            None => send(request),
            Some(fault) => {
                self.note(fault);
                self.fail(fault, service, &operation, send(request))
            }
        }
    }

    fn fault(&self, service: Service, operation: &str, http: &HttpRequest) -> Option<Fault> {
        let (rule, nth, nth_of_operation) = {
            let mut current = lock(&self.0.rule);
            let rule = Arc::clone(current.rule.as_ref()?);
            let nth_of_operation = current.by_operation.entry(operation.to_owned()).or_default();
            *nth_of_operation += 1;
            let nth_of_operation = *nth_of_operation - 1;
            current.requests += 1;
            (rule, current.requests - 1, nth_of_operation)
        };
        rule(&InterceptedRequest { service, operation, nth, nth_of_operation, http })
    }

    fn note(&self, fault: Fault) {
        *lock(&self.0.injected).entry(fault).or_default() += 1;
    }

    /// What comes of a request that meets a fault. `sent` sends it when it is first polled.
    fn fail(&self, fault: Fault, service: Service, operation: &str, sent: HttpConnectorFuture) -> HttpConnectorFuture {
        match fault {
            Fault::Throttled => HttpConnectorFuture::ready(Ok(throttled(service))),
            Fault::TransactionConflict => HttpConnectorFuture::ready(Ok(transaction_conflict(operation))),
            Fault::TimeoutBefore | Fault::StaleIndex => HttpConnectorFuture::ready(Err(timeout())),
            Fault::Late => {
                self.arrive_late(sent);
                HttpConnectorFuture::ready(Err(timeout()))
            }
            Fault::TimeoutAfter => HttpConnectorFuture::new(async move {
                sent.await?;
                Err(timeout())
            }),
            Fault::ErrorAfter => HttpConnectorFuture::new(async move {
                sent.await?;
                Ok(server_error(service))
            }),
            Fault::Hold => {
                let released = Arc::clone(&self.0.released).notified_owned();
                self.0.held.send_replace(true);
                HttpConnectorFuture::new(async move {
                    released.await;
                    sent.await
                })
            }
            Fault::Kill => {
                self.0.killed.send_replace(true);
                never()
            }
        }
    }

    /// Sends a query of an index and keeps the answer; or returns the kept one if the index is behind.
    fn query_index(&self, query: Vec<u8>, sent: HttpConnectorFuture, fault: Option<Fault>) -> HttpConnectorFuture {
        if let Some(answer) = fault.and_then(|_| self.0.index_answers.last(&query)) {
            self.note(Fault::StaleIndex);
            return HttpConnectorFuture::ready(Ok(answer));
        }
        let state = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { state.index_answers.keep(query, sent.await?).await })
    }

    /// Sends a request a moment later. Its client no longer waits for it.
    fn arrive_late(&self, sent: HttpConnectorFuture) {
        self.0.late.send_modify(|late| *late += 1);
        let state = Arc::clone(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(LATE).await;
            // No client reads the answer.
            let _ = sent.await;
            state.late.send_modify(|late| *late -= 1);
        });
    }
}

impl fmt::Debug for FaultInjector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultInjector").field("injected", &self.0.injected).finish_non_exhaustive()
    }
}

async fn wait_for<T>(state: &watch::Sender<T>, condition: impl FnMut(&T) -> bool) {
    // It fails only without a sender, and `state` is one.
    let _ = state.subscribe().wait_for(condition).await;
}

fn never() -> HttpConnectorFuture {
    HttpConnectorFuture::new(future::pending())
}
