//! The responses that API Gateway makes itself, without a function.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::json;

/// A response with a JSON body `{"message": …}`.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status, headers, json!({"message": text}).to_string()).into_response()
}
