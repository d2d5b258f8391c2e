//! What happened, in numbers; and what should not have.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use contacts_testing::Fault;

/// How often each kind of act was done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Acts {
    pub(crate) done: usize,
    pub(crate) acknowledged: usize,
    /// How often it was tried again.
    pub(crate) retries: usize,
}

/// Counts, and what went wrong with the system itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) acts: BTreeMap<&'static str, Acts>,
    pub(crate) faults: BTreeMap<Fault, usize>,
    /// Calls that died, by what was called.
    pub(crate) killed: BTreeMap<&'static str, usize>,
    /// What came again, by the reason.
    pub(crate) again: BTreeMap<&'static str, usize>,
    pub(crate) seconds: usize,
    /// Seconds without a fault.
    pub(crate) calm: usize,
    pub(crate) findings: Vec<String>,
}

/// Counts, side by side.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

impl Tally {
    pub(crate) fn act(&self, kind: &'static str, retries: usize, acknowledged: bool) {
        self.with(|counts| {
            let acts = counts.acts.entry(kind).or_default();
            acts.done += 1;
            acts.retries += retries;
            acts.acknowledged += usize::from(acknowledged);
        });
    }

    pub(crate) fn killed(&self, what: &'static str) {
        self.with(|counts| *counts.killed.entry(what).or_default() += 1);
    }

    pub(crate) fn again(&self, why: &'static str) {
        self.with(|counts| *counts.again.entry(why).or_default() += 1);
    }

    pub(crate) fn second(&self, calm: bool) {
        self.with(|counts| {
            counts.seconds += 1;
            counts.calm += usize::from(calm);
        });
    }

    pub(crate) fn faults(&self, faults: BTreeMap<Fault, usize>) {
        self.with(|counts| counts.faults = faults);
    }

    /// Notes what the system should not have done.
    pub(crate) fn find(&self, what: String) {
        self.with(|counts| counts.findings.push(what));
    }

    /// All of it.
    pub(crate) fn counts(&self) -> Counts {
        self.with(|counts| counts.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
