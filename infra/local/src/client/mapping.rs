//! The mapping of an import: the suggested one, changed by the options.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::ClientError;

/// The members of a preview that this client uses.
#[derive(Debug, Deserialize)]
pub(super) struct Preview {
    #[serde(default)]
    pub(super) encoding: String,
    #[serde(default)]
    pub(super) warnings: Vec<String>,
    /// Which rows of the sample are about one contact.
    #[serde(default)]
    pub(super) people: People,
    pub(super) columns: Vec<Column>,
    pub(super) mapping: Vec<Mapped>,
}

/// How many rows were compared, and how many lead to a contact that is clearly called differently.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct People {
    pub(super) rows: u64,
    pub(super) other_names: u64,
}

/// A column of the file.
#[derive(Debug, Deserialize)]
pub(super) struct Column {
    pub(super) column: usize,
    pub(super) header: Option<String>,
}

/// A column and the field that it feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mapped {
    pub(super) column: usize,
    pub(super) field: String,
    /// The type of the custom field to create.
    pub(super) create: Option<String>,
}

impl Column {
    fn name(&self) -> String {
        self.header.clone().unwrap_or_else(|| (self.column + 1).to_string())
    }
}

/// The mapping to import with.
///
/// `changes` are of the form `Header=field`, with a column's number from 1 in place of a header. A field
/// `custom.<key>:string` or `:number` is created; an empty one leaves the column out.
///
/// # Errors
/// [`ClientError::Map`] for a malformed change or an unknown column.
pub(super) fn mapping_of(
    preview: &Preview,
    changes: &[String],
    create_fields: bool,
) -> Result<Vec<Mapped>, ClientError> {
    let mut mapping: Vec<Mapped> =
        preview.mapping.iter().filter(|mapped| create_fields || mapped.create.is_none()).cloned().collect();
    for change in changes {
        let (header, field) = change
            .rsplit_once('=')
            .ok_or_else(|| ClientError::Map(format!("{change:?}: it is not of the form Header=field")))?;
        let columns: Vec<usize> = columns_named(preview, header.trim());
        if columns.is_empty() {
            return Err(ClientError::Map(format!("{change:?}: the file has no such column")));
        }
        let (field, create) = match field.trim().split_once(':') {
            Some((field, kind)) => (field, Some(kind.to_owned())),
            None => (field.trim(), None),
        };
        mapping.retain(|mapped| !columns.contains(&mapped.column));
        if !field.is_empty() {
            let mapped = |column| Mapped { column, field: field.to_owned(), create: create.clone() };
            mapping.extend(columns.into_iter().map(mapped));
        }
    }
    Ok(mapping)
}

fn columns_named(preview: &Preview, name: &str) -> Vec<usize> {
    let by_header = |column: &&Column| column.header.as_ref().is_some_and(|header| header.eq_ignore_ascii_case(name));
    let named: Vec<usize> = preview.columns.iter().filter(by_header).map(|column| column.column).collect();
    if !named.is_empty() {
        return named;
    }
    let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    preview.columns.iter().map(|column| column.column).filter(|column| Some(*column) == number).collect()
}

/// Prints which field each column feeds.
pub(super) fn show(preview: &Preview, mapping: &[Mapped], out: &mut impl Write) -> io::Result<()> {
    let names: Vec<String> = preview.columns.iter().map(Column::name).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    for (column, name) in preview.columns.iter().zip(names) {
        let fields: Vec<&str> = mapping
            .iter()
            .filter(|mapped| mapped.column == column.column)
            .map(|mapped| mapped.field.as_str())
            .collect();
        let fields = if fields.is_empty() { "(left out)".to_owned() } else { fields.join(", ") };
        writeln!(out, "  {name:width$}  →  {fields}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview() -> Preview {
        serde_json::from_value(serde_json::json!({
            "columns": [
                {"column": 0, "header": "Last Name"},
                {"column": 1, "header": "Budget"},
                {"column": 2, "header": null},
            ],
            "mapping": [
                {"column": 0, "field": "name", "create": null},
                {"column": 1, "field": "custom.budget", "create": "number"},
            ],
        }))
        .unwrap()
    }

    fn mapped(changes: &[&str], create_fields: bool) -> Result<Vec<String>, String> {
        let changes: Vec<String> = changes.iter().map(|changes| (*changes).to_owned()).collect();
        let mapping = mapping_of(&preview(), &changes, create_fields).map_err(|error| error.to_string())?;
        let shown =
            |mapped: Mapped| format!("{}:{}:{}", mapped.column, mapped.field, mapped.create.unwrap_or_default());
        Ok(mapping.into_iter().map(shown).collect())
    }

    #[test]
    fn changes_override_the_suggestion() {
        assert_eq!(mapped(&[], false).unwrap(), ["0:name:"]);
        assert_eq!(mapped(&[], true).unwrap(), ["0:name:", "1:custom.budget:number"]);
        let changes = ["last name=", "3 = email", "Budget=custom.budget:string"];
        assert_eq!(mapped(&changes, true).unwrap(), ["2:email:", "1:custom.budget:string"]);
        assert!(mapped(&["Budget"], false).unwrap_err().contains("not of the form"));
        assert!(mapped(&["Plan=custom.plan"], false).unwrap_err().contains("no such column"));
        assert!(mapped(&["4=email"], false).unwrap_err().contains("no such column"));
    }
}
