//! Plans how to read a file, from its first bytes.

use contacts::{CustomField, Quoting};

use crate::encoding::{Decoder, Encoding, EncodingError, SAMPLE_BYTES};
use crate::mapping::{Mapping, MappingError};
use crate::reader::{RecordError, RecordReader};
use crate::sample::{Extent, Sample};
use crate::suggest::{Suggestion, suggest};

/// How many columns a message names, and how many characters of each: headers may be long.
const NAMED_COLUMNS: usize = 20;
const NAME_CHARS: usize = 60;

/// What the caller knows about a file. By default nothing, and everything is detected.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The encoding; `None` to detect it. A byte order mark in the file overrides it.
    pub encoding: Option<Encoding>,
    /// What quotes mean.
    pub quoting: Quoting,
    /// Whether the file has a header row; `None` to detect it.
    pub header: Option<bool>,
    /// The mapping of the columns; `None` to suggest one.
    pub mapping: Option<Mapping>,
}

/// How to read a file: its encoding, dialect, header and mapping.
#[derive(Debug)]
pub struct Plan {
    /// A decoder that has consumed the sample.
    pub decoder: Decoder,
    /// A reader at the start of [`Plan::text`].
    pub reader: RecordReader,
    /// The decoded text of the sample.
    pub text: Vec<u8>,
    /// Where in the file the text starts: after a byte order mark.
    pub offset: u64,
    /// The first records.
    pub sample: Sample,
    /// The mapping of the columns.
    pub mapping: Mapping,
    /// Messages for the file's owner, about how the file is read.
    pub remarks: Vec<String>,
    /// Messages for the file's owner, about ignored columns.
    pub warnings: Vec<String>,
}

/// Why a file cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The file is empty or has only blank lines.
    #[error("the file is empty")]
    Empty,
    /// No record ends within the sample.
    #[error("the first record does not end within the first {SAMPLE_BYTES} bytes of the file; is a quote left open?")]
    NoRecord,
    /// The bytes are not text.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The text is not CSV.
    #[error(transparent)]
    Read(#[from] RecordError),
    /// The mapping does not fit the file.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// No column holds identifiers. With a list of the columns' names.
    #[error(
        "no column identifies a contact: name one telephone, whatsapp, whatsapp_user_id, email, instagram, slack or \
         microsoft_teams in the first line; the columns are {0}"
    )]
    NoIdentifierColumn(String),
}

impl PlanError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            PlanError::Empty => "empty_file",
            PlanError::NoRecord => "no_record",
            PlanError::Encoding(error) => error.code(),
            PlanError::Read(error) => error.code(),
            PlanError::Mapping(error) => error.code(),
            PlanError::NoIdentifierColumn(_) => "no_identifier_column",
        }
    }
}

impl Plan {
    /// Plans the file that starts with `sample`. Suggests a mapping if the options have none.
    ///
    /// # Errors
    /// See [`PlanError`]. Looks only at the sample.
    pub fn of(
        sample: &[u8],
        extent: Extent,
        options: &PlanOptions,
        custom_fields: &[CustomField],
    ) -> Result<Plan, PlanError> {
        let (plan, _) = Plan::unchecked(sample, extent, options, custom_fields)?;
        plan.check_identifiers()?;
        Ok(plan)
    }

    /// Plans a file that may lack a column with identifiers. Also returns the suggestion behind the mapping, if any.
    pub(crate) fn unchecked(
        sample: &[u8],
        extent: Extent,
        options: &PlanOptions,
        custom_fields: &[CustomField],
    ) -> Result<(Plan, Option<Suggestion>), PlanError> {
        let mut decoder = match options.encoding {
            Some(encoding) => Decoder::of(sample, encoding),
            None => Decoder::detect(sample),
        };
        let mut text = Vec::new();
        let offset = decoder.decode(sample, &mut text)?;
        if extent == Extent::Whole {
            decoder.finish(&mut text)?;
        }
        let sample = Sample::read_as(&text, extent, options.header, options.quoting)?;
        if sample.header.is_none() && sample.rows.is_empty() {
            let blank = text.trim_ascii().is_empty();
            return Err(if extent == Extent::Whole || blank { PlanError::Empty } else { PlanError::NoRecord });
        }
        let (mapping, warnings, suggestion) = match &options.mapping {
            Some(mapping) => {
                mapping.check_width(sample.width())?;
                (mapping.clone(), Vec::new(), None)
            }
            None => {
                let suggestion = suggest(&sample, custom_fields);
                let ignored = (!suggestion.ignored.is_empty())
                    .then(|| format!("ignored columns: {}", names(&sample, suggestion.ignored.iter().copied())));
                (suggestion.mapping.clone(), ignored.into_iter().collect(), Some(suggestion))
            }
        };
        let reader = RecordReader::new(sample.dialect);
        let remarks = remarks(&decoder, &sample);
        Ok((Plan { decoder, reader, text, offset, sample, mapping, remarks, warnings }, suggestion))
    }

    /// Checks that some column holds identifiers.
    pub(crate) fn check_identifiers(&self) -> Result<(), PlanError> {
        if self.mapping.names_somebody() {
            Ok(())
        } else {
            Err(PlanError::NoIdentifierColumn(names(&self.sample, 0..self.sample.width())))
        }
    }
}

/// What the file's owner should know about how the file is read.
fn remarks(decoder: &Decoder, sample: &Sample) -> Vec<String> {
    let doubt = decoder.is_doubtful().then(|| doubt(decoder.encoding()));
    let line = sample.header.as_ref().map_or(1, |header| header.line);
    let preamble =
        (sample.preamble > 0).then(|| format!("what stands above the header row on line {line} was left out"));
    doubt.into_iter().chain(preamble).collect()
}

/// The warning about a doubtful encoding.
pub(crate) fn doubt(encoding: Encoding) -> String {
    format!(
        "the encoding {encoding} is a guess, and some characters look wrong; if names look wrong, set the encoding, for \
         example macintosh for a file of Excel for Mac"
    )
}

/// A list of columns by name, for people.
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
        Plan::of(file.as_bytes(), Extent::Whole, &PlanOptions::default(), &[]).map_err(|failure| failure.to_string())
    }

    #[test]
    fn columns_that_feed_nothing_are_named() {
        let header = format!("Email,Notes,{},Labels,created_at", "x".repeat(100));
        let warnings = plan(&header).unwrap().warnings;
        assert_eq!(
            warnings,
            [format!("ignored columns: \"Notes\", \"{}…\", \"Labels\", \"created_at\"", "x".repeat(60))]
        );
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
        let beginning = |text: &str| Plan::of(text.as_bytes(), Extent::Beginning, &PlanOptions::default(), &[]).err();
        assert_eq!(beginning("\"Email,Name\nAda"), Some(PlanError::NoRecord));
        assert_eq!(beginning("\n\n\n"), Some(PlanError::Empty));
    }
}
