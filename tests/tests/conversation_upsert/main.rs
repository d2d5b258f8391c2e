//! The function that the conversation pipeline invokes, on a real engine.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod malformed;
mod queue;
