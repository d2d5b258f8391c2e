//! The templates: that they name what the code names, and that they say what an emulator cannot show.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod data;
mod delivery;
mod names;
mod operations;
mod permissions;
mod preflight;
mod queues;
mod releases;
mod scale;
mod template;
mod users;
