//! How a file is going to be read, found out from its beginning.

use contacts::CustomField;

use crate::encoding::Decoder;
use crate::failure::Failure;
use crate::mapping::Mapping;
use crate::reader::RecordReader;
use crate::sample::{Extent, Sample};
use crate::suggest::suggest;

/// How many columns a message names, and how many characters of each: a header may be a novel.
const NAMED_COLUMNS: usize = 20;
const NAME_CHARS: usize = 60;

/// A reader of a file's bytes, and what its columns are.
pub(crate) struct Plan {
    pub(crate) decoder: Decoder,
    pub(crate) reader: RecordReader,
    /// The text of the sample: the decoder is past it, the reader is not.
    pub(crate) text: Vec<u8>,
    /// Whether the first record names the columns.
    pub(crate) header: bool,
    pub(crate) mapping: Mapping,
    /// For the import's owner.
    pub(crate) warnings: Vec<String>,
}

impl Plan {
    /// The plan for the file that begins with `sample`, with the mapping that suggests itself.
    pub(crate) fn of(sample: &[u8], extent: Extent, custom_fields: &[CustomField]) -> Result<Plan, Failure> {
        let mut decoder = Decoder::detect(sample);
        let mut text = Vec::new();
        decoder.decode(sample, &mut text)?;
        if extent == Extent::Whole {
            decoder.finish(&mut text)?;
        }
        let sample = Sample::read(&text, extent, None)?;
        if sample.header.is_none() && sample.rows.is_empty() {
            let blank = text.trim_ascii().is_empty();
            return Err(if extent == Extent::Whole || blank { Failure::Empty } else { Failure::NoRecord });
        }
        let suggestion = suggest(&sample, custom_fields);
        if !suggestion.mapping.names_somebody() {
            return Err(Failure::NoIdentifierColumn(names(&sample, 0..sample.width())));
        }
        let ignored = (!suggestion.ignored.is_empty())
            .then(|| format!("ignored columns: {}", names(&sample, suggestion.ignored.iter().copied())));
        Ok(Plan {
            decoder,
            reader: RecordReader::new(sample.dialect),
            text,
            header: sample.header.is_some(),
            mapping: suggestion.mapping,
            warnings: ignored.into_iter().collect(),
        })
    }
}

/// Columns by name, as a list for people.
fn names(sample: &Sample, columns: impl ExactSizeIterator<Item = usize>) -> String {
    let more = columns.len().saturating_sub(NAMED_COLUMNS);
    let name = |column| {
        let name = sample.column_name(column);
        match name.char_indices().nth(NAME_CHARS) {
            Some((end, _)) => format!("\"{}…\"", &name[..end]),
            None => format!("\"{name}\""),
        }
    };
    let named: Vec<String> = columns.take(NAMED_COLUMNS).map(name).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(file: &str) -> Result<Plan, String> {
        Plan::of(file.as_bytes(), Extent::Whole, &[]).map_err(|failure| failure.to_string())
    }

    #[test]
    fn columns_that_feed_nothing_are_named() {
        let header = format!("Email,Notes,{},Labels,created_at", "x".repeat(100));
        let warnings = plan(&header).unwrap().warnings;
        assert_eq!(warnings, [format!("ignored columns: \"Notes\", \"{}…\", \"Labels\"", "x".repeat(60))]);
        assert!(plan("Email,Name").unwrap().warnings.is_empty());

        let header: String = (0..100).map(|n| format!(",Note {n}")).collect();
        let warnings = plan(&format!("Email{header}")).unwrap().warnings;
        assert!(warnings[0].ends_with("\"Note 19\" and 80 more"), "{warnings:?}");
    }

    #[test]
    fn files_without_anybody_are_refused() {
        for (file, reason) in [
            ("", "the file is empty"),
            ("\u{FEFF}", "the file is empty"),
            ("\r\n\r\n;;;\n", "the file is empty"),
            ("Name,City\nAda,London\n", "the columns are \"Name\", \"City\""),
            ("Ada,5\n", "the columns are \"1\", \"2\""),
            ("Email\n\"a@x.org\n", "the quote opened on line 2 is never closed"),
            ("Email\n\0\n", "byte 6 of the file is NUL"),
        ] {
            let error = plan(file).err().unwrap();
            assert!(error.contains(reason), "{file:?}: {error}");
        }
        let beginning = |text: &str| Plan::of(text.as_bytes(), Extent::Beginning, &[]).err();
        assert_eq!(beginning("\"Email,Name\nAda"), Some(Failure::NoRecord));
        assert_eq!(beginning("\n\n\n"), Some(Failure::Empty));
    }
}
