//! The export, from the event of S3 to the file.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod deliveries;
mod failures;
mod files;
mod harness;
mod people;
mod reading;
mod status;
