//! Harnesses around whole functions: an S3 bucket in process, and an import.
//!
//! A harness panics where something fails that a test takes for granted.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod bucket;
mod import;
mod text;

pub use bucket::{Bucket, Object};
pub use import::{ImportHarness, ONE_CHUNK, workspace};
pub use text::{assert_counts_add_up, contact_line, people_csv, summary};
