//! What lies between a client and the engine: it counts what is sent, and breaks it when told to.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::sync::watch;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It is refused for coming too fast; nothing is done.
    Throttled,
    /// It is refused because another transaction holds an item; nothing is done. S3 knows no such refusal.
    TransactionConflict,
    /// It gets lost on its way; nothing is done.
    TimeoutBefore,
    /// It is carried out, but its answer gets lost.
    TimeoutAfter,
    /// It is given up, and carried out a moment later.
    Late,
    /// It is carried out, but answered as a server's error.
    ErrorAfter,
    /// An index is behind: it answers a query as it did when it was last asked the same. Other requests pass.
    StaleIndex,
}

/// Decides what goes wrong with a request to an operation (of DynamoDB `PutItem`, …, of S3 `PUT`, …); `None` lets it
/// pass. It is asked in the task of whoever sends.
pub type Faults = Arc<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

/// When a request that was given up arrives.
const LATE: Duration = Duration::from_millis(200);
/// The most answers of indexes that are kept for later.
const MAX_KEPT: usize = 1_000;

/// A wire to the engine. Clones share counts and faults.
#[derive(Clone, Default)]
pub struct Wire(Arc<State>);

#[derive(Default)]
struct State {
    faults: Mutex<Option<Faults>>,
    sent: Mutex<BTreeMap<String, usize>>,
    broken: Mutex<BTreeMap<Fault, usize>>,
    /// What an index last answered, by the query.
    answers: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
    /// How many requests have been given up and are yet to arrive.
    late: watch::Sender<usize>,
}

impl Wire {
    /// The HTTP client that sends by this wire.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(WireClient { wire: self.clone(), inner: Builder::new().build_http() })
    }

    /// From now on, what goes wrong.
    pub fn break_with(&self, faults: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static) {
        *lock(&self.0.faults) = Some(Arc::new(faults));
    }

    /// From now on, nothing goes wrong.
    pub fn mend(&self) {
        *lock(&self.0.faults) = None;
    }

    /// Waits until what was given up has arrived.
    pub async fn quiet(&self) {
        // Fails only without a sender, and the sender is in `self`.
        let _ = self.0.late.subscribe().wait_for(|late| *late == 0).await;
    }

    /// How many requests were sent to each operation since the last call.
    pub fn take_counts(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut lock(&self.0.sent))
    }

    /// How often each fault has come to pass since the last call.
    pub fn take_faults(&self) -> BTreeMap<Fault, usize> {
        std::mem::take(&mut lock(&self.0.broken))
    }

    /// Has a request sent by `send`, or not, and gives what comes back by this wire.
    pub fn carry(
        &self,
        request: HttpRequest,
        send: impl FnOnce(HttpRequest) -> HttpConnectorFuture,
    ) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target");
        let service = if target.is_some() { &DYNAMODB } else { &S3 };
        let operation = target.map_or(request.method(), |target| target.rsplit('.').next().unwrap_or_default());
        let operation = operation.to_owned();
        *lock(&self.0.sent).entry(operation.clone()).or_default() += 1;
        let fault = self.fault(&operation);
        if let (None | Some(Fault::StaleIndex), Some(query)) = (fault, index_query(&operation, &request)) {
            return self.ask_index(query, send(request), fault);
        }
        let Some(fault) = fault.filter(|fault| service.knows(*fault)) else { return send(request) };
        self.count(fault);
        match fault {
            Fault::Throttled => HttpConnectorFuture::ready(Ok(refusal(service.throttled))),
            Fault::TransactionConflict => {
                let conflict = if operation == "TransactWriteItems" { CANCELED } else { CONFLICT };
                HttpConnectorFuture::ready(Ok(refusal(conflict)))
            }
            Fault::TimeoutBefore | Fault::StaleIndex => HttpConnectorFuture::ready(Err(lost())),
            Fault::Late => {
                self.arrive_late(send(request));
                HttpConnectorFuture::ready(Err(lost()))
            }
            Fault::TimeoutAfter => {
                let sent = send(request);
                HttpConnectorFuture::new(async move {
                    sent.await?;
                    Err(lost())
                })
            }
            Fault::ErrorAfter => {
                let sent = send(request);
                HttpConnectorFuture::new(async move {
                    sent.await?;
                    Ok(refusal(service.error))
                })
            }
        }
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let faults = lock(&self.0.faults).clone();
        faults.and_then(|faults| faults(operation))
    }

    fn count(&self, fault: Fault) {
        *lock(&self.0.broken).entry(fault).or_default() += 1;
    }

    /// Sends a query of an index, and keeps the answer; or gives the one that was kept.
    fn ask_index(&self, query: Vec<u8>, sent: HttpConnectorFuture, fault: Option<Fault>) -> HttpConnectorFuture {
        let kept = fault.and_then(|_| lock(&self.0.answers).get(&query).cloned());
        if let Some(answer) = kept {
            self.count(Fault::StaleIndex);
            return HttpConnectorFuture::ready(Ok(answer_of(200, answer)));
        }
        let wire = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = sent.await?;
            if !answer.status().is_success() {
                return Ok(answer);
            }
            let body = ByteStream::new(answer.into_body()).collect().await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
            let mut answers = lock(&wire.0.answers);
            if answers.len() >= MAX_KEPT {
                answers.clear();
            }
            answers.insert(query, body.clone());
            Ok(answer_of(200, body))
        })
    }

    /// Lets a request arrive that nobody waits for any more.
    fn arrive_late(&self, sent: HttpConnectorFuture) {
        self.0.late.send_modify(|late| *late += 1);
        let wire = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(LATE).await;
            // Whatever it is answered: nobody listens.
            let _ = sent.await;
            wire.0.late.send_modify(|late| *late -= 1);
        });
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("sent", &self.0.sent).finish_non_exhaustive()
    }
}

/// Nothing panics while it holds one of these locks, so a poisoned one guards what is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct WireClient {
    wire: Wire,
    inner: SharedHttpClient,
}

impl HttpClient for WireClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(WireConnector { wire: self.wire.clone(), inner })
    }
}

#[derive(Debug)]
struct WireConnector {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for WireConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.wire.carry(request, |request| self.inner.call(request))
    }
}

/// What an index is asked; `None` of another request.
fn index_query(operation: &str, request: &HttpRequest) -> Option<Vec<u8>> {
    let body = (operation == "Query").then(|| request.body().bytes()).flatten()?;
    let index = b"\"IndexName\"";
    body.windows(index.len()).any(|part| part == index).then(|| body.to_vec())
}

/// How a service refuses: a status and a body.
type Refusal = (u16, &'static str);

struct Service {
    throttled: Refusal,
    error: Refusal,
    /// What it never says.
    unknown: &'static [Fault],
}

impl Service {
    fn knows(&self, fault: Fault) -> bool {
        !self.unknown.contains(&fault)
    }
}

const DYNAMODB: Service = Service { throttled: THROTTLED, error: INTERNAL, unknown: &[Fault::StaleIndex] };
const S3: Service = Service {
    throttled: (503, "<Error><Code>SlowDown</Code><Message>slow down</Message></Error>"),
    error: (500, "<Error><Code>InternalError</Code><Message>sorry</Message></Error>"),
    unknown: &[Fault::StaleIndex, Fault::TransactionConflict],
};

const THROTTLED: Refusal =
    (400, r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#);
const CONFLICT: Refusal =
    (400, r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"in a transaction"}"#);
const CANCELED: Refusal = (
    400,
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message":"Transaction cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}"#,
);
const INTERNAL: Refusal =
    (500, r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"sorry"}"#);

fn refusal((status, body): Refusal) -> HttpResponse {
    answer_of(status, body.as_bytes().to_vec())
}

fn answer_of(status: u16, body: Vec<u8>) -> HttpResponse {
    let status = status.try_into().unwrap_or_else(|_| unreachable!("a status code"));
    HttpResponse::new(status, SdkBody::from(body))
}

fn lost() -> ConnectorError {
    ConnectorError::timeout("the answer is lost".into())
}
