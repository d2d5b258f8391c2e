//! An import as JSON.

use contacts::{Country, CustomType, Existing, OnInvalid, Quoting};
use contacts_book::{Import, ImportColumn, ImportStatus, ImportUndo};
use jiff::{SignedDuration, Timestamp};
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
    "encoding": "utf-8",
    "quoting": "standard",
    "header": true,
    "mapping": [
        {"column": 0, "field": "name", "create": null},
        {"column": 1, "field": "email", "create": null},
        {"column": 3, "field": "custom.plan", "create": "string"}
    ],
    "default_country": "US",
    "on_invalid": "skip_cell",
    "existing": "update",
    "dry_run": false,
    "created_at": "2026-11-22T10:00:00Z",
    "started_at": "2026-11-22T10:00:01Z",
    "finished_at": "2026-11-22T10:00:02Z",
    "bytes": {"total": 1200, "checked": 1200, "done": 1200},
    "rows": {"read": 20, "created": 12, "updated": 3, "unchanged": 4, "rejected": 1},
    "joined": 1,
    "conflicts": 0,
    "duplicates": 2,
    "other_names": 0,
    "shared": 0,
    "warnings": [],
    "report_url": "https://contacts.s3.us-east-1.amazonaws.com/reports/acme/0190c5f2-4a5b-7c3d-9e8f-0123456789ab.csv?X-Amz-Expires=3600",
    "error": null
}))]
pub(crate) struct ImportView {
    /// The id, a UUID of version 7.
    #[schema(format = "uuid")]
    pub(super) id: String,
    /// The progress. It never goes backwards.
    status: ImportStatusView,
    file_name: String,
    size_bytes: u64,
    /// The file's encoding; null before the file is checked, unless the order has it.
    #[schema(required)]
    encoding: Option<String>,
    /// What quotes mean in the file.
    quoting: QuotingView,
    /// Whether the file has a header row; null before the file is checked.
    #[schema(required)]
    header: Option<bool>,
    /// Which column feeds which field, in the form of `POST /imports`; empty before the file is checked, unless the order
    /// has a mapping.
    mapping: Vec<ColumnView>,
    /// The country of phones without a plus.
    #[schema(value_type = String)]
    default_country: Country,
    /// What to do with a row that has an invalid value.
    on_invalid: OnInvalidView,
    /// What a row may do to a contact that exists already.
    existing: ExistingView,
    /// Whether the import only counts what it would do.
    dry_run: bool,
    /// The creation time, at which its rows count as observed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    finished_at: Option<Timestamp>,
    bytes: BytesView,
    rows: RowsView,
    /// How many rows joined contacts.
    joined: u64,
    /// How many rows had an identifier left out, because it belongs to a contradicting contact.
    conflicts: u64,
    /// How many rows are about a contact that an earlier row of the same part of the file is about. A part has at most 10,000
    /// rows.
    duplicates: u64,
    /// How many rows lead to a contact which had a clearly different name.
    other_names: u64,
    /// How many rows have an identifier that several people share.
    shared: u64,
    /// Messages for people, for example about ignored columns.
    warnings: Vec<String>,
    /// A link to the report of rows that were not fully taken, valid for an hour; null before the end or without such rows.
    #[schema(required, format = "uri")]
    report_url: Option<String>,
    /// Why the import failed.
    #[schema(required)]
    error: Option<ImportErrorView>,
    /// Its undo. Only if somebody has asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    undo: Option<UndoView>,
    /// How to upload the file. Only in the response to `POST /imports`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    upload: Option<UploadView>,
}

/// The progress of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportStatus)]
#[serde(rename_all = "snake_case")]
enum ImportStatusView {
    /// The file is not uploaded yet.
    AwaitingUpload,
    /// The file is being checked.
    Planning,
    Running,
    Completed,
    /// It ended early. With the code `interrupted` it can be resumed.
    Failed,
    /// A person ended it.
    Cancelled,
}

/// What to do with a row that has an invalid value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnInvalid)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnInvalidView {
    /// Reject the row.
    RejectRow,
    /// Leave the value out and take the rest of the row.
    SkipCell,
}

/// What a double quote means in a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quoting)]
#[serde(rename_all = "snake_case")]
pub(super) enum QuotingView {
    /// A quote at the start of a cell encloses the cell, which may then contain delimiters and line ends.
    Standard,
    /// A quote is a character like any other.
    None,
}

/// What a row may do to a contact that exists already.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Existing)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExistingView {
    /// Everything: newer values replace older ones.
    Update,
    /// Set empty fields. It replaces no value and adds no second value of a field.
    FillBlanks,
    /// Nothing: the row counts as unchanged, and joins nobody.
    Skip,
}

/// A column of a file and the field that it feeds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportColumn, example = json!({"column": 3, "field": "custom.plan", "create": "string"}))]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnView {
    /// The column, from 0.
    #[schema(maximum = 999)]
    column: usize,
    /// `name`, `telephone`, `whatsapp`, `whatsapp_user_id`, `email`, `instagram`, `slack`, `microsoft_teams`,
    /// `custom.<key>`, or `id` and `dial_code` as in an export. Several columns may feed the name, whose parts are joined in
    /// the mapping's order, or telephone, whatsapp or email, where the first non-blank one wins. Any other field takes one
    /// column.
    #[schema(
        pattern = r"^(name|telephone|whatsapp|whatsapp_user_id|email|instagram|slack|microsoft_teams|id|dial_code|custom\.[a-z0-9_-]{1,64})$"
    )]
    field: String,
    /// The type with which the import creates the custom field if it does not exist.
    create: Option<TypeView>,
}

/// How to upload a file.
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
    /// Send exactly `size_bytes` bytes to this link, without a token. The upload starts the import.
    #[schema(format = "uri")]
    url: String,
    headers: UploadHeadersView,
    /// After this moment the link is refused: an hour after it was made.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The required headers of the upload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadHeaders)]
struct UploadHeadersView {
    /// Always `text/csv`.
    #[serde(rename = "content-type")]
    content_type: &'static str,
}

/// The progress in bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportBytes)]
struct BytesView {
    total: u64,
    /// How many were checked, before any row is imported.
    checked: u64,
    /// How many were imported.
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
struct ImportErrorView {
    /// A stable name, for programs.
    #[schema(example = "not_text")]
    code: String,
    /// A text for people.
    reason: String,
}

/// The undo of an import. Its counts add up to the contacts that the import touched; two that it had joined count as one.
/// Contacts that somebody has deleted since are not counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndo)]
struct UndoView {
    status: UndoStatusView,
    /// Contacts that only the import had written: they were deleted, and can be restored for 30 days.
    removed: u64,
    /// Contacts that are again as they were before the import.
    restored: u64,
    /// Contacts that keep what people or conversations said later, or values of the import of which the history does not know
    /// what was there before.
    kept: u64,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, nullable = false)]
    finished_at: Option<Timestamp>,
}

/// The progress of an undo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUndoStatus)]
#[serde(rename_all = "snake_case")]
enum UndoStatusView {
    Running,
    /// It has made no progress for too long. Asking for it again continues it.
    Interrupted,
    Completed,
}

impl UndoView {
    fn new(undo: &ImportUndo, interrupted_after: SignedDuration) -> UndoView {
        UndoView {
            status: match undo.finished_at {
                Some(_) => UndoStatusView::Completed,
                None if undo.stands_still(interrupted_after) => UndoStatusView::Interrupted,
                None => UndoStatusView::Running,
            },
            removed: undo.counts.removed,
            restored: undo.counts.restored,
            kept: undo.counts.kept,
            started_at: undo.started_at,
            finished_at: undo.finished_at,
        }
    }
}

impl ImportView {
    /// An import, with the link to its report, if any. An undo without progress for `interrupted_after` is interrupted.
    pub(super) fn new(import: Import, report_url: Option<String>, interrupted_after: SignedDuration) -> ImportView {
        let counts = import.counts;
        ImportView {
            id: import.id.to_string(),
            status: match import.status {
                ImportStatus::AwaitingUpload => ImportStatusView::AwaitingUpload,
                ImportStatus::Planning => ImportStatusView::Planning,
                ImportStatus::Running => ImportStatusView::Running,
                ImportStatus::Completed => ImportStatusView::Completed,
                ImportStatus::Failed => ImportStatusView::Failed,
                ImportStatus::Cancelled => ImportStatusView::Cancelled,
            },
            file_name: import.file_name,
            size_bytes: import.size_bytes,
            encoding: import.encoding,
            quoting: match import.quoting {
                Quoting::Standard => QuotingView::Standard,
                Quoting::None => QuotingView::None,
            },
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
            existing: match import.existing {
                Existing::Update => ExistingView::Update,
                Existing::FillBlanks => ExistingView::FillBlanks,
                Existing::Skip => ExistingView::Skip,
            },
            dry_run: import.dry_run,
            created_at: import.created_at,
            started_at: import.started_at,
            finished_at: import.finished_at,
            bytes: BytesView { total: import.size_bytes, checked: import.bytes_checked, done: counts.bytes_done },
            rows: RowsView {
                read: counts.read,
                created: counts.created,
                updated: counts.updated,
                unchanged: counts.unchanged,
                rejected: counts.rejected,
            },
            joined: counts.joined,
            conflicts: counts.conflicts,
            duplicates: counts.duplicates,
            other_names: counts.other_names,
            shared: counts.shared,
            warnings: import.warnings,
            report_url,
            error: import.error.map(|error| ImportErrorView { code: error.code, reason: error.reason }),
            undo: import.undo.map(|undo| UndoView::new(&undo, interrupted_after)),
            upload: None,
        }
    }

    /// Adds the link for uploading its file.
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
