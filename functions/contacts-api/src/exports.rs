//! Exports of all contacts as a CSV file.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use contacts::{ExportId, Workspace, time};
use contacts_book::{Export, ExportFailure, ExportStatus};
use contacts_files::{BucketError, keys};
use contacts_lambda::causes;
use http::StatusCode;
use http::header::LOCATION;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::json::OptionalBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures, Missing};
use crate::tenant::{Admin, Tenant};
use crate::{Api, Problem, files};

/// The order of an export. It has no members yet.
#[derive(ToSchema)]
#[schema(as = NewExport)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExport {}

/// An export of all contacts as a CSV file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export, example = json!({
    "id": "0190c5f2-4a5b-7c3d-9e8f-0123456789ab",
    "status": "completed",
    "rows": 20,
    "url": "https://contacts.s3.us-east-1.amazonaws.com/exports/acme/0190c5f2-4a5b-7c3d-9e8f-0123456789ab.csv?X-Amz-Expires=3600",
    "error": null,
    "created_at": "2026-11-22T10:00:00Z",
    "finished_at": "2026-11-22T10:00:02Z"
}))]
pub(crate) struct ExportView {
    /// The id, a UUID of version 7.
    #[schema(format = "uuid")]
    id: String,
    /// The progress. It never goes backwards.
    status: ExportStatusView,
    /// The number of contacts written so far.
    rows: u64,
    /// A link to the file, valid for an hour; null before the export is completed, and after the file was removed.
    #[schema(required, format = "uri")]
    url: Option<String>,
    /// Why the export failed. A completed one with the code `erased` has no file any more: a person was erased since.
    #[schema(required)]
    error: Option<ExportErrorView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    finished_at: Option<Timestamp>,
}

/// The progress of an export.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportStatus)]
#[serde(rename_all = "snake_case")]
enum ExportStatusView {
    Running,
    Completed,
    Failed,
}

/// Why an export failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportError)]
struct ExportErrorView {
    /// A stable name, for programs.
    #[schema(example = "internal")]
    code: String,
    /// A text for people.
    reason: String,
}

/// The object that starts the writer of an export.
#[derive(Serialize)]
struct ExportRequest<'a> {
    workspace: &'a str,
    export: String,
}

/// Creates an export, or returns the one that is running: a workspace has one at a time.
#[utoipa::path(
    post,
    path = "/exports",
    tag = "Exports",
    // An `Option` would document that the body may be null.
    request_body(
        content = ref("#/components/schemas/NewExport"),
        content_type = "application/json",
        description = "Optional",
    ),
    responses(
        (status = 200, description = "An export is running already: this one", body = ExportView,
            headers(("Location" = String, description = "The export's path"))),
        (status = 201, description = "Created", body = ExportView,
            headers(("Location" = String, description = "The export's path"))),
        BadRequest, BadBody, Failures,
    ),
)]
pub(crate) async fn create_export(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    NoParameters: NoParameters,
    OptionalBody(body): OptionalBody,
) -> Result<Response, Problem> {
    let errors = Body::new(body).finish();
    if !errors.is_empty() {
        return Err(Problem::refused(errors));
    }
    let new = Export::new(ExportId::new(), time::now());
    let mut export = api.book.create_export(&workspace, &new, &caller).await?;
    if export.id != new.id {
        // One that stands still fails, and the new one takes its place.
        export = api.book.interrupt_export(&workspace, export, api.interrupted_after).await?;
        if export.is_finished() {
            export = api.book.create_export(&workspace, &new, &caller).await?;
        }
    }
    let status = if export.id == new.id { StatusCode::CREATED } else { StatusCode::OK };
    if status == StatusCode::CREATED {
        start(&api, &workspace, export.id).await?;
    } else if export.progressed_at.is_none()
        && let Err(error) = request(&api, &workspace, export.id).await
    {
        // Whoever created it may have died before requesting it. Asking once more is possible at any time.
        tracing::error!(export = %export.id, error = causes(&error), "could not store the request of an export again");
    }
    let location = format!("/exports/{}", export.id);
    let view = show(&api, &workspace, export).await?;
    Ok((status, [(LOCATION, location)], Json(view)).into_response())
}

/// Reads an export.
#[utoipa::path(
    get,
    path = "/exports/{id}",
    tag = "Exports",
    params(("id" = String, Path, format = "uuid", description = "The export's id")),
    responses((status = 200, description = "The export", body = ExportView), BadRequest, Missing, Failures),
)]
pub(crate) async fn get_export(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(_caller): Admin,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<Json<ExportView>, Problem> {
    let missing = || Problem::not_found("export");
    let id = ExportId::parse(&id).map_err(|_| missing())?;
    let export = api.book.export(&workspace, id).await?.ok_or_else(missing)?;
    let export = api.book.interrupt_export(&workspace, export, api.interrupted_after).await?;
    Ok(Json(show(&api, &workspace, export).await?))
}

/// Stores the request that starts the writer, once.
async fn request(api: &Api, workspace: &Workspace, id: ExportId) -> Result<(), BucketError> {
    let request = ExportRequest { workspace: workspace.as_str(), export: id.to_string() };
    // Serializing two strings never fails, and the writer reads only the key.
    let request = serde_json::to_vec(&request).unwrap_or_default();
    api.files.put_json_once(keys::export_request(workspace, id), request).await
}

/// Starts the writer. Without its request the export would run forever, so a failure fails the export.
async fn start(api: &Api, workspace: &Workspace, id: ExportId) -> Result<(), Problem> {
    let Err(error) = request(api, workspace, id).await else { return Ok(()) };
    tracing::error!(export = %id, error = causes(&error), "could not store the request of an export");
    let failure = ExportFailure {
        code: "not_started".to_owned(),
        reason: "the export could not be started; exporting again is safe".to_owned(),
    };
    api.book.finish_export(workspace, id, 0, Err(failure)).await?;
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the export could not be started; try again in a moment"))
}

async fn was_removed(api: &Api, workspace: &Workspace, export: &Export) -> Result<bool, Problem> {
    let last_erasure = api.book.settings(workspace).await?.last_erasure;
    Ok(files::was_removed(export.finished_at, last_erasure))
}

async fn show(api: &Api, workspace: &Workspace, mut export: Export) -> Result<ExportView, Problem> {
    let (status, url) = match export.status {
        ExportStatus::Running => (ExportStatusView::Running, None),
        ExportStatus::Completed if was_removed(api, workspace, &export).await? => {
            export.error = Some(ExportFailure {
                code: "erased".to_owned(),
                reason: "the file was removed, because a person was erased; export again".to_owned(),
            });
            (ExportStatusView::Completed, None)
        }
        ExportStatus::Completed => {
            let name = format!("contacts-{}.csv", export.created_at.strftime("%F"));
            let url = api.files.download_link(keys::export(workspace, export.id), &name).await?;
            (ExportStatusView::Completed, Some(url))
        }
        ExportStatus::Failed => (ExportStatusView::Failed, None),
    };
    Ok(ExportView {
        id: export.id.to_string(),
        status,
        rows: export.rows,
        url,
        error: export.error.map(|error| ExportErrorView { code: error.code, reason: error.reason }),
        created_at: export.created_at,
        finished_at: export.finished_at,
    })
}
