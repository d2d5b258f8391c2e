//! The imports of a workspace: how far they are.

use axum::Json;
use axum::extract::{Path, State};
use contacts::{Country, Import, ImportId, ImportStatus};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::{BadRequest, Failures, Missing};
use crate::paging::{Page, Paging, PagingParams};
use crate::query::NoParameters;
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// An import of a CSV file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import, example = json!({
    "id": "0190c5f2-4a5b-7c3d-9e8f-0123456789ab",
    "status": "completed",
    "file_name": "people.csv",
    "size_bytes": 1200,
    "header": true,
    "mapping": [{"column": 0, "field": "name"}, {"column": 1, "field": "email"}],
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
    "report_url": null,
    "error": null
}))]
pub(crate) struct ImportView {
    /// A UUIDv7.
    #[schema(format = "uuid")]
    id: String,
    /// It never goes backwards.
    status: StatusView,
    file_name: String,
    size_bytes: u64,
    /// Whether the first row names the columns; null while that has not been found out.
    #[schema(required)]
    header: Option<bool>,
    /// Which column fills which field.
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
    /// Where the rejected rows are.
    #[schema(required)]
    report_url: Option<String>,
    /// Why it failed.
    #[schema(required)]
    error: Option<FailureView>,
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportStatus)]
#[serde(rename_all = "snake_case")]
enum StatusView {
    Running,
    Completed,
    Failed,
}

/// What becomes of a row with a value that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnInvalid)]
#[serde(rename_all = "snake_case")]
enum OnInvalidView {
    RejectRow,
}

/// A column of the file and the field that it fills.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportColumn)]
struct ColumnView {
    /// From 0.
    column: usize,
    /// `name`, `telephone`, `custom.plan` and so on, or `id`.
    #[schema(example = "name")]
    field: String,
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

impl From<Import> for ImportView {
    fn from(import: Import) -> ImportView {
        let counts = import.counts;
        ImportView {
            id: import.id.to_string(),
            status: match import.status {
                ImportStatus::Running => StatusView::Running,
                ImportStatus::Completed => StatusView::Completed,
                ImportStatus::Failed => StatusView::Failed,
            },
            file_name: import.file_name,
            size_bytes: import.size_bytes,
            header: import.header,
            mapping: import.mapping.into_iter().map(|(column, field)| ColumnView { column, field }).collect(),
            default_country: import.default_country,
            on_invalid: OnInvalidView::RejectRow,
            dry_run: false,
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
            report_url: None,
            error: import.error.map(|error| FailureView { code: error.code, reason: error.reason }),
        }
    }
}

/// Lists imports.
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/imports",
    tag = "Imports",
    params(PagingParams),
    responses((status = 200, description = "A page", body = Page<ImportView>), BadRequest, Failures),
)]
pub(crate) async fn list_imports(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Paging { limit, after }: Paging,
) -> Result<Json<Page<ImportView>>, Problem> {
    let page = api.book.imports(&workspace, limit, after).await??;
    Ok(Json(Page::new(page.imports, ImportView::from, page.next)))
}

/// Reads an import.
#[utoipa::path(
    get,
    path = "/imports/{id}",
    tag = "Imports",
    params(("id" = String, Path, format = "uuid", description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportView), BadRequest, Missing, Failures),
)]
pub(crate) async fn get_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<Json<ImportView>, Problem> {
    let missing = || Problem::not_found("import");
    let id = ImportId::parse(&id).map_err(|_| missing())?;
    let import = api.book.import(&workspace, id).await?.ok_or_else(missing)?;
    Ok(Json(import.into()))
}
