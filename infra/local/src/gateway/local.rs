//! What exists only on one machine: tokens for developers, the issuer's public key, the Invoke API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use contacts::Workspace;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::Gateway;
use super::body::{self, BodyError};
use crate::invoke::SYNC_LIMIT;
use crate::issuer::{MAX_TTL, TTL};

/// The local routes.
pub(super) fn routes(gateway: &Arc<Gateway>) -> Router<Arc<Gateway>> {
    Router::new()
        .route("/dev/token", get(token))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .route("/.well-known/jwks.json", get(keys))
        .route("/.well-known/openid-configuration", get(configuration))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(gateway), same_site))
}

#[derive(Deserialize)]
struct TokenQuery {
    workspace: Option<String>,
    ttl: Option<String>,
}

async fn token(State(gateway): State<Arc<Gateway>>, Query(query): Query<TokenQuery>) -> Response {
    let workspace = match Workspace::parse(query.workspace.as_deref().unwrap_or_default()) {
        Ok(workspace) => workspace,
        Err(error) => return problem(&error.to_string()),
    };
    let ttl = query.ttl.map_or(Ok(TTL), |ttl| ttl.parse()).ok().filter(|ttl| (-MAX_TTL..=MAX_TTL).contains(ttl));
    let Some(ttl) = ttl else {
        return problem(&format!("ttl is a whole number of seconds, at most {MAX_TTL}"));
    };
    match gateway.issuer.token(workspace.as_str(), ttl) {
        Ok(token) => Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": ttl})).into_response(),
        Err(error) => {
            tracing::error!(%error, "could not sign a token");
            super::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}

async fn keys(State(gateway): State<Arc<Gateway>>) -> Response {
    Json(gateway.issuer.keys()).into_response()
}

async fn configuration(State(gateway): State<Arc<Gateway>>) -> Response {
    Json(gateway.issuer.configuration()).into_response()
}

async fn invoke(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match body::collect(body, SYNC_LIMIT).await {
        Ok(payload) => gateway.invoker.invoke(&name, &headers, Some(payload)).await,
        Err(BodyError::TooLong) => gateway.invoker.invoke(&name, &headers, None).await,
        Err(BodyError::Broken) => super::message(StatusCode::BAD_REQUEST, "Bad Request"),
    }
}

/// Keeps pages of other sites, open in the developer's browser, from tokens and functions.
async fn same_site(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if is_same_site(request.headers(), gateway.address.port()) {
        next.run(request).await
    } else {
        super::message(StatusCode::FORBIDDEN, "Forbidden")
    }
}

/// The request is for this machine by its name and, if it is from a page, from one of this gateway.
fn is_same_site(headers: &HeaderMap, port: u16) -> bool {
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_ours = |value: &HeaderValue, scheme: &str| {
        let name = value.to_str().ok().and_then(|text| text.strip_prefix(scheme));
        name.is_some_and(|name| names.iter().any(|own| own == name))
    };
    headers.get(header::HOST).is_some_and(|host| is_ours(host, ""))
        && headers.get(header::ORIGIN).is_none_or(|origin| is_ours(origin, "http://"))
}

/// A 400 as the API tells it.
fn problem(detail: &str) -> Response {
    let body = json!({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail});
    let headers = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::BAD_REQUEST, headers, body.to_string()).into_response()
}
