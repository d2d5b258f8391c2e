//! Conversations: events of people whom other lanes speak of at the same time.

use std::time::Duration;

use fastrand::Rng;
use jiff::SignedDuration;

use super::Lane;
use crate::events::{Event, Way};
use crate::people::{Population, Teller, Told};

/// What the lane does next.
#[derive(Debug, PartialEq)]
pub(crate) struct Say {
    told: Told,
    conversation: String,
    /// How long ago it happened.
    ago: SignedDuration,
    way: Way,
    /// After which times the same event comes again.
    again: Vec<Duration>,
}

/// The lane's choices.
pub(crate) struct Script {
    rng: Rng,
    teller: Teller,
}

impl Script {
    pub(crate) fn new(rng: Rng, population: Population, lane: u64) -> Script {
        Script { rng, teller: Teller::new(population, lane) }
    }
}

impl Iterator for Script {
    type Item = Say;

    fn next(&mut self) -> Option<Say> {
        let rng = &mut self.rng;
        let (whom, told) = self.teller.tell(rng);
        Some(Say {
            told,
            conversation: format!("c-{whom}-{}", rng.u8(..5)),
            ago: SignedDuration::from_millis(if rng.bool() { 0 } else { rng.i64(0..600_000) }),
            way: Way::any(rng),
            again: again(rng),
        })
    }
}

/// An event in five comes once more, or twice, within twenty seconds.
pub(super) fn again(rng: &mut Rng) -> Vec<Duration> {
    let times = if rng.u8(..5) == 0 { rng.usize(1..=2) } else { 0 };
    (0..times).map(|_| Duration::from_millis(rng.u64(..20_000))).collect()
}

pub(crate) async fn run(lane: Lane, script: Script) {
    for say in script {
        if lane.is_over() {
            return;
        }
        let event = Event {
            workspace: lane.workspace,
            conversation: say.conversation,
            at: contacts::time::now() - say.ago,
            told: say.told,
        };
        lane.tell(event, say.way, &say.again).await;
    }
}
