//! Reads a record as an observation.

use contacts::{
    Channel, ContactId, Country, Field, ImportId, Observation, OnInvalid, Phone, Proof, Raw, Settings, Value,
    ValueError,
};
use jiff::Timestamp;

use super::{Reason, RowProblem};
use crate::cell;
use crate::mapping::{Mapping, Target};
use crate::reader::Record;

/// The fewest digits that count as an E.164 number without its `+`; shorter ones are rare.
const FEWEST_DIGITS: usize = 7;
/// The most digits of an E.164 number.
const MOST_DIGITS: usize = 15;

/// Reads the rows of one file.
#[derive(Debug)]
pub struct RowReader<'a> {
    settings: &'a Settings,
    on_invalid: OnInvalid,
    id: Option<usize>,
    dial_code: Option<usize>,
    /// In the order in which their cells are joined.
    names: Vec<usize>,
    /// In the order of the columns: if several feed one field, the first non-blank one wins.
    fields: Vec<(usize, &'a Field)>,
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
    /// Creates a reader of rows with this mapping, in a workspace with these settings.
    pub fn new(mapping: &'a Mapping, settings: &'a Settings, on_invalid: OnInvalid) -> RowReader<'a> {
        let (names, fields) = (Vec::new(), Vec::new());
        let mut reader = RowReader { settings, on_invalid, id: None, dial_code: None, names, fields };
        for mapped in mapping.columns() {
            match &mapped.field {
                Target::Id => reader.id = Some(mapped.column),
                Target::DialCode => reader.dial_code = Some(mapped.column),
                Target::Field(Field::Name) => reader.names.push(mapped.column),
                Target::Field(field) => reader.fields.push((mapped.column, field)),
            }
        }
        reader.fields.sort_by_key(|(column, _)| *column);
        reader
    }

    /// Reads a row. Several values of one cell with the same error are one problem.
    ///
    /// # Errors
    /// All problems of a rejected row, at least one. With [`OnInvalid::SkipCell`] the last one is
    /// [`Reason::NamesNobody`].
    pub fn read(&self, record: &Record<'_>, origin: Origin, now: Timestamp) -> Result<Row, Vec<RowProblem>> {
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
        let is_invalid = !problems.is_empty();
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

    /// The row's values with their columns. The name comes last, where its place does not matter; one in front of an email
    /// counts only in a row without another.
    pub(crate) fn values(&self, record: &Record<'_>, problems: &mut Vec<RowProblem>) -> Vec<(usize, Field, Value)> {
        let country = self.country(record);
        let (mut values, mut mentioned) = (Vec::new(), None);
        let mut read = |column: usize, field: &Field, text: &str| match self.all(field, text, country) {
            Ok(read) => {
                for (of, value) in read {
                    if field.is_beside(&of) {
                        mentioned.get_or_insert((column, of, value));
                    } else {
                        values.push((column, of, value));
                    }
                }
            }
            Err(error) => note(problems, column, error.into()),
        };
        for &(column, field) in &self.fields {
            let Some(text) = record.cell(column) else { continue };
            match field {
                Field::Channel(Channel::Telephone | Channel::Whatsapp | Channel::Email) => {
                    cell::values(text).for_each(|value| read(column, field, value));
                }
                _ => read(column, field, cell::value(text)),
            }
        }
        let parts = self.names.iter().filter_map(|column| record.cell(*column)).map(cell::value);
        let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if let Some(first) = self.names.first() {
            read(*first, &Field::Name, &name);
        }
        if !values.iter().any(|(_, field, _)| *field == Field::Name) {
            values.extend(mentioned);
        }
        values
    }

    /// The country of the row's phones, if the row has one.
    fn country(&self, record: &Record<'_>) -> Option<Country> {
        let cell = record.cell(self.dial_code?)?;
        Country::parse(cell::value(cell)).ok()
    }

    /// All that a cell of a field says.
    fn all(&self, field: &Field, text: &str, country: Option<Country>) -> Result<Vec<(Field, Value)>, ValueError> {
        if let Field::Channel(channel @ (Channel::Telephone | Channel::Whatsapp)) = field
            && let Some(phone) = country.and_then(|country| of_country(text, *channel, country))
        {
            return Ok(vec![(field.clone(), Value::Phone(phone))]);
        }
        field.read_all(&Raw::from(text), self.settings)
    }
}

/// Reads bare digits as an international number of `country` whose `+` a spreadsheet removed; `None` if they are not.
///
/// Without this, a number of the workspace's own country with the same digits would win; Germany nearly always has one.
fn of_country(digits: &str, channel: Channel, country: Country) -> Option<Phone> {
    let bare = (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    // No calling code starts with 0, so this is a national number.
    if !bare || digits.starts_with('0') {
        return None;
    }
    let phone = match channel {
        Channel::Whatsapp => Phone::parse_whatsapp(digits, country),
        _ => Phone::parse(digits, country),
    };
    phone.ok().filter(|phone| phone.details().dial_code == Some(country))
}

/// Adds a problem unless its column has the same one: a cell may hold thousands of values. Problems of one column are
/// adjacent.
fn note(problems: &mut Vec<RowProblem>, column: usize, reason: Reason) {
    let problem = RowProblem { column: Some(column), reason };
    if !problems.iter().rev().take_while(|other| other.column == problem.column).any(|other| *other == problem) {
        problems.push(problem);
    }
}

#[cfg(test)]
mod tests;
