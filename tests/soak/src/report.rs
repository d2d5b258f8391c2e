//! What a soak has shown.

use std::fmt;
use std::time::Duration;

use crate::compare::Comparison;
use crate::tally::Counts;

/// A soak that has ended.
#[derive(Debug)]
pub struct Report {
    pub(crate) seed: u64,
    pub(crate) time: Duration,
    pub(crate) counts: Counts,
    pub(crate) book: Comparison,
}

impl Report {
    /// What should not have been: wrong answers, invariants that do not hold, and all in which the book is not what the
    /// model says.
    pub fn differences(&self) -> impl Iterator<Item = &str> {
        self.counts.findings.iter().chain(&self.book.differences).map(String::as_str)
    }

    /// How many seconds passed without a fault.
    pub fn calm_seconds(&self) -> usize {
        self.counts.calm
    }

    /// Whether enough has happened to show something: acts, faults, deaths and repetitions, joins and imports.
    pub fn is_rich(&self) -> bool {
        let Counts { acts, faults, killed, again, .. } = &self.counts;
        let book = [self.book.contacts, self.book.joins, self.book.conflicts, self.book.imports];
        acts.len() >= 10 && faults.len() >= 5 && !killed.is_empty() && !again.is_empty() && !book.contains(&0)
    }
}

/// A table, and the differences.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:36} {:>10} {:>12} {:>10}", "act", "done", "acknowledged", "retries")?;
        for (kind, acts) in &self.counts.acts {
            writeln!(f, "{kind:36} {:>10} {:>12} {:>10}", acts.done, acts.acknowledged, acts.retries)?;
        }
        writeln!(f)?;
        let Counts { faults, killed, again, seconds, calm, .. } = &self.counts;
        let mut row = |what: &str, count: u64| writeln!(f, "{what:36} {count:>10}");
        for (fault, count) in faults {
            row(&format!("fault: {fault:?}"), *count as u64)?;
        }
        row("seconds with faults", (seconds - calm) as u64)?;
        row("seconds without", *calm as u64)?;
        for (function, count) in killed {
            row(&format!("killed: {function}"), *count as u64)?;
        }
        for (why, count) in again {
            row(&format!("again: {why}"), *count as u64)?;
        }
        let book = &self.book;
        for (what, count) in [
            ("items", book.items),
            ("contacts", book.contacts),
            ("joined into them", book.joins),
            ("conflicts", book.conflicts),
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
