//! The event of a conversation, and how its JSON is parsed.

use contacts::{
    Captured, ConversationChannel, ConversationId, ConversationInfo, Number, Observation, Raw, Rejected, Settings,
    Workspace, time, without_lone_surrogates,
};
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

/// The most characters of an assistant's id.
const MAX_ASSISTANT_ID_CHARS: usize = 128;
/// The last year of RFC 3339.
const LAST_YEAR: i16 = 9999;
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
    /// Orders events of one moment; 0 if the pipeline does not number them.
    pub sequence: u64,
    /// The values, in the order of capture.
    pub captured: Vec<Captured>,
    /// The entries of `captured` from which no value can be read.
    pub malformed: Vec<Rejected>,
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
    #[serde(default = "null")]
    sequence: Raw,
    /// Raw, so that a malformed entry does not cost the event. `null` is an empty list.
    #[serde(default)]
    captured: Option<Vec<Box<RawValue>>>,
}

/// An entry of `captured`.
#[derive(Deserialize)]
struct Entry {
    #[serde(default = "null")]
    field: Raw,
    /// A missing value is malformed; `null` is a blank value.
    #[serde(default = "neither_text_nor_number")]
    value: Raw,
    #[serde(default = "null")]
    proof: Raw,
}

impl Event {
    /// Parses a payload.
    ///
    /// # Errors
    /// [`InvalidEvent`] if it is not JSON, lacks a member, or has an invalid one. Captured values are not parsed here, and
    /// malformed entries of `captured` only end up in [`Event::malformed`].
    pub fn parse(payload: &RawValue) -> Result<Event, InvalidEvent> {
        if !payload.get().starts_with('{') {
            return Err(InvalidEvent("expected a JSON object".to_owned()));
        }
        let form = Form::parse(payload.get()).map_err(shape_error)?;
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
        let occurred_at = moment(text("occurred_at", &form.occurred_at)?);
        let occurred_at = occurred_at.filter(|at| *at >= Timestamp::UNIX_EPOCH).ok_or_else(|| {
            invalid("occurred_at", "expected an RFC 3339 timestamp since 1970, such as 2026-11-22T10:00:00Z")
        })?;
        let sequence = sequence(&form.sequence)?;
        let entries = form.captured.unwrap_or_default();
        if entries.len() > MAX_CAPTURED {
            return Err(invalid("captured", format!("expected at most {MAX_CAPTURED} values")));
        }
        let (mut captured, mut malformed) = (Vec::new(), Vec::new());
        for json in &entries {
            match Entry::parse(json) {
                Ok(entry) => captured.push(entry),
                Err(reason) => malformed.push(Rejected { field: String::new(), reason: reason.to_owned() }),
            }
        }
        Ok(Event {
            workspace: workspace.map_err(|error| invalid("workspace_id", error))?,
            conversation: ConversationInfo {
                id: id.map_err(|error| invalid("conversation_id", error))?,
                channel: channel.ok_or_else(|| invalid("channel", unknown_channel()))?,
                assistant_id: assistant_id.to_owned(),
            },
            occurred_at: time::to_millis(occurred_at),
            sequence,
            captured,
            malformed,
        })
    }

    /// The observation of the valid values, and the entries of `captured` that were left out.
    pub fn observation(&self, settings: &Settings) -> (Observation, Vec<Rejected>) {
        let mut observation = Observation::of_conversation(self.conversation.clone(), self.occurred_at, time::now());
        observation.sequence = self.sequence;
        let invalid = observation.add_captured(&self.captured, settings);
        (observation, self.malformed.iter().cloned().chain(invalid).collect())
    }
}

impl InvalidEvent {
    /// A text that is no JSON at all.
    pub(crate) fn not_json() -> InvalidEvent {
        InvalidEvent("the payload is not JSON".to_owned())
    }

    /// The event of a conversation that began on another channel.
    pub(crate) fn wrong_channel() -> InvalidEvent {
        invalid("channel", "the conversation is known on another channel")
    }
}

impl Form {
    /// Half a surrogate pair in the name of a member, even of one that is ignored, makes the JSON unreadable for serde.
    fn parse(json: &str) -> serde_json::Result<Form> {
        serde_json::from_str(json).or_else(|error| match without_lone_surrogates(json) {
            Some(json) => serde_json::from_str(&json),
            None => Err(error),
        })
    }
}

impl Entry {
    /// Reads an entry. An entry that names its field is captured whatever its other members are: it may be the one that the
    /// channel would attest, and its rejection must name the field.
    fn parse(json: &RawValue) -> Result<Captured, &'static str> {
        const EXPECTED: &str = "expected {\"field\": text, \"value\": text or number}";
        // Serde would read an array as well.
        let parse = |json: &str| serde_json::from_str(json).ok();
        let entry = json.get().strip_prefix('{').and_then(|_| {
            parse(json.get()).or_else(|| without_lone_surrogates(json.get()).and_then(|json| parse(&json)))
        });
        let Entry { field, value, proof } = entry.ok_or(EXPECTED)?;
        let Raw::Text(field) = field else { return Err(EXPECTED) };
        let proof = match proof {
            Raw::Null => None,
            Raw::Text(proof) => Some(proof),
            // No proof has this name.
            Raw::Number(_) | Raw::Other => Some(String::new()),
        };
        Ok(Captured { field, value, proof })
    }
}

fn null() -> Raw {
    Raw::Null
}

fn neither_text_nor_number() -> Raw {
    Raw::Other
}

/// Reads a whole number in any notation: programs between the pipeline and this function may rewrite `12` as `12.0`.
fn sequence(raw: &Raw) -> Result<u64, InvalidEvent> {
    let number = match raw {
        Raw::Null => return Ok(0),
        Raw::Number(number) => Number::parse(number).ok(),
        Raw::Text(_) | Raw::Other => None,
    };
    let whole = number.and_then(|number| number.as_str().parse().ok());
    whole.ok_or_else(|| invalid("sequence", "expected a whole number that is not negative"))
}

/// Reads a timestamp. One that is later than [`Timestamp::MAX`], on the last days of the year 9999, is that: it counts as
/// now in any case.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let pieces = Pieces::parse(text).ok()?;
        let is_moment = pieces.time().is_some() && pieces.to_numeric_offset().is_some();
        (is_moment && pieces.date().year() == LAST_YEAR).then_some(Timestamp::MAX)
    })
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

pub(crate) fn invalid(member: &str, reason: impl std::fmt::Display) -> InvalidEvent {
    InvalidEvent(format!("{member}: {reason}"))
}

/// Passes on only serde messages that name a member: others quote the value, which may be personal data.
fn shape_error(error: serde_json::Error) -> InvalidEvent {
    let message = error.to_string();
    let names_a_member = message.starts_with("missing field") || message.starts_with("duplicate field");
    match error.classify() {
        Category::Data if names_a_member => InvalidEvent(message),
        Category::Data => InvalidEvent("captured: expected a list".to_owned()),
        Category::Io | Category::Syntax | Category::Eof => InvalidEvent::not_json(),
    }
}

#[cfg(test)]
mod tests {
    use contacts_testing::{any_json, damaged, object_of};
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"workspace_id": "acme", "conversation_id": "conv-1", "channel": "whatsapp",
        "assistant_id": "a-7", "occurred_at": "2026-11-22T10:00:00.1239Z", "later": {"added": true},
        "captured": [{"field": "custom.budget", "value": 12345678901234567890123}]}"#;

    fn parse(json: &str) -> Result<Event, String> {
        let payload = RawValue::from_string(json.to_owned()).unwrap();
        Event::parse(&payload).map_err(|error| error.to_string())
    }

    /// An event with these entries of `captured`.
    fn captured(captured: &str) -> Event {
        let (before, _) = GOOD.split_once("[{").unwrap();
        parse(&format!("{before}{captured}}}")).unwrap()
    }

    /// The fields and reasons of all that is rejected.
    fn rejected(entries: &str) -> Vec<(String, String)> {
        let (_, rejected) = captured(entries).observation(&Settings::default());
        rejected.into_iter().map(|Rejected { field, reason }| (field, reason)).collect()
    }

    /// The observed values of an event: field, value and proof.
    fn observed(entries: &str) -> Vec<(String, String, &'static str)> {
        let (observation, _) = captured(entries).observation(&Settings::default());
        let values = observation.values().iter();
        values.map(|value| (value.field.to_string(), value.value.as_str().to_owned(), value.proof.as_str())).collect()
    }

    fn said(field: &str, value: &str, proof: &'static str) -> (String, String, &'static str) {
        (field.to_owned(), value.to_owned(), proof)
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
            ("{\"added\": true}", "1, \"sequence\": \"secret\"", "sequence: expected a whole number"),
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

    #[test]
    fn a_time_to_come_counts_as_now() {
        for at in [
            "2999-01-01T00:00:00Z",
            "9999-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999999999-12:00",
            "9999-12-31t23:59:59z",
        ] {
            let before = time::now();
            let event = parse(&GOOD.replace("2026-11-22T10:00:00.1239Z", at)).unwrap();
            let observed = event.observation(&Settings::default()).0.at();
            assert!(before <= observed && observed <= time::now(), "{at}: {observed}");
        }
        for at in ["9999-12-31", "9999-12-31T23:59:59", "9999-13-31T23:59:59Z", "+010000-01-01T00:00:00Z"] {
            assert!(parse(&GOOD.replace("2026-11-22T10:00:00.1239Z", at)).is_err(), "{at}");
        }
    }

    #[test]
    fn members_that_are_ignored_may_say_anything() {
        for later in [r#""\ud83d": 1"#, r#""x": "\ud83d\ud83d""#, r#""x": 1e999999, "x": [[{}]], "y": -0.0"#] {
            let event = parse(&GOOD.replacen('{', &format!("{{{later}, "), 1)).unwrap();
            assert_eq!(event.captured.len(), 1, "{later}");
        }
        let (before, _) = GOOD.split_once("[{").unwrap();
        assert!(parse(&format!("{before}null}}")).unwrap().captured.is_empty());
        let entry = r#"[{"field": "name", "value": "Ada", "\ud83d": 1}]"#;
        assert_eq!(observed(entry), [said("name", "Ada", "stated")]);
    }

    #[test]
    fn a_sequence_is_a_whole_number() {
        let sequence = |json: &str| {
            let event = parse(&GOOD.replacen('{', &format!("{{\"sequence\": {json}, "), 1)).ok()?;
            Some(event.observation(&Settings::default()).0.sequence)
        };
        assert_eq!(parse(GOOD).unwrap().sequence, 0);
        for (json, expected) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("1.7E12", Some(1_700_000_000_000)),
            ("18446744073709551615", Some(u64::MAX)),
            ("null", Some(0)),
            ("18446744073709551616", None),
            ("-1", None),
            ("1.5", None),
            ("\"12\"", None),
            ("true", None),
            ("[]", None),
        ] {
            assert_eq!(sequence(json), expected, "{json}");
        }
    }

    #[test]
    fn a_malformed_entry_is_left_out_alone() {
        let email = r#"{"field": "email", "value": "ada@example.com", "later": {"added": true}}"#;
        for entry in [
            "null",
            "7",
            "\"secret\"",
            r#"["name", "secret"]"#,
            "{}",
            r#"{"value": "secret"}"#,
            r#"{"field": null, "value": "secret"}"#,
            r#"{"field": 7, "value": "secret"}"#,
            r#"{"field": {"secret": 1}, "value": "secret"}"#,
            r#"{"field": "name", "field": "name", "value": "secret"}"#,
        ] {
            let entries = format!("[{entry}, {email}]");
            assert_eq!(observed(&entries), [said("email", "ada@example.com", "stated")], "{entry}");
            let reason = "expected {\"field\": text, \"value\": text or number}";
            assert_eq!(rejected(&entries), [(String::new(), reason.to_owned())], "{entry}");
        }
        for (entry, field, reason) in [
            (r#"{"field": "name"}"#, "name", "must be a string or a number"),
            (r#"{"field": "name", "value": ["secret"]}"#, "name", "must be a string or a number"),
            (r#"{"field": "name", "value": true}"#, "name", "must be a string or a number"),
            (r#"{"field": "shoe", "value": "42"}"#, "shoe", "is not a field of a contact"),
            (r#"{"field": "", "value": "42"}"#, "", "is not a field of a contact"),
            (r#"{"field": "custom.budget", "value": 7}"#, "custom.budget", "is not a custom field of this workspace"),
            (r#"{"field": "name", "value": "Ada", "proof": "person"}"#, "name", "has an unknown proof"),
            (r#"{"field": "name", "value": "Ada", "proof": ""}"#, "name", "has an unknown proof"),
            (r#"{"field": "name", "value": "Ada", "proof": 1}"#, "name", "has an unknown proof"),
            (r#"{"field": "name", "value": "Ada", "proof": {}}"#, "name", "has an unknown proof"),
        ] {
            let entries = format!("[{entry}, {email}]");
            assert_eq!(observed(&entries), [said("email", "ada@example.com", "stated")], "{entry}");
            let rejected = rejected(&entries);
            assert_eq!(rejected.len(), 1, "{entry}");
            assert!(rejected[0].0 == field && rejected[0].1.contains(reason), "{entry}: {rejected:?}");
        }
    }

    #[test]
    fn a_blank_value_is_not_said() {
        let blank = r#"[{"field": "name", "value": null}, {"field": "email", "value": " "}]"#;
        assert_eq!((observed(blank), rejected(blank)), (Vec::new(), Vec::new()));
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        let entries = r#"[{"field": "name", "value": "Ada \ud83d"}, {"field": "\ud83d", "value": "x"}]"#;
        assert_eq!(observed(entries), [said("name", "Ada \u{FFFD}", "stated")]);
        assert_eq!(rejected(entries)[0].0, "\u{FFFD}");
    }

    #[test]
    fn the_channel_attests_the_first_value_of_its_field() {
        let both = r#"{"field": "whatsapp", "value": "12015550124"}, {"field": "name", "value": "Ada"}"#;
        assert_eq!(
            observed(&format!(r#"[{{"field": "whatsapp", "value": "12015550123"}}, {both}]"#)),
            [
                said("whatsapp", "+12015550123", "channel"),
                said("whatsapp", "+12015550124", "stated"),
                said("name", "Ada", "stated")
            ]
        );
        for first in [
            r#"{"field": "whatsapp"}"#,
            r#"{"field": "whatsapp", "value": null}"#,
            r#"{"field": "whatsapp", "value": "secret"}"#,
            r#"{"field": "whatsapp", "value": "12015550123", "proof": 7}"#,
        ] {
            assert_eq!(
                observed(&format!("[{first}, {both}]"))[0],
                said("whatsapp", "+12015550124", "stated"),
                "{first}"
            );
        }
    }

    #[test]
    fn an_entry_may_say_how_its_value_was_learnt() {
        for proof in ["channel", "token", "stated"] {
            let entries = format!(r#"[{{"field": "whatsapp", "value": "12015550123", "proof": "{proof}"}}]"#);
            assert_eq!(observed(&entries), [said("whatsapp", "+12015550123", proof)]);
        }
        let left_out = r#"[{"field": "whatsapp", "value": "12015550123", "proof": null}]"#;
        assert_eq!(observed(left_out), [said("whatsapp", "+12015550123", "channel")]);
    }

    /// The email of an entry beside malformed ones.
    const NEIGHBOUR: &str = r#"{"field": "email", "value": "neighbour@example.com"}"#;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

        #[test]
        fn no_entry_costs_its_neighbour(odd in prop::collection::vec(any_json(), 0..4), place in 0..4_usize) {
            let mut entries = odd;
            entries.insert(place.min(entries.len()), NEIGHBOUR.to_owned());
            let event = captured(&format!("[{}]", entries.join(",")));
            prop_assert_eq!(event.captured.len() + event.malformed.len(), entries.len());
            let (observation, rejected) = event.observation(&Settings::default());
            let is_there = observation.values().iter().any(|seen| seen.value.as_str() == "neighbour@example.com");
            prop_assert!(is_there, "{entries:?}");
            prop_assert!(rejected.iter().all(|rejected| !rejected.reason.is_empty()));
        }

        #[test]
        fn no_member_makes_the_function_panic(
            members in object_of(
                &["workspace_id", "conversation_id", "channel", "assistant_id", "occurred_at", "sequence", "captured"],
                any_json(),
            ),
            whole in any_json(),
        ) {
            for event in [GOOD.replacen('{', &(members[..members.len() - 1].to_owned() + ","), 1), members, whole] {
                if let Ok(payload) = RawValue::from_string(event)
                    && let Ok(event) = Event::parse(&payload)
                {
                    event.observation(&Settings::default());
                }
            }
        }

        #[test]
        fn no_damage_makes_the_function_panic(event in damaged(GOOD.to_owned())) {
            if let Ok(payload) = RawValue::from_string(event)
                && let Ok(event) = Event::parse(&payload)
            {
                event.observation(&Settings::default());
            }
        }
    }
}
