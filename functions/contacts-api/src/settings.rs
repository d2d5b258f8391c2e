//! The settings of a workspace.

use axum::Json;
use axum::extract::State;
use contacts::{Country, Settings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::json::{Members, PatchBody};
use crate::problem::{FieldError, Problem};
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures};
use crate::tenant::{By, Tenant};

/// The settings of a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings, example = json!({"default_country": "US"}))]
pub(crate) struct SettingsView {
    /// The country of phone numbers without a plus, ISO 3166-1 alpha-2. A change does not affect stored numbers.
    #[schema(value_type = String)]
    default_country: Country,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> SettingsView {
        SettingsView { default_country: settings.default_country }
    }
}

/// A change of the settings.
#[derive(ToSchema)]
#[schema(as = SettingsPatch, example = json!({"default_country": "GB"}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct SettingsPatch {
    /// ISO 3166-1 alpha-2.
    #[schema(nullable = false)]
    default_country: Option<String>,
}

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
    By(caller): By,
    NoParameters: NoParameters,
    PatchBody(body): PatchBody,
) -> Result<Json<SettingsView>, Problem> {
    let settings = match read_patch(body)? {
        Some(country) => api.book.set_default_country(&workspace, country, &caller).await?,
        None => api.book.settings(&workspace).await?,
    };
    Ok(Json(settings.into()))
}

fn read_patch(mut body: Members) -> Result<Option<Country>, Problem> {
    let mut errors = Vec::new();
    let text = body.take_text("default_country", &mut errors)?;
    let country = text.and_then(|text| {
        let country = Country::parse(&text);
        country.map_err(|error| errors.push(FieldError::new("default_country", format!("is {error}")))).ok()
    });
    body.refuse_rest(&mut errors);
    if errors.is_empty() { Ok(country) } else { Err(Problem::refused(errors)) }
}
