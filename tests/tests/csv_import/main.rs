//! The import, from the event of S3 to the book.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod cost;
mod deliveries;
mod desk;
mod failures;
mod files;
mod traffic;
