//! Converts between the columns that an import stores and the mapping of its file, and creates its custom fields.

use contacts::{CustomField, CustomKey, CustomType, Field, MAX_CUSTOM_FIELDS, Settings};
use contacts_book::{Import, ImportColumn, SettingsRefused};
use contacts_csv::mapping::{MappedColumn, Mapping, MappingError, Target};
use contacts_csv::numbers::NumberEvidence;
use contacts_csv::plan::PlanError;
use contacts_csv::sample::Sample;
use contacts_csv::types;

use crate::failure::Failure;
use crate::job::{Job, Stop};

/// How many characters of a column's name a warning has: headers may be long.
const NAME_CHARS: usize = 60;

/// The mapping of an import; `None` if the plan must suggest one.
pub(crate) fn mapping_of(import: &Import) -> Result<Option<Mapping>, PlanError> {
    if import.mapping.is_empty() {
        return Ok(None);
    }
    let column = |ImportColumn { column, field, .. }: &ImportColumn| match Target::parse(field) {
        Ok(target) => Ok(MappedColumn { column: *column, field: target }),
        Err(_) => Err(MappingError::UnknownField { column: *column, field: field.clone() }),
    };
    let columns = import.mapping.iter().map(column).collect::<Result<_, _>>()?;
    Ok(Some(Mapping::new(columns)?))
}

/// A mapping as the import stores it. Keeps which custom fields the import was asked to create.
pub(crate) fn columns_of(mapping: &Mapping, ordered: &[ImportColumn]) -> Vec<ImportColumn> {
    let column = |mapped: &MappedColumn| {
        let field = mapped.field.to_string();
        let create = ordered.iter().find(|column| column.field == field).and_then(|column| column.create);
        ImportColumn { column: mapped.column, field, create }
    };
    mapping.columns().iter().map(column).collect()
}

/// The columns whose numbers the planner must judge: those that feed Number fields, existing or to be created.
pub(crate) fn number_columns(
    mapping: &Mapping,
    columns: &[ImportColumn],
    settings: &Settings,
    sample: &Sample,
) -> Vec<(usize, NumberEvidence)> {
    let created = created(columns, None);
    let type_of = |key: &CustomKey| {
        let new = created.iter().find(|field| field.key == *key).map(|field| field.kind);
        new.or_else(|| settings.custom_field(key).map(|field| field.kind))
    };
    types::number_columns(mapping, sample, type_of)
}

/// Makes new Number fields String fields if some value of the whole file is not a number. Returns a warning for each.
pub(crate) fn decide_types(
    columns: &mut [ImportColumn],
    settings: &Settings,
    sample: &Sample,
    found: &[(usize, NumberEvidence)],
) -> Vec<String> {
    let mut warnings = Vec::new();
    for column in columns.iter_mut().filter(|column| column.create == Some(CustomType::Number)) {
        let evidence = found.iter().find(|(of, _)| *of == column.column);
        let is_number = evidence.is_none_or(|(_, evidence)| evidence.is_number());
        let key = column.field.strip_prefix("custom.").and_then(|key| CustomKey::parse(key).ok());
        let exists =
            key.and_then(|key| settings.custom_field(&key)).is_some_and(|field| field.kind == CustomType::Number);
        if !is_number && !exists {
            column.create = Some(CustomType::String);
            warnings.push(format!(
                "the column {:?} was read as text, not as numbers: some of its values are no numbers, or could be read as two \
                 different ones",
                sample.column_name(column.column).chars().take(NAME_CHARS).collect::<String>()
            ));
        }
    }
    warnings
}

/// The custom fields that the import creates, labelled with the headers of their columns.
fn created(mapping: &[ImportColumn], sample: Option<&Sample>) -> Vec<CustomField> {
    let field = |column: &ImportColumn| {
        let kind: CustomType = column.create?;
        let key = CustomKey::parse(column.field.strip_prefix("custom.")?).ok()?;
        let header = sample.and_then(|sample| sample.header_of(column.column)).unwrap_or_default();
        let named = CustomField::new(key.clone(), header, kind);
        // The column may have no header, or one that is not a valid label.
        named.or_else(|_| CustomField::new(key.clone(), key.as_str(), kind)).ok()
    };
    mapping.iter().filter_map(field).collect()
}

/// Creates the custom fields of the import, except in a dry run. Checks that all custom fields of its mapping exist or are
/// created.
pub(crate) async fn define(job: &Job<'_>, import: &Import, settings: &Settings, sample: &Sample) -> Result<(), Stop> {
    let (book, workspace) = (&job.importer.book, job.workspace);
    let created = created(&import.mapping, Some(sample));
    for column in &import.mapping {
        let Ok(Target::Field(Field::Custom(key))) = Target::parse(&column.field) else { continue };
        let known = settings.custom_field(&key).map(|field| field.kind);
        match (known, column.create) {
            (Some(kind), Some(create)) if kind != create => return Err(Failure::FieldType(key).into()),
            (None, None) => return Err(Failure::UnknownField(key).into()),
            _ => {}
        }
    }
    if import.dry_run {
        return Ok(());
    }
    let missing: Vec<&CustomField> =
        created.iter().filter(|field| settings.custom_field(&field.key).is_none()).collect();
    if settings.custom_fields.len() + missing.len() > MAX_CUSTOM_FIELDS {
        return Err(Failure::TooManyFields.into());
    }
    for field in missing {
        match book.define_field(workspace, field, &job.caller()).await? {
            Ok(_) => {}
            Err(SettingsRefused::KeyTaken | SettingsRefused::UnknownKey) => {
                // A concurrent request created it.
                let now = book.settings(workspace).await?;
                if now.custom_field(&field.key).is_some_and(|other| other.kind != field.kind) {
                    return Err(Failure::FieldType(field.key.clone()).into());
                }
            }
            Err(SettingsRefused::TooMany) => return Err(Failure::TooManyFields.into()),
        }
    }
    Ok(())
}

/// The settings for reading the rows: with the import's country, and in a dry run with the fields that it would create.
pub(crate) fn settings_of(import: &Import, mut settings: Settings) -> Settings {
    settings.default_country = import.default_country;
    if import.dry_run {
        let missing = created(&import.mapping, None).into_iter();
        let missing: Vec<_> = missing.filter(|field| settings.custom_field(&field.key).is_none()).collect();
        settings.custom_fields.extend(missing);
    }
    settings
}
