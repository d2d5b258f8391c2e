//! The rows that an import did not take as they were, as a CSV file that can be corrected and imported again.

use crate::cell;
use crate::dialect::Delimiter;
use crate::records::RecordWriter;
use crate::row::RowProblem;

/// The columns that a report adds. An import leaves them out.
pub const REPORT_COLUMNS: [&str; 4] = ["import_result", "import_line", "import_column", "import_reason"];

/// How many problems of a row are told, and how many characters of a column's name: there may be a thousand columns with
/// novels for headers, and rows that are wrong in each.
const TOLD_PROBLEMS: usize = 20;
const NAME_CHARS: usize = 100;

/// Between two columns or two reasons of one row.
const SEPARATOR: &str = "; ";

/// What became of a row that is in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowResult {
    /// Nothing of it was taken.
    Rejected,
    /// It was taken without an identifier of another contact, which contradicts the row's.
    Conflict,
    /// It was taken without the values that could not be read.
    Skipped,
}

/// Writes the rows of a report, piece by piece: the cells as they were in the file, then what became of the row.
///
/// It is UTF-8 with the file's own delimiter, and lines end with CRLF. The original cells get no guard: they are the
/// user's own, and are to come back as they are.
#[derive(Debug)]
pub struct ReportWriter {
    names: Vec<String>,
    records: RecordWriter,
}

impl RowResult {
    /// The name in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            RowResult::Rejected => "rejected",
            RowResult::Conflict => "conflict",
            RowResult::Skipped => "skipped",
        }
    }
}

impl ReportWriter {
    /// The beginning of a report: a byte order mark and the names of the columns. `names` are the file's headers, as
    /// many as its widest record has cells; those of columns without a header are empty.
    pub fn header(delimiter: Delimiter, names: &[String]) -> Vec<u8> {
        let mut records = RecordWriter::of_file(delimiter);
        names.iter().for_each(|name| records.cell(name));
        REPORT_COLUMNS.iter().for_each(|name| records.cell(name));
        records.end_record();
        records.take()
    }

    /// A writer of rows below [`ReportWriter::header`] of the same `names`.
    pub fn new(delimiter: Delimiter, names: Vec<String>) -> ReportWriter {
        ReportWriter { names, records: RecordWriter::new(delimiter) }
    }

    /// Writes a row that begins on the physical line `line` and has these cells, not more than there are names.
    ///
    /// The columns of the problems are told by name, or by number from 1; those of the row as a whole have none.
    pub fn write<'c>(
        &mut self,
        result: RowResult,
        line: u64,
        cells: impl IntoIterator<Item = &'c str>,
        problems: &[RowProblem],
    ) {
        let mut width = 0;
        for cell in cells {
            self.records.cell(cell);
            width += 1;
        }
        (width..self.names.len()).for_each(|_| self.records.cell(""));
        let told = &problems[..problems.len().min(TOLD_PROBLEMS)];
        let columns: Vec<String> =
            told.iter().filter_map(|problem| problem.column).map(|column| self.column_name(column)).collect();
        let mut reasons: Vec<String> =
            told.iter().map(|problem| format!("{}: {}", problem.reason.code(), problem.reason)).collect();
        if problems.len() > told.len() {
            reasons.push(format!("and {} more", problems.len() - told.len()));
        }
        self.records.cell(result.as_str());
        self.records.cell(&line.to_string());
        self.records.cell(&columns.join(SEPARATOR));
        self.records.cell(&reasons.join(SEPARATOR));
        self.records.end_record();
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives away what was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        self.records.take()
    }

    fn column_name(&self, column: usize) -> String {
        let name = self.names.get(column).map_or("", |name| cell::value(name));
        if name.is_empty() { (column + 1).to_string() } else { name.chars().take(NAME_CHARS).collect() }
    }
}
