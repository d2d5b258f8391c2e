//! The tools as API Gateway calls them: from the JSON of an event to the JSON of the answer, on a real engine.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod fuzz;
mod protocol;
mod record;
mod support;
mod tools;
