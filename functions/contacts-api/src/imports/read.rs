//! Listing imports, and reading one.

use axum::Json;
use axum::extract::{Path, State};
use contacts::{ImportId, Workspace};
use contacts_book::{Cursor, Import};
use contacts_files::keys;
use jiff::Timestamp;

use super::view::ImportView;
use crate::files::{derived_name, was_removed};
use crate::paging::{Page, Paging, PagingParams};
use crate::query::NoParameters;
use crate::responses::{BadRequest, Failures, Missing};
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// The warning of an import whose file and report were removed.
const FILES_REMOVED: &str = "its file and report were removed, because a person was erased";

/// Lists imports.
///
/// The newest come first.
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
    let last_erasure = api.book.settings(&workspace).await?.last_erasure;
    let mut views = Vec::new();
    for import in page.imports {
        let end = Cursor::after_import(import.id);
        let import = api.book.interrupt_import(&workspace, import, api.interrupted_after).await?;
        views.push((show_after(&api, &workspace, import, last_erasure).await?, end));
    }
    Ok(Json(Page::that_fits(views, page.next)))
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
    let import = read(&api, &workspace, &id).await?;
    Ok(Json(show(&api, &workspace, import).await?))
}

/// The import with an id. One that stands still fails.
pub(super) async fn read(api: &Api, workspace: &Workspace, id: &str) -> Result<Import, Problem> {
    let missing = || Problem::not_found("import");
    let id = ImportId::parse(id).map_err(|_| missing())?;
    let import = api.book.import(workspace, id).await?.ok_or_else(missing)?;
    Ok(api.book.interrupt_import(workspace, import, api.interrupted_after).await?)
}

pub(super) async fn show(api: &Api, workspace: &Workspace, import: Import) -> Result<ImportView, Problem> {
    let last_erasure = match import.finished_at {
        Some(_) => api.book.settings(workspace).await?.last_erasure,
        None => None,
    };
    show_after(api, workspace, import, last_erasure).await
}

/// An import as it is shown when a person was last erased at this moment.
async fn show_after(
    api: &Api,
    workspace: &Workspace,
    mut import: Import,
    last_erasure: Option<Timestamp>,
) -> Result<ImportView, Problem> {
    let mut report_url = None;
    if was_removed(import.finished_at, last_erasure) {
        import.warnings.push(FILES_REMOVED.to_owned());
    } else if import.status.is_final() && import.reported > 0 {
        let name = derived_name(&import.file_name, "report");
        report_url = Some(api.files.download_link(keys::report(workspace, import.id), &name).await?);
    }
    Ok(ImportView::new(import, report_url, api.interrupted_after))
}
