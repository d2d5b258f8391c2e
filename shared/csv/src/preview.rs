//! Previews how an import would read a file, so that its owner can correct the mapping first.

use std::collections::BTreeMap;

use contacts::{
    Channel, CustomType, Field, Folded, Identifier, ImportId, Observation, OnInvalid, Settings, Value, time,
};

use crate::country::unknown_countries;
use crate::dialect::Delimiter;
use crate::encoding::{Encoding, SAMPLE_BYTES};
use crate::mapping::{MappedColumn, Mapping, Target};
use crate::numbers::NumberFormats;
use crate::people::{Meetings, People};
use crate::plan::{Plan, PlanError, PlanOptions};
use crate::propose::{Proposal, propose};
use crate::reader::Record;
use crate::row::{Origin, RowProblem, RowReader};
use crate::sample::{Extent, SAMPLE_ROWS, Sample};
use crate::types::number_columns;

/// How many rows a preview shows; and how many values of a column, with how many characters each.
const SHOWN_ROWS: usize = 10;
const SHOWN_VALUES: usize = 5;
const VALUE_CHARS: usize = 200;

/// How an import would read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The encoding of the file; UTF-8 if the sample is ASCII.
    pub encoding: Encoding,
    /// The character between two cells.
    pub delimiter: Delimiter,
    /// Whether the first record is a header.
    pub header: bool,
    /// The columns, in order.
    pub columns: Vec<PreviewColumn>,
    /// The mapping by which the rows were read: the given one, or the suggested one with the proposed fields. Also has
    /// the order in which the parts of a name are joined.
    pub mapping: Mapping,
    /// The first rows of data, at most ten.
    pub rows: Vec<PreviewRow>,
    /// Messages for people: why no row can be imported with this mapping, what they may not expect of it, and what is uncertain
    /// about the file.
    pub warnings: Vec<String>,
}

/// The rows of the sample that would be imported, at most 200.
#[derive(Debug)]
pub struct Sampled {
    mapping: Mapping,
    headers: Vec<String>,
    lines: Vec<u64>,
    observations: Vec<Observation>,
    /// Whether these are all rows of the file.
    is_whole: bool,
}

/// Which rows of the sample are about one contact.
#[derive(Debug)]
pub struct MetRows {
    /// How many rows were compared.
    pub rows: u64,
    /// What was found.
    pub meetings: Meetings,
    /// Messages for people about it.
    pub warnings: Vec<String>,
}

/// A column of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewColumn {
    /// The column, from 0.
    pub column: usize,
    /// The header; `None` if it is blank or the file has no header row.
    pub header: Option<String>,
    /// The first distinct values in the sample: at most five, each cut after 200 characters.
    pub samples: Vec<String>,
    /// The field that it feeds, the first one in the mapping; `None` if the column is ignored.
    pub field: Option<Target>,
    /// The type of the custom field that it feeds, if the import would create that field.
    pub create: Option<CustomType>,
}

/// A row as the import would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// The valid values, even if the row would be rejected.
    pub values: BTreeMap<Field, Value>,
    /// Further phones and email addresses, besides those in `values`.
    pub also_known_by: Vec<(Channel, Value)>,
    /// Why the row would be rejected; empty if it would be imported.
    pub problems: Vec<RowProblem>,
    /// What would be left out of the row if it is imported.
    pub skipped: Vec<RowProblem>,
}

/// Previews the file that starts with `sample`, with the code that imports it.
///
/// A sample shorter than [`SAMPLE_BYTES`] is the whole file; bytes beyond that length are ignored. Without a mapping in
/// the options, the preview uses the suggested one, and columns that it leaves out feed new custom fields (see
/// [`propose`]). A file without a column of identifiers only causes a warning, since the mapping can still change.
///
/// # Errors
/// See [`PlanError`]; never [`PlanError::NoIdentifierColumn`].
pub fn preview(sample: &[u8], options: &PlanOptions, settings: &Settings) -> Result<(Preview, Sampled), PlanError> {
    let (sample, extent) = match sample.get(..SAMPLE_BYTES) {
        Some(beginning) => (beginning, Extent::Beginning),
        None => (sample, Extent::Whole),
    };
    let (plan, suggestion) = Plan::unchecked(sample, extent, options, &settings.custom_fields)?;
    let proposals =
        suggestion.map(|suggestion| propose(&plan.sample, &suggestion, &settings.custom_fields)).unwrap_or_default();
    let mapping = with_proposals(&plan.mapping, &proposals)?;
    let headers = plan.sample.headers();
    let mut settings = settings.clone();
    settings.custom_fields.extend(proposals.iter().map(|proposal| proposal.field.clone()));
    let numbers = numbers(&plan.sample, &mapping, &settings);
    let reader = RowReader::new(&mapping, &headers, &settings, OnInvalid::SkipCell).with_numbers(numbers);
    let (encoding, delimiter, header) =
        (plan.decoder.encoding(), plan.sample.dialect.delimiter, plan.sample.header.is_some());
    let columns = columns(&plan.sample, &mapping, &proposals);
    let warnings = warnings(&plan, &mapping);
    let is_whole = extent == Extent::Whole && plan.sample.rows.len() < SAMPLE_ROWS;
    let mut sampled = Sampled {
        mapping: mapping.clone(),
        headers: headers.clone(),
        lines: Vec::new(),
        observations: Vec::new(),
        is_whole,
    };
    let rows = rows(plan, &reader, &mut sampled)?;
    Ok((Preview { encoding, delimiter, header, columns, rows, warnings, mapping }, sampled))
}

/// What the owner of the file should know before an import with this mapping.
fn warnings(plan: &Plan, mapping: &Mapping) -> Vec<String> {
    let mut warnings: Vec<String> = plan.check_identifiers().err().iter().map(ToString::to_string).collect();
    if warnings.is_empty() && !plan.sample.rows.is_empty() && mapping.column_of(&Target::Field(Field::Name)).is_none() {
        warnings.push("no column feeds the name: new contacts get no name".to_owned());
    }
    warnings.extend(unknown_countries(&plan.sample, mapping));
    warnings.extend(plan.remarks.iter().cloned());
    warnings
}

/// How the sample writes the numbers of the columns that feed Number fields.
fn numbers(sample: &Sample, mapping: &Mapping, settings: &Settings) -> NumberFormats {
    let columns = number_columns(mapping, sample, |key| settings.custom_field(key).map(|field| field.kind));
    NumberFormats::new(
        columns.into_iter().map(|(column, evidence)| (column, evidence.with(sample.values(column)).format())),
    )
}

fn with_proposals(mapping: &Mapping, proposals: &[Proposal]) -> Result<Mapping, PlanError> {
    let proposed = proposals.iter().map(|Proposal { column, field }| MappedColumn {
        column: *column,
        field: Target::Field(Field::Custom(field.key.clone())),
    });
    Ok(Mapping::new(mapping.columns().iter().cloned().chain(proposed).collect())?)
}

fn columns(sample: &Sample, mapping: &Mapping, proposals: &[Proposal]) -> Vec<PreviewColumn> {
    let column = |column| PreviewColumn {
        column,
        header: sample.header_of(column).map(str::to_owned),
        samples: values(sample, column),
        field: mapping.columns().iter().find(|mapped| mapped.column == column).map(|mapped| mapped.field.clone()),
        create: proposals.iter().find(|proposal| proposal.column == column).map(|proposal| proposal.field.kind),
    };
    (0..sample.width()).map(column).collect()
}

/// The first distinct values of a column, shortened for display.
fn values(sample: &Sample, column: usize) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for value in sample.values(column).map(|value| value.chars().take(VALUE_CHARS).collect::<String>()) {
        if shown.len() == SHOWN_VALUES {
            break;
        }
        if !shown.contains(&value) {
            shown.push(value);
        }
    }
    shown
}

/// Reads the rows of the sample. Returns the first ones.
fn rows(mut plan: Plan, reader: &RowReader<'_>, sampled: &mut Sampled) -> Result<Vec<PreviewRow>, PlanError> {
    let mut lines = plan.sample.rows.iter().map(|row| row.line).peekable();
    let mut rows = Vec::new();
    let mut text = plan.text.as_slice();
    let origin = Origin { import: ImportId::new(), at: time::now() };
    let mut read = |record: &Record<'_>| {
        let (problems, skipped) = match reader.read(record, origin, origin.at) {
            Ok(row) => {
                sampled.lines.push(record.line());
                sampled.observations.push(row.observation);
                (Vec::new(), row.skipped)
            }
            Err(problems) => (problems, Vec::new()),
        };
        if rows.len() < SHOWN_ROWS {
            rows.push(PreviewRow::new(record, reader, problems, skipped));
        }
    };
    while lines.peek().is_some()
        && let Some(record) = plan.reader.read(&mut text)?
    {
        // Skips the header and blank records.
        if lines.next_if_eq(&record.line()).is_some() {
            read(&record);
        }
    }
    // The last row, if no line end follows it.
    if lines.peek().is_some()
        && let Some(record) = plan.reader.finish()?
    {
        read(&record);
    }
    Ok(rows)
}

impl Sampled {
    /// The rows as observations.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Which rows are about one contact, and what to warn of. `folded` is what folding the rows would do, in their order.
    pub fn meetings(&self, folded: &[Folded]) -> MetRows {
        let mut people = People::new(&self.mapping, &self.headers);
        for ((line, observation), folded) in self.lines.iter().zip(&self.observations).zip(folded) {
            people.add(*line, observation, folded);
        }
        let meetings = people.into_meetings();
        let mut warnings = meetings.warnings();
        if !self.is_whole {
            for warning in &mut warnings {
                warning.insert_str(0, &format!("in the first {} rows, ", folded.len()));
            }
        }
        MetRows { rows: folded.len() as u64, meetings, warnings }
    }
}

impl PreviewRow {
    fn new(
        record: &Record<'_>,
        reader: &RowReader<'_>,
        problems: Vec<RowProblem>,
        skipped: Vec<RowProblem>,
    ) -> PreviewRow {
        let (mut values, mut further) = (BTreeMap::new(), Vec::new());
        for (_, field, value) in reader.values(record, &mut Vec::new()) {
            match field {
                Field::Channel(channel) if values.contains_key(&field) => further.push((channel, value)),
                Field::Channel(_) | Field::Name | Field::Custom(_) => {
                    values.insert(field, value);
                }
            }
        }
        PreviewRow { line: record.line(), also_known_by: unknown(further, &values), values, problems, skipped }
    }
}

/// The further values whose identifiers differ from those in `values` and from each other.
fn unknown(further: Vec<(Channel, Value)>, values: &BTreeMap<Field, Value>) -> Vec<(Channel, Value)> {
    let mut known: Vec<Identifier> = values
        .iter()
        .filter_map(|(field, value)| match field {
            Field::Channel(channel) => value.identifier(*channel),
            Field::Name | Field::Custom(_) => None,
        })
        .collect();
    let mut unknown = Vec::new();
    for (channel, value) in further {
        let identifier = value.identifier(channel);
        if identifier.as_ref().is_none_or(|identifier| !known.contains(identifier)) {
            known.extend(identifier);
            unknown.push((channel, value));
        }
    }
    unknown
}
