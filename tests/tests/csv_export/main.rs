//! The export, from the event of S3 to the file.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod deliveries;
mod desk;
mod failures;
mod files;
mod people;
mod reading;
mod status;
