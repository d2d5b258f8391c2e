//! Contacts.

pub(crate) mod conflicts;
pub(crate) mod create;
pub(crate) mod erase;
pub(crate) mod everything;
mod filter;
mod form;
pub(crate) mod history;
pub(crate) mod joins;
mod kept;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod resolve;
pub(crate) mod restore;
mod unsaved;
mod unsettled;
mod value;
pub(crate) mod view;

pub(crate) use one::{ContactPath, live, moved};
pub(crate) use unsaved::UnsavedContactView;
pub(crate) use value::IdentifierView;
