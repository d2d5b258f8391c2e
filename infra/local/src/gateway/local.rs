//! Routes that only the one-machine system has: tokens for developers, the OpenID provider, the Invoke API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use contacts::Workspace;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::body::{self, BodyError};
use super::message::{NOT_KEPT, message};
use super::state::Gateway;
use super::{openid, own};
use crate::invoke::SYNC_LIMIT;
use crate::issuer::{MAX_TTL, TTL};

/// The local routes.
pub(super) fn routes(gateway: &Arc<Gateway>) -> Router<Arc<Gateway>> {
    Router::new()
        .route("/dev/token", get(token))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .merge(openid::routes())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(gateway), own::same_site))
}

#[derive(Deserialize)]
struct TokenQuery {
    workspace: Option<String>,
    role: Option<String>,
    ttl: Option<String>,
}

async fn token(State(gateway): State<Arc<Gateway>>, Query(query): Query<TokenQuery>) -> Response {
    let workspace = match Workspace::parse(query.workspace.as_deref().unwrap_or_default()) {
        Ok(workspace) => workspace,
        Err(error) => return problem(&error.to_string()),
    };
    let ttl = query.ttl.as_deref().map_or(Ok(TTL), str::parse).ok().filter(|ttl| (-MAX_TTL..=MAX_TTL).contains(ttl));
    let Some(ttl) = ttl else {
        return problem(&format!("ttl must be a whole number of seconds, at most {MAX_TTL}"));
    };
    match gateway.issuer.token(&workspace, query.role.as_deref(), ttl) {
        Ok(token) => {
            let token = json!({"access_token": token, "token_type": "Bearer", "expires_in": ttl});
            (NOT_KEPT, Json(token)).into_response()
        }
        Err(error) => {
            tracing::error!(error = contacts_lambda::causes(&error), "could not sign a token");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
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
        Err(BodyError::Broken) => message(StatusCode::BAD_REQUEST, "Bad Request"),
    }
}

/// A 400 problem, as the API sends it.
fn problem(detail: &str) -> Response {
    let body = json!({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail});
    let headers = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::BAD_REQUEST, NOT_KEPT, headers, body.to_string()).into_response()
}
