//! A soak: conversations, imports, edits, deletions and lists together for a given time, with faults, and then a
//! comparison of the book with a model that applied the same observations one by one.

mod again;
mod compare;
mod deployed;
mod events;
mod ground;
mod lanes;
mod ledger;
mod local;
mod model;
mod patience;
mod people;
mod proxy;
mod reaper;
mod report;
mod run;
mod seed;
mod site;
mod tally;
mod weather;

pub use ground::Mode;
pub use report::Report;
pub use run::{SoakError, soak};
