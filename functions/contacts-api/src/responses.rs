//! The problem responses that several operations share, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::response::Response;
use utoipa::openapi::{Content, HeaderBuilder, Ref, RefOr, ResponseBuilder};

use crate::problem::PROBLEM_JSON;

/// Sets of refusals that operations share, for the documentation.
macro_rules! refusals {
    ($($(#[$docs:meta])* $name:ident: $($status:literal $description:literal),+;)+) => {$(
        $(#[$docs])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
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
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let location = HeaderBuilder::new().description(Some("The same path below the contact that it is now")).build();
        let moved = ResponseBuilder::new().description("Joined into another contact").header("Location", location);
        [("308".to_owned(), RefOr::T(moved.build()))].into()
    }
}

fn refusal(status: u16, description: &str) -> Response {
    match status {
        401 => ResponseBuilder::new().description(description).build(),
        _ => problem(description).build(),
    }
}

fn problem(description: &str) -> ResponseBuilder {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content)
}
