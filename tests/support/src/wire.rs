//! What lies between a client and the engine: it counts what is sent, and breaks it when told to.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is refused for coming too fast; nothing is done.
    Throttled,
    /// It is refused because another transaction holds an item; nothing is done.
    TransactionConflict,
    /// It gets lost on its way; nothing is done.
    TimeoutBefore,
    /// It is carried out, but its answer gets lost.
    TimeoutAfter,
    /// It is carried out, but answered as a server's error.
    ErrorAfter,
}

/// Decides what goes wrong with a request to an operation (`PutItem`, …); `None` lets it pass.
pub type Faults = Arc<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

/// A wire to the engine. Clones share counts and faults.
#[derive(Clone, Default)]
pub struct Wire {
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
    faults: Arc<Mutex<Option<Faults>>>,
}

impl Wire {
    /// The HTTP client that sends by this wire.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(WireClient { wire: self.clone(), inner: Builder::new().build_http() })
    }

    /// From now on, what goes wrong.
    pub fn break_with(&self, faults: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(faults));
    }

    /// From now on, nothing goes wrong.
    pub fn mend(&self) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many requests were sent to each operation since the last call.
    pub fn take_counts(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        faults.and_then(|faults| faults(operation))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("counts", &self.counts).finish_non_exhaustive()
    }
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
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        *self.wire.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(operation.clone()).or_default() += 1;
        let lost = || Err(ConnectorError::timeout("the answer is lost".into()));
        match self.wire.fault(&operation) {
            None => self.inner.call(request),
            Some(Fault::TimeoutBefore) => HttpConnectorFuture::ready(lost()),
            Some(Fault::Throttled) => HttpConnectorFuture::ready(Ok(refusal(400, THROTTLED))),
            Some(Fault::TransactionConflict) => {
                let body = if operation == "TransactWriteItems" { CANCELED } else { CONFLICT };
                HttpConnectorFuture::ready(Ok(refusal(400, body)))
            }
            Some(Fault::TimeoutAfter) => {
                let sent = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    sent.await?;
                    lost()
                })
            }
            Some(Fault::ErrorAfter) => {
                let sent = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    sent.await?;
                    Ok(refusal(500, INTERNAL))
                })
            }
        }
    }
}

const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#;
const CONFLICT: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"in a transaction"}"#;
const CANCELED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message":"Transaction cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}"#;
const INTERNAL: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"sorry"}"#;

fn refusal(status: u16, body: &'static str) -> HttpResponse {
    let status = status.try_into().unwrap_or_else(|_| unreachable!("a status code"));
    HttpResponse::new(status, SdkBody::from(body))
}
