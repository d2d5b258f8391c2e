//! The event of a conversation, and how its JSON is parsed.

use contacts::{ConversationChannel, ConversationId, ConversationInfo, Raw, Workspace, time};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// The most characters of an assistant's id.
const MAX_ASSISTANT_ID_CHARS: usize = 128;
/// The most captured values of one event.
const MAX_CAPTURED: usize = 200;

/// An event of a conversation.
#[derive(Debug)]
pub struct Event {
    /// The tenant.
    pub workspace: Workspace,
    /// The conversation.
    pub conversation: ConversationInfo,
    /// The time of the event.
    pub occurred_at: Timestamp,
    /// The values, in the order of capture.
    pub captured: Vec<Captured>,
}

/// A captured value, not yet parsed as a value of its field.
#[derive(Debug, Deserialize)]
pub struct Captured {
    /// The name of the field.
    pub field: String,
    /// The raw value.
    pub value: Raw,
}

/// The payload is not a valid event. The text names the wrong member, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEvent(String);

/// The members of the payload. Others are ignored, so that a pipeline may send more than this function reads.
#[derive(Deserialize)]
struct Form {
    workspace_id: Raw,
    conversation_id: Raw,
    channel: Raw,
    assistant_id: Raw,
    occurred_at: Raw,
    #[serde(default)]
    captured: Vec<Captured>,
}

impl Event {
    /// Parses a payload.
    ///
    /// # Errors
    /// [`InvalidEvent`] if it is not JSON, lacks a member, or has an invalid one. Captured values are not parsed here.
    pub fn parse(payload: &RawValue) -> Result<Event, InvalidEvent> {
        if !payload.get().starts_with('{') {
            return Err(InvalidEvent("expected a JSON object".to_owned()));
        }
        let form: Form = serde_json::from_str(payload.get()).map_err(shape_error)?;
        let workspace = Workspace::parse(text("workspace_id", &form.workspace_id)?);
        let id = ConversationId::parse(text("conversation_id", &form.conversation_id)?);
        let channel = ConversationChannel::parse(text("channel", &form.channel)?);
        let assistant_id = text("assistant_id", &form.assistant_id)?;
        if assistant_id.chars().count() > MAX_ASSISTANT_ID_CHARS || assistant_id.contains(char::is_control) {
            return Err(invalid(
                "assistant_id",
                format!("expected 1 to {MAX_ASSISTANT_ID_CHARS} printable characters"),
            ));
        }
        let occurred_at = text("occurred_at", &form.occurred_at)?.parse::<Timestamp>().ok();
        let occurred_at = occurred_at.filter(|at| *at >= Timestamp::UNIX_EPOCH).ok_or_else(|| {
            invalid("occurred_at", "expected an RFC 3339 timestamp since 1970, such as 2026-11-22T10:00:00Z")
        })?;
        if form.captured.len() > MAX_CAPTURED {
            return Err(invalid("captured", format!("expected at most {MAX_CAPTURED} values")));
        }
        Ok(Event {
            workspace: workspace.map_err(|error| invalid("workspace_id", error))?,
            conversation: ConversationInfo {
                id: id.map_err(|error| invalid("conversation_id", error))?,
                channel: channel.ok_or_else(|| invalid("channel", unknown_channel()))?,
                assistant_id: assistant_id.to_owned(),
            },
            occurred_at: time::to_millis(occurred_at),
            captured: form.captured,
        })
    }
}

fn text<'a>(member: &str, raw: &'a Raw) -> Result<&'a str, InvalidEvent> {
    match raw {
        Raw::Text(text) if !text.is_empty() => Ok(text),
        _ => Err(invalid(member, "expected a non-empty text")),
    }
}

fn unknown_channel() -> String {
    let names: Vec<&str> = ConversationChannel::ALL.iter().map(|channel| channel.as_str()).collect();
    format!("expected one of {}", names.join(", "))
}

fn invalid(member: &str, reason: impl std::fmt::Display) -> InvalidEvent {
    InvalidEvent(format!("{member}: {reason}"))
}

/// Passes on only serde messages that name a member: others quote the value, which may be personal data.
fn shape_error(error: serde_json::Error) -> InvalidEvent {
    let message = error.to_string();
    let names_a_member = message.starts_with("missing field") || message.starts_with("duplicate field");
    InvalidEvent(match error.classify() {
        Category::Data if names_a_member => message,
        Category::Data => "captured: expected a list of {\"field\": text, \"value\": text or number}".to_owned(),
        Category::Io | Category::Syntax | Category::Eof => "the payload is not JSON".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"workspace_id": "acme", "conversation_id": "conv-1", "channel": "whatsapp",
        "assistant_id": "a-7", "occurred_at": "2026-11-22T10:00:00.1239Z", "later": {"added": true},
        "captured": [{"field": "custom.budget", "value": 12345678901234567890123}]}"#;

    fn parse(json: &str) -> Result<Event, String> {
        let payload = RawValue::from_string(json.to_owned()).unwrap();
        Event::parse(&payload).map_err(|error| error.to_string())
    }

    #[test]
    fn an_event_is_parsed_and_unknown_members_are_ignored() {
        let event = parse(GOOD).unwrap();
        assert_eq!(event.workspace.as_str(), "acme");
        assert_eq!(event.conversation.channel, ConversationChannel::Whatsapp);
        assert_eq!(event.occurred_at.to_string(), "2026-11-22T10:00:00.123Z");
        assert_eq!(event.captured[0].value, Raw::Number("12345678901234567890123".into()));
        assert!(parse(&GOOD.replace("\"captured\"", "\"nothing\"")).unwrap().captured.is_empty());
    }

    #[test]
    fn errors_name_the_member_without_its_value() {
        for (from, to, reason) in [
            (GOOD, "[1]", "expected a JSON object"),
            (GOOD, "\"x\"", "expected a JSON object"),
            ("\"workspace_id\": \"acme\",", "", "missing field `workspace_id`"),
            ("\"acme\"", "\"Acme\"", "workspace_id: a workspace is"),
            ("\"acme\"", "7", "workspace_id: expected a non-empty text"),
            ("conv-1", "conv 1", "conversation_id: a conversation id is"),
            ("\"whatsapp\"", "\"fax\"", "channel: expected one of telephone, sms,"),
            ("a-7", "", "assistant_id: expected a non-empty text"),
            ("2026-11-22T10:00:00.1239Z", "yesterday", "occurred_at: expected an RFC 3339 timestamp"),
            ("2026-11-22T10:00:00.1239Z", "1969-12-31T23:59:59Z", "occurred_at: expected an RFC 3339 timestamp"),
            ("\"field\": \"custom.budget\"", "\"fields\": 1", "missing field `field`"),
            ("\"custom.budget\"", "{\"secret\": 1}", "captured: expected a list"),
            (
                "[{\"field\": \"custom.budget\", \"value\": 12345678901234567890123}]",
                "\"secret\"",
                "captured: expected a list",
            ),
        ] {
            let error = parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.contains(reason) && !error.contains("secret"), "{from} -> {to}: {error}");
        }
    }
}
