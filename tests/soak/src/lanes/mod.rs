//! The lanes, which run concurrently. The seed alone decides the steps of a lane; answers do not change them.

pub(crate) mod callers;
pub(crate) mod conversations;
pub(crate) mod files;
pub(crate) mod lists;
pub(crate) mod manual;
pub(crate) mod parted;
pub(crate) mod settling;
pub(crate) mod undone;

use std::sync::Arc;
use std::time::Duration;

use crate::acknowledged::Operation;
use crate::clients::{Answer, Call};
use crate::events::{self, Event, Way};
use crate::retry::{Attempt, hang_up_after, retry};
use crate::state::Run;

/// The pause between two looks at a job.
const PAUSE: Duration = Duration::from_millis(100);

/// What a lane needs to run.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) run: Arc<Run>,
    pub(crate) workspace: &'static str,
}

impl Lane {
    /// Whether the time is up.
    pub(crate) fn is_over(&self) -> bool {
        self.run.over.is_cancelled()
    }

    /// Retries an operation until it is answered, and counts it; `None` if the answer was wrong, which is recorded.
    pub(crate) async fn act<T>(&self, kind: &'static str, ask: impl AsyncFnMut(usize) -> Attempt<T>) -> Option<T> {
        let (retries, outcome) = retry(ask).await;
        self.run.counters.act(kind, retries, outcome.is_ok());
        outcome.map_err(|what| self.find(format!("{kind}: {what}"))).ok()
    }

    /// Records a defect of the system.
    pub(crate) fn find(&self, what: String) {
        self.run.counters.find(format!("{}: {what}", self.workspace));
    }

    /// Sends a request to the API until it answers.
    pub(crate) async fn call(&self, kind: &'static str, call: &Call<'_>) -> Option<Answer> {
        self.act(kind, async |_| self.run.clients.ask(call).await).await
    }

    /// Sends an event until it is acknowledged, and then again after those times.
    pub(crate) async fn send(&self, event: Event, way: Way, repeats: &[Duration]) {
        let payload = event.payload();
        let kind = if way == Way::Later { "events sent off" } else { "events" };
        let clients = &self.run.clients;
        let hang_up = if let Way::HangUp(after) = way { Some(after) } else { None };
        let values = self.act(kind, async |tries| {
            hang_up_after(hang_up.filter(|_| tries == 0), events::send(clients, &payload, way)).await
        });
        if values.await.is_none() {
            return;
        }
        for after in repeats {
            self.run.redelivery.later(*after, "events of conversations", &clients.upsert, payload.to_string());
        }
        self.run.acknowledged.note(self.workspace, Operation::Event(payload));
    }
}

#[cfg(test)]
mod tests {
    use contacts::IdentityMode;

    use super::*;
    use crate::people::Population;
    use crate::seed::Seed;

    fn choices(seed: u64) -> String {
        let rng = |name| Seed(seed).generator(name);
        let conversations: Vec<_> =
            conversations::Script::new(rng("conversations"), Population::Consistent, 1).take(500).collect();
        let conflicting: Vec<_> =
            conversations::Script::new(rng("conflicting"), Population::Contradictory, 1).take(500).collect();
        let household: Vec<_> =
            conversations::Script::new(rng("household"), Population::Household, 1).take(500).collect();
        let callers: Vec<_> = callers::Script::new(rng("callers"), IdentityMode::Guarded, 1, 4).take(500).collect();
        let files: Vec<_> = files::Script::new(rng("files"), Population::Consistent, 1).take(20).collect();
        let manual: Vec<_> = manual::Script::new(rng("manual"), 1, 4).take(100).collect();
        let erasing: Vec<_> = manual::Script::new(rng("erasing"), 1, 2).with_erasures().take(100).collect();
        let lists: Vec<_> = lists::Script(rng("lists")).take(500).collect();
        let undone: Vec<_> = undone::Script::new(rng("undone")).take(100).collect();
        let parted: Vec<_> = parted::Script(rng("parted")).take(100).collect();
        format!(
            "{conversations:?} {conflicting:?} {household:?} {callers:?} {files:?} {manual:?} {erasing:?} {lists:?} {undone:?} \
             {parted:?}"
        )
    }

    #[test]
    fn the_seed_decides_what_every_lane_does() {
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
    }
}
