//! The API as API Gateway calls it: from the JSON of an event to the JSON of the answer, on a real engine.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod bodies;
mod bucket;
mod change;
mod closed;
mod conflicts;
mod conversations;
mod create;
mod custom_fields;
mod delete;
mod description;
mod erase;
mod exports;
mod idempotency;
mod identity;
mod import_orders;
mod imports;
mod joins;
mod list;
mod look_up;
mod previews;
mod protocol;
mod read;
mod resolve;
mod roles;
mod settings;
mod steering;
mod support;
mod tenancy;
