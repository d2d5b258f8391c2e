//! Counts of all that happens, and the defects found.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use contacts_testing::Fault;

/// The counts of one kind of operation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OperationCounts {
    pub(crate) done: usize,
    pub(crate) acknowledged: usize,
    /// How often a client retried.
    pub(crate) retries: usize,
}

/// Counts, and the defects found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) operations: BTreeMap<&'static str, OperationCounts>,
    pub(crate) faults: BTreeMap<Fault, usize>,
    /// Killed calls by function.
    pub(crate) killed: BTreeMap<&'static str, usize>,
    /// Redeliveries by reason.
    pub(crate) redeliveries: BTreeMap<&'static str, usize>,
    pub(crate) seconds: usize,
    /// Seconds without a fault.
    pub(crate) without_fault: usize,
    pub(crate) findings: Vec<String>,
}

/// Shared counts.
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counts>);

impl Counters {
    pub(crate) fn act(&self, kind: &'static str, retries: usize, acknowledged: bool) {
        self.with(|counts| {
            let operations = counts.operations.entry(kind).or_default();
            operations.done += 1;
            operations.retries += retries;
            operations.acknowledged += usize::from(acknowledged);
        });
    }

    pub(crate) fn killed(&self, what: &'static str) {
        self.with(|counts| *counts.killed.entry(what).or_default() += 1);
    }

    pub(crate) fn redelivered(&self, why: &'static str) {
        self.with(|counts| *counts.redeliveries.entry(why).or_default() += 1);
    }

    pub(crate) fn second(&self, without_fault: bool) {
        self.with(|counts| {
            counts.seconds += 1;
            counts.without_fault += usize::from(without_fault);
        });
    }

    pub(crate) fn faults(&self, faults: BTreeMap<Fault, usize>) {
        self.with(|counts| counts.faults = faults);
    }

    /// Records a defect of the system.
    pub(crate) fn find(&self, what: String) {
        self.with(|counts| counts.findings.push(what));
    }

    /// A copy of all counts.
    pub(crate) fn counts(&self) -> Counts {
        self.with(|counts| counts.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
