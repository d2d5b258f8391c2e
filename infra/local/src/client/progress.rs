//! Progress bars, shown only on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The interval between two requests for a job's progress.
pub(super) const ASK_EVERY: Duration = Duration::from_millis(250);

/// A bar of bytes.
pub(super) fn bytes(total: u64) -> ProgressBar {
    bar(ProgressBar::new(total), "{msg:12} {bar:30} {percent:>3} %  {binary_bytes_per_sec}")
}

/// A counter of contacts whose total is unknown.
pub(super) fn contacts() -> ProgressBar {
    bar(ProgressBar::new_spinner(), "{msg:12} {human_pos} contacts")
}

/// A bar of a file's bytes, with the number of rows in the message.
pub(super) fn import(total: u64) -> ProgressBar {
    bar(ProgressBar::new(total), "{prefix:12} {bar:30} {percent:>3} %  {msg}")
}

fn bar(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
