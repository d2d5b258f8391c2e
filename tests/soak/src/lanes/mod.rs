//! What goes on side by side. Each lane makes its choices alone, from the seed; what it is answered changes none of them.

pub(crate) mod desk;
pub(crate) mod files;
pub(crate) mod lists;
pub(crate) mod talk;

use std::sync::Arc;
use std::time::Duration;

use crate::events::{self, Event, Way};
use crate::ledger::Act;
use crate::patience::{Asked, hurried, persist};
use crate::run::Run;
use crate::site::{Answer, Call};

/// How often the end of a job is asked for.
const PAUSE: Duration = Duration::from_millis(100);

/// What a lane works with.
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

    /// Does something until it is answered, and counts it. `None` when it went wrong, which is noted.
    pub(crate) async fn act<T>(&self, kind: &'static str, ask: impl AsyncFnMut(usize) -> Asked<T>) -> Option<T> {
        let (retries, outcome) = persist(ask).await;
        self.run.tally.act(kind, retries, outcome.is_ok());
        outcome.map_err(|what| self.find(format!("{kind}: {what}"))).ok()
    }

    /// Notes what the system should not have done.
    pub(crate) fn find(&self, what: String) {
        self.run.tally.find(format!("{}: {what}", self.workspace));
    }

    /// Asks the API until it answers.
    pub(crate) async fn call(&self, kind: &'static str, call: &Call<'_>) -> Option<Answer> {
        self.act(kind, async |_| self.run.site.ask(call).await).await
    }

    /// Tells of an event until it is acknowledged, and then again after those times.
    pub(crate) async fn tell(&self, event: Event, way: Way, again: &[Duration]) {
        let payload = event.payload();
        let kind = if way == Way::Later { "events sent off" } else { "events" };
        let site = &self.run.site;
        let hang_up = if let Way::HangUp(after) = way { Some(after) } else { None };
        let told = self
            .act(kind, async |tries| hurried(hang_up.filter(|_| tries == 0), events::send(site, &payload, way)).await);
        if told.await.is_none() {
            return;
        }
        for after in again {
            self.run.again.later(*after, "events of conversations", &site.upsert, payload.to_string());
        }
        self.run.ledger.note(self.workspace, Act::Event(payload));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Population;
    use crate::seed::Seed;

    fn choices(seed: u64) -> String {
        let rng = |name| Seed(seed).generator(name);
        let talk: Vec<_> = talk::Script::new(rng("talk"), Population::Consistent, 1).take(500).collect();
        let quarrel: Vec<_> = talk::Script::new(rng("quarrel"), Population::Contradictory, 1).take(500).collect();
        let files: Vec<_> = files::Script::new(rng("files"), Population::Consistent, 1).take(20).collect();
        let desk: Vec<_> = desk::Script::new(rng("desk"), 1, 4).take(100).collect();
        let lists: Vec<_> = lists::Script(rng("lists")).take(500).collect();
        format!("{talk:?} {quarrel:?} {files:?} {desk:?} {lists:?}")
    }

    #[test]
    fn the_seed_decides_what_every_lane_does() {
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
    }
}
