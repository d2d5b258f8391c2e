//! An event bus that notes what is published on it. It refuses one event in some, as EventBridge may.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_eventbridge::Client;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use contact_changes::EventBridge;
use contacts_local::sdk_config;
use http::Response;
use serde_json::{Value, json};

/// One in so many events is refused. The stream is delivered again from there, after a pause.
const REFUSED_IN: u8 = 200;

/// The contacts and versions of the events that were accepted.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventLog(Arc<Mutex<BTreeSet<(String, u64)>>>);

impl EventLog {
    /// The bus. Its requests do not leave this process.
    pub(crate) fn bus(&self) -> EventBridge {
        let connector = SharedHttpConnector::new(self.clone());
        let http = http_client_fn(move |_, _| connector.clone());
        let config = sdk_config("http://bus.invalid").into_builder().http_client(http).build();
        EventBridge::new(Client::new(&config), "soak".to_owned())
    }

    /// Whether this version of a contact was published.
    pub(crate) fn has(&self, contact: &str, version: u64) -> bool {
        self.with(|published| published.contains(&(contact.to_owned(), version)))
    }

    pub(crate) fn note(&self, contact: &str, version: u64) {
        self.with(|published| published.insert((contact.to_owned(), version)));
    }

    /// The answer to one entry of a request.
    fn accept(&self, entry: &Value) -> Value {
        if fastrand::u8(..REFUSED_IN) == 0 {
            return json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "refused by the soak"});
        }
        let detail: Value =
            entry["Detail"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if let (Some(contact), Some(version)) = (detail["contact_id"].as_str(), detail["version"].as_u64()) {
            self.note(contact, version);
        }
        json!({"EventId": "noted"})
    }

    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let other = |error| ConnectorError::other(error, None);
        let body: Value =
            serde_json::from_slice(request.body().bytes().unwrap_or_default()).map_err(|error| other(error.into()))?;
        let entries: Vec<Value> =
            body["Entries"].as_array().into_iter().flatten().map(|entry| self.accept(entry)).collect();
        let refused = entries.iter().filter(|entry| entry["ErrorCode"].is_string()).count();
        let answer = json!({"FailedEntryCount": refused, "Entries": entries}).to_string();
        let answer =
            Response::builder().header("content-type", "application/x-amz-json-1.1").body(SdkBody::from(answer));
        HttpResponse::try_from(answer.map_err(|error| other(error.into()))?).map_err(|error| other(error.into()))
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeSet<(String, u64)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl HttpConnector for EventLog {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(&request))
    }
}
