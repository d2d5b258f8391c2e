//! The page as API Gateway asks for it: from the JSON of an event to the JSON of the answer.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod assets;
mod configuration;
mod document;
mod protocol;
mod support;
