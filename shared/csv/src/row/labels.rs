//! Columns that say what kind of value stands in another: `Phone 1 - Label` beside `Phone 1 - Value`, as Google Contacts has
//! them.

use crate::cell;
use crate::headers::{Beside, is_vetoed, stem};
use crate::reader::Record;

/// The columns with the labels of a column.
pub(super) fn of(column: usize, headers: &[String]) -> Vec<usize> {
    let Some((Beside::Value, of)) = headers.get(column).and_then(|header| stem(header)) else { return Vec::new() };
    let is_label = |header: &String| stem(header).is_some_and(|(beside, label)| beside == Beside::Label && label == of);
    headers.iter().enumerate().filter(|(_, header)| is_label(header)).map(|(column, _)| column).collect()
}

/// Whether the labels of a row say that the value is not the person's: that of a fax or a company.
pub(super) fn veto(labels: &[usize], record: &Record<'_>) -> bool {
    labels.iter().filter_map(|column| record.cell(*column)).any(|label| is_vetoed(cell::value(label)))
}
