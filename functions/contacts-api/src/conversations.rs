//! The conversations of a contact, and the contact of a conversation.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use contacts::{ContactId, Conversation, ConversationId, EditRefused};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::contact::{ContactPath, live, moved};
use crate::paging::{Page, Paging, PagingParams};
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Gone, Missing, Moved};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// A conversation of an assistant with a contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationView {
    #[schema(example = "conv-1")]
    conversation_id: String,
    /// The contact; the survivor, if it was joined into another.
    #[schema(format = "uuid")]
    contact_id: String,
    /// The medium: `telephone`, `sms`, `whatsapp`, `web_chat`, `email`, `instagram`, `slack` or `microsoft_teams`.
    #[schema(example = "whatsapp")]
    channel: &'static str,
    #[schema(example = "a-7")]
    assistant_id: String,
    /// The time of the event that linked the conversation to the contact.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    identity: IdentityView,
}

/// Whether the conversation proved an identifier of the contact (`proven`), or the other side only says who they are
/// (`stated`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdentityView {
    Proven,
    Stated,
}

impl IdentityView {
    pub(crate) fn of(proven: bool) -> IdentityView {
        if proven { IdentityView::Proven } else { IdentityView::Stated }
    }
}

impl ConversationView {
    /// A conversation of a contact.
    pub fn new(conversation: Conversation, contact: ContactId) -> ConversationView {
        ConversationView {
            conversation_id: conversation.info.id.to_string(),
            contact_id: contact.to_string(),
            channel: conversation.info.channel.as_str(),
            assistant_id: conversation.info.assistant_id,
            started_at: conversation.started_at,
            identity: IdentityView::of(conversation.proven),
        }
    }
}

/// Lists the conversations of a contact.
///
/// Includes those of contacts joined into it. The most recently started come first.
#[utoipa::path(
    get,
    path = "/contacts/{id}/conversations",
    tag = "Conversations",
    params(("id" = String, Path, format = "uuid", description = "The contact's id"), PagingParams),
    responses(
        (status = 200, description = "A page", body = Page<ConversationView>),
        Moved, BadRequest, Missing, Gone, Failures,
    ),
)]
pub(crate) async fn list_conversations(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactPath(id): ContactPath,
    RawQuery(query): RawQuery,
    Paging { limit, after }: Paging,
) -> Result<Response, Problem> {
    let contact = match live(&api, &workspace, id, "/conversations", query.as_deref()).await? {
        Ok((_, contact)) => contact,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = api.book.conversations(&workspace, &contact, limit, after).await??;
    let show = |conversation| ConversationView::new(conversation, contact.id);
    Ok(Json(Page::new(page.conversations, show, page.next)).into_response())
}

/// Takes a conversation from a contact.
///
/// The conversation no longer names the contact. Its next event starts anew and is kept apart from the contact; the values
/// that it gave the contact stay.
#[utoipa::path(
    delete,
    path = "/contacts/{id}/conversations/{conversation_id}",
    tag = "Conversations",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("conversation_id" = String, Path, description = "The conversation's id"),
    ),
    responses((status = 204, description = "Taken from the contact"), Moved, BadRequest, Missing, Gone, Failures),
)]
pub(crate) async fn unlink_conversation(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    Path((contact, id)): Path<(String, String)>,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let contact = ContactId::parse(&contact).map_err(|_| Problem::not_found("contact"))?;
    let id = ConversationId::parse(&id).map_err(|_| Problem::not_found("conversation"))?;
    match api.book.unlink(&workspace, contact, &id, &caller).await? {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(EditRefused::Moved(survivor)) => Ok(moved(survivor, &format!("/conversations/{id}"), None)),
        Err(EditRefused::NotFound) => Err(Problem::not_found("conversation of this contact")),
        Err(refused) => Err(refused.into()),
    }
}

/// Reads a conversation.
#[utoipa::path(
    get,
    path = "/conversations/{id}",
    tag = "Conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation", body = ConversationView), BadRequest, Missing, Failures),
)]
pub(crate) async fn get_conversation(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<Json<ConversationView>, Problem> {
    let missing = || Problem::not_found("conversation");
    let id = ConversationId::parse(&id).map_err(|_| missing())?;
    let linked = api.book.conversation(&workspace, &id).await?.ok_or_else(missing)?;
    Ok(Json(ConversationView::new(linked.conversation, linked.contact)))
}
