//! The deployed system: `template.yaml` and the release binaries in an emulator of AWS, met as clients meet it. What crosses
//! other boundaries is in `tests/` alone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod api;
pub mod deployment;
pub mod emulator;
pub mod issuer;
mod sign_in;
pub mod tools;
pub mod wait;
