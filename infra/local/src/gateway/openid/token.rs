//! The token endpoint: exchanges a code or a refresh token for tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contacts::Workspace;
use http::{StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::gateway::state::Gateway;
use crate::issuer::{IssuerError, TTL};

/// The client's request.
#[derive(Deserialize)]
pub(super) struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

/// Why a request is refused (RFC 6749, 5.2).
#[derive(Clone, Copy, Debug)]
pub(super) enum TokenError {
    Request,
    Client,
    Grant,
    GrantType,
    Defect,
}

pub(super) async fn exchange(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, TokenError> {
    let Form(request) = request.map_err(|_| TokenError::Request)?;
    if !super::is_client(request.client_id.as_deref()) {
        return Err(TokenError::Client);
    }
    let (workspace, nonce) = match request.grant_type.as_deref() {
        Some("authorization_code") => redeem(&gateway, &request)?,
        Some("refresh_token") => (refresh(&gateway, &request)?, None),
        Some(_) => return Err(TokenError::GrantType),
        None => return Err(TokenError::Request),
    };
    let tokens = tokens(&gateway, &workspace, nonce.as_deref()).map_err(|error| {
        tracing::error!(error = contacts_lambda::causes(&error), "could not sign a token");
        TokenError::Defect
    })?;
    Ok(uncached(StatusCode::OK, tokens))
}

/// The workspace of a code, and the nonce of its request.
fn redeem(gateway: &Gateway, request: &TokenRequest) -> Result<(Workspace, Option<String>), TokenError> {
    let code = request.code.as_deref().ok_or(TokenError::Request)?;
    let verifier = request.code_verifier.as_deref().ok_or(TokenError::Request)?;
    let grant = gateway.codes.redeem(code, Timestamp::now()).ok_or(TokenError::Grant)?;
    let is_verified = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == grant.code_challenge;
    let is_same_uri = request.redirect_uri.as_deref() == Some(&grant.redirect_uri);
    if is_verified && is_same_uri { Ok((grant.workspace, grant.nonce)) } else { Err(TokenError::Grant) }
}

fn refresh(gateway: &Gateway, request: &TokenRequest) -> Result<Workspace, TokenError> {
    let token = request.refresh_token.as_deref().ok_or(TokenError::Request)?;
    gateway.issuer.refreshed(token).ok_or(TokenError::Grant)
}

fn tokens(gateway: &Gateway, workspace: &Workspace, nonce: Option<&str>) -> Result<Value, IssuerError> {
    let issuer = &gateway.issuer;
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": TTL,
        "scope": "openid",
        "access_token": issuer.token(workspace, None, TTL)?,
        "id_token": issuer.id_token(workspace, nonce)?,
        "refresh_token": issuer.refresh_token(workspace)?,
    }))
}

fn uncached(status: StatusCode, body: Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            TokenError::Request => {
                (StatusCode::BAD_REQUEST, "invalid_request", "a parameter is missing or given twice")
            }
            TokenError::Client => (StatusCode::BAD_REQUEST, "invalid_client", "the client is unknown"),
            TokenError::Grant => (
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "the code or token is invalid, expired or for another request",
            ),
            TokenError::GrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token",
            ),
            TokenError::Defect => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the tokens could not be signed"),
        };
        uncached(status, json!({"error": error, "error_description": description}))
    }
}
