//! The import, from the event of S3 to the book.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod chunks;
mod cost;
mod deliveries;
mod erasures;
mod failures;
mod files;
mod forged;
mod identity;
mod interrupted;
mod options;
mod queue;
mod reports;
mod round_trips;
mod strangers;
mod undo;
