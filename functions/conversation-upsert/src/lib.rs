//! Folds the values that a conversation captured into the contact book.
//!
//! The conversation pipeline invokes this function, synchronously or not, once per event. Events may arrive late,
//! repeatedly and concurrently: the book ends up the same.

mod answer;
mod error;
mod event;

use std::time::Instant;

use contacts::{Observation, Outcome, Settings, time};
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
    for captured in &event.captured {
        let mut reject = |reason: String| rejected.push(Rejected { field: captured.field.clone(), reason });
        let field = match contacts::Field::parse(&captured.field) {
            Ok(field) => field,
            Err(error) => {
                reject(error.to_string());
                continue;
            }
        };
        match field.read(&captured.value, settings) {
            Ok(None) => {}
            Ok(Some(value)) => {
                if let Err(error) = observation.add(field, value) {
                    reject(error.to_string());
                }
            }
            Err(error) => reject(error.to_string()),
        }
    }
    (observation, rejected)
}
