//! The first records of a file, for previews and suggestions.

use contacts::Quoting;

use crate::cell;
use crate::dialect::Dialect;
use crate::header_row::{MAX_PREAMBLE_LINES, header_row};
use crate::reader::{RecordError, RecordReader};
pub use crate::sample_row::SampleRow;
use crate::sniff;

/// The most rows of data in a sample.
pub(crate) const SAMPLE_ROWS: usize = 200;

/// The first records of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// How the file separates its cells.
    pub dialect: Dialect,
    /// How many records stand above the header row, without blank ones and a `sep=` line.
    pub preamble: usize,
    /// The header row, if the file has one.
    pub header: Option<SampleRow>,
    /// The first rows of data, at most 200, without blank ones.
    pub rows: Vec<SampleRow>,
}

/// How much of a file a sample covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole file.
    Whole,
    /// The start of the file, cut anywhere. The last record is left out, unless it is the only one.
    Beginning,
}

impl Sample {
    /// Reads the first records of decoded text, in which quotes have their standard meaning.
    ///
    /// See [`Sample::read_as`].
    ///
    /// # Errors
    /// [`RecordError`] if the text is not CSV.
    pub fn read(decoded: &[u8], extent: Extent, header: Option<bool>) -> Result<Sample, RecordError> {
        Sample::read_as(decoded, extent, header, Quoting::Standard)
    }

    /// Reads the first records of decoded text.
    ///
    /// `header` says whether the file has a header row. With `None`, it has one if the first record looks like one: a cell
    /// is a known header or all cells are words, and no cell is an email address, a phone number or a UUID. Notes and
    /// titles may stand above the header row, on at most 20 lines; they are left out.
    ///
    /// # Errors
    /// [`RecordError`] if the text is not CSV, or a quote swallows lines.
    pub fn read_as(
        decoded: &[u8],
        extent: Extent,
        header: Option<bool>,
        quoting: Quoting,
    ) -> Result<Sample, RecordError> {
        let dialect = sniff::dialect(decoded, quoting);
        let mut reader = RecordReader::new(dialect);
        let mut rest = decoded;
        let mut rows = Vec::new();
        while rows.len() <= SAMPLE_ROWS + MAX_PREAMBLE_LINES {
            match reader.read(&mut rest)? {
                Some(record) => rows.extend(SampleRow::of(&record)?),
                None => break,
            }
        }
        if rest.is_empty() && (extent == Extent::Whole || rows.is_empty()) {
            match reader.finish() {
                Ok(last) => rows.extend(last.as_ref().map(SampleRow::of).transpose()?.flatten()),
                Err(error) if extent == Extent::Whole => return Err(error),
                // The rest of the file may close the quote.
                Err(_) => {}
            }
        }
        let place = header_row(&rows, header);
        let preamble = place.unwrap_or(0);
        let mut rows = rows.into_iter().skip(preamble);
        let header = place.and_then(|_| rows.next());
        Ok(Sample { dialect, preamble, header, rows: rows.take(SAMPLE_ROWS).collect() })
    }

    /// How many records stand above the first row of data, without blank ones and a `sep=` line.
    pub fn records_before_data(&self) -> usize {
        self.preamble + usize::from(self.header.is_some())
    }

    /// The number of columns of the longest record.
    pub fn width(&self) -> usize {
        self.header.iter().chain(&self.rows).map(|row| row.cells.len()).max().unwrap_or(0)
    }

    /// A column's name: its header, or its number from 1 if it has none.
    pub fn column_name(&self, column: usize) -> String {
        self.header_of(column).map_or_else(|| (column + 1).to_string(), str::to_owned)
    }

    /// A column's header, trimmed; `None` if it is blank or the file has no header row.
    pub fn header_of(&self, column: usize) -> Option<&str> {
        let cell = self.header.as_ref()?.cells.get(column)?;
        Some(cell::value(cell)).filter(|header| !header.is_empty())
    }

    /// The headers of all columns as they are in the file; empty without a header row.
    pub fn headers(&self) -> Vec<String> {
        self.header.as_ref().map_or(Vec::new(), |header| header.cells.clone())
    }

    /// The non-blank values of a column.
    pub fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .filter_map(move |row| row.cells.get(column))
            .map(|cell| cell::value(cell))
            .filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> Sample {
        Sample::read(text.as_bytes(), Extent::Whole, None).unwrap()
    }

    #[test]
    fn a_header_row_is_found_out() {
        for text in [
            "name,email\n",
            "Name,2021,2022\nAda,1,2\n",
            "Kunde,Ort\nAda,Bonn\n",
            "Kunde,Ort,,\nAda,Bonn,,\n",
            "who,how\nAda,+15551234567\n",
            "sep=,\nName,Email\nAda,a@x.org",
            ",,\nName,Email,\nAda,a@x.org",
            "Email,,Phone\nx,y,z\n",
        ] {
            assert!(sample(text).header.is_some(), "{text:?}");
        }
        for text in [
            "",
            "\n\n",
            "Ada,a@x.org\n",
            "Ada,'+1 555 123-4567\n",
            "Ada,0171/1234567,Mobile\n",
            "Ada,5\n",
            "Ada,,Bonn\n",
            "0190c5f2-0000-7000-8000-000000000000,Ada\n",
        ] {
            assert_eq!(sample(text).header, None, "{text:?}");
        }
    }

    #[test]
    fn a_given_header_is_believed() {
        let read = |header| Sample::read(b"name,email\nAda,a@x.org\n", Extent::Whole, Some(header)).unwrap();
        assert_eq!((read(true).column_name(1), read(true).rows.len()), ("email".to_owned(), 1));
        assert_eq!((read(false).column_name(1), read(false).rows.len()), ("2".to_owned(), 2));
    }

    #[test]
    fn columns_without_a_header_are_named_by_number() {
        let sample = sample("name,,email\nAda,1,a@x.org,more\n");
        let names: Vec<_> = (0..sample.width()).map(|column| sample.column_name(column)).collect();
        assert_eq!(names, ["name", "2", "email", "4"]);
        assert_eq!(sample.values(1).collect::<Vec<_>>(), ["1"]);
    }

    #[test]
    fn what_the_cut_left_of_a_record_is_left_out() {
        let read = |text: &str, extent| Sample::read(text.as_bytes(), extent, Some(true)).unwrap().rows.len();
        assert_eq!(read("name,email\nAda,a@x.org\nBob,b@", Extent::Beginning), 1);
        assert_eq!(read("name,email\nAda,a@x.org\nBob,b@x.org", Extent::Whole), 2);
        assert_eq!(read("name,email\nAda,\"a@x", Extent::Beginning), 0);
        let error = Sample::read(b"name,email\nAda,\"a@x", Extent::Whole, None).unwrap_err();
        assert_eq!(error, RecordError::UnclosedQuote { line: 2 });
    }
}
