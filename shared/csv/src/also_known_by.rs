//! The column `also_known_by` of exports: further identifiers, each with its field.
//!
//! `telephone:+15550001111; email:ada@x.example`

use contacts::{Channel, Field, Value};

/// No identifier contains white space.
const SEPARATOR: &str = "; ";

/// The cell of these identifiers.
pub(crate) fn cell<'v>(identifiers: impl Iterator<Item = (Channel, &'v Value)>) -> String {
    let entries = identifiers.map(|(channel, value)| format!("{}:{}", channel.as_str(), value.as_str()));
    entries.collect::<Vec<_>>().join(SEPARATOR)
}

/// The entries of a cell.
pub(crate) fn entries(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(SEPARATOR).map(|entry| entry.trim_end_matches(';').trim()).filter(|entry| !entry.is_empty())
}

/// The field and the value of an entry; `None` if it names no field of identifiers.
pub(crate) fn parse(entry: &str) -> Option<(Field, &str)> {
    let (name, value) = entry.split_once(':')?;
    match Field::parse(name.trim()) {
        Ok(field @ Field::Channel(_)) => Some((field, value.trim())),
        _ => None,
    }
}
