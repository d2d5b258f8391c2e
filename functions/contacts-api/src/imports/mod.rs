//! Imports of CSV files: previewing, creating and reading them.

pub(crate) mod create;
mod form;
mod mapping;
pub(crate) mod preview;
mod preview_view;
pub(crate) mod read;
pub(crate) mod steer;
mod view;

/// Why a member that must be one of a few names is refused.
fn one_of<const N: usize>(names: [&str; N]) -> String {
    let quoted = names.map(|name| format!("{name:?}"));
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("must be {} or {last}", others.join(", ")),
        _ => format!("must be {}", quoted.join("")),
    }
}
