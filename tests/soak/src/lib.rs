//! A soak: conversations, imports, edits, deletions and lists run together for a given time, with faults; then the book is
//! compared with a model that applied the same operations one by one.

mod acknowledged;
mod bus;
mod clients;
mod compare;
mod counters;
mod deployed;
mod events;
mod fault_schedule;
mod kills;
mod lanes;
mod local;
mod model;
mod people;
mod proxy;
mod redelivery;
mod report;
mod retry;
mod run;
mod seed;
mod state;
mod target;

pub use report::Report;
pub use run::soak;
pub use state::SoakError;
pub use target::Mode;
