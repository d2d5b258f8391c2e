//! The system on one machine, through its sockets: the real SDK and HTTP clients against real servers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod book;
mod browsers;
mod cases;
mod damage;
mod erasing;
mod events;
mod examples;
mod files;
mod gateway;
mod history;
mod invoke;
mod links;
mod needs_tools;
mod objects;
mod page;
mod presigned;
mod program;
mod running;
mod sign_in;
mod support;
mod terminal;
mod uploads;
mod workspace;
