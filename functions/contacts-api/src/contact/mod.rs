//! Contacts.

pub(crate) mod conflicts;
pub(crate) mod create;
mod filter;
mod form;
pub(crate) mod joins;
mod kept;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod resolve;
mod unsaved;
mod unsettled;
mod value;
pub(crate) mod view;

pub(crate) use one::{ContactPath, moved};
pub(crate) use unsaved::UnsavedContactView;
pub(crate) use value::IdentifierView;
