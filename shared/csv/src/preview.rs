//! How a file would be imported, from its beginning: for its owner to correct, before anything is.

use std::collections::BTreeMap;

use contacts::{Channel, CustomType, Field, Identifier, ImportId, OnInvalid, Settings, Value};
use jiff::Timestamp;

use crate::dialect::Delimiter;
use crate::encoding::{Encoding, SAMPLE_BYTES};
use crate::mapping::{MappedColumn, Mapping, Target};
use crate::plan::{Plan, PlanError, PlanOptions};
use crate::propose::{Proposal, propose};
use crate::reader::Record;
use crate::row::{Origin, RowProblem, RowReader};
use crate::sample::{Extent, Sample};

/// How many rows are shown, and how many values of a column with how many characters each.
const SHOWN_ROWS: usize = 10;
const SHOWN_VALUES: usize = 5;
const VALUE_CHARS: usize = 200;

/// What a file looks like to the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Of the file; UTF-8 where it is ASCII so far.
    pub encoding: Encoding,
    /// Between its cells.
    pub delimiter: Delimiter,
    /// Whether its first record names the columns.
    pub header: bool,
    /// Its columns, in order.
    pub columns: Vec<PreviewColumn>,
    /// The mapping by which the rows were read: the told one, or the suggested one with the proposed fields. It also has
    /// the order in which the parts of a name are joined.
    pub mapping: Mapping,
    /// Its first rows of data, ten at most.
    pub rows: Vec<PreviewRow>,
    /// For people: why no row can be imported so.
    pub warnings: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewColumn {
    /// From 0.
    pub column: usize,
    /// Its header; `None` when it is blank or there is no header row.
    pub header: Option<String>,
    /// Its first distinct values in the sample: five at most, each cut after 200 characters.
    pub samples: Vec<String>,
    /// What it feeds; of several the first in the mapping, and `None` when it is ignored.
    pub field: Option<Target>,
    /// The type of the custom field that it feeds, if that field is to be created.
    pub create: Option<CustomType>,
}

/// A row, as the import would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The physical line of its start, from 1.
    pub line: u64,
    /// The values that could be read, also where the row would be rejected.
    pub values: BTreeMap<Field, Value>,
    /// The phones and email addresses that its fields have no place for.
    pub also_known_by: Vec<(Channel, Value)>,
    /// All that is wrong with it; nothing when it would be imported.
    pub problems: Vec<RowProblem>,
}

/// Previews the file that begins with `sample`, by the code that imports it.
///
/// A sample shorter than [`SAMPLE_BYTES`] is the whole file; what a sample has beyond them is not looked at. A mapping
/// that was not told is the suggested one, and columns that it leaves out feed new custom fields (see [`propose`]). That
/// no column identifies anybody is a warning here: the mapping is still to be made.
///
/// # Errors
/// See [`PlanError`]; never [`PlanError::NoIdentifierColumn`].
pub fn preview(sample: &[u8], options: &PlanOptions, settings: &Settings) -> Result<Preview, PlanError> {
    let (sample, extent) = match sample.get(..SAMPLE_BYTES) {
        Some(beginning) => (beginning, Extent::Beginning),
        None => (sample, Extent::Whole),
    };
    let (plan, suggestion) = Plan::unchecked(sample, extent, options, &settings.custom_fields)?;
    let proposals =
        suggestion.map(|suggestion| propose(&plan.sample, &suggestion, &settings.custom_fields)).unwrap_or_default();
    let mapping = with_proposals(&plan.mapping, &proposals)?;
    let mut settings = settings.clone();
    settings.custom_fields.extend(proposals.iter().map(|proposal| proposal.field.clone()));
    Ok(Preview {
        encoding: plan.decoder.encoding(),
        delimiter: plan.sample.dialect.delimiter,
        header: plan.sample.header.is_some(),
        columns: columns(&plan.sample, &mapping, &proposals),
        warnings: plan.check_identifiers().err().iter().map(ToString::to_string).collect(),
        rows: rows(plan, &RowReader::new(&mapping, &settings, OnInvalid::RejectRow))?,
        mapping,
    })
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

/// The first distinct values of a column, as they are shown.
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

/// The first rows of the sample.
fn rows(mut plan: Plan, reader: &RowReader<'_>) -> Result<Vec<PreviewRow>, PlanError> {
    let lines: Vec<u64> = plan.sample.rows.iter().take(SHOWN_ROWS).map(|row| row.line).collect();
    let mut rows = Vec::new();
    let mut text = plan.text.as_slice();
    while rows.len() < lines.len()
        && let Some(record) = plan.reader.read(&mut text)?
    {
        // Neither the header nor a blank record is a row of the sample.
        if lines.contains(&record.line()) {
            rows.push(PreviewRow::read(&record, reader));
        }
    }
    // The last row, if its line has no end.
    if rows.len() < lines.len()
        && let Some(record) = plan.reader.finish()?
    {
        rows.push(PreviewRow::read(&record, reader));
    }
    Ok(rows)
}

impl PreviewRow {
    fn read(record: &Record<'_>, reader: &RowReader<'_>) -> PreviewRow {
        // Neither shows.
        let origin = Origin { import: ImportId::new(), at: Timestamp::UNIX_EPOCH };
        let problems = reader.read(record, origin, origin.at).err().unwrap_or_default();
        let (mut values, mut further) = (BTreeMap::new(), Vec::new());
        for (_, field, value) in reader.values(record, &mut Vec::new()) {
            match field {
                // The first counts.
                Field::Channel(channel) if values.contains_key(&field) => further.push((channel, value)),
                Field::Channel(_) | Field::Name | Field::Custom(_) => {
                    values.insert(field, value);
                }
            }
        }
        PreviewRow { line: record.line(), also_known_by: unknown(further, &values), values, problems }
    }
}

/// Of further values those by which the fields' values do not make the person known already, each once.
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
