//! Adding a contact by hand.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contacts::{Observation, SourceRef, time};
use http::StatusCode;
use http::header::{ETAG, LOCATION};

use super::form::{self, NewContact};
use super::view::ContactView;
use crate::conditions::etag;
use crate::idempotency::IdempotencyKey;
use crate::json::JsonBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures, IdentifierTaken};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// Adds a contact.
///
/// It needs a name or an identifier. Its identifiers must not belong to another contact.
#[utoipa::path(
    post,
    path = "/contacts",
    tag = "Contacts",
    params((
        "Idempotency-Key" = Option<String>, Header, nullable = false, min_length = 1, max_length = 255, example = "3f0c9a52",
        description = "A repeated request with the same key and equal JSON within a day returns the same response and \
                       adds nothing. With another body it is refused.",
    )),
    request_body = NewContact,
    responses(
        (status = 201, description = "Added", body = ContactView, headers(
            ("Location" = String, description = "The contact's path"),
            ("ETag" = String, description = "Its version"),
        )),
        BadRequest, IdentifierTaken, BadBody, Failures,
    ),
)]
pub(crate) async fn create_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    key: IdempotencyKey,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let request = key.with(&body)?;
    let created = api.book.create(&workspace, request.as_ref(), |settings| {
        let now = time::now();
        let mut observation = Observation::new(SourceRef::Manual, caller.clone(), now, now);
        form::read_contact(&body, settings, &mut observation)?;
        Ok::<_, Problem>(observation)
    });
    let (contact, settings) = created.await??;
    let headers = [(LOCATION, super::one::path_of(contact.id)), (ETAG, etag(contact.version))];
    Ok((StatusCode::CREATED, headers, Json(ContactView::new(&contact, &settings))).into_response())
}
