//! The OpenID provider of the one-machine system: authorization code flow with PKCE (RFC 6749, 7636). People choose a
//! workspace instead of authenticating.

mod authorize;
mod page;
mod sign_out;
mod token;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::state::Gateway;
use crate::constants::AUDIENCE;

const AUTHORIZE: &str = "/oauth2/authorize";
const TOKEN: &str = "/oauth2/token";
const SIGN_OUT: &str = "/oauth2/logout";
const KEYS: &str = "/.well-known/jwks.json";

/// The provider's endpoints.
pub(super) fn routes() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route(KEYS, get(keys))
        .route(AUTHORIZE, get(authorize::show).post(authorize::choose))
        .route(TOKEN, post(token::exchange))
        .route(SIGN_OUT, get(sign_out::sign_out))
}

async fn keys(State(gateway): State<Arc<Gateway>>) -> Response {
    Json(gateway.issuer.keys()).into_response()
}

async fn configuration(State(gateway): State<Arc<Gateway>>) -> Response {
    let issuer = gateway.issuer.url();
    let at = |path: &str| format!("{issuer}{path}");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at(TOKEN),
        "end_session_endpoint": at(SIGN_OUT),
        "jwks_uri": at(KEYS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": ["openid"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "name", "nonce", gateway.issuer.workspace_claim()],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
    .into_response()
}

/// Whether the client is the page, the only known client.
fn is_client(id: Option<&str>) -> bool {
    id == Some(AUDIENCE)
}
