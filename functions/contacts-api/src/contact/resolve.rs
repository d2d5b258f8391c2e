//! Who somebody is, at the first second of a conversation.

use axum::Json;
use axum::extract::State;
use contacts::{Channel, Match, Question, Settings, Workspace};
use contacts_book::{BookError, ContactBook, WhoIs};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::ContactView;
use crate::body::{Body, MemberValue};
use crate::conversations::{ConversationView, IdentityView};
use crate::json::{JsonBody, Members};
use crate::paging::Room;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures};
use crate::tenant::Tenant;
use crate::{Api, Problem};

const CONVERSATION: &str = "conversation_id";

/// What to ask by: at least one. A null member counts as absent. A value that cannot be read names nobody.
#[derive(ToSchema)]
#[schema(as = Question, example = json!({"telephone": "+15551234567"}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct QuestionForm {
    /// A phone in any usual format; without a country, the workspace's.
    telephone: Option<String>,
    whatsapp: Option<String>,
    whatsapp_user_id: Option<String>,
    email: Option<String>,
    instagram: Option<String>,
    slack: Option<String>,
    microsoft_teams: Option<String>,
    /// A conversation of which the book had an event.
    conversation_id: Option<String>,
}

/// Who somebody is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhoIs)]
pub struct WhoIsView {
    #[serde(rename = "match")]
    matched: MatchView,
    /// `proven` if everything that was asked by is proven for the contact, else `stated`: somebody only said it, it leads to
    /// nobody, or several people share it. What an assistant may disclose depends on it.
    identity: IdentityView,
    /// The contact; of several, the first.
    #[schema(required)]
    contact: Option<ContactView>,
    /// The other contacts that it may be: who shares the line, or whom the other identifiers name. At most 100, and fewer
    /// if they would take more than 4 MiB.
    candidates: Vec<ContactView>,
    /// The contact's last conversations, at most three, the most recently started first.
    conversations: Vec<ConversationView>,
}

/// How clear it is who somebody is.
///
/// - `one`: a single contact. Values that lead to nobody do not count; a shared line does not beside another identifier.
/// - `none`: nobody.
/// - `shared`: several people share the line.
/// - `several`: the identifiers name different contacts.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Match)]
#[serde(rename_all = "snake_case")]
enum MatchView {
    One,
    None,
    Shared,
    Several,
}

impl From<Match> for MatchView {
    fn from(matched: Match) -> MatchView {
        match matched {
            Match::One => MatchView::One,
            Match::None => MatchView::None,
            Match::Shared => MatchView::Shared,
            Match::Several => MatchView::Several,
        }
    }
}

/// What is asked by: texts of channels, or `None` for the id of a conversation.
#[derive(Default)]
pub struct Asked(Vec<(Option<Channel>, String)>);

impl Asked {
    /// Asks by a text, too. `None` is the id of a conversation.
    pub fn by(&mut self, channel: Option<Channel>, text: String) {
        self.0.push((channel, text));
    }

    /// Reads a question from JSON.
    ///
    /// # Errors
    /// A 400 or 422 that names every invalid member, or says that nothing was asked.
    pub fn parse(json: &[u8]) -> Result<Asked, Problem> {
        Asked::read(Members::read(json)?)
    }

    fn read(members: Members) -> Result<Asked, Problem> {
        let mut body = Body::new(members);
        let mut asked = Asked::default();
        for channel in Channel::ALL {
            if let Some(text) = body.take(channel.as_str(), MemberValue::text)? {
                asked.by(Some(channel), text);
            }
        }
        if let Some(id) = body.take(CONVERSATION, MemberValue::text)? {
            asked.by(None, id);
        }
        let errors = body.finish();
        if errors.is_empty() { asked.refuse_empty().map(|()| asked) } else { Err(Problem::refused(errors)) }
    }

    /// # Errors
    /// A 422 if nothing is asked by.
    pub fn refuse_empty(&self) -> Result<(), Problem> {
        if !self.0.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
        let detail = format!("ask by at least one of {} and {CONVERSATION}", names.join(", "));
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
    }

    /// The question, under the settings of a workspace.
    pub fn question(&self, settings: &Settings) -> Question {
        let mut question = Question::default();
        for (channel, text) in &self.0 {
            match channel {
                Some(channel) => question.ask(*channel, text, settings),
                None => question.ask_conversation(text),
            }
        }
        question
    }
}

impl WhoIsView {
    /// Answers a question of a workspace.
    ///
    /// # Errors
    /// When the book fails.
    pub async fn of(book: &ContactBook, workspace: &Workspace, asked: &Asked) -> Result<WhoIsView, BookError> {
        Ok(WhoIsView::new(book.who_is(workspace, |settings| asked.question(settings)).await?))
    }

    fn new(who: WhoIs) -> WhoIsView {
        let shown = |contact| ContactView::new(contact, &who.settings);
        let mut room = Room::default();
        let contact = who.contact.as_ref().map(shown).inspect(|contact| _ = room.takes(contact));
        let id = who.contact.as_ref().map(|contact| contact.id);
        let conversations = who.conversations.into_iter().zip(id.into_iter().cycle());
        WhoIsView {
            matched: who.matched.into(),
            identity: IdentityView::of(who.proven),
            contact,
            candidates: who.candidates.iter().map(shown).take_while(|contact| room.takes(contact)).collect(),
            conversations: conversations.map(|(conversation, id)| ConversationView::new(conversation, id)).collect(),
        }
    }
}

/// Answers who somebody is.
///
/// For the first second of a call: by any identifiers, or by the id of a conversation. Changes nothing.
#[utoipa::path(
    post,
    path = "/contacts/resolve",
    tag = "Contacts",
    request_body = QuestionForm,
    responses((status = 200, description = "Who it is, also if it is nobody", body = WhoIsView), BadRequest, BadBody, Failures),
)]
pub(crate) async fn resolve_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Json<WhoIsView>, Problem> {
    let asked = Asked::read(body)?;
    Ok(Json(WhoIsView::of(&api.book, &workspace, &asked).await?))
}
