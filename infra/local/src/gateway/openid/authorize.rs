//! The authorization endpoint: asks for a workspace, and redirects back with a code.

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use contacts::Workspace;
use jiff::Timestamp;
use serde::Deserialize;

use super::page;
use crate::constants::DEMO_WORKSPACE;
use crate::gateway::codes::Grant;
use crate::gateway::own;
use crate::gateway::state::Gateway;

/// The query of the client's request.
#[derive(Deserialize)]
pub(super) struct AuthorizationRequest {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
}

/// The submitted form.
#[derive(Deserialize)]
pub(super) struct Choice {
    workspace: String,
}

/// A valid request.
struct ValidRequest {
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: String,
}

/// Why a request is invalid (RFC 6749, 4.1.2.1).
enum AuthorizationError {
    /// Shown to the person: the client is unknown, or would redirect to another site.
    Shown(&'static str),
    /// Sent to the client by a redirect.
    SentBack { redirect_uri: String, state: Option<String>, error: &'static str, description: &'static str },
}

pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
) -> Response {
    match validate(&gateway, request) {
        Ok(_) => page::form(&gateway, DEMO_WORKSPACE, None),
        Err(refusal) => refuse(&gateway, &refusal),
    }
}

pub(super) async fn choose(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let ValidRequest { redirect_uri, state, nonce, code_challenge } = match validate(&gateway, request) {
        Ok(valid) => valid,
        Err(refusal) => return refuse(&gateway, &refusal),
    };
    let chosen = choice.map(|Form(choice)| choice.workspace).unwrap_or_default();
    let workspace = match Workspace::parse(chosen.trim()) {
        Ok(workspace) => workspace,
        Err(error) => return page::form(&gateway, &chosen, Some(error)),
    };
    let grant = Grant { workspace, redirect_uri: redirect_uri.clone(), code_challenge, nonce };
    let code = gateway.codes.issue(grant, Timestamp::now());
    send_back(&gateway, &redirect_uri, state.as_deref(), &[("code", &code)])
}

fn validate(
    gateway: &Gateway,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
) -> Result<ValidRequest, AuthorizationError> {
    let Query(request) = request.map_err(|_| AuthorizationError::Shown("The link to this page is malformed."))?;
    if !super::is_client(request.client_id.as_deref()) {
        return Err(AuthorizationError::Shown("The link to this page names an unknown client (client_id)."));
    }
    let own = request.redirect_uri.filter(|uri| own::is_own_url(uri, gateway.address.port()));
    let foreign = AuthorizationError::Shown("The link to this page would redirect to another site (redirect_uri).");
    let redirect_uri = own.ok_or(foreign)?;
    let is_sha256 = request.code_challenge_method.as_deref() == Some("S256");
    let (error, description) = match request.code_challenge.filter(|_| is_sha256) {
        _ if request.response_type.as_deref() != Some("code") => {
            ("unsupported_response_type", "response_type must be code")
        }
        _ if request.prompt.as_deref() == Some("none") => ("login_required", "a person must choose a workspace"),
        None => ("invalid_request", "code_challenge is required, and code_challenge_method must be S256"),
        Some(code_challenge) => {
            return Ok(ValidRequest { redirect_uri, state: request.state, nonce: request.nonce, code_challenge });
        }
    };
    Err(AuthorizationError::SentBack { redirect_uri, state: request.state, error, description })
}

fn refuse(gateway: &Gateway, refusal: &AuthorizationError) -> Response {
    match refusal {
        AuthorizationError::Shown(reason) => page::refusal(gateway, reason),
        AuthorizationError::SentBack { redirect_uri, state, error, description } => {
            let parameters = [("error", *error), ("error_description", *description)];
            send_back(gateway, redirect_uri, state.as_deref(), &parameters)
        }
    }
}

/// Redirects to the client with these parameters, its `state`, and the issuer (RFC 9207).
fn send_back(gateway: &Gateway, redirect_uri: &str, state: Option<&str>, parameters: &[(&str, &str)]) -> Response {
    let state = state.map(|state| ("state", state));
    let parameters = parameters.iter().copied().chain(state).chain([("iss", gateway.issuer.url())]);
    Redirect::to(&own::with_parameters(redirect_uri, parameters)).into_response()
}
