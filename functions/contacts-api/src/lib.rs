//! The HTTP API of the contact book.
//!
//! [`router`] has all routes; [`service`] makes it a Lambda function behind API Gateway. Each handler extracts, loads, acts
//! and responds. A refused request gets a [`Problem`]; the file `errors` converts the errors of every layer to problems.

mod body;
mod conditions;
mod contact;
mod conversations;
mod custom_fields;
mod encoding;
mod errors;
mod event;
mod exports;
mod files;
mod headers;
mod idempotency;
mod imports;
mod json;
mod openapi;
mod paging;
mod problem;
mod query;
mod responses;
mod role;
mod settings;
mod tenant;
mod trace;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, map_response};
use contacts_book::ContactBook;
use jiff::SignedDuration;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use contact::resolve::{Asked, WhoIsView};
pub use contact::view::ContactView;
pub use conversations::ConversationView;
pub use event::service;
pub use files::Files;
pub use problem::{FieldError, Problem};
pub use tenant::{Access, Claims};

/// The claim of the token that has the workspace, if `WORKSPACE_CLAIM` is not set.
pub const DEFAULT_WORKSPACE_CLAIM: &str = "workspace_id";

/// How long a job may make no progress. Its events may wait in Lambda's queue for up to 6 hours, and a chunk that fails is
/// delivered again for as long.
pub const INTERRUPTED_AFTER: SignedDuration = SignedDuration::from_hours(7);

/// The most bytes of a request body.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The state that all handlers share.
#[derive(Clone, Debug)]
pub struct Api {
    book: ContactBook,
    claims: Claims,
    files: Files,
    interrupted_after: SignedDuration,
}

impl Api {
    /// Creates an API to `book`, with the files of imports and exports in `files`. The claim `workspace_claim` of each
    /// token has the workspace.
    pub fn new(book: ContactBook, workspace_claim: &str, files: Files) -> Api {
        Api { book, claims: Claims::new(workspace_claim, None), files, interrupted_after: INTERRUPTED_AFTER }
    }

    /// Sets the claim of each token that has the user's role: `reader`, `editor` or `admin`. Default: none. Then, and if a
    /// token does not have the claim, the user is an admin. An empty name counts as no claim.
    #[must_use]
    pub fn with_role_claim(self, role_claim: Option<&str>) -> Api {
        Api { claims: self.claims.with_role(role_claim), ..self }
    }

    /// Sets how long an import or export may make no progress before it counts as interrupted. Default: 7 hours, longer than
    /// Lambda keeps an event.
    #[must_use]
    pub fn with_interrupted_after(self, interrupted_after: SignedDuration) -> Api {
        Api { interrupted_after, ..self }
    }
}

/// All routes of the API. Each request must have API Gateway's `RequestContext` as an extension, as `lambda_http` adds it.
pub fn router(api: Api) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = routes.method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    with_layers(routes.with_state(api))
}

/// Adds what every function behind API Gateway does around its routes: it refuses other paths, malformed encodings and large
/// bodies, logs requests, and adds headers.
pub fn with_layers(routes: Router) -> Router {
    routes
        .fallback(|| async { Problem::no_such_path() })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(encoding::refuse_malformed))
        .layer(from_fn(trace::request))
        .layer(map_response(headers::add))
}

/// The OpenAPI 3.1 document of the API.
pub fn document() -> OpenApi {
    openapi::with_references(routes().into_openapi())
}

fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(contact::list::list_contacts, contact::create::create_contact))
        .routes(routes!(contact::resolve::resolve_contact))
        .routes(routes!(contact::one::get_contact, contact::one::change_contact, contact::one::delete_contact))
        .routes(routes!(contact::restore::restore_contact))
        .routes(routes!(contact::erase::erase_contact))
        .routes(routes!(contact::everything::get_everything))
        .routes(routes!(contact::history::list_history))
        .routes(routes!(contact::joins::list_joins))
        .routes(routes!(contact::joins::undo_join))
        .routes(routes!(contact::conflicts::settle_conflict))
        .routes(routes!(conversations::list_conversations))
        .routes(routes!(conversations::unlink_conversation))
        .routes(routes!(conversations::get_conversation))
        .routes(routes!(custom_fields::list_custom_fields, custom_fields::create_custom_field))
        .routes(routes!(custom_fields::change_custom_field, custom_fields::delete_custom_field))
        .routes(routes!(settings::handlers::get_settings, settings::handlers::change_settings))
        .routes(routes!(imports::read::list_imports, imports::create::create_import))
        .routes(routes!(imports::preview::preview_import))
        .routes(routes!(imports::read::get_import))
        .routes(routes!(imports::steer::cancel_import))
        .routes(routes!(imports::steer::undo_import))
        .routes(routes!(imports::steer::resume_import))
        .routes(routes!(exports::create_export))
        .routes(routes!(exports::get_export))
        .routes(routes!(openapi::get_document))
}
