//! The OpenAPI document of the API.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema};
use utoipa::{Modify, OpenApi as _};

use crate::Problem;
use crate::exports::NewExport;
use crate::problem::FieldError;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Contacts",
        description = "The book of everyone who has touched an AI assistant: one person is one contact.\n\n\
            The token has the workspace in a claim, and may have a role in another: a `reader` reads, an `editor` writes \
            contacts, too, and an `admin` also imports, exports, and changes settings and custom fields. A token without a \
            role is an admin's. A refused request gets a problem (RFC 9457). Unknown members of a \
            body and unknown parameters are refused, not ignored.",
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

/// The document without its operations.
pub(crate) fn head() -> OpenApi {
    Head::openapi()
}

/// Replaces the schema of each page's items by a reference. The generator repeats the whole schema.
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

/// Returns this document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Description",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
pub(crate) async fn get_document() -> Result<Response, Problem> {
    let json = DOCUMENT.clone().ok_or_else(|| {
        tracing::error!("could not serialize the OpenAPI document");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side")
    })?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response())
}
