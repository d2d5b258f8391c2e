//! The joins of a contact.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use contacts::{Contact, ContactId, Join};
use contacts_book::Separated;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{ContactPath, live};
use super::value::IdentifierView;
use super::view::ContactView;
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Gone, Missing, Moved};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// The joins into a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Joins)]
pub(crate) struct JoinsView {
    /// The newest first, at most 100.
    items: Vec<JoinView>,
}

/// A contact that turned out to be the same person, and became part of this one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Join)]
pub(super) struct JoinView {
    /// The id that the other contact had.
    #[schema(format = "uuid")]
    contact_id: String,
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
}

impl JoinView {
    pub(super) fn new(join: &Join) -> JoinView {
        JoinView { contact_id: join.other.to_string(), joined_at: join.at }
    }
}

/// Two contacts that were one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Separated)]
pub(crate) struct SeparatedView {
    /// The contact in the path.
    contact: ContactView,
    /// The other contact, which lives again as it was.
    restored: ContactView,
    /// Identifiers that the other contact had, and that belong to somebody else by now.
    left_with_others: Vec<IdentifierView>,
}

/// Lists the joins of a contact.
///
/// A join into a contact that was itself joined into this one is listed when that join is undone.
#[utoipa::path(
    get,
    path = "/contacts/{id}/joins",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid", description = "The contact's id")),
    responses((status = 200, description = "The joins", body = JoinsView), Moved, BadRequest, Missing, Gone, Failures),
)]
pub(crate) async fn list_joins(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactPath(id): ContactPath,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    if let Err(elsewhere) = live(&api, &workspace, id, "/joins", None).await? {
        return Ok(elsewhere);
    }
    let joins = api.book.joins(&workspace, id).await?;
    Ok(Json(JoinsView { items: joins.iter().map(JoinView::new).collect() }).into_response())
}

/// Undoes a join.
///
/// The other contact lives again as it was. Values and identifiers that the join gave this contact, and that nobody changed
/// since, go back; what came since stays. The two are kept apart: no conversation joins them again.
#[utoipa::path(
    post,
    path = "/contacts/{id}/joins/{other_id}/undo",
    tag = "Contacts",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("other_id" = String, Path, format = "uuid", description = "The id that the joined contact had"),
    ),
    responses((status = 200, description = "The two contacts", body = SeparatedView), Moved, BadRequest, Missing, Gone, Failures),
)]
pub(crate) async fn undo_join(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    Path((id, other)): Path<(String, String)>,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("join of this contact");
    let id = ContactId::parse(&id).map_err(|_| Problem::not_found("contact"))?;
    let other = ContactId::parse(&other).map_err(|_| missing())?;
    if let Err(elsewhere) = live(&api, &workspace, id, &format!("/joins/{other}/undo"), None).await? {
        return Ok(elsewhere);
    }
    let Separated { survivor, other, left_with_others } =
        api.book.undo_join(&workspace, id, other, &caller).await?.map_err(|_| missing())?;
    let settings = api.book.settings(&workspace).await?;
    let view = |contact: &Contact| ContactView::new(contact, &settings);
    let left = left_with_others.iter().map(|held| IdentifierView::new(held.channel, &held.value));
    let left_with_others = left.collect();
    Ok(Json(SeparatedView { contact: view(&survivor), restored: view(&other), left_with_others }).into_response())
}
