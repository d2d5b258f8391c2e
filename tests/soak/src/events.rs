//! Events of conversations, as the pipeline sends them.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::patience::{Asked, Trouble};
use crate::people::Told;
use crate::site::Site;

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) workspace: &'static str,
    pub(crate) conversation: String,
    pub(crate) at: Timestamp,
    pub(crate) told: Told,
}

/// How an event is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// Its sender waits for the answer.
    Wait,
    /// Its sender waits at first no longer than this.
    HangUp(Duration),
    /// Lambda takes it and calls the function later.
    Later,
}

impl Way {
    pub(crate) fn any(rng: &mut Rng) -> Way {
        match rng.u8(..10) {
            0..=3 => Way::Later,
            _ => Way::waiting(rng),
        }
    }

    /// Any way with an answer.
    pub(crate) fn waiting(rng: &mut Rng) -> Way {
        hang_up(rng).map_or(Way::Wait, Way::HangUp)
    }
}

/// When a client hangs up, if it does: one in eight.
pub(crate) fn hang_up(rng: &mut Rng) -> Option<Duration> {
    (rng.u8(..8) == 0).then(|| Duration::from_millis(rng.u64(1..40)))
}

impl Event {
    /// Its JSON.
    pub(crate) fn payload(&self) -> String {
        let captured = self.told.iter().map(|(field, text)| json!({"field": field, "value": text}));
        json!({
            "workspace_id": self.workspace,
            "conversation_id": self.conversation,
            "channel": "web_chat",
            "assistant_id": "soak",
            "occurred_at": self.at.to_string(),
            "captured": captured.collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// Sends an event once.
pub(crate) async fn send(site: &Site, payload: &str, way: Way) -> Asked<()> {
    let later = way == Way::Later;
    let kind = if later { InvocationType::Event } else { InvocationType::RequestResponse };
    let invoke = site.lambda.invoke().function_name(&site.upsert).invocation_type(kind).payload(Blob::new(payload));
    let answer = invoke.send().await.map_err(|error| Trouble::Unanswered(contacts_lambda::causes(&error)))?;
    let said: Value = answer.payload().and_then(|said| serde_json::from_slice(said.as_ref()).ok()).unwrap_or_default();
    match (answer.function_error(), said["errorType"].as_str().unwrap_or_default()) {
        (None, _) if later || said["rejected"] == json!([]) => Ok(()),
        (None, _) => Err(Trouble::Wrong(format!("an event was not taken whole: {said}"))),
        (Some(_), "Internal" | "InvalidEvent") => Err(Trouble::Wrong(format!("an event was refused: {said}"))),
        (Some(_), _) => Err(Trouble::Unanswered(said.to_string())),
    }
}
