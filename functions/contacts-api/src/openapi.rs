//! The API's description, and what its operations have in common.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use utoipa::openapi::response::Response as Described;
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, HeaderBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{IntoResponses, Modify, OpenApi as _};

use crate::Problem;
use crate::exports::NewExport;
use crate::problem::{FieldError, PROBLEM_JSON};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Contacts",
        description = "The book of everyone who has touched an AI assistant: one person is one contact.\n\n\
            The workspace is a claim of the token. What is refused is answered with a problem (RFC 9457). Unknown \
            members of a body and unknown parameters are refused, not ignored.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem, FieldError, NewExport)),
    security(("bearer" = [])),
    modifiers(&Bearer),
)]
struct Head;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// What stands in the description before the operations.
pub(crate) fn head() -> OpenApi {
    Head::openapi()
}

/// Lets each page refer to its items, of which the generator repeats the whole description.
pub(crate) fn with_references(mut document: OpenApi) -> OpenApi {
    let schemas = document.components.iter_mut().flat_map(|components| &mut components.schemas);
    for (name, schema) in schemas {
        if let (Some(item), RefOr::T(Schema::Object(page))) = (name.strip_prefix("Page_"), schema)
            && let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
        }
    }
    document
}

static DOCUMENT: LazyLock<Option<Bytes>> =
    LazyLock::new(|| crate::document().to_json().ok().map(|json| Bytes::from(json.into_bytes())));

/// Describes the API.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Description",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
pub(crate) async fn get_document() -> Result<Response, Problem> {
    let json = DOCUMENT.clone().ok_or_else(|| {
        tracing::error!("the description of the API is not JSON");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side")
    })?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response())
}

/// Sets of refusals that operations share, for the documentation.
macro_rules! refusals {
    ($($(#[$docs:meta])* $name:ident: $($status:literal $description:literal),+;)+) => {$(
        $(#[$docs])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Described>> {
                [$(($status.to_string(), RefOr::T(refusal($status, $description)))),+].into()
            }
        }
    )+};
}

refusals! {
    /// Of every operation with parameters or a body.
    BadRequest: 400 "A parameter, a header, the encoding of the URL or the JSON is malformed";
    /// Of every operation with a body.
    BadBody:
        413 "The body is larger than 1 MiB",
        415 "The Content-Type is another one",
        422 "The body is well-formed, but values in it cannot be taken: `errors` names every one; nothing was changed";
    /// Of operations on one thing.
    Missing: 404 "There is no such thing in this workspace";
    /// Of operations that set identifiers.
    Known: 409 "An identifier belongs to another contact: `existing_contact_id`";
    /// Of definitions.
    Taken: 409 "The key is taken";
    /// Of operations with `If-Match`.
    Stale: 412 "The contact is at none of the versions of If-Match";
    /// Of every operation with a token.
    Failures:
        401 "No valid token. API Gateway answers this itself, as JSON with a `message`, not as a problem",
        403 "The token names no workspace",
        500 "Something went wrong on our side",
        503 "The book, or the bucket with the files, is busy; try again after Retry-After seconds";
}

/// Of operations on a contact: it may have been joined into another.
pub(crate) struct Moved;

impl IntoResponses for Moved {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let location = HeaderBuilder::new().description(Some("The same path below the contact that it is now")).build();
        let moved = ResponseBuilder::new().description("Joined into another contact").header("Location", location);
        [("308".to_owned(), RefOr::T(moved.build()))].into()
    }
}

fn refusal(status: u16, description: &str) -> Described {
    match status {
        401 => ResponseBuilder::new().description(description).build(),
        _ => problem(description).build(),
    }
}

fn problem(description: &str) -> ResponseBuilder {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content)
}
