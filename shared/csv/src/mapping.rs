//! The mapping: which column of a file feeds which field.

use std::fmt;

use contacts::{Channel, Field, UnknownField};
use serde::{Deserialize, Serialize};

use crate::reader::MAX_COLUMNS;

/// Which columns feed which fields. Serialized as `[{"column": 0, "field": "name"}, …]`, with columns counted from 0.
///
/// Several columns may feed the name: their cells are joined in the mapping's order. Several may feed telephone,
/// whatsapp or email: the first non-blank one wins. Any other field takes one column. A column may feed several fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct Mapping(Vec<MappedColumn>);

/// One column and the field that it feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// The column, from 0.
    pub column: usize,
    /// The field that it feeds.
    pub field: Target,
}

/// What the cells of a mapped column hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Ids of contacts of the workspace, as in the column `id` of exports.
    Id,
    /// Countries of the rows' phones, as in the column `dial_code` of exports.
    DialCode,
    /// Further identifiers, each with its field, as in the column `also_known_by` of exports.
    AlsoKnownBy,
    /// Values of a field.
    Field(Field),
}

/// Why a mapping is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// The field does not exist.
    #[error("column {column}: {field:?} is not a field of a contact")]
    UnknownField {
        /// The column, from 0.
        column: usize,
        /// The field as given.
        field: String,
    },
    /// The column is beyond the last column of the file, or beyond [`MAX_COLUMNS`].
    #[error("column {column}: there are only {columns} columns")]
    ColumnOutOfRange {
        /// The column, from 0.
        column: usize,
        /// The number of columns.
        columns: usize,
    },
    /// The field takes only one column, or the mapping has the same entry twice.
    #[error("column {column}: {field} is already fed by column {first}")]
    FieldTwice {
        /// The column, from 0.
        column: usize,
        /// The field.
        field: Target,
        /// The first column that feeds the field, from 0.
        first: usize,
    },
}

/// The serialized form of a mapped column.
#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    column: usize,
    field: String,
}

impl Mapping {
    /// Creates a mapping of these columns.
    ///
    /// # Errors
    /// The first of [`Mapping::faults`].
    pub fn new(columns: Vec<MappedColumn>) -> Result<Mapping, MappingError> {
        let fault = Mapping::faults(&columns).next();
        match fault {
            Some((_, error)) => Err(error),
            None => Ok(Mapping(columns)),
        }
    }

    /// Every entry that makes a mapping of these columns invalid: its index and the reason. Empty for a valid mapping.
    pub fn faults(columns: &[MappedColumn]) -> impl Iterator<Item = (usize, MappingError)> {
        columns.iter().enumerate().filter_map(|(index, MappedColumn { column, field })| {
            if *column >= MAX_COLUMNS {
                return Some((index, MappingError::ColumnOutOfRange { column: *column, columns: MAX_COLUMNS }));
            }
            let mut earlier = columns[..index].iter().filter(|other| other.field == *field);
            let clash = earlier.find(|other| !field.takes_several() || other.column == *column)?;
            Some((index, MappingError::FieldTwice { column: *column, field: field.clone(), first: clash.column }))
        })
    }

    /// The mapped columns, in the given order.
    pub fn columns(&self) -> &[MappedColumn] {
        &self.0
    }

    /// The first column that feeds a field.
    pub fn column_of(&self, field: &Target) -> Option<usize> {
        self.0.iter().find(|mapped| mapped.field == *field).map(|mapped| mapped.column)
    }

    /// Whether some column holds identifiers or ids. Without one every row would be rejected.
    pub fn names_somebody(&self) -> bool {
        self.0
            .iter()
            .any(|mapped| matches!(mapped.field, Target::Id | Target::AlsoKnownBy | Target::Field(Field::Channel(_))))
    }

    /// Checks the mapping against a file with this number of columns.
    ///
    /// # Errors
    /// [`MappingError::ColumnOutOfRange`] for the first column that the file does not have.
    pub fn check_width(&self, columns: usize) -> Result<(), MappingError> {
        match self.0.iter().find(|mapped| mapped.column >= columns) {
            Some(mapped) => Err(MappingError::ColumnOutOfRange { column: mapped.column, columns }),
            None => Ok(()),
        }
    }
}

impl Target {
    /// Parses `id`, `dial_code`, `also_known_by` or the name of a field.
    ///
    /// # Errors
    /// [`UnknownField`] for any other text.
    pub fn parse(text: &str) -> Result<Target, UnknownField> {
        match text {
            "id" => Ok(Target::Id),
            "dial_code" => Ok(Target::DialCode),
            "also_known_by" => Ok(Target::AlsoKnownBy),
            text => Field::parse(text).map(Target::Field),
        }
    }

    /// Whether several columns may feed this target.
    pub fn takes_several(&self) -> bool {
        match self {
            Target::Id | Target::DialCode | Target::AlsoKnownBy => false,
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
            Target::DialCode => f.write_str("dial_code"),
            Target::AlsoKnownBy => f.write_str("also_known_by"),
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
        let columns = entries.into_iter().map(|Entry { column, field }| match Target::parse(&field) {
            Ok(field) => Ok(MappedColumn { column, field }),
            Err(UnknownField) => Err(MappingError::UnknownField { column, field }),
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
            r#"{"column":5,"field":"telephone"},{"column":6,"field":"dial_code"},{"column":999,"field":"custom.plan"}]"#,
        );
        let mapping = parse(json).unwrap();
        assert_eq!(serde_json::to_string(&mapping).unwrap(), json);
        assert!(mapping.names_somebody());
        assert_eq!(mapping.check_width(1_000), Ok(()));
        assert_eq!(mapping.check_width(999), Err(MappingError::ColumnOutOfRange { column: 999, columns: 999 }));
        assert!(!parse(r#"[{"column":0,"field":"name"},{"column":1,"field":"dial_code"}]"#).unwrap().names_somebody());
    }

    #[test]
    fn every_invalid_entry_is_reported() {
        let columns = [(0, "email"), (1_000, "name"), (1, "slack"), (2, "slack"), (0, "email"), (3, "slack")];
        let columns = columns.map(|(column, field)| MappedColumn { column, field: Target::parse(field).unwrap() });
        let faults: Vec<_> = Mapping::faults(&columns).map(|(index, error)| (index, error.code())).collect();
        let twice = |index| (index, "field_twice");
        assert_eq!(faults, [(1, "column_out_of_range"), twice(3), twice(4), twice(5)]);
        assert_eq!(Mapping::faults(&columns[2..3]).count(), 0);
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
