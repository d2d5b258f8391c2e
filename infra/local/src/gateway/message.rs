//! The responses that API Gateway makes itself, without a function.

use axum::response::{AppendHeaders, IntoResponse as _, Response};
use http::{HeaderName, StatusCode, header};
use serde_json::json;

/// The headers of every response that may have personal data or secrets, as the API sends them.
pub(super) const NOT_KEPT: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// A response with a JSON body `{"message": …}`.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    let headers = AppendHeaders(headers.into_iter().chain(NOT_KEPT));
    (status, headers, json!({"message": text}).to_string()).into_response()
}
