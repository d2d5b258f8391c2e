//! Reads a record as an observation.

use contacts::{
    Channel, ContactId, Country, Field, ImportId, Observation, OnInvalid, Proof, Raw, Settings, Value, text,
};
use jiff::Timestamp;

use super::labels;
use super::{Reason, RowProblem};
use crate::also_known_by;
use crate::mapping::{Mapping, Target};
use crate::names::{self, NameColumn};
use crate::numbers::NumberFormats;
use crate::reader::Record;
use crate::{cell, country};

/// Reads the rows of one file.
#[derive(Debug)]
pub struct RowReader<'a> {
    settings: &'a Settings,
    on_invalid: OnInvalid,
    id: Option<usize>,
    country: Option<usize>,
    also_known_by: Option<usize>,
    /// In the mapping's order.
    names: Vec<NameColumn>,
    /// In the order of the columns: if several feed one field, the first non-blank one wins.
    fields: Vec<FieldColumn<'a>>,
    numbers: NumberFormats,
}

/// A column that feeds a channel or a custom field.
#[derive(Debug)]
struct FieldColumn<'a> {
    column: usize,
    field: &'a Field,
    /// The columns that say what kind of value stands in this one.
    labels: Vec<usize>,
}

/// The upload that a row is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The import.
    pub import: ImportId,
    /// When the file was uploaded.
    pub at: Timestamp,
}

/// A row that identifies a contact.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row as an observation.
    pub observation: Observation,
    /// The values that were left out. With [`OnInvalid::RejectRow`] they are valid, but too many.
    pub skipped: Vec<RowProblem>,
}

impl<'a> RowReader<'a> {
    /// Creates a reader of rows with this mapping, in a workspace with these settings. `headers` are those of the file, and
    /// empty without a header row. They say what part of a name a column holds, and which columns have labels of others.
    pub fn new(
        mapping: &'a Mapping,
        headers: &[String],
        settings: &'a Settings,
        on_invalid: OnInvalid,
    ) -> RowReader<'a> {
        let header = |column: usize| headers.get(column).map_or("", |header| cell::value(header));
        let (mut fields, mut names) = (Vec::new(), Vec::new());
        let mut reader = RowReader {
            settings,
            on_invalid,
            id: None,
            country: None,
            also_known_by: None,
            names: Vec::new(),
            fields: Vec::new(),
            numbers: NumberFormats::default(),
        };
        for mapped in mapping.columns() {
            match &mapped.field {
                Target::Id => reader.id = Some(mapped.column),
                Target::DialCode => reader.country = Some(mapped.column),
                Target::AlsoKnownBy => reader.also_known_by = Some(mapped.column),
                Target::Field(Field::Name) => names.push((mapped.column, header(mapped.column))),
                Target::Field(field) => {
                    let labels = match field {
                        Field::Channel(_) => labels::of(mapped.column, headers),
                        Field::Name | Field::Custom(_) => Vec::new(),
                    };
                    fields.push(FieldColumn { column: mapped.column, field, labels });
                }
            }
        }
        fields.sort_by_key(|field| field.column);
        RowReader { names: names::resolved(names.into_iter()), fields, ..reader }
    }

    /// Sets how the numbers of the columns are written. Default: as in exports.
    #[must_use]
    pub fn with_numbers(mut self, numbers: NumberFormats) -> RowReader<'a> {
        self.numbers = numbers;
        self
    }

    /// Reads a row. Several values of one cell with the same error are one problem.
    ///
    /// # Errors
    /// All problems of a rejected row, at least one. If it names nobody, the last one is [`Reason::NamesNobody`].
    pub fn read(&self, record: &Record<'_>, origin: Origin, now: Timestamp) -> Result<Row, Vec<RowProblem>> {
        if record.fault().is_some() {
            return Err(vec![RowProblem { column: None, reason: Reason::MalformedQuote }]);
        }
        let mut problems = Vec::new();
        let values = self.values(record, &mut problems);
        let mut observation = Observation::of_row(origin.import, record.line(), origin.at, now);
        // Ignore values that are not contact ids; they belong to another system.
        let id = self.id.and_then(|column| record.cell(column));
        observation.contact = id.and_then(|id| ContactId::parse(cell::value(id)).ok());
        // The first column must win, and of two values for a field the one with the greater rank wins.
        let ranks = 0..u32::try_from(values.len()).unwrap_or(u32::MAX);
        let mut excess = Vec::new();
        for (rank, (column, field, value)) in ranks.rev().zip(values) {
            if let Err(error) = observation.add_ranked(field, value, Proof::Person, rank) {
                note(&mut excess, column, error.into());
            }
        }
        let is_invalid = problems.iter().any(|problem| problem.reason.is_invalid_value());
        problems.append(&mut excess);
        if self.on_invalid == OnInvalid::RejectRow && is_invalid {
            return Err(problems);
        }
        if observation.contact.is_none() && !observation.names_somebody(self.settings) {
            problems.push(RowProblem { column: None, reason: Reason::NamesNobody });
            return Err(problems);
        }
        Ok(Row { observation, skipped: problems })
    }

    /// The row's values with their columns, each identifier of a field once. The name comes last, where its place does not
    /// matter; one in front of an email counts only in a row without another.
    pub(crate) fn values(&self, record: &Record<'_>, problems: &mut Vec<RowProblem>) -> Vec<(usize, Field, Value)> {
        let country = self.country(record, problems);
        let (mut values, mut mentioned) = (Vec::new(), None);
        let mut read = |column: usize, field: &Field, text: &str| match self.all(column, field, text, country) {
            Ok(read) => {
                for (of, value) in read {
                    if field.is_beside(&of) {
                        mentioned.get_or_insert((column, of, value));
                    } else if !is_known(&values, &of, &value) {
                        values.push((column, of, value));
                    }
                }
            }
            Err(reason) => note(problems, column, reason),
        };
        for FieldColumn { column, field, labels } in &self.fields {
            let Some(text) = record.cell(*column) else { continue };
            if labels::veto(labels, record) {
                continue;
            }
            match field {
                Field::Channel(channel @ (Channel::Telephone | Channel::Whatsapp | Channel::Email)) => {
                    let reads = |text: &str| self.all(*column, field, text, country).is_ok();
                    cell::values_of(text, *channel, reads).into_iter().for_each(|value| read(*column, field, value));
                }
                _ => read(*column, field, cell::value(text)),
            }
        }
        // After the columns of the fields, whose values come first.
        let mut malformed = None;
        for (column, entry) in self.further_identifiers(record) {
            match also_known_by::parse(entry) {
                Some((field, text)) => read(column, &field, text),
                None => malformed = Some(column),
            }
        }
        if let Some(column) = malformed {
            note(problems, column, Reason::NotAnIdentifier);
        }
        match self.name(record) {
            Ok(name) => values.extend(name.or(mentioned)),
            Err(problem) => {
                note_all(problems, problem);
                values.extend(mentioned);
            }
        }
        values
    }

    /// The entries of the column of further identifiers.
    fn further_identifiers<'r>(&self, record: &'r Record<'_>) -> impl Iterator<Item = (usize, &'r str)> {
        let cell = self.also_known_by.and_then(|column| Some((column, cell::value(record.cell(column)?))));
        cell.into_iter().flat_map(|(column, text)| also_known_by::entries(text).map(move |entry| (column, entry)))
    }

    /// The best name of a row that is not blank.
    fn name(&self, record: &Record<'_>) -> Result<Option<(usize, Field, Value)>, RowProblem> {
        let Some(first) = self.names.first() else { return Ok(None) };
        let cells = self.names.iter().map(|name| cell::value(record.cell(name.column).unwrap_or_default()));
        let cells: Vec<_> = cells.map(|cell| if text::says_nothing(&text::clean(cell)) { "" } else { cell }).collect();
        for name in names::candidates(&self.names, &cells) {
            match Field::Name.read(&Raw::Text(name), self.settings) {
                Ok(Some(value)) => return Ok(Some((first.column, Field::Name, value))),
                Ok(None) => {}
                Err(error) => return Err(RowProblem { column: Some(first.column), reason: error.into() }),
            }
        }
        Ok(None)
    }

    /// The country of the row, if it has one. A cell that names no country is a problem.
    fn country(&self, record: &Record<'_>, problems: &mut Vec<RowProblem>) -> Option<Country> {
        let column = self.country?;
        let cell = cell::value(record.cell(column)?);
        if text::says_nothing(&text::clean(cell)) {
            return None;
        }
        let country = country::read(cell);
        if country.is_none() {
            note(problems, column, Reason::UnknownCountry);
        }
        country
    }

    /// All that a value of a cell says. Phone numbers are read in the country of their row.
    fn all(
        &self,
        column: usize,
        field: &Field,
        text: &str,
        country: Option<Country>,
    ) -> Result<Vec<(Field, Value)>, Reason> {
        let text = match field {
            Field::Custom(_) => self.numbers.plain(column, text)?,
            Field::Name | Field::Channel(_) => text.into(),
        };
        let text = Raw::from(&*text);
        Ok(match (field, country) {
            (Field::Channel(Channel::Telephone | Channel::Whatsapp), Some(country)) => {
                // Nothing else in the settings matters to a phone number.
                let there = Settings { default_country: country, ..Settings::default() };
                field.read_all(&text, &there)?
            }
            _ => field.read_all(&text, self.settings)?,
        })
    }
}

/// Whether the values of a field have an identifier already.
fn is_known(values: &[(usize, Field, Value)], field: &Field, value: &Value) -> bool {
    let Field::Channel(channel) = field else { return false };
    let mut of_field = values.iter().filter(|(_, other, _)| other == field);
    of_field.any(|(_, _, other)| other.identifier(*channel) == value.identifier(*channel))
}

/// Adds a problem unless its column has the same one: a cell may hold thousands of values. Problems of one column are
/// adjacent.
fn note(problems: &mut Vec<RowProblem>, column: usize, reason: Reason) {
    note_all(problems, RowProblem { column: Some(column), reason });
}

fn note_all(problems: &mut Vec<RowProblem>, problem: RowProblem) {
    if !problems.iter().rev().take_while(|other| other.column == problem.column).any(|other| *other == problem) {
        problems.push(problem);
    }
}

#[cfg(test)]
mod tests;
