//! A preview as JSON.

use contacts::{CustomField, CustomType, Field};
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::mapping::{MappedColumn, Target};
use contacts_csv::preview::{MetRows, Preview, PreviewColumn, PreviewRow};
use contacts_csv::row::RowProblem;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, Type};

use super::view::ColumnView;
use crate::contact::UnsavedContactView;
use crate::custom_fields::TypeView;

/// A custom field is a Number only if all values are numbers that can be read in one way.
const NUMBER_NOTE: &str = "Number, if the rest of the file agrees; else String";

/// How an import would read a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview, example = json!({
    "encoding": "utf-8",
    "delimiter": ",",
    "header": true,
    "columns": [
        {"column": 0, "header": "Name", "samples": ["Ada Lovelace"], "field": "name", "create": null, "note": null},
        {"column": 1, "header": "Phone", "samples": ["(555) 123-4567"], "field": "telephone", "create": null, "note": null},
        {"column": 2, "header": "Plan", "samples": ["pro"], "field": "custom.plan", "create": "string", "note": null}
    ],
    "mapping": [
        {"column": 0, "field": "name", "create": null},
        {"column": 1, "field": "telephone", "create": null},
        {"column": 2, "field": "custom.plan", "create": "string"}
    ],
    "rows": [{
        "line": 2,
        "contact": {
            "name": "Ada Lovelace",
            "phone": "+15551234567",
            "channels": {
                "telephone": "+15551234567",
                "national_number": "5551234567",
                "country_code": "1",
                "dial_code": "US"
            },
            "custom_fields": {"plan": "pro"}
        },
        "problems": [],
        "skipped": []
    }],
    "people": {"rows": 1, "duplicates": 0, "other_names": 0, "shared": 0},
    "warnings": []
}))]
pub(crate) struct PreviewView {
    /// The encoding by which the file was read: the one in the request, or a guess. That of ASCII is `utf-8`.
    #[schema(schema_with = encoding)]
    encoding: &'static str,
    #[schema(schema_with = delimiter)]
    delimiter: Delimiter,
    /// Whether the first row is a header.
    header: bool,
    /// All columns, in the file's order.
    columns: Vec<PreviewColumnView>,
    /// The mapping by which the rows were read, in the form of `POST /imports`: the one in the request, or the suggested
    /// one. The parts of a name are joined in its order, which may differ from the file's.
    mapping: Vec<ColumnView>,
    /// The first rows, at most ten.
    rows: Vec<PreviewRowView>,
    /// Which of the first rows, at most 200, are about one contact.
    people: PreviewPeopleView,
    /// Messages for people: why no row can be imported with this mapping, and what is uncertain about the file.
    warnings: Vec<String>,
}

pub(super) fn encoding() -> Object {
    let schema = Object::builder().schema_type(Type::String).enum_values(Some(Encoding::names()));
    schema.description(Some("The encoding of the file")).build()
}

fn delimiter() -> Object {
    let delimiters = Delimiter::ALL.map(|delimiter| char::from(delimiter.byte()).to_string());
    let schema = Object::builder().schema_type(Type::String).enum_values(Some(delimiters));
    schema.description(Some("The character between two cells of a row")).build()
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewColumn)]
struct PreviewColumnView {
    /// The column, from 0.
    column: usize,
    /// The header; null if it is blank or the file has no header row.
    #[schema(required)]
    header: Option<String>,
    /// The first distinct values: at most five, each cut after 200 characters.
    samples: Vec<String>,
    /// The field that the column feeds, the first one in the mapping; null if the column is ignored.
    #[schema(required)]
    field: Option<String>,
    /// The type of the custom field that the column feeds, if the import would create that field.
    #[schema(required)]
    create: Option<TypeView>,
    /// A text for people about what the import decides by the rest of the file; null if nothing is left to decide.
    #[schema(required)]
    note: Option<&'static str>,
}

/// A row as the import would read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewRow)]
struct PreviewRowView {
    /// The physical line on which the row starts, from 1.
    line: u64,
    /// The valid values, even if the row would be rejected.
    contact: UnsavedContactView,
    /// Why the row would be rejected; empty if it would be imported.
    problems: Vec<RowProblemView>,
    /// What would be left out of the row if it is imported.
    skipped: Vec<RowProblemView>,
}

/// How many rows are about one contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewPeople)]
struct PreviewPeopleView {
    /// How many rows were compared: those that would be imported.
    rows: u64,
    /// How many are about a contact that an earlier row is about.
    duplicates: u64,
    /// How many lead to a contact which has a clearly different name.
    other_names: u64,
    /// How many have an identifier that several people share.
    shared: u64,
}

/// A problem of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RowProblem, example = json!({
    "column": 1,
    "code": "phone_scientific_notation",
    "reason": "was shortened to scientific notation by a spreadsheet and has lost digits"
}))]
struct RowProblemView {
    /// The column, from 0; null if the problem concerns the whole row.
    #[schema(required)]
    column: Option<usize>,
    /// A stable name, for programs.
    code: &'static str,
    /// A text for people. It never contains a value of the row.
    reason: String,
}

impl PreviewView {
    /// A preview. `new_fields` are the custom fields that a mapping in the request creates.
    /// `met` says which rows of the sample are about one contact.
    pub(super) fn new(preview: Preview, met: &MetRows, new_fields: &[CustomField]) -> PreviewView {
        let create_of = |target: &Target| new_type(target, new_fields, &preview.columns);
        let column = |column: &PreviewColumn| {
            let create = column.field.as_ref().and_then(create_of);
            PreviewColumnView {
                column: column.column,
                header: column.header.clone(),
                samples: column.samples.clone(),
                field: column.field.as_ref().map(Target::to_string),
                create: create.map(TypeView::from),
                note: (create == Some(CustomType::Number)).then_some(NUMBER_NOTE),
            }
        };
        let mapped = |mapped: &MappedColumn| ColumnView::new(mapped.column, &mapped.field, create_of(&mapped.field));
        PreviewView {
            encoding: preview.encoding.as_str(),
            delimiter: preview.delimiter,
            header: preview.header,
            columns: preview.columns.iter().map(column).collect(),
            mapping: preview.mapping.columns().iter().map(mapped).collect(),
            rows: preview.rows.iter().map(PreviewRowView::from).collect(),
            people: PreviewPeopleView {
                rows: met.rows,
                duplicates: met.meetings.duplicates,
                other_names: met.meetings.other_names,
                shared: met.meetings.shared,
            },
            warnings: [preview.warnings, met.warnings.clone()].concat(),
        }
    }
}

/// The type of a custom field that the import would create, by the request or by a proposal.
fn new_type(target: &Target, new_fields: &[CustomField], columns: &[PreviewColumn]) -> Option<CustomType> {
    let Target::Field(Field::Custom(key)) = target else { return None };
    let requested = new_fields.iter().find(|field| field.key == *key).map(|field| field.kind);
    requested.or_else(|| columns.iter().find(|column| column.field.as_ref() == Some(target))?.create)
}

impl From<&PreviewRow> for PreviewRowView {
    fn from(row: &PreviewRow) -> PreviewRowView {
        PreviewRowView {
            line: row.line,
            contact: UnsavedContactView::new(&row.values, &row.also_known_by),
            problems: row.problems.iter().map(RowProblemView::from).collect(),
            skipped: row.skipped.iter().map(RowProblemView::from).collect(),
        }
    }
}

impl From<&RowProblem> for RowProblemView {
    fn from(problem: &RowProblem) -> RowProblemView {
        RowProblemView { column: problem.column, code: problem.reason.code(), reason: problem.reason.to_string() }
    }
}
