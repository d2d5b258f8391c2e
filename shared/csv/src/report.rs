//! Writes the report of an import: the rows that it did not fully take, as a CSV file to correct and import again.

use crate::cell;
use crate::dialect::Delimiter;
use crate::records::RecordWriter;
use crate::row::RowProblem;

/// The columns that a report adds. An import of the report ignores them.
pub const REPORT_COLUMNS: [&str; 4] = ["import_result", "import_line", "import_column", "import_reason"];

/// How many problems of a row a report lists, and how many characters of a column's name. Bounds the report of a file with
/// a thousand long headers and errors in every column.
const LISTED_PROBLEMS: usize = 20;
const NAME_CHARS: usize = 100;

/// The separator of several columns or reasons of one row.
const SEPARATOR: &str = "; ";

/// The result of a row that is in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowResult {
    /// The import took nothing of the row.
    Rejected,
    /// The row names contacts that may not be joined. A conflict keeps what the import did not take of the row.
    Conflict,
    /// The import took the row without its invalid values, or without those for which its contact has no room.
    Skipped,
}

/// Writes the rows of a report, in pieces: the cells as they are in the file, then the result of the row.
///
/// The report is UTF-8 with the file's delimiter and CRLF line ends. Cells that a spreadsheet would run as formulas are
/// guarded (see [`cell::guard_formula`]); an import of the report reads the same values.
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
    /// The start of a report: a byte order mark and the names of the columns.
    ///
    /// `names` are the file's headers, one for each cell of its longest record; empty for columns without a header.
    pub fn header(delimiter: Delimiter, names: &[String]) -> Vec<u8> {
        let mut records = RecordWriter::of_file(delimiter);
        names.iter().for_each(|name| records.cell(&cell::guard_formula(name)));
        REPORT_COLUMNS.iter().for_each(|name| records.cell(name));
        records.end_record();
        records.take()
    }

    /// Creates a writer of the rows that follow [`ReportWriter::header`] of the same `names`.
    pub fn new(delimiter: Delimiter, names: Vec<String>) -> ReportWriter {
        ReportWriter { names, records: RecordWriter::new(delimiter) }
    }

    /// Writes a row that starts on the physical line `line` and has at most as many cells as there are names.
    ///
    /// The report names the columns of the problems by header, or by number from 1. Problems of the whole row have no
    /// column.
    pub fn write<'c>(
        &mut self,
        result: RowResult,
        line: u64,
        cells: impl IntoIterator<Item = &'c str>,
        problems: &[RowProblem],
    ) {
        let mut width = 0;
        for cell in cells {
            self.records.cell(&cell::guard_formula(cell));
            width += 1;
        }
        (width..self.names.len()).for_each(|_| self.records.cell(""));
        let listed = &problems[..problems.len().min(LISTED_PROBLEMS)];
        let columns: Vec<String> =
            listed.iter().filter_map(|problem| problem.column).map(|column| self.column_name(column)).collect();
        let mut reasons: Vec<String> =
            listed.iter().map(|problem| format!("{}: {}", problem.reason.code(), problem.reason)).collect();
        if problems.len() > listed.len() {
            reasons.push(format!("and {} more", problems.len() - listed.len()));
        }
        self.records.cell(result.as_str());
        self.records.cell(&line.to_string());
        self.records.cell(&cell::guard_formula(&columns.join(SEPARATOR)));
        self.records.cell(&reasons.join(SEPARATOR));
        self.records.end_record();
    }

    /// How many bytes [`ReportWriter::take`] would return.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether [`ReportWriter::take`] would return nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        self.records.take()
    }

    fn column_name(&self, column: usize) -> String {
        let name = self.names.get(column).map_or("", |name| cell::value(name));
        if name.is_empty() { (column + 1).to_string() } else { name.chars().take(NAME_CHARS).collect() }
    }
}
