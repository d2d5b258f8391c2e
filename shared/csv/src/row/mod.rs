//! A record, read as an observation; and what can be wrong with it.

mod problem;
mod reader;

pub use problem::{Reason, RowProblem};
pub use reader::{Origin, Row, RowReader};
