//! What the tools need to know of the HTTP request: its token, and the arguments as they were written.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use contacts_api::{Access, Claims, MAX_BODY_BYTES, Problem};
use http::StatusCode;
use http::request::Parts;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The body of a request. The protocol's own reader would round numbers of more than 15 digits.
#[derive(Clone)]
struct Written(Bytes);

/// Reads the token of a request, and keeps its body for the tool.
pub(crate) async fn authorize(State(claims): State<Claims>, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let access = Access::of(&parts, &claims)?;
    let body = to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 1 MiB"))?;
    parts.extensions.insert(access);
    parts.extensions.insert(Written(body.clone()));
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

/// The id that API Gateway gave the request.
pub(crate) fn request_id(parts: &Parts) -> Option<&str> {
    match parts.extensions.get()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.as_deref(),
        _ => None,
    }
}

/// The arguments of a tool call as they were written: a JSON object.
pub(crate) fn arguments(parts: &Parts) -> Result<&RawValue, Problem> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        params: Params<'a>,
    }
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        arguments: Option<&'a RawValue>,
    }
    let written = parts.extensions.get::<Written>().map_or(&[][..], |written| &written.0);
    let message: Result<Message<'_>, _> = serde_json::from_slice(written);
    match message.map_err(invalid)?.params.arguments {
        Some(arguments) => Ok(arguments),
        None => serde_json::from_str("{}").map_err(invalid),
    }
}

/// The problem of arguments that do not have the form of the tool's schema.
pub(crate) fn invalid(error: serde_json::Error) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the arguments are not those of the tool: {error}"))
}
