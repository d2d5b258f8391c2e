//! Contacts.

pub(crate) mod create;
mod filter;
mod form;
pub(crate) mod list;
pub(crate) mod one;
mod unsaved;
mod view;

pub(crate) use one::{ContactPath, moved};
pub(crate) use unsaved::UnsavedContactView;
