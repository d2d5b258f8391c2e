//! An import as JSON.

use contacts::{Country, CustomType, OnInvalid};
use contacts_book::{Import, ImportColumn, ImportStatus};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::custom_fields::TypeView;
use crate::files::{UPLOAD_TYPE, UploadLink};

/// An import of a CSV file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import, example = json!({
    "id": "0190c5f2-4a5b-7c3d-9e8f-0123456789ab",
    "status": "completed",
    "file_name": "people.csv",
    "size_bytes": 1200,
    "header": true,
    "mapping": [
        {"column": 0, "field": "name", "create": null},
        {"column": 1, "field": "email", "create": null},
        {"column": 3, "field": "custom.plan", "create": "string"}
    ],
    "default_country": "US",
    "on_invalid": "reject_row",
    "dry_run": false,
    "created_at": "2026-11-22T10:00:00Z",
    "started_at": "2026-11-22T10:00:01Z",
    "finished_at": "2026-11-22T10:00:02Z",
    "bytes": {"total": 1200, "done": 1200},
    "rows": {"read": 20, "created": 12, "updated": 3, "unchanged": 4, "rejected": 1},
    "joined": 1,
    "conflicts": 0,
    "warnings": [],
    "report_url": "https://contacts.s3.us-east-1.amazonaws.com/reports/acme/0190c5f2-4a5b-7c3d-9e8f-0123456789ab.csv?X-Amz-Expires=3600",
    "error": null
}))]
pub(crate) struct ImportView {
    /// A UUIDv7.
    #[schema(format = "uuid")]
    pub(super) id: String,
    /// It never goes backwards.
    status: StatusView,
    file_name: String,
    size_bytes: u64,
    /// Whether the first row names the columns; null while that has not been found out.
    #[schema(required)]
    header: Option<bool>,
    /// Which column feeds which field; empty while that has not been found out. A list as `POST /imports` takes it.
    mapping: Vec<ColumnView>,
    /// The country in which phones without a plus are read first.
    #[schema(value_type = String)]
    default_country: Country,
    /// What becomes of a row with a value that cannot be taken.
    on_invalid: OnInvalidView,
    /// Whether it only counts what it would do.
    dry_run: bool,
    /// The moment at which its rows were observed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    finished_at: Option<Timestamp>,
    bytes: BytesView,
    rows: RowsView,
    /// Rows that joined contacts.
    joined: u64,
    /// Rows of which an identifier was left out because of a contradiction.
    conflicts: u64,
    /// What its owner should know, columns that were ignored for instance.
    warnings: Vec<String>,
    /// A link, good for an hour, to the rows that were not taken as they are; null before the end, and if there are none.
    #[schema(required, format = "uri")]
    report_url: Option<String>,
    /// Why it failed.
    #[schema(required)]
    error: Option<FailureView>,
    /// How to put the file up. Only in the answer of `POST /imports`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    upload: Option<UploadView>,
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportStatus)]
#[serde(rename_all = "snake_case")]
enum StatusView {
    /// Its file has not come yet.
    AwaitingUpload,
    /// Its file is being checked.
    Planning,
    Running,
    Completed,
    Failed,
}

/// What becomes of a row with a value that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnInvalid)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnInvalidView {
    /// The row is rejected.
    RejectRow,
    /// The value is left out, and the rest of the row is taken.
    SkipCell,
}

/// A column of a file and the field that it feeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportColumn, example = json!({"column": 3, "field": "custom.plan", "create": "string"}))]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnView {
    /// From 0.
    #[schema(maximum = 999)]
    column: usize,
    /// `name`, `telephone`, `whatsapp`, `email`, `instagram`, `slack`, `microsoft_teams`, `custom.<key>`, or of an export
    /// `id` and `dial_code`. Several columns may feed a name, which is joined in the mapping's order, and a telephone,
    /// whatsapp or email, of which the first column that has one counts. Any other field has one column.
    #[schema(
        pattern = r"^(name|telephone|whatsapp|email|instagram|slack|microsoft_teams|id|dial_code|custom\.[a-z0-9_-]{1,64})$"
    )]
    field: String,
    /// Of a custom field that there may not be: the import defines it with this type.
    create: Option<TypeView>,
}

/// How a file is put up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upload, example = json!({
    "method": "PUT",
    "url": "https://contacts.s3.us-east-1.amazonaws.com/imports/acme/0190c5f2-4a5b-7c3d-9e8f-0123456789ab.csv?X-Amz-Expires=3600",
    "headers": {"content-type": "text/csv"},
    "expires_at": "2026-11-22T11:00:00Z"
}))]
pub(super) struct UploadView {
    /// Always `PUT`.
    method: &'static str,
    /// It admits the file's bytes, as many as `size_bytes` said, and starts the import. No token is needed.
    #[schema(format = "uri")]
    url: String,
    headers: UploadHeadersView,
    /// After this moment the link is refused: an hour after it was made.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The headers that the upload must have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadHeaders)]
struct UploadHeadersView {
    /// Always `text/csv`.
    #[serde(rename = "content-type")]
    content_type: &'static str,
}

/// Progress in bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportBytes)]
struct BytesView {
    total: u64,
    done: u64,
}

/// Counts of rows: read = created + updated + unchanged + rejected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRows)]
struct RowsView {
    read: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
}

/// Why an import failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportError)]
struct FailureView {
    /// Stable.
    #[schema(example = "not_text")]
    code: String,
    /// For people.
    reason: String,
}

impl ImportView {
    /// An import, with the link to its report if there is one.
    pub(super) fn new(import: Import, report_url: Option<String>) -> ImportView {
        let counts = import.counts;
        ImportView {
            id: import.id.to_string(),
            status: match import.status {
                ImportStatus::AwaitingUpload => StatusView::AwaitingUpload,
                ImportStatus::Planning => StatusView::Planning,
                ImportStatus::Running => StatusView::Running,
                ImportStatus::Completed => StatusView::Completed,
                ImportStatus::Failed => StatusView::Failed,
            },
            file_name: import.file_name,
            size_bytes: import.size_bytes,
            header: import.header,
            mapping: import
                .mapping
                .into_iter()
                .map(|ImportColumn { column, field, create }| ColumnView::new(column, field, create))
                .collect(),
            default_country: import.default_country,
            on_invalid: match import.on_invalid {
                OnInvalid::RejectRow => OnInvalidView::RejectRow,
                OnInvalid::SkipCell => OnInvalidView::SkipCell,
            },
            dry_run: import.dry_run,
            created_at: import.created_at,
            started_at: import.started_at,
            finished_at: import.finished_at,
            bytes: BytesView { total: import.size_bytes, done: counts.bytes_done },
            rows: RowsView {
                read: counts.read,
                created: counts.created,
                updated: counts.updated,
                unchanged: counts.unchanged,
                rejected: counts.rejected,
            },
            joined: counts.joined,
            conflicts: counts.conflicts,
            warnings: import.warnings,
            report_url,
            error: import.error.map(|error| FailureView { code: error.code, reason: error.reason }),
            upload: None,
        }
    }

    /// The same, with the link by which its file is put up.
    pub(super) fn with_upload(self, link: UploadLink) -> ImportView {
        let headers = UploadHeadersView { content_type: UPLOAD_TYPE };
        let upload = UploadView { method: "PUT", url: link.url, headers, expires_at: link.expires_at };
        ImportView { upload: Some(upload), ..self }
    }
}

impl ColumnView {
    pub(super) fn new(column: usize, field: impl ToString, create: Option<CustomType>) -> ColumnView {
        ColumnView { column, field: field.to_string(), create: create.map(TypeView::from) }
    }
}
