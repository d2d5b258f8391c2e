//! Which column of a file feeds which field.

use std::fmt;

use contacts::{Channel, Field};
use serde::{Deserialize, Serialize};

use crate::reader::MAX_COLUMNS;

/// Which columns feed which fields: `[{"column": 0, "field": "name"}, …]`, columns counted from 0.
///
/// Several columns may feed the name, and are joined in the mapping's order; several may feed telephone, whatsapp or
/// email, where the first filled one counts. Any other field has one column. A column may feed several fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct Mapping(Vec<MappedColumn>);

/// One column and the field that it feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// From 0.
    pub column: usize,
    /// What its cells are.
    pub field: Target,
}

/// What the cells of a mapped column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Ids of contacts of the workspace, as our exports have them: `id`.
    Id,
    /// Values of a field, by the field's name.
    Field(Field),
}

/// Why columns cannot be mapped so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No contact has such a field.
    #[error("column {column}: {field:?} is not a field of a contact")]
    UnknownField {
        /// From 0.
        column: usize,
        /// As it was given.
        field: String,
    },
    /// The file, or any file, has fewer columns.
    #[error("column {column}: there are only {columns} columns")]
    ColumnOutOfRange {
        /// From 0.
        column: usize,
        /// How many there are.
        columns: usize,
    },
    /// The field takes one column, or the same column was given for it before.
    #[error("column {column}: {field} is already fed by column {first}")]
    FieldTwice {
        /// From 0.
        column: usize,
        /// The field's name.
        field: Target,
        /// The column that was given first, from 0.
        first: usize,
    },
}

/// An entry of a mapping as it is written.
#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    column: usize,
    field: String,
}

impl Mapping {
    /// A mapping, if every field has as many columns as it may have.
    pub fn new(columns: Vec<MappedColumn>) -> Result<Mapping, MappingError> {
        for (index, MappedColumn { column, field }) in columns.iter().enumerate() {
            if *column >= MAX_COLUMNS {
                return Err(MappingError::ColumnOutOfRange { column: *column, columns: MAX_COLUMNS });
            }
            let mut earlier = columns[..index].iter().filter(|other| other.field == *field);
            let clash = earlier.find(|other| !field.takes_several() || other.column == *column);
            if let Some(&MappedColumn { column: first, .. }) = clash {
                return Err(MappingError::FieldTwice { column: *column, field: field.clone(), first });
            }
        }
        Ok(Mapping(columns))
    }

    /// The mapped columns, in the order in which they were given.
    pub fn columns(&self) -> &[MappedColumn] {
        &self.0
    }

    /// Whether a row can name somebody: some column holds identifiers or ids. Without one every row is rejected.
    pub fn names_somebody(&self) -> bool {
        self.0.iter().any(|mapped| matches!(mapped.field, Target::Id | Target::Field(Field::Channel(_))))
    }

    /// Checks the mapping against a file that has so many columns.
    pub fn check_width(&self, columns: usize) -> Result<(), MappingError> {
        match self.0.iter().find(|mapped| mapped.column >= columns) {
            Some(mapped) => Err(MappingError::ColumnOutOfRange { column: mapped.column, columns }),
            None => Ok(()),
        }
    }
}

impl Target {
    /// Whether several columns may feed it.
    pub fn takes_several(&self) -> bool {
        match self {
            Target::Id => false,
            Target::Field(Field::Name) => true,
            Target::Field(Field::Channel(channel)) => {
                matches!(channel, Channel::Telephone | Channel::Whatsapp | Channel::Email)
            }
            Target::Field(Field::Custom(_)) => false,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Id => f.write_str("id"),
            Target::Field(field) => field.fmt(f),
        }
    }
}

impl MappingError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            MappingError::UnknownField { .. } => "unknown_field",
            MappingError::ColumnOutOfRange { .. } => "column_out_of_range",
            MappingError::FieldTwice { .. } => "field_twice",
        }
    }
}

impl TryFrom<Vec<Entry>> for Mapping {
    type Error = MappingError;

    fn try_from(entries: Vec<Entry>) -> Result<Mapping, MappingError> {
        let columns = entries.into_iter().map(|Entry { column, field }| {
            let field = match field.as_str() {
                "id" => Target::Id,
                text => match Field::parse(text) {
                    Ok(known) => Target::Field(known),
                    Err(_) => return Err(MappingError::UnknownField { column, field }),
                },
            };
            Ok(MappedColumn { column, field })
        });
        Mapping::new(columns.collect::<Result<_, _>>()?)
    }
}

impl From<Mapping> for Vec<Entry> {
    fn from(mapping: Mapping) -> Vec<Entry> {
        let entry = |mapped: MappedColumn| Entry { column: mapped.column, field: mapped.field.to_string() };
        mapping.0.into_iter().map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Mapping, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mapping_reads_back_as_it_was_written() {
        let json = concat!(
            r#"[{"column":1,"field":"name"},{"column":0,"field":"name"},{"column":2,"field":"id"},"#,
            r#"{"column":3,"field":"email"},{"column":4,"field":"email"},{"column":5,"field":"whatsapp"},"#,
            r#"{"column":5,"field":"telephone"},{"column":999,"field":"custom.plan"}]"#,
        );
        let mapping = parse(json).unwrap();
        assert_eq!(serde_json::to_string(&mapping).unwrap(), json);
        assert!(mapping.names_somebody());
        assert_eq!(mapping.check_width(1_000), Ok(()));
        assert_eq!(mapping.check_width(999), Err(MappingError::ColumnOutOfRange { column: 999, columns: 999 }));
        assert!(!parse(r#"[{"column":0,"field":"name"}]"#).unwrap().names_somebody());
    }

    #[test]
    fn a_wrong_mapping_is_refused() {
        let cases = [
            (r#"[{"column":0,"field":"phone"}]"#, r#"column 0: "phone" is not a field of a contact"#),
            (r#"[{"column":0,"field":"custom."}]"#, r#"column 0: "custom." is not a field of a contact"#),
            (r#"[{"column":1000,"field":"name"}]"#, "column 1000: there are only 1000 columns"),
            (r#"[{"column":0,"field":"id"},{"column":1,"field":"id"}]"#, "column 1: id is already fed by column 0"),
            (r#"[{"column":2,"field":"slack"},{"column":1,"field":"slack"}]"#, "column 1: slack is already fed by"),
            (
                r#"[{"column":0,"field":"custom.a"},{"column":1,"field":"custom.a"}]"#,
                "column 1: custom.a is already fed by column 0",
            ),
            (r#"[{"column":3,"field":"email"},{"column":3,"field":"email"}]"#, "column 3: email is already fed by"),
            (r#"[{"column":-1,"field":"email"}]"#, "invalid value"),
            (r#"[{"column":1}]"#, "missing field"),
        ];
        for (json, expected) in cases {
            let error = parse(json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
