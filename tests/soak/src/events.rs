//! Events of conversations, as the pipeline sends them.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::people::Values;
use crate::retry::{Attempt, Failure};

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) workspace: &'static str,
    /// On the telephone, the first telephone number is the caller's.
    pub(crate) channel: &'static str,
    pub(crate) conversation: String,
    pub(crate) at: Timestamp,
    pub(crate) values: Values,
}

/// How an event is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// The sender waits for the answer.
    Wait,
    /// The sender hangs up after this time at the first attempt.
    HangUp(Duration),
    /// Lambda queues it and calls the function later.
    Later,
}

impl Way {
    pub(crate) fn any(rng: &mut Rng) -> Way {
        match rng.u8(..10) {
            0..=3 => Way::Later,
            _ => Way::waiting(rng),
        }
    }

    /// A way with an answer.
    pub(crate) fn waiting(rng: &mut Rng) -> Way {
        hang_up(rng).map_or(Way::Wait, Way::HangUp)
    }
}

/// After which time a client hangs up; one in eight does.
pub(crate) fn hang_up(rng: &mut Rng) -> Option<Duration> {
    (rng.u8(..8) == 0).then(|| Duration::from_millis(rng.u64(1..40)))
}

impl Event {
    /// Its JSON.
    pub(crate) fn payload(&self) -> String {
        let captured = self.values.iter().map(|(field, text)| json!({"field": field, "value": text}));
        json!({
            "workspace_id": self.workspace,
            "conversation_id": self.conversation,
            "channel": self.channel,
            "assistant_id": "soak",
            "occurred_at": self.at.to_string(),
            "captured": captured.collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// Sends an event that the function must refuse: its conversation is on another channel.
pub(crate) async fn send_in_vain(clients: &Clients, payload: &str) -> Attempt<()> {
    match send(clients, payload, Way::Wait).await {
        Err(Failure::Wrong(refused)) if refused.contains("InvalidEvent") => Ok(()),
        Ok(()) => Err(Failure::Wrong("an event on a wrong channel was taken".to_owned())),
        Err(failure) => Err(failure),
    }
}

/// Sends an event once.
pub(crate) async fn send(clients: &Clients, payload: &str, way: Way) -> Attempt<()> {
    let later = way == Way::Later;
    let kind = if later { InvocationType::Event } else { InvocationType::RequestResponse };
    let invoke =
        clients.lambda.invoke().function_name(&clients.upsert).invocation_type(kind).payload(Blob::new(payload));
    let answer = invoke.send().await.map_err(|error| Failure::Unanswered(contacts_lambda::causes(&error)))?;
    let said: Value = answer.payload().and_then(|said| serde_json::from_slice(said.as_ref()).ok()).unwrap_or_default();
    match (answer.function_error(), said["errorType"].as_str().unwrap_or_default()) {
        (None, _) if later || said["rejected"] == json!([]) => Ok(()),
        (None, _) => Err(Failure::Wrong(format!("an event was not taken whole: {said}"))),
        (Some(_), "Internal" | "InvalidEvent") => Err(Failure::Wrong(format!("an event was refused: {said}"))),
        (Some(_), _) => Err(Failure::Unanswered(said.to_string())),
    }
}
