//! The problem responses that several operations share, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::response::Response;
use utoipa::openapi::{Content, HeaderBuilder, Ref, RefOr, ResponseBuilder};

use crate::problem::PROBLEM_JSON;

macro_rules! problem_responses {
    ($($(#[$docs:meta])* $name:ident: $($status:literal $description:literal),+;)+) => {$(
        $(#[$docs])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$(($status.to_string(), RefOr::T(described($status, $description)))),+].into()
            }
        }
    )+};
}

problem_responses! {
    /// For every operation with parameters or a body.
    BadRequest: 400 "A parameter, a header, the encoding of the URL or the JSON is malformed";
    /// For every operation with a body.
    BadBody:
        413 "The body is larger than 1 MiB",
        415 "The Content-Type is not supported",
        422 "The body has invalid values; `errors` lists every one. Nothing was changed";
    /// For operations on one resource.
    Missing: 404 "The resource does not exist in this workspace";
    /// For operations on a contact.
    Gone: 410 "The contact was deleted. Until `restorable_until`, if that is given, it can be restored";
    /// For operations that set identifiers.
    IdentifierTaken: 409 "An identifier belongs to another contact: `existing_contact_id`";
    /// For the creation of custom fields.
    KeyTaken: 409 "The key is taken";
    /// For cancelling and resuming a job.
    Finished: 409 "The job has ended, or is not interrupted";
    /// For the creation of imports.
    TooMany: 429 "20 imports of the workspace wait for their file: `code` is too_many_waiting_imports. Try again after \
        Retry-After seconds, or upload a file first. An import waits for an hour";
    /// For operations with `If-Match`.
    Stale: 412 "The contact has none of the versions in If-Match";
    /// For every operation that needs a token.
    Failures:
        401 "No valid token. API Gateway sends this response itself, as JSON with a `message`, not as a problem",
        403 "The token has no valid workspace or role, or the role does not allow this: `code` is needs_editor or needs_admin. \
            Or the request writes, and the workspace is closed: `code` is workspace_closed",
        500 "Something went wrong on our side",
        503 "The contact book or the bucket with the files is busy. Try again after Retry-After seconds";
}

/// For operations on a contact, which may have been joined into another.
pub(crate) struct Moved;

impl IntoResponses for Moved {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let location =
            HeaderBuilder::new().description(Some("The same path of the contact that it was joined into")).build();
        let moved = ResponseBuilder::new().description("Joined into another contact").header("Location", location);
        [("308".to_owned(), RefOr::T(moved.build()))].into()
    }
}

fn described(status: u16, description: &str) -> Response {
    match status {
        401 => ResponseBuilder::new().description(description).build(),
        _ => problem(description).build(),
    }
}

fn problem(description: &str) -> ResponseBuilder {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content)
}
