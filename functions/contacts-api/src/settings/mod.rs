//! The settings of a workspace.

mod form;
pub(crate) mod handlers;
mod view;
