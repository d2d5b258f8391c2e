//! Takes back the deletion of a contact.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contacts::EditRefused;
use contacts_book::Restored;
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{ContactPath, moved};
use super::value::IdentifierView;
use super::view::ContactView;
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Gone, Missing, Moved};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// A contact after its deletion was taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Restored)]
pub(crate) struct RestoredView {
    contact: ContactView,
    /// Identifiers that the contact had, and that belong to somebody else by now.
    left_with_others: Vec<IdentifierView>,
}

/// Restores a deleted contact.
///
/// It lives again as it was, with its conversations and the contacts joined into it. Restoring a contact that is not
/// deleted changes nothing.
#[utoipa::path(
    post,
    path = "/contacts/{id}/restore",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid", description = "The contact's id")),
    responses((status = 200, description = "The contact", body = RestoredView), Moved, BadRequest, Missing, Gone, Failures),
)]
pub(crate) async fn restore_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    ContactPath(id): ContactPath,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let Restored { contact, left_with_others } = match api.book.restore(&workspace, id, &caller).await? {
        Ok(restored) => restored,
        Err(EditRefused::Moved(survivor)) => return Ok(moved(survivor, "/restore", None)),
        Err(refused) => return Err(refused.into()),
    };
    let settings = api.book.settings(&workspace).await?;
    let left = left_with_others.iter().map(|held| IdentifierView::new(held.channel, &held.value));
    let contact = ContactView::new(&contact, &settings);
    Ok(Json(RestoredView { contact, left_with_others: left.collect() }).into_response())
}
