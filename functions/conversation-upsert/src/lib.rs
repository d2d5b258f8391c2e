//! Folds the values that a conversation captured into the contact book.
//!
//! The conversation pipeline invokes this function, synchronously or not, once per event, or sends its events to a queue,
//! whose messages come in batches. Events may arrive late, repeatedly and concurrently: the book ends up the same.

mod answer;
mod error;
mod event;
mod question;
mod queue;
mod tally;
mod workspaces;

use std::time::Instant;

use contacts::Folded;
use contacts_api::WhoIsView;
use contacts_book::ContactBook;
use contacts_lambda::QueueAnswer;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::question::Question;
use crate::tally::Tally;

pub use answer::{Answer, ConflictAnswer, Rejected};
pub use error::UpsertError;
pub use event::{Event, InvalidEvent};
pub use workspaces::{InvalidWorkspaces, Workspaces};

/// The answer to an invocation.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// To an event.
    Folded(Answer),
    /// To a question.
    WhoIs(Box<WhoIsView>),
    /// To a batch of a queue.
    Batch(QueueAnswer),
}

/// Handles one invocation, whose payload is an event, a batch of a queue's messages with an event each, or asks who somebody
/// is: `{"workspace_id": "acme", "resolve": {"telephone": "+15551234567"}}`. The answer to a question is that of
/// `POST /contacts/resolve`.
///
/// A message has an event, or an envelope of EventBridge whose `detail` is one. The answer to a batch names the messages that
/// failed, and is no error.
///
/// # Errors
/// As [`handle_of`].
pub async fn invoke_of(
    workspaces: &Workspaces,
    book: &ContactBook,
    invocation: LambdaEvent<Box<RawValue>>,
) -> Result<Response, UpsertError> {
    if let Some(batch) = queue::batch(&invocation.payload) {
        let request = &invocation.context.request_id;
        return Ok(Response::Batch(queue::fold(workspaces, book, batch, request).await));
    }
    let Some(question) = Question::parse(&invocation.payload)? else {
        return handle_of(workspaces, book, invocation).await.map(Response::Folded);
    };
    let workspace = &question.workspace;
    if !workspaces.admit(workspace) {
        tracing::warn!(%workspace, "question of an unknown workspace refused");
        return Err(UpsertError::UnknownWorkspace);
    }
    let answer = question.answer(book).await.inspect_err(|error| {
        tracing::error!(%workspace, error = contacts_lambda::causes(error), "question not answered");
    })?;
    tracing::info!(%workspace, "question answered");
    Ok(Response::WhoIs(Box::new(answer)))
}

/// Handles one invocation, whose payload is the JSON of an event of any workspace. See [`handle_of`].
///
/// # Errors
/// As [`handle_of`], without [`UpsertError::UnknownWorkspace`].
pub async fn handle(book: &ContactBook, invocation: LambdaEvent<Box<RawValue>>) -> Result<Answer, UpsertError> {
    handle_of(&Workspaces::default(), book, invocation).await
}

/// Handles one invocation, whose payload is the JSON of an event of one of these workspaces.
///
/// # Errors
/// [`UpsertError::UnknownWorkspace`] if the event is of another workspace; sending it again does not help.
/// [`UpsertError::InvalidEvent`] if the payload is not a valid event, or if its conversation is known on another channel;
/// sending it again does not help. The others mean that the event may not have been folded; sending it again is safe.
pub async fn handle_of(
    workspaces: &Workspaces,
    book: &ContactBook,
    invocation: LambdaEvent<Box<RawValue>>,
) -> Result<Answer, UpsertError> {
    let (payload, context) = invocation.into_parts();
    let event = Event::parse(&payload)?;
    if !workspaces.admit(&event.workspace) {
        tracing::warn!(workspace = %event.workspace, "event of an unknown workspace refused");
        return Err(UpsertError::UnknownWorkspace);
    }
    let begun = Instant::now();
    let folded = book.observe(&event.workspace, |settings| {
        let (observation, rejected) = event.observation(settings);
        (observation.delivered_by(&context.request_id), rejected)
    });
    // The conversation is not logged: on some platforms its id contains the phone number.
    let (folded, rejected) = folded.await.map_err(|error| {
        let error = UpsertError::from(error);
        tracing::error!(workspace = %event.workspace, error = contacts_lambda::causes(&error), "event not folded");
        error
    })?;
    let mut tally = Tally::default();
    let answer = answer_to(&event, folded, rejected, &mut tally)?;
    tally.send(begun);
    Ok(answer)
}

/// The answer to an event that was folded. Logs and counts it.
fn answer_to(
    event: &Event,
    folded: Folded,
    rejected: Vec<contacts::Rejected>,
    tally: &mut Tally,
) -> Result<Answer, InvalidEvent> {
    let outcome = folded.outcome;
    let answer = Answer::new(folded, rejected).inspect_err(|reason| {
        let channel = event.conversation.channel.as_str();
        tracing::warn!(workspace = %event.workspace, channel, %reason, "event not folded");
    })?;
    tracing::info!(
        workspace = %event.workspace,
        contact = answer.contact_id,
        outcome = answer.outcome,
        identity = answer.identity,
        joined = answer.joined.len(),
        conflicts = answer.conflicts.len(),
        unconfirmed = answer.unconfirmed.len(),
        rejected = answer.rejected.len(),
        "event folded"
    );
    tally.add(outcome, &answer);
    Ok(answer)
}
