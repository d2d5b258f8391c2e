//! Lambda's Invoke API: `POST /2015-03-31/functions/<name>/invocations`.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::constants::{ACCOUNT, REGION};
use crate::deliveries::{Deliveries, Target};
use crate::functions::{self, Functions};

/// The largest payload of a synchronous invocation, in bytes.
pub(crate) const SYNC_LIMIT: usize = 6 * 1024 * 1024;
/// The largest payload of an asynchronous invocation, in bytes.
const ASYNC_LIMIT: usize = 1024 * 1024;

const INVOCATION_TYPE: &str = "x-amz-invocation-type";
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
const EXECUTED_VERSION: HeaderName = HeaderName::from_static("x-amz-executed-version");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The functions and the queue of their asynchronous invocations.
pub(crate) struct Invoker {
    functions: Functions,
    queue: Deliveries,
}

/// Why an invocation does not reach its function. The texts are those of AWS, as far as it has them.
#[derive(Debug, thiserror::Error)]
enum InvokeError {
    #[error("Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{0}")]
    NotFound(String),
    #[error("Could not parse request body into json: {0}")]
    NotJson(String),
    #[error("Request must be smaller than {0} bytes for the InvokeFunction operation")]
    TooLarge(usize),
    #[error("the invocation type must be RequestResponse, Event or DryRun")]
    Type,
    #[error("the queue of asynchronous invocations failed")]
    Queue,
}

impl Invoker {
    /// Creates an invoker and starts to handle queued invocations.
    pub(crate) fn start(functions: Functions, queue: Deliveries) -> Self {
        queue.start(target(functions.clone()));
        Self { functions, queue }
    }

    /// Responds to a request of the Invoke API. `payload` is `None` if it is longer than [`SYNC_LIMIT`].
    pub(crate) async fn invoke(&self, name: &str, headers: &HeaderMap, payload: Option<Bytes>) -> Response {
        let answer = self.dispatch(name, headers, payload).await;
        let mut response = answer.unwrap_or_else(IntoResponse::into_response);
        let id = uuid::Uuid::new_v4().to_string();
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    async fn dispatch(&self, name: &str, headers: &HeaderMap, payload: Option<Bytes>) -> Result<Response, InvokeError> {
        let (name, handler) = self.functions.find(name).ok_or_else(|| InvokeError::NotFound(name.to_owned()))?;
        let kind = headers.get(INVOCATION_TYPE).map_or(&b"RequestResponse"[..], HeaderValue::as_bytes);
        let limit = if kind == b"Event" { ASYNC_LIMIT } else { SYNC_LIMIT };
        let payload = payload.filter(|payload| payload.len() <= limit);
        let payload = payload.ok_or(InvokeError::TooLarge(limit))?;
        // Lambda treats an empty payload as an empty event.
        let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
        let event = json_text(payload)?;
        match kind {
            b"RequestResponse" => {
                let headers = [(header::CONTENT_TYPE, "application/json"), (EXECUTED_VERSION, "$LATEST")];
                Ok(match functions::call(handler, event).await {
                    Ok(answer) => (headers, answer).into_response(),
                    Err(error) => {
                        tracing::warn!(function = name, %error, "invocation failed");
                        let failed = [(FUNCTION_ERROR, "Unhandled")];
                        (headers, failed, json!(error).to_string()).into_response()
                    }
                })
            }
            b"Event" => {
                let message = self.queue.write(json!({"function": name, "payload": event}));
                let message = message.map_err(|error| {
                    tracing::error!(%error, "could not queue an invocation");
                    InvokeError::Queue
                })?;
                self.queue.send(message);
                Ok(StatusCode::ACCEPTED.into_response())
            }
            b"DryRun" => Ok(StatusCode::NO_CONTENT.into_response()),
            _ => Err(InvokeError::Type),
        }
    }
}

/// Checks that the payload is JSON and keeps its text: parsing and serializing it could change the digits of numbers.
fn json_text(payload: Bytes) -> Result<String, InvokeError> {
    let text = String::from_utf8(payload.into()).map_err(|error| InvokeError::NotJson(error.to_string()))?;
    serde_json::from_str::<IgnoredAny>(&text).map_err(|error| InvokeError::NotJson(error.to_string()))?;
    Ok(text)
}

/// The handler of queued invocations, which calls the function that a message names.
fn target(functions: Functions) -> Target {
    std::sync::Arc::new(move |message| {
        let functions = functions.clone();
        Box::pin(async move {
            let name = message.get("function").and_then(Value::as_str).unwrap_or_default();
            let (_, handler) = functions.find(name).ok_or("there is no such function")?;
            let payload = message.get("payload").and_then(Value::as_str).unwrap_or_default();
            functions::call(handler, payload.to_owned()).await.map_err(|error| error.to_string())?;
            Ok(())
        })
    })
}

impl IntoResponse for InvokeError {
    fn into_response(self) -> Response {
        let (status, kind) = match &self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::NotJson(_) => (StatusCode::BAD_REQUEST, "InvalidRequestContentException"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException"),
            Self::Type => (StatusCode::BAD_REQUEST, "InvalidParameterValueException"),
            Self::Queue => (StatusCode::INTERNAL_SERVER_ERROR, "ServiceException"),
        };
        let blame = if status.is_server_error() { "Service" } else { "User" };
        // Lambda spells the member either way, depending on the exception. Clients read either.
        let message = self.to_string();
        let body = json!({"Type": blame, "Message": message, "message": message});
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ERROR_TYPE, HeaderValue::from_static(kind)),
        ];
        (status, headers, body.to_string()).into_response()
    }
}
