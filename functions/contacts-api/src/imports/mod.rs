//! Imports of CSV files: what they would do, their orders, and how far they are.

pub(crate) mod create;
mod form;
mod mapping;
pub(crate) mod preview;
mod preview_view;
pub(crate) mod read;
mod view;
