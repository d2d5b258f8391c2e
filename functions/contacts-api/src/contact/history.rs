//! The history of a contact.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use contacts::{
    Change, ContactId, ConversationInfo, Field, FieldValue, HeldIdentifier, HistoryEntry, Settings, Unconfirmed, Value,
};
use contacts_book::HistoryCursor;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{ContactPath, live};
use super::unsettled::UnconfirmedView;
use super::value::{IdentifierView, ValueView, is_shown};
use super::view::LastConversationView;
use crate::paging::{Page, Paging, PagingParams};
use crate::responses::{BadRequest, Failures, Gone, Missing, Moved};
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// A write of a contact: who made it, and what it changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub(crate) struct HistoryEntryView {
    /// The contact that was written: the one in the path, or one that was joined into it later.
    #[schema(format = "uuid")]
    contact_id: String,
    /// The version that the write gave the contact.
    version: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `created`, `updated`, `joined` (with another contact), `split` (a join was undone), `deleted`, `restored`,
    /// `erased` or `conflict`.
    event: &'static str,
    /// Who made it: `user:` and the subject of the token, `assistant:`, `import:` and its id, or `system:` and a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "assistant:a-7")]
    actor: Option<String>,
    /// What it was made from, as in `provenance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "conversation/conv-1")]
    source: Option<String>,
    changes: Vec<ChangeView>,
}

/// One thing that a write changed. Members without a value are absent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
struct ChangeView {
    /// A field (`name`, `telephone`, `custom.plan`), or `also_known_by`, `shared`, `unconfirmed`, `conflicts`, `joined`,
    /// `kept_apart`, `last_seen_at` or `last_conversation`.
    #[schema(example = "name")]
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    before: Option<StateView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    after: Option<StateView>,
}

/// The state of what changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedState)]
#[serde(untagged)]
enum StateView {
    /// The value of a field.
    Value(ValueView),
    /// `also_known_by` or `shared`.
    Identifiers(Vec<IdentifierView>),
    /// `unconfirmed`.
    Unconfirmed(Vec<UnconfirmedView>),
    /// The ids of other contacts: those of `conflicts`, `joined` or `kept_apart`.
    Contacts(Vec<String>),
    /// `last_seen_at`, a moment.
    Moment(String),
    /// `last_conversation`.
    Conversation(LastConversationView),
}

impl HistoryEntryView {
    pub(super) fn new(entry: HistoryEntry, settings: &Settings) -> HistoryEntryView {
        let cause = entry.cause.as_ref();
        HistoryEntryView {
            contact_id: entry.contact.to_string(),
            version: entry.version,
            at: entry.at,
            event: entry.event.as_str(),
            actor: cause.map(|cause| cause.actor.to_string()),
            source: cause.and_then(|cause| cause.source.as_ref()).map(ToString::to_string),
            changes: entry.changes.iter().filter_map(|change| ChangeView::new(change, settings)).collect(),
        }
    }
}

impl ChangeView {
    /// `None` if the change is not shown: it is in a field that is not defined, or only in what the book notes of a value.
    fn new(change: &Change, settings: &Settings) -> Option<ChangeView> {
        let (before, after) = match change {
            Change::Value { field, before, after } => {
                let [before, after] =
                    [before, after].map(|state| state.as_ref().map(|entry: &FieldValue| &entry.value));
                values(field, before, after, settings)?
            }
            Change::Primary { channel, before, after } => {
                let state = |held: &HeldIdentifier| held.value.clone();
                let (before, after) = (before.as_ref().map(state), after.as_ref().map(state));
                values(&(*channel).into(), before.as_ref(), after.as_ref(), settings)?
            }
            Change::Secondary { before, after } | Change::Shared { before, after } => {
                (identifiers(before), identifiers(after))
            }
            Change::Unconfirmed { before, after } => (unconfirmed(before, settings), unconfirmed(after, settings)),
            Change::KeptApart { before, after } | Change::Joined { before, after } => (ids(before), ids(after)),
            Change::Conflicts { before, after } => {
                let others = |list: &[contacts::Conflict]| {
                    ids(&list.iter().map(|conflict| conflict.contact).collect::<Vec<_>>())
                };
                (others(before), others(after))
            }
            Change::LastSeen { before, after } => (moment(*before), moment(*after)),
            Change::LastConversation { before, after } => {
                let state = |info: &Option<ConversationInfo>| {
                    info.as_ref().map(LastConversationView::new).map(StateView::Conversation)
                };
                (state(before), state(after))
            }
            Change::Edited { .. } | Change::Reviewed { .. } => return None,
        };
        Some(ChangeView { field: change.field()?, before, after })
    }
}

type States = (Option<StateView>, Option<StateView>);

fn values(field: &Field, before: Option<&Value>, after: Option<&Value>, settings: &Settings) -> Option<States> {
    let shown = |value: Option<&Value>| value.filter(|value| is_shown(field, value, settings)).map(ValueView::new);
    let (before, after) = if before == after { (None, None) } else { (shown(before), shown(after)) };
    (before.is_some() || after.is_some()).then(|| (before.map(StateView::Value), after.map(StateView::Value)))
}

fn identifiers(held: &[HeldIdentifier]) -> Option<StateView> {
    let views = || held.iter().map(|held| IdentifierView::new(held.channel, &held.value)).collect();
    (!held.is_empty()).then(|| StateView::Identifiers(views()))
}

fn unconfirmed(entries: &[Unconfirmed], settings: &Settings) -> Option<StateView> {
    let shown = entries.iter().filter(|entry| is_shown(&entry.field, &entry.value, settings));
    let views: Vec<UnconfirmedView> = shown.map(UnconfirmedView::new).collect();
    (!views.is_empty()).then_some(StateView::Unconfirmed(views))
}

fn moment(at: Option<Timestamp>) -> Option<StateView> {
    at.map(|at| StateView::Moment(at.to_string()))
}

fn ids(contacts: &[ContactId]) -> Option<StateView> {
    (!contacts.is_empty()).then(|| StateView::Contacts(contacts.iter().map(ToString::to_string).collect()))
}

/// Lists what happened to a contact.
///
/// The newest write comes first. What happened to the contacts joined into it is listed as well. The history follows the
/// contact within seconds, and reaches back as far as the setting `history_days` says.
#[utoipa::path(
    get,
    path = "/contacts/{id}/history",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid", description = "The contact's id"), PagingParams),
    responses(
        (status = 200, description = "A page", body = Page<HistoryEntryView>),
        Moved, BadRequest, Missing, Gone, Failures,
    ),
)]
pub(crate) async fn list_history(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactPath(id): ContactPath,
    RawQuery(query): RawQuery,
    Paging { limit, after }: Paging<HistoryCursor>,
) -> Result<Response, Problem> {
    let (settings, contact) = match live(&api, &workspace, id, "/history", query.as_deref()).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = api.book.history(&workspace, &contact, limit, after).await?;
    let shown = page.entries.into_iter().map(|(entry, end)| (HistoryEntryView::new(entry, &settings), end));
    Ok(Json(Page::that_fits(shown, page.next)).into_response())
}
