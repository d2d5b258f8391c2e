//! Everything that is known of one person.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contacts::{Contact, Field, Hold, Proof, Stamp, Value};
use contacts_book::{Found, Known};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::history::HistoryEntryView;
use super::joins::JoinView;
use super::one::{ContactPath, moved};
use super::value::ValueView;
use super::view::{ContactView, ProofView};
use crate::conversations::ConversationView;
use crate::paging::Room;
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Gone, Missing, Moved};
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// How many conversations, and how many entries of the history, are read at once.
const PAGE: usize = 200;

/// Everything that is known of one person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Everything)]
pub(crate) struct EverythingView {
    /// The contact, with what is unconfirmed, shared and in conflict.
    contact: ContactView,
    /// Until when the contact can be restored, if it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    restorable_until: Option<Timestamp>,
    /// Every value of the contact with its source, also those that `contact` does not show.
    values: Vec<SourcedView>,
    /// The joins, the newest first.
    joins: Vec<JoinView>,
    /// The contacts that were joined into this one, as they were.
    joined: Vec<ContactView>,
    /// The newest first.
    conversations: Vec<ConversationView>,
    /// The newest entry first.
    history: Vec<HistoryEntryView>,
    /// Whether something is left out, because the answer would have more than 4 MiB.
    truncated: bool,
    /// The `cursor` with which `GET /contacts/{id}/conversations` goes on; null if all are listed, or, in a truncated answer,
    /// none.
    #[schema(required)]
    conversations_cursor: Option<String>,
    /// The `cursor` with which `GET /contacts/{id}/history` goes on; null if all of it is listed, or, in a truncated answer,
    /// nothing.
    #[schema(required)]
    history_cursor: Option<String>,
}

/// A value and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourcedValue)]
struct SourcedView {
    /// The field: `name`, `telephone`, `custom.plan`.
    #[schema(example = "email")]
    field: String,
    value: ValueView,
    /// When the value was observed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// As in `provenance`.
    #[schema(example = "conversation/conv-1")]
    source: String,
    proof: ProofView,
    /// How the contact has an identifier. Absent for other values.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hold: Option<HoldView>,
}

/// How a contact has an identifier: it leads to the contact (`owned`), to another one that several people share it with
/// (`shared`), or to nobody (`blocked`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
#[serde(rename_all = "snake_case")]
enum HoldView {
    Owned,
    Shared,
    Blocked,
}

impl SourcedView {
    fn new(field: &Field, value: &Value, stamp: &Stamp, proof: Proof, hold: Option<Hold>) -> SourcedView {
        SourcedView {
            field: field.to_string(),
            value: ValueView::new(value),
            at: stamp.at,
            source: stamp.source.to_string(),
            proof: proof.into(),
            hold: hold.map(|hold| match hold {
                Hold::Owned => HoldView::Owned,
                Hold::Shared => HoldView::Shared,
                Hold::Blocked => HoldView::Blocked,
            }),
        }
    }

    fn all(contact: &Contact) -> Vec<SourcedView> {
        let values = contact.values.iter();
        let values = values.map(|(field, of)| SourcedView::new(field, &of.value, &of.stamp, of.proof, None));
        let identifiers = contact.identifiers.iter();
        let identifiers = identifiers
            .map(|held| SourcedView::new(&held.channel.into(), &held.value, &held.stamp, held.proof, Some(held.hold)));
        values.chain(identifiers).collect()
    }
}

/// Returns everything that is known of one person.
///
/// It also answers for a deleted contact, as long as that can be restored.
#[utoipa::path(
    get,
    path = "/contacts/{id}/everything",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid", description = "The contact's id")),
    responses((status = 200, description = "Everything", body = EverythingView), Moved, BadRequest, Missing, Gone, Failures),
)]
pub(crate) async fn get_everything(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactPath(id): ContactPath,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let Known { settings, contact, restorable_until, joins, joined } = match api.book.known(&workspace, id).await? {
        Ok(known) => *known,
        Err(Found::Moved(survivor)) => return Ok(moved(survivor, "/everything", None)),
        Err(Found::Deleted { restorable_until }) => return Err(Problem::deleted(restorable_until)),
        Err(Found::Live(_) | Found::Nothing) => return Err(Problem::not_found("contact")),
    };
    let mut everything = EverythingView {
        values: SourcedView::all(&contact),
        contact: ContactView::new(&contact, &settings),
        restorable_until,
        joins: joins.iter().map(JoinView::new).collect(),
        joined: Vec::new(),
        conversations: Vec::new(),
        history: Vec::new(),
        truncated: false,
        conversations_cursor: None,
        history_cursor: None,
    };
    let mut room = Room::default();
    room.takes(&everything);
    for other in &joined {
        let view = ContactView::new(other, &settings);
        if !room.takes(&view) {
            everything.truncated = true;
            break;
        }
        everything.joined.push(view);
    }
    let mut after = None;
    while !everything.truncated {
        let page = api.book.conversations(&workspace, &contact, PAGE, after).await??;
        let views: Vec<ConversationView> =
            page.conversations.into_iter().map(|linked| ConversationView::new(linked, contact.id)).collect();
        after = page.next;
        everything.truncated = !room.takes(&views);
        everything.conversations.extend(views);
        if after.is_none() {
            break;
        }
    }
    everything.conversations_cursor = after.map(|cursor| cursor.to_string());
    let mut after = None;
    while !everything.truncated {
        let page = api.book.history(&workspace, &contact, PAGE, after.clone()).await?;
        for (entry, end) in page.entries {
            let view = HistoryEntryView::new(entry, &settings);
            if !room.takes(&view) {
                everything.truncated = true;
                break;
            }
            everything.history.push(view);
            after = Some(end);
        }
        if page.next.is_none() && !everything.truncated {
            after = None;
            break;
        }
    }
    everything.history_cursor = after.map(|cursor| cursor.to_string());
    Ok(Json(everything).into_response())
}
