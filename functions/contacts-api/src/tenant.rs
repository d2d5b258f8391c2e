//! The workspace of a request: what the token says, never input.

use axum::extract::FromRequestParts;
use contacts::Workspace;
use http::StatusCode;
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::{Api, Problem};

/// The workspace for which the request's token is good.
pub(crate) struct Tenant(pub(crate) Workspace);

impl FromRequestParts<Api> for Tenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Tenant, Problem> {
        let workspace = workspace_of(parts, &api.workspace_claim).ok_or_else(|| {
            Problem::new(
                StatusCode::FORBIDDEN,
                format!("the token names no workspace in its claim {:?}", api.workspace_claim),
            )
        })?;
        tracing::Span::current().record("workspace", workspace.as_str());
        Ok(Tenant(workspace))
    }
}

fn workspace_of(parts: &Parts, claim: &str) -> Option<Workspace> {
    let context: &RequestContext = parts.extensions.get()?;
    let token = context.authorizer()?.jwt.as_ref()?;
    Workspace::parse(token.claims.get(claim)?).ok()
}
