//! Conversations: events of people who occur in other lanes at the same time.

use std::time::Duration;

use fastrand::Rng;
use jiff::SignedDuration;

use super::Lane;
use crate::events::{Event, Way};
use crate::people::{Population, Speaker, Values};

/// A step of the lane.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    channel: &'static str,
    values: Values,
    conversation: String,
    /// How long ago it happened.
    ago: SignedDuration,
    way: Way,
    /// After which times the event is delivered again.
    repeats: Vec<Duration>,
}

/// The random steps of the lane.
pub(crate) struct Script {
    rng: Rng,
    channel: &'static str,
    speaker: Speaker,
}

impl Script {
    pub(crate) fn new(rng: Rng, population: Population, lane: u64) -> Script {
        let channel = if population == Population::Household { "telephone" } else { "web_chat" };
        Script { rng, channel, speaker: Speaker::new(population, lane) }
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let rng = &mut self.rng;
        let (person, values) = self.speaker.next_values(rng);
        Some(Step {
            channel: self.channel,
            values,
            conversation: format!("c-{person}-{}", rng.u8(..5)),
            ago: SignedDuration::from_millis(if rng.bool() { 0 } else { rng.i64(0..600_000) }),
            way: Way::any(rng),
            repeats: repeats(rng),
        })
    }
}

/// One event in five is delivered once or twice again within twenty seconds.
pub(super) fn repeats(rng: &mut Rng) -> Vec<Duration> {
    let times = if rng.u8(..5) == 0 { rng.usize(1..=2) } else { 0 };
    (0..times).map(|_| Duration::from_millis(rng.u64(..20_000))).collect()
}

pub(crate) async fn run(lane: Lane, script: Script) {
    for step in script {
        if lane.is_over() {
            return;
        }
        let event = Event {
            workspace: lane.workspace,
            channel: step.channel,
            conversation: step.conversation,
            at: contacts::time::now() - step.ago,
            values: step.values,
        };
        lane.send(event, step.way, &step.repeats).await;
    }
}
