//! Reads a record as an observation, or says what is wrong with it.

mod labels;
mod problem;
mod reader;

pub use problem::{Reason, RowProblem};
pub use reader::{Origin, Row, RowReader};
