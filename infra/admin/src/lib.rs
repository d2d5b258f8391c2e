//! What an operator does with the table and the bucket of a system in AWS: check and repair the book, index it anew, export everything
//! of a workspace, and remove a workspace.

mod cli;
mod error;
mod export;
mod inventory;
mod json;
mod objects;
mod offboarding;
mod repair;

pub use cli::{Cli, Command, run};
pub use error::AdminError;
pub use export::export_all;
pub use inventory::Inventory;
pub use offboarding::Offboarding;
pub use repair::{Repaired, repair};
