//! Imports of CSV files: previewing, creating and reading them.

pub(crate) mod create;
mod form;
mod mapping;
pub(crate) mod preview;
mod preview_view;
pub(crate) mod read;
mod view;
