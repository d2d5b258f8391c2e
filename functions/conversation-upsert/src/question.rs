//! A question instead of an event: who somebody is. For pipelines that invoke functions and have no token for the API.

use contacts::Workspace;
use contacts_api::{Asked, WhoIsView};
use contacts_book::ContactBook;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::UpsertError;
use crate::event::{InvalidEvent, invalid};

/// A question: `{"workspace_id": "acme", "resolve": {"telephone": "+15551234567"}}`.
pub(crate) struct Question {
    pub(crate) workspace: Workspace,
    asked: Asked,
}

/// The members of a payload that tell a question from an event.
#[derive(Deserialize)]
struct Form<'a> {
    workspace_id: Option<String>,
    #[serde(borrow)]
    resolve: Option<&'a RawValue>,
    /// An event may have members that this function does not read, also one called `resolve`.
    #[serde(borrow)]
    conversation_id: Option<&'a RawValue>,
}

impl Question {
    /// Reads a question; `None` if the payload is not one.
    pub(crate) fn parse(payload: &RawValue) -> Result<Option<Question>, InvalidEvent> {
        let form: Option<Form<'_>> = serde_json::from_str(payload.get()).ok();
        let Some(Form { workspace_id, resolve: Some(resolve), conversation_id: None }) = form else { return Ok(None) };
        let workspace = Workspace::parse(&workspace_id.unwrap_or_default());
        Ok(Some(Question {
            workspace: workspace.map_err(|error| invalid("workspace_id", error))?,
            asked: Asked::parse(resolve.get().as_bytes()).map_err(|problem| invalid("resolve", problem))?,
        }))
    }

    pub(crate) async fn answer(&self, book: &ContactBook) -> Result<WhoIsView, UpsertError> {
        Ok(WhoIsView::of(book, &self.workspace, &self.asked).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(payload: &str) -> Result<Option<String>, String> {
        let payload = RawValue::from_string(payload.to_owned()).unwrap();
        let question = Question::parse(&payload).map_err(|error| error.to_string())?;
        Ok(question.map(|question| question.workspace.to_string()))
    }

    #[test]
    fn a_question_is_distinguished_from_an_event() {
        let question = r#"{"workspace_id": "acme", "resolve": {"telephone": "+1 555"}, "later": 1}"#;
        assert_eq!(parse(question), Ok(Some("acme".to_owned())));
        for event in [
            r#"{"workspace_id": "acme", "conversation_id": "c", "resolve": {"telephone": "1"}}"#,
            r#"{"workspace_id": "acme", "resolve": null}"#,
            r#"{"workspace_id": 1, "captured": []}"#,
            "[]",
            "1",
        ] {
            assert_eq!(parse(event), Ok(None), "{event}");
        }
    }

    #[test]
    fn a_wrong_question_is_refused_with_its_member() {
        for (question, reason) in [
            (r#"{"resolve": {"telephone": "1"}}"#, "workspace_id: "),
            (r#"{"workspace_id": "acme", "resolve": {}}"#, "resolve: ask by at least one of telephone"),
            (r#"{"workspace_id": "acme", "resolve": "+1"}"#, "resolve: the body must be a JSON object"),
            (
                r#"{"workspace_id": "acme", "resolve": {"telephone": 1, "x": 2}}"#,
                "resolve: the request has invalid values: telephone must be a string, x is unknown",
            ),
        ] {
            let error = parse(question).unwrap_err();
            assert!(error.starts_with(reason), "{error}");
        }
    }
}
