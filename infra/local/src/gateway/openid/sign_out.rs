//! Signing out: OpenID Connect RP-Initiated Logout. The session exists only in the client.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::page;
use crate::gateway::own;
use crate::gateway::state::Gateway;

/// The query of the client's request.
#[derive(Deserialize)]
pub(super) struct SignOut {
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

/// Redirects to the client. Ignores a URL of another site.
pub(super) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    request: Result<Query<SignOut>, QueryRejection>,
) -> Response {
    let Ok(Query(SignOut { post_logout_redirect_uri: Some(uri), state })) = request else {
        return page::signed_out(&gateway);
    };
    if !own::is_own_url(&uri, gateway.address.port()) {
        return page::signed_out(&gateway);
    }
    let state = state.as_deref().map(|state| ("state", state));
    Redirect::to(&own::with_parameters(&uri, state.into_iter())).into_response()
}
