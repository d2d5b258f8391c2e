//! The JSON protocol of DynamoDB over HTTP.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use dynoxide::Database;
use dynoxide::auth_material::{self, AuthMaterial};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::operations;
use crate::stream::Writes;

/// The most bytes of a request body, as in AWS.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const TARGET: &str = "x-amz-target";
const TARGETS: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];
/// How the names of operations start that write nothing.
const READS: [&str; 6] = ["BatchGet", "Describe", "Get", "List", "Query", "Scan"];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-crc32");

/// Serves `database` at `/`.
pub(super) fn router(database: Database, writes: Writes) -> Router {
    let health = get(async || (StatusCode::OK, "healthy: dynamodb"));
    Router::new().route("/", health.merge(post(call))).with_state((database, writes))
}

async fn call(State((database, writes)): State<(Database, Writes)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let name = target(&parts.headers).unwrap_or_default();
    let Some(operation) = operations::find(name) else {
        return refused(StatusCode::BAD_REQUEST, "UnknownOperationException");
    };
    if let Some(json) = unsigned(&parts.headers, parts.uri.query().unwrap_or_default()) {
        return answer(StatusCode::BAD_REQUEST, json);
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
    };
    // The engine blocks its thread.
    let done = tokio::task::spawn_blocking(move || match std::str::from_utf8(&body) {
        Ok(body) => Some(operation(&database, body)),
        Err(_) => None,
    });
    let done = done.await;
    if !READS.iter().any(|prefix| name.starts_with(prefix)) {
        writes.add();
    }
    match done {
        Ok(Some(Ok(json))) => answer(StatusCode::OK, json),
        Ok(Some(Err(error))) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            answer(status, error.to_json())
        }
        Ok(None) => refused(StatusCode::BAD_REQUEST, "SerializationException"),
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "the database failed");
            refused(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")
        }
    }
}

/// The name of the requested operation.
fn target(headers: &HeaderMap) -> Option<&str> {
    let target = headers.get(TARGET)?.to_str().ok()?;
    TARGETS.iter().find_map(|prefix| target.strip_prefix(prefix))
}

/// The response to a request without a complete signature. Signatures are not verified.
fn unsigned(headers: &HeaderMap, query: &str) -> Option<String> {
    auth_material::validate(AuthMaterial {
        authorization: headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()),
        query,
        has_date_header: headers.contains_key("x-amz-date") || headers.contains_key(header::DATE),
    })
}

fn refused(status: StatusCode, kind: &str) -> Response {
    answer(status, format!(r#"{{"__type":"com.amazon.coral.service#{kind}"}}"#))
}

/// A response with the headers that SDKs check.
fn answer(status: StatusCode, json: String) -> Response {
    let checksum = HeaderValue::from(crc32fast::hash(json.as_bytes()));
    let mut response = (status, Body::from(json)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(CHECKSUM, checksum);
    let id = Uuid::now_v7().simple().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
