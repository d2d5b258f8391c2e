//! The tasks of operators, on a real engine and a bucket in process.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod everything;
mod offboarding;
mod repairing;
mod tenants;
