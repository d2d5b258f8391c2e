//! The rules of identity and values, on decisions alone: no table, no clock.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod acts;
mod book;
mod cases;
mod closing;
mod convergence;
mod deletion;
mod diff;
mod editing;
mod erasing;
mod existing;
mod identity;
mod joining;
mod resolving;
mod settling;
mod trust;
mod undoing;
mod undoing_imports;
mod value_cases;
mod values;
