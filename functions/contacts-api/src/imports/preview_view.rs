//! A preview as JSON.

use contacts::{CustomField, CustomType, Field};
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::mapping::{MappedColumn, Target};
use contacts_csv::preview::{Preview, PreviewColumn, PreviewRow};
use contacts_csv::row::RowProblem;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, Type};

use super::view::ColumnView;
use crate::contact::UnsavedContactView;
use crate::custom_fields::TypeView;

/// How a file would be imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview, example = json!({
    "encoding": "utf-8",
    "delimiter": ",",
    "header": true,
    "columns": [
        {"column": 0, "header": "Name", "samples": ["Ada Lovelace"], "field": "name", "create": null},
        {"column": 1, "header": "Phone", "samples": ["(555) 123-4567"], "field": "telephone", "create": null},
        {"column": 2, "header": "Plan", "samples": ["pro"], "field": "custom.plan", "create": "string"}
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
        "problems": []
    }],
    "warnings": []
}))]
pub(crate) struct PreviewView {
    encoding: EncodingView,
    #[schema(schema_with = delimiter)]
    delimiter: Delimiter,
    /// Whether the first row names the columns.
    header: bool,
    /// All columns, in the file's order.
    columns: Vec<PreviewColumnView>,
    /// The mapping by which the rows were read, as `POST /imports` takes it: the suggested one, unless one was sent. The
    /// parts of a name are joined in its order, which need not be the file's.
    mapping: Vec<ColumnView>,
    /// The first rows, ten at most.
    rows: Vec<PreviewRowView>,
    /// For people: why no row can be imported so.
    warnings: Vec<String>,
}

/// The encoding of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewEncoding)]
enum EncodingView {
    /// Also of a file that is ASCII so far.
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

fn delimiter() -> Object {
    let delimiters = Delimiter::ALL.map(|delimiter| char::from(delimiter.byte()).to_string());
    let schema = Object::builder().schema_type(Type::String).enum_values(Some(delimiters));
    schema.description(Some("What separates the cells of a row")).build()
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewColumn)]
struct PreviewColumnView {
    /// From 0.
    column: usize,
    /// Null when it is blank, or there is no header row.
    #[schema(required)]
    header: Option<String>,
    /// Its first distinct values: five at most, each cut after 200 characters.
    samples: Vec<String>,
    /// What it feeds; of several fields the first in the mapping, and null when it is ignored.
    #[schema(required)]
    field: Option<String>,
    /// The type of the custom field that it feeds, if the import is to define that field.
    #[schema(required)]
    create: Option<TypeView>,
}

/// A row, as the import would read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewRow)]
struct PreviewRowView {
    /// The physical line of its start, from 1.
    line: u64,
    /// What could be read, also where the row would be rejected.
    contact: UnsavedContactView,
    /// All that is wrong with it; nothing when it would be imported.
    problems: Vec<RowProblemView>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RowProblem, example = json!({
    "column": 1,
    "code": "phone_scientific_notation",
    "reason": "was shortened to scientific notation by a spreadsheet and has lost digits"
}))]
struct RowProblemView {
    /// From 0; null when it is the row as a whole.
    #[schema(required)]
    column: Option<usize>,
    /// Stable.
    code: &'static str,
    /// For people. It never repeats a value.
    reason: String,
}

impl PreviewView {
    /// A preview; of a mapping that was told, with the custom fields that it has to be created.
    pub(super) fn new(preview: Preview, told: &[CustomField]) -> PreviewView {
        let create_of = |target: &Target| new_type(target, told, &preview.columns);
        let column = |column: &PreviewColumn| PreviewColumnView {
            column: column.column,
            header: column.header.clone(),
            samples: column.samples.clone(),
            field: column.field.as_ref().map(Target::to_string),
            create: column.field.as_ref().and_then(create_of).map(TypeView::from),
        };
        let mapped = |mapped: &MappedColumn| ColumnView::new(mapped.column, &mapped.field, create_of(&mapped.field));
        PreviewView {
            encoding: preview.encoding.into(),
            delimiter: preview.delimiter,
            header: preview.header,
            columns: preview.columns.iter().map(column).collect(),
            mapping: preview.mapping.columns().iter().map(mapped).collect(),
            rows: preview.rows.iter().map(PreviewRowView::from).collect(),
            warnings: preview.warnings,
        }
    }
}

/// The type of a custom field that is to be created: it was told so, or is proposed for a column.
fn new_type(target: &Target, told: &[CustomField], columns: &[PreviewColumn]) -> Option<CustomType> {
    let Target::Field(Field::Custom(key)) = target else { return None };
    let told = told.iter().find(|field| field.key == *key).map(|field| field.kind);
    told.or_else(|| columns.iter().find(|column| column.field.as_ref() == Some(target))?.create)
}

impl From<Encoding> for EncodingView {
    fn from(encoding: Encoding) -> EncodingView {
        match encoding {
            Encoding::Utf8 => EncodingView::Utf8,
            Encoding::Utf16Le => EncodingView::Utf16Le,
            Encoding::Utf16Be => EncodingView::Utf16Be,
            Encoding::Windows1252 => EncodingView::Windows1252,
        }
    }
}

impl From<&PreviewRow> for PreviewRowView {
    fn from(row: &PreviewRow) -> PreviewRowView {
        PreviewRowView {
            line: row.line,
            contact: UnsavedContactView::new(&row.values, &row.also_known_by),
            problems: row.problems.iter().map(RowProblemView::from).collect(),
        }
    }
}

impl From<&RowProblem> for RowProblemView {
    fn from(problem: &RowProblem) -> RowProblemView {
        RowProblemView { column: problem.column, code: problem.reason.code(), reason: problem.reason.to_string() }
    }
}
