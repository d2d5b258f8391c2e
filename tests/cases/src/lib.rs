//! The rules of identity by example: what happens in a workspace, and what its book must then say.
//!
//! A test carries out the [`Step`]s of a [`Scenario`] and collects what the interfaces show in an [`End`].
//! [`Scenario::check`] lists every difference from what is expected.
//!
//! [`FileCase`]s are files of other systems, with what an import must make of them.

mod check;
mod files;
mod orders;
mod scenario;

pub use check::{Answer, End, Found};
pub use files::{COUNTS, Column, FileCase, Imported, Person, file_cases, folder};
pub use scenario::{Action, Lookup, Row, Scenario, Step, scenarios};
