//! The rows of a sample.

use crate::cell;
use crate::headers;
use crate::look::Look;
use crate::quotes::QuoteFault;
use crate::reader::{Record, RecordError};

/// A row of a sample, with owned cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRow {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// The text of the cells, without quotes.
    pub cells: Vec<String>,
}

impl SampleRow {
    /// A copy of a record; `None` if it is blank.
    pub(crate) fn of(record: &Record<'_>) -> Result<Option<SampleRow>, RecordError> {
        if let Some(QuoteFault::SwallowedLines { opened }) = record.fault() {
            return Err(RecordError::SwallowedLines { line: opened });
        }
        let row = || SampleRow { line: record.line(), cells: record.cells().map(str::to_owned).collect() };
        Ok((!record.is_blank()).then(row))
    }

    /// Whether it looks like a header row.
    pub(crate) fn looks_like_header(&self) -> bool {
        let mut cells: Vec<&str> = self.cells.iter().map(|cell| cell::value(cell)).collect();
        // Spreadsheets pad rows with empty cells.
        while cells.last() == Some(&"") {
            cells.pop();
        }
        let looks = || cells.iter().map(|cell| Look::of(cell));
        if looks().any(|look| matches!(look, Look::Email | Look::InternationalPhone | Look::Digits | Look::Uuid)) {
            return false;
        }
        // A number such as a year may be a header if another header is known.
        cells.iter().any(|cell| headers::meaning(cell).is_some())
            || looks().all(|look| !matches!(look, Look::Number | Look::Blank))
    }
}
