//! Erases a contact.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contacts::EditRefused;
use contacts_files::keys;
use contacts_lambda::causes;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{ContactPath, moved};
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Missing, Moved};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// A contact that was erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erased)]
pub(crate) struct ErasedView {
    /// The id that the contact had.
    #[schema(format = "uuid")]
    contact_id: String,
    /// When it was erased. A repeated request has the moment of the first.
    #[schema(value_type = String, format = DateTime)]
    erased_at: Timestamp,
}

/// Erases a contact for good.
///
/// Removes a live or deleted contact and those joined into it at once: values, history, conversations, and what other contacts
/// note of it. Deleted contacts that had its identifiers before are erased as well. Soon after, all exports of the workspace and the files of all imports that have ended are removed, whomever they
/// are about; an import that runs keeps its files until they expire. Hashes of its identifiers stay for `erasure_days`: until
/// then, rows of files and late events that name it are left out. A new conversation, or a person who adds the contact by
/// hand, makes a new one. If the request fails, repeat it.
#[utoipa::path(
    post,
    path = "/contacts/{id}/erase",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid", description = "The contact's id")),
    responses((status = 200, description = "Erased", body = ErasedView), Moved, BadRequest, Missing, Failures),
)]
pub(crate) async fn erase_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    ContactPath(id): ContactPath,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let erased = match api.book.erase(&workspace, id, &caller).await? {
        Ok(erased) => erased,
        Err(EditRefused::Moved(survivor)) => return Ok(moved(survivor, "/erase", None)),
        Err(refused) => return Err(refused.into()),
    };
    if let Err(error) = api.files.put_json(keys::erasure(&workspace, id), b"{}".to_vec()).await {
        tracing::error!(contact = %id, error = causes(&error), "could not store the order to remove files");
        let detail = "the contact is erased, but the removal of files could not be started; repeat the request";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
    }
    Ok(Json(ErasedView { contact_id: id.to_string(), erased_at: erased.at }).into_response())
}
