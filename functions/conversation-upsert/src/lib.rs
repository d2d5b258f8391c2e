//! Folds the values that a conversation captured into the contact book.
//!
//! The conversation pipeline invokes this function, synchronously or not, once per event. Events may arrive late,
//! repeatedly and concurrently: the book ends up the same.

mod answer;
mod error;
mod event;

use std::time::Instant;

use contacts::{Field, Observation, Outcome, Settings, time};
use contacts_book::ContactBook;
use lambda_runtime::LambdaEvent;
use serde_json::value::RawValue;

pub use answer::{Answer, ConflictAnswer, Rejected};
pub use error::UpsertError;
pub use event::{Captured, Event, InvalidEvent};

/// Handles one invocation, whose payload is the JSON of an event.
///
/// # Errors
/// [`UpsertError::InvalidEvent`] if the payload is not a valid event; sending it again does not help. The others mean that
/// the event may not have been folded; sending it again is safe.
pub async fn handle(book: &ContactBook, invocation: LambdaEvent<Box<RawValue>>) -> Result<Answer, UpsertError> {
    let (payload, context) = invocation.into_parts();
    let event = Event::parse(&payload)?;
    let begun = Instant::now();
    let folded = book.observe(&event.workspace, |settings| {
        let (observation, rejected) = observation(&event, settings);
        (observation.delivered_by(&context.request_id), rejected)
    });
    let folded = folded.await;
    let (folded, rejected) = folded.map_err(|error| {
        let error = UpsertError::from(error);
        // The conversation is not logged: on some platforms its id contains the phone number.
        tracing::error!(workspace = %event.workspace, error = contacts_lambda::causes(&error), "event not folded");
        error
    })?;
    let outcome = folded.outcome;
    let answer = Answer::new(folded, rejected);
    tracing::info!(
        workspace = %event.workspace,
        contact = answer.contact_id,
        outcome = answer.outcome,
        joined = answer.joined.len(),
        conflicts = answer.conflicts.len(),
        rejected = answer.rejected.len(),
        "event folded"
    );
    tracing::info!(
        target: contacts_lambda::METRICS,
        events_created = outcome == Outcome::Created,
        events_updated = outcome == Outcome::Updated,
        events_unchanged = outcome == Outcome::Unchanged,
        events_suppressed = outcome == Outcome::Suppressed,
        events_ignored = outcome == Outcome::Ignored,
        joins = answer.joined.len(),
        conflicts = answer.conflicts.len(),
        values_rejected = answer.rejected.len(),
        fold_ms = begun.elapsed().as_secs_f64() * 1e3,
    );
    Ok(answer)
}

/// The observation of the event's valid values, and the rejected values.
pub fn observation(event: &Event, settings: &Settings) -> (Observation, Vec<Rejected>) {
    let mut observation = Observation::of_conversation(event.conversation.clone(), event.occurred_at, time::now());
    let mut rejected = Vec::new();
    // The name in front of an email counts only if the event has no other.
    let mut mentioned = None;
    for captured in &event.captured {
        let mut reject = |reason: String| rejected.push(Rejected { field: captured.field.clone(), reason });
        let field = match Field::parse(&captured.field) {
            Ok(field) => field,
            Err(error) => {
                reject(error.to_string());
                continue;
            }
        };
        let values = match field.read_all(&captured.value, settings) {
            Ok(values) => values,
            Err(error) => {
                reject(error.to_string());
                continue;
            }
        };
        for (of, value) in values {
            if field.is_beside(&of) {
                mentioned.get_or_insert(value);
            } else if let Err(error) = observation.add(of, value) {
                reject(error.to_string());
            }
        }
    }
    let is_named = observation.values().iter().any(|observed| observed.field == Field::Name);
    // A name is no identifier, so it always fits.
    if let Some(name) = mentioned.filter(|_| !is_named) {
        let _ = observation.add(Field::Name, name);
    }
    (observation, rejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of an event that captured these, as `field=value`; and the fields that were rejected.
    fn read(captured: &str) -> (Vec<String>, Vec<String>) {
        let event = format!(
            r#"{{"workspace_id": "acme", "conversation_id": "c-1", "channel": "whatsapp", "assistant_id": "a-7",
                "occurred_at": "2026-11-22T10:00:00Z", "captured": {captured}}}"#
        );
        let event = Event::parse(&RawValue::from_string(event).unwrap()).unwrap();
        let (observation, rejected) = observation(&event, &Settings::default());
        let values = observation.values().iter();
        let values = values.map(|observed| format!("{}={}", observed.field, observed.value.as_str())).collect();
        (values, rejected.into_iter().map(|rejected| rejected.field).collect())
    }

    #[test]
    fn the_name_in_front_of_an_email_counts_if_there_is_no_other() {
        let email = r#"{"field": "email", "value": "Ada <ada@x.org>"}"#;
        assert_eq!(read(&format!("[{email}]")).0, ["email=ada@x.org", "name=Ada"]);
        let name = |name: &str| read(&format!(r#"[{email}, {{"field": "name", "value": "{name}"}}]"#)).0;
        assert_eq!(name("Countess"), ["email=ada@x.org", "name=Countess"]);
        assert_eq!(name("n/a"), ["email=ada@x.org", "name=Ada"]);
    }

    #[test]
    fn a_whatsapp_user_id_is_a_value_of_its_own_field() {
        let (values, rejected) =
            read(r#"[{"field": "whatsapp", "value": "US.13491208"}, {"field": "slack", "value": "x"}]"#);
        assert_eq!((values, rejected), (vec!["whatsapp_user_id=US.13491208".to_owned()], vec!["slack".to_owned()]));
    }

    #[test]
    fn half_a_surrogate_pair_is_a_value_like_others() {
        assert_eq!(read(r#"[{"field": "name", "value": "Ada \ud83d"}]"#).0, ["name=Ada \u{FFFD}"]);
    }
}
