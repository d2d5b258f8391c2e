//! The authorization endpoint: asks for a workspace, and sends the browser back with a code.

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

/// What the client asks for, in the query.
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

/// What the person chose.
#[derive(Deserialize)]
pub(super) struct Choice {
    workspace: String,
}

/// A request that is in order.
struct Asked {
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: String,
}

/// Why nobody is asked for a workspace: RFC 6749, 4.1.2.1.
enum Refusal {
    /// Of a client that is not known, or that would send the browser elsewhere. It is for the person.
    Shown(&'static str),
    /// What else is wrong is for the client.
    SentBack { redirect_uri: String, state: Option<String>, error: &'static str, description: &'static str },
}

pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
) -> Response {
    match asked(&gateway, request) {
        Ok(_) => page::form(&gateway, DEMO_WORKSPACE, None),
        Err(refusal) => refuse(&gateway, &refusal),
    }
}

pub(super) async fn choose(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let Asked { redirect_uri, state, nonce, code_challenge } = match asked(&gateway, request) {
        Ok(asked) => asked,
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

fn asked(gateway: &Gateway, request: Result<Query<AuthorizationRequest>, QueryRejection>) -> Result<Asked, Refusal> {
    let Query(request) = request.map_err(|_| Refusal::Shown("The link that led here cannot be read."))?;
    if !super::is_client(request.client_id.as_deref()) {
        return Err(Refusal::Shown("The link that led here is from a client that is not known (client_id)."));
    }
    let own = request.redirect_uri.filter(|uri| own::is_own_url(uri, gateway.address.port()));
    let foreign = Refusal::Shown("The link that led here would lead to another site (redirect_uri).");
    let redirect_uri = own.ok_or(foreign)?;
    let is_sha256 = request.code_challenge_method.as_deref() == Some("S256");
    let (error, description) = match request.code_challenge.filter(|_| is_sha256) {
        _ if request.response_type.as_deref() != Some("code") => {
            ("unsupported_response_type", "response_type has to be code")
        }
        _ if request.prompt.as_deref() == Some("none") => ("login_required", "somebody has to choose a workspace"),
        None => ("invalid_request", "a code_challenge is needed, and code_challenge_method has to be S256"),
        Some(code_challenge) => {
            return Ok(Asked { redirect_uri, state: request.state, nonce: request.nonce, code_challenge });
        }
    };
    Err(Refusal::SentBack { redirect_uri, state: request.state, error, description })
}

fn refuse(gateway: &Gateway, refusal: &Refusal) -> Response {
    match refusal {
        Refusal::Shown(reason) => page::refusal(gateway, reason),
        Refusal::SentBack { redirect_uri, state, error, description } => {
            let told = [("error", *error), ("error_description", *description)];
            send_back(gateway, redirect_uri, state.as_deref(), &told)
        }
    }
}

/// Sends the browser back to the client with its `state`, with what there is to tell, and who tells it (RFC 9207).
fn send_back(gateway: &Gateway, redirect_uri: &str, state: Option<&str>, told: &[(&str, &str)]) -> Response {
    let state = state.map(|state| ("state", state));
    let told = told.iter().copied().chain(state).chain([("iss", gateway.issuer.url())]);
    Redirect::to(&own::with_parameters(redirect_uri, told)).into_response()
}
