//! The result of a soak.

use std::fmt;
use std::time::Duration;

use crate::compare::Comparison;
use crate::counters::Counts;

/// The result of a soak.
#[derive(Debug)]
pub struct Report {
    pub(crate) seed: u64,
    pub(crate) time: Duration,
    pub(crate) counts: Counts,
    pub(crate) book: Comparison,
}

impl Report {
    /// Wrong answers, violated invariants, and every difference between the book and the model.
    pub fn differences(&self) -> impl Iterator<Item = &str> {
        self.counts.findings.iter().chain(&self.book.differences).map(String::as_str)
    }

    /// How many seconds passed without a fault.
    pub fn seconds_without_fault(&self) -> usize {
        self.counts.without_fault
    }

    /// Whether operations, faults, kills, redeliveries, joins, conflicts, unconfirmed values, shared identifiers and imports
    /// all occurred.
    pub fn is_rich(&self) -> bool {
        let Counts { operations, faults, killed, redeliveries, .. } = &self.counts;
        let Comparison { contacts, joins, conflicts, unconfirmed, shared, imports, .. } = self.book;
        let book = [contacts, joins, conflicts, unconfirmed, shared, imports];
        operations.len() >= 10
            && faults.len() >= 5
            && !killed.is_empty()
            && !redeliveries.is_empty()
            && !book.contains(&0)
    }
}

/// A table, and the differences.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:36} {:>10} {:>12} {:>10}", "operation", "done", "acknowledged", "retries")?;
        for (kind, operations) in &self.counts.operations {
            writeln!(
                f,
                "{kind:36} {:>10} {:>12} {:>10}",
                operations.done, operations.acknowledged, operations.retries
            )?;
        }
        writeln!(f)?;
        let Counts { faults, killed, redeliveries, seconds, without_fault, .. } = &self.counts;
        let mut row = |what: &str, count: u64| writeln!(f, "{what:36} {count:>10}");
        for (fault, count) in faults {
            row(&format!("fault: {fault:?}"), *count as u64)?;
        }
        row("seconds with faults", (seconds - without_fault) as u64)?;
        row("seconds without", *without_fault as u64)?;
        for (function, count) in killed {
            row(&format!("killed: {function}"), *count as u64)?;
        }
        for (why, count) in redeliveries {
            row(&format!("redelivered: {why}"), *count as u64)?;
        }
        let book = &self.book;
        for (what, count) in [
            ("items", book.items),
            ("contacts", book.contacts),
            ("joined into them", book.joins),
            ("conflicts", book.conflicts),
            ("unconfirmed values", book.unconfirmed),
            ("shared identifiers", book.shared),
            ("conversations", book.conversations),
            ("imports", book.imports),
        ] {
            row(what, count as u64)?;
        }
        row("rows imported", book.rows)?;
        let differences: Vec<&str> = self.differences().collect();
        row("differences", differences.len() as u64)?;
        for difference in differences {
            writeln!(f, "  {difference}")?;
        }
        write!(f, "seed {}, {} s", self.seed, self.time.as_secs())
    }
}
