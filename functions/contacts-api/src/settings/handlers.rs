//! Reads and changes the settings.

use axum::Json;
use axum::extract::State;
use contacts::Settings;

use super::form::{self, SettingsPatch};
use super::view::SettingsView;
use crate::json::PatchBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures};
use crate::tenant::{Admin, Tenant};
use crate::{Api, Problem};

/// Reads the settings.
#[utoipa::path(
    get,
    path = "/settings",
    tag = "Settings",
    responses((status = 200, description = "The settings", body = SettingsView), BadRequest, Failures),
)]
pub(crate) async fn get_settings(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    NoParameters: NoParameters,
) -> Result<Json<SettingsView>, Problem> {
    Ok(Json(api.book.settings(&workspace).await?.into()))
}

/// Changes the settings.
///
/// A list replaces the whole former list.
#[utoipa::path(
    patch,
    path = "/settings",
    tag = "Settings",
    request_body(content(
        (SettingsPatch = "application/merge-patch+json"),
        (SettingsPatch = "application/json"),
    )),
    responses((status = 200, description = "The changed settings", body = SettingsView), BadRequest, BadBody, Failures),
)]
pub(crate) async fn change_settings(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    NoParameters: NoParameters,
    PatchBody(body): PatchBody,
) -> Result<Json<SettingsView>, Problem> {
    let change = |settings: &mut Settings| form::apply(&body, settings);
    let settings = api.book.change_settings(&workspace, &caller, change).await??;
    Ok(Json(settings.into()))
}
