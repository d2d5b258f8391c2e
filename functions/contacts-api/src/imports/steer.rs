//! Cancelling and resuming an import, and taking it back.

use axum::Json;
use axum::extract::{Path, State};
use contacts::{ImportId, Workspace};
use contacts_book::{Import, ImportUndo};
use contacts_files::keys;
use contacts_lambda::causes;
use http::StatusCode;
use jiff::SignedDuration;

use super::read::{read, show};
use super::view::ImportView;
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Finished, Missing};
use crate::tenant::{Admin, Tenant};
use crate::{Api, Problem};

/// An import or undo that has made no progress for so long is requested again, if somebody asks for it again: its request may
/// never have been stored.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Cancels an import.
///
/// Rows that were imported stay. An import that has ended cannot be cancelled.
#[utoipa::path(
    post,
    path = "/imports/{id}/cancel",
    tag = "Imports",
    params(("id" = String, Path, format = "uuid", description = "The import's id")),
    responses((status = 200, description = "The cancelled import", body = ImportView), BadRequest, Missing, Finished, Failures),
)]
pub(crate) async fn cancel_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(_caller): Admin,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<Json<ImportView>, Problem> {
    let import = read(&api, &workspace, &id).await?;
    if !api.book.cancel_import(&workspace, import.id).await? {
        return Err(finished("the import has ended already"));
    }
    answer(&api, &workspace, import.id).await
}

/// Resumes an interrupted import.
///
/// An import that made no progress for too long has failed with the code `interrupted`. It continues where it was: rows that
/// were imported are not counted twice. One that runs can be resumed if it has made no progress for a minute. No other import
/// can be resumed.
#[utoipa::path(
    post,
    path = "/imports/{id}/resume",
    tag = "Imports",
    params(("id" = String, Path, format = "uuid", description = "The import's id")),
    responses((status = 200, description = "The running import", body = ImportView), BadRequest, Missing, Finished, Failures),
)]
pub(crate) async fn resume_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(_caller): Admin,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<Json<ImportView>, Problem> {
    let import: Import = read(&api, &workspace, &id).await?;
    let is_resumed = api.book.resume_import(&workspace, &import).await?;
    if !is_resumed && !import.stands_still(ASK_AGAIN_AFTER) {
        return Err(finished("only an import that was interrupted or stands still can be resumed"));
    }
    let request = api.files.put_json(keys::resume(&workspace, import.id), b"{}".to_vec()).await;
    if let Err(error) = request {
        tracing::error!(import = %import.id, error = causes(&error), "could not store the request to resume an import");
        // What was just set running is set back, so that it can be resumed at once. What ran before may have gone on meanwhile.
        if is_resumed {
            let import = api.book.import(&workspace, import.id).await?.unwrap_or(import);
            api.book.interrupt_import(&workspace, import, SignedDuration::ZERO).await?;
        }
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the import could not be resumed; try again later"));
    }
    answer(&api, &workspace, import.id).await
}

/// Takes back an import that has ended.
///
/// Contacts that only the import has written are deleted; they can be restored for 30 days. In others, the fields that the
/// import said last get back what the history says was there before, and joins that it made are undone. What people or
/// conversations said later stays. The member `undo` shows the progress. Asking again while it runs changes nothing; if it
/// stands still, it continues. A dry run, or an import that was taken back, is refused.
#[utoipa::path(
    post,
    path = "/imports/{id}/undo",
    tag = "Imports",
    params(("id" = String, Path, format = "uuid", description = "The import's id")),
    responses((status = 202, description = "The import", body = ImportView), BadRequest, Missing, Finished, Failures),
)]
pub(crate) async fn undo_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    Path(id): Path<String>,
    NoParameters: NoParameters,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let import: Import = read(&api, &workspace, &id).await?;
    if let Err(refused) = api.book.begin_undo(&workspace, import.id, &caller).await? {
        return Err(finished(&refused.to_string()));
    }
    let runs = |undo: &ImportUndo| !undo.stands_still(ASK_AGAIN_AFTER);
    if !import.undo.as_ref().is_some_and(runs) {
        let request = api.files.put_json(keys::undo(&workspace, import.id), b"{}".to_vec()).await;
        if let Err(error) = request {
            tracing::error!(import = %import.id, error = causes(&error), "could not store the request to undo an import");
            let detail = "the undo could not be started; try again in a minute";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
    }
    Ok((StatusCode::ACCEPTED, answer(&api, &workspace, import.id).await?))
}

async fn answer(api: &Api, workspace: &Workspace, id: ImportId) -> Result<Json<ImportView>, Problem> {
    let import = api.book.import(workspace, id).await?.ok_or_else(|| Problem::not_found("import"))?;
    Ok(Json(show(api, workspace, import).await?))
}

fn finished(detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, detail)
}
