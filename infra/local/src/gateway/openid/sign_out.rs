//! The end of a session, which is all on the client's side: OpenID Connect RP-Initiated Logout.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::page;
use crate::gateway::own;
use crate::gateway::state::Gateway;

/// What the client asks for.
#[derive(Deserialize)]
pub(super) struct SignOut {
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

/// Sends the browser back to the client; a URL of somebody else is left out.
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
