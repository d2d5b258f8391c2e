//! The HTTP API of the contact book.
//!
//! [`router`] is the whole of it, [`service`] the same for the events of API Gateway. A handler extracts, loads, acts
//! and answers; what is refused is a [`Problem`], made in one file from each layer's errors.

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
mod idempotency;
mod imports;
mod json;
mod openapi;
mod paging;
mod problem;
mod query;
mod responses;
mod settings;
mod tenant;
mod trace;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use contacts_book::ContactBook;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use event::service;
pub use files::Files;
pub use problem::{FieldError, Problem};

/// The claim of a token that names the workspace, unless `WORKSPACE_CLAIM` says otherwise.
pub const DEFAULT_WORKSPACE_CLAIM: &str = "workspace_id";

/// The most bytes of a request's body.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// What the handlers work with.
#[derive(Clone, Debug)]
pub struct Api {
    book: ContactBook,
    workspace_claim: Arc<str>,
    files: Files,
}

impl Api {
    /// An API to `book`, with its imports and exports in `files`, whose tokens name the workspace in `workspace_claim`.
    pub fn new(book: ContactBook, workspace_claim: &str, files: Files) -> Api {
        Api { book, workspace_claim: workspace_claim.into(), files }
    }
}

/// All routes of the API. Each request must carry the `RequestContext` of API Gateway as an extension, as `lambda_http`
/// puts it there.
pub fn router(api: Api) -> Router {
    let (routes, _) = routes().split_for_parts();
    routes
        .fallback(|| async { Problem::no_such_path() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(encoding::refuse_malformed))
        .layer(from_fn(trace::request))
        .with_state(api)
}

/// The API's description, OpenAPI 3.1.
pub fn document() -> OpenApi {
    openapi::with_references(routes().into_openapi())
}

fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(contact::list::list_contacts, contact::create::create_contact))
        .routes(routes!(contact::one::get_contact, contact::one::change_contact, contact::one::delete_contact))
        .routes(routes!(conversations::list_conversations))
        .routes(routes!(conversations::get_conversation))
        .routes(routes!(custom_fields::list_custom_fields, custom_fields::create_custom_field))
        .routes(routes!(custom_fields::change_custom_field, custom_fields::delete_custom_field))
        .routes(routes!(settings::get_settings, settings::change_settings))
        .routes(routes!(imports::read::list_imports, imports::create::create_import))
        .routes(routes!(imports::preview::preview_import))
        .routes(routes!(imports::read::get_import))
        .routes(routes!(exports::create_export))
        .routes(routes!(exports::get_export))
        .routes(routes!(openapi::get_document))
}
