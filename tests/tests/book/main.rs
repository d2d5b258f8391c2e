//! The book on a real engine.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ahead;
mod budgets;
mod builds;
mod causes;
mod closing;
mod concurrency;
mod conflicts;
mod conversations;
mod deletion;
mod erasing;
mod faults;
mod history;
mod kept_history;
mod largest;
mod lists;
mod names;
mod reindexing;
mod settings;
mod sharing;
mod sources;
mod workspaces;
