//! Who sends a request, and for which workspace. Only the token decides it, never the input.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use contacts::{Actor, Caller, Workspace};
use http::StatusCode;
use http::request::Parts;
use lambda_http::request::RequestContext;
use sha2::{Digest as _, Sha256};

use crate::role::Role;
use crate::trace::request_id;
use crate::{Api, Problem};

/// The most characters of a `sub` claim; OpenID Connect allows no more.
const MAX_SUB_CHARS: usize = 255;

/// The names of the claims of a token that have its workspace and its role.
#[derive(Clone, Debug)]
pub struct Claims {
    workspace: Arc<str>,
    role: Option<Arc<str>>,
}

impl Claims {
    /// Creates the names. The role is `reader`, `editor` or `admin`; if no claim has it, or a token does not have the claim,
    /// the user is an admin. An empty name counts as no claim.
    pub fn new(workspace: &str, role: Option<&str>) -> Claims {
        Claims { workspace: workspace.into(), role: None }.with_role(role)
    }

    pub(crate) fn with_role(self, role: Option<&str>) -> Claims {
        Claims { role: role.filter(|name| !name.is_empty()).map(Into::into), ..self }
    }
}

/// What the token of a request gives access to.
#[derive(Clone, Debug)]
pub struct Access {
    /// The workspace, in which the user may read.
    pub workspace: Workspace,
    /// The user, who may write contacts, or why not.
    pub editor: Result<Caller, Problem>,
}

impl Access {
    /// Reads the token of a request.
    ///
    /// # Errors
    /// A 403 if the token has no workspace, or its role is not one.
    pub fn of(parts: &Parts, claims: &Claims) -> Result<Access, Problem> {
        Ok(Access { workspace: tenant(parts, claims)?, editor: caller(parts, claims, Role::Editor) })
    }
}

/// The workspace of the request's token.
pub(crate) struct Tenant(pub(crate) Workspace);

impl FromRequestParts<Api> for Tenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Tenant, Problem> {
        tenant(parts, &api.claims).map(Tenant)
    }
}

/// The person who sends the request, and may write contacts.
pub(crate) struct Editor(pub(crate) Caller);

/// The person who sends the request, and may do everything.
pub(crate) struct Admin(pub(crate) Caller);

impl FromRequestParts<Api> for Editor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Editor, Problem> {
        caller(parts, &api.claims, Role::Editor).map(Editor)
    }
}

impl FromRequestParts<Api> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Admin, Problem> {
        caller(parts, &api.claims, Role::Admin).map(Admin)
    }
}

fn tenant(parts: &Parts, claims: &Claims) -> Result<Workspace, Problem> {
    let workspace = workspace_of(parts, &claims.workspace).ok_or_else(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            format!("the token has no valid workspace in its claim {:?}", claims.workspace),
        )
    })?;
    tracing::Span::current().record("workspace", workspace.as_str());
    role_of(parts, claims)?.require(Role::Reader)?;
    Ok(workspace)
}

/// Who sends the request: the token's claim `sub`. Refused requests are logged with it, too.
fn caller(parts: &Parts, claims: &Claims, needed: Role) -> Result<Caller, Problem> {
    let sub = claim_of(parts, "sub").unwrap_or("unknown");
    // Logs have a hash: a `sub` may be an email address.
    let hash: String = Sha256::digest(sub).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    tracing::Span::current().record("user", hash);
    role_of(parts, claims)?.require(needed)?;
    let actor = Actor::User(sub.chars().take(MAX_SUB_CHARS).collect());
    let request = request_id(&parts.extensions).map(str::to_owned);
    Ok(Caller { actor, request })
}

/// The role of the token. A token without the claim is an admin's, as all are where no claim has roles.
fn role_of(parts: &Parts, claims: &Claims) -> Result<Role, Problem> {
    let Some((name, claim)) = claims.role.as_deref().and_then(|name| Some((name, claim_of(parts, name)?))) else {
        return Ok(Role::Admin);
    };
    Role::of_claim(claim).ok_or_else(|| {
        Problem::new(StatusCode::FORBIDDEN, format!("the token has no valid role in its claim {name:?}"))
    })
}

fn workspace_of(parts: &Parts, claim: &str) -> Option<Workspace> {
    Workspace::parse(claim_of(parts, claim)?).ok()
}

fn claim_of<'a>(parts: &'a Parts, claim: &str) -> Option<&'a str> {
    let context: &RequestContext = parts.extensions.get()?;
    let token = context.authorizer()?.jwt.as_ref()?;
    token.claims.get(claim).map(String::as_str)
}
