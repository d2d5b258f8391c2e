//! The metrics of an invocation.

use std::time::Instant;

use contacts::Outcome;

use crate::answer::Answer;

/// The results of the events of one invocation, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    created: usize,
    updated: usize,
    unchanged: usize,
    suppressed: usize,
    ignored: usize,
    joins: usize,
    conflicts: usize,
    rejected: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: Outcome, answer: &Answer) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Suppressed | Outcome::Erased => self.suppressed += 1,
            Outcome::Ignored => self.ignored += 1,
            // Such an event is invalid and has no answer.
            Outcome::WrongChannel => {}
        }
        self.joins += answer.joined.len();
        self.conflicts += answer.conflicts.len();
        self.rejected += answer.rejected.len();
    }

    pub(crate) fn merge(&mut self, other: &Tally) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.suppressed += other.suppressed;
        self.ignored += other.ignored;
        self.joins += other.joins;
        self.conflicts += other.conflicts;
        self.rejected += other.rejected;
    }

    /// Sends the metrics. The events were begun to be folded at `begun`.
    pub(crate) fn send(&self, begun: Instant) {
        tracing::info!(
            target: contacts_lambda::METRICS,
            events_created = self.created,
            events_updated = self.updated,
            events_unchanged = self.unchanged,
            events_suppressed = self.suppressed,
            events_ignored = self.ignored,
            joins = self.joins,
            conflicts = self.conflicts,
            values_rejected = self.rejected,
            fold_ms = begun.elapsed().as_secs_f64() * 1e3,
        );
    }
}
