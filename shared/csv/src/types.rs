//! Decides the types of new custom fields, and how the numbers of a file are written, by all of its rows.

use contacts::{CustomKey, CustomType, Field};

use crate::cell;
use crate::mapping::{Mapping, Target};
use crate::numbers::NumberEvidence;
use crate::reader::Record;
use crate::sample::Sample;

/// The columns that feed Number fields, from 0, and what their headers say about their numbers. `kind` is the type of a
/// custom field.
pub fn number_columns(
    mapping: &Mapping,
    sample: &Sample,
    kind: impl Fn(&CustomKey) -> Option<CustomType>,
) -> Vec<(usize, NumberEvidence)> {
    let columns = mapping.columns().iter().filter(|mapped| match &mapped.field {
        Target::Field(Field::Custom(key)) => kind(key) == Some(CustomType::Number),
        _ => false,
    });
    columns.map(|mapped| (mapped.column, NumberEvidence::new(sample.header_of(mapped.column)))).collect()
}

/// Watches the values of the columns that feed Number fields.
#[derive(Debug, Default)]
pub(crate) struct NumberWatch {
    columns: Vec<(usize, NumberEvidence)>,
    /// The columns of identifiers. A row without any is rejected, such as the footer of a report, and its values do not
    /// count.
    identifying: Vec<usize>,
}

impl NumberWatch {
    pub(crate) fn new(columns: Vec<(usize, NumberEvidence)>, mapping: &Mapping) -> NumberWatch {
        let identifies = |field: &Target| matches!(field, Target::Id | Target::Field(Field::Channel(_)));
        let identifying = mapping.columns().iter().filter(|mapped| identifies(&mapped.field));
        NumberWatch { columns, identifying: identifying.map(|mapped| mapped.column).collect() }
    }

    pub(crate) fn see(&mut self, record: &Record<'_>) {
        let has = |column: &usize| record.cell(*column).is_some_and(|cell| !cell::value(cell).is_empty());
        if self.columns.is_empty() || record.fault().is_some() || !self.identifying.iter().any(has) {
            return;
        }
        for (column, evidence) in &mut self.columns {
            evidence.add(record.cell(*column).map_or("", cell::value));
        }
    }

    pub(crate) fn found(self) -> Vec<(usize, NumberEvidence)> {
        self.columns
    }
}
