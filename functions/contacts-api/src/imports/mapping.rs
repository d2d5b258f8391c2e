//! Reads the member `mapping`: which columns of a file feed which fields.

use contacts::{CustomField, CustomType, Field, MAX_CUSTOM_FIELDS, Settings, UnknownField};
use contacts_book::ImportColumn;
use contacts_csv::mapping::{MappedColumn, Mapping, Target};
use contacts_csv::reader::MAX_COLUMNS;
use serde_json::value::RawValue;

use crate::Problem;
use crate::body::{Body, MemberValue};
use crate::errors::of_mapping;
use crate::problem::FieldError;

const MAPPING: &str = "mapping";

/// A mapping that fits the custom fields of the workspace.
#[derive(Debug)]
pub(super) struct ImportMapping {
    pub(super) mapping: Mapping,
    /// For each column, the type of the custom field to create, if any.
    creates: Vec<Option<CustomType>>,
    /// The custom fields to create, labelled with their keys.
    pub(super) new_fields: Vec<CustomField>,
}

/// Reads a mapping entry by entry.
struct Reader<'s> {
    settings: &'s Settings,
    columns: Vec<MappedColumn>,
    creates: Vec<Option<CustomType>>,
    new_fields: Vec<CustomField>,
    /// For each column, the index of its entry in the list.
    entries: Vec<usize>,
    errors: Vec<FieldError>,
}

impl ImportMapping {
    /// Takes the member. Adds its errors to those of the body.
    pub(super) fn take(body: &mut Body, settings: &Settings) -> Result<Option<ImportMapping>, Problem> {
        let list = match body.take_value(MAPPING)? {
            None => return Ok(None),
            Some(MemberValue::List(list)) => list,
            Some(_) => {
                body.refuse(MAPPING, "must be a list");
                return Ok(None);
            }
        };
        if !(1..=MAX_COLUMNS).contains(&list.len()) {
            body.refuse(MAPPING, format!("must have 1 to {MAX_COLUMNS} entries"));
            return Ok(None);
        }
        let mut reader = Reader {
            settings,
            columns: Vec::new(),
            creates: Vec::new(),
            new_fields: Vec::new(),
            entries: Vec::new(),
            errors: Vec::new(),
        };
        for (entry, json) in list.iter().enumerate() {
            reader.read(entry, json)?;
        }
        match reader.finish() {
            Ok(mapping) => Ok(Some(mapping)),
            Err(errors) => {
                body.refuse_all(errors);
                Ok(None)
            }
        }
    }

    /// The columns as an import stores them.
    pub(super) fn import_columns(&self) -> Vec<ImportColumn> {
        let columns = self.mapping.columns().iter().zip(&self.creates);
        columns
            .map(|(mapped, create)| ImportColumn {
                column: mapped.column,
                field: mapped.field.to_string(),
                create: *create,
            })
            .collect()
    }
}

impl Reader<'_> {
    fn read(&mut self, entry: usize, json: &RawValue) -> Result<(), Problem> {
        let path = format!("{MAPPING}[{entry}]");
        let Some(MemberValue::Object(members)) = MemberValue::of(json)? else {
            self.errors.push(FieldError::new(path, "must be an object"));
            return Ok(());
        };
        let mut body = Body::at(&path, members);
        let field = body.require("field", field)?;
        let create = body.take("create", create)?;
        if let Some(field) = &field
            && body.is_valid()
        {
            self.check_custom(&mut body, field, create);
        }
        let column = body.require("column", column)?;
        self.errors.extend(body.finish());
        if let (Some(column), Some(field)) = (column, field) {
            self.columns.push(MappedColumn { column, field });
            self.creates.push(create);
            self.entries.push(entry);
        }
        Ok(())
    }

    /// Checks that a custom field either exists, with the given type if any, or is to be created.
    fn check_custom(&mut self, body: &mut Body, field: &Target, create: Option<CustomType>) {
        let Target::Field(Field::Custom(key)) = field else {
            if create.is_some() {
                body.refuse("create", "is only allowed for a custom field");
            }
            return;
        };
        let known = self.settings.custom_field(key).map(|field| field.kind);
        let is_new = self.new_fields.iter().all(|new| new.key != *key);
        match (known, create) {
            (Some(known), Some(create)) if known != create => {
                body.refuse("create", format!("must be {}, the type of the existing custom field", known.as_str()));
            }
            (Some(_), _) => {}
            (None, None) => body.refuse("field", "is not a custom field of this workspace; set create to create it"),
            (None, Some(kind)) if is_new => {
                if self.settings.custom_fields.len() + self.new_fields.len() >= MAX_CUSTOM_FIELDS {
                    body.refuse("create", format!("would exceed the {MAX_CUSTOM_FIELDS} custom fields of a workspace"));
                }
                self.new_fields.push(CustomField { key: key.clone(), label: key.as_str().to_owned(), kind });
            }
            // A second column of the same new field: `finish` refuses it.
            (None, Some(_)) => {}
        }
    }

    fn finish(mut self) -> Result<ImportMapping, Vec<FieldError>> {
        let faults = Mapping::faults(&self.columns);
        self.errors.extend(faults.map(|(index, fault)| of_mapping(self.entries[index], &fault)));
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mapping = Mapping::new(self.columns);
        let mapping = mapping.map_err(|error| vec![FieldError::new(MAPPING, error)])?;
        Ok(ImportMapping { mapping, creates: self.creates, new_fields: self.new_fields })
    }
}

fn column(value: MemberValue) -> Result<usize, String> {
    let column = value.whole().and_then(|column| usize::try_from(column).ok());
    let column = column.filter(|column| *column < MAX_COLUMNS);
    column.ok_or_else(|| format!("must be a whole number from 0 to {}", MAX_COLUMNS - 1))
}

fn field(value: MemberValue) -> Result<Target, String> {
    Target::parse(&value.text()?).map_err(|UnknownField| UnknownField.to_string())
}

fn create(value: MemberValue) -> Result<CustomType, String> {
    let kind = CustomType::parse(&value.text()?);
    kind.map_err(|error| error.to_string())
}
