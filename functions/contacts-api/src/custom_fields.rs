//! The custom fields of a workspace.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use contacts::{CustomField, CustomKey, CustomType, DefinitionError, Settings};
use contacts_files::keys;
use contacts_lambda::causes;
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::json::{JsonBody, Members, PatchBody};
use crate::paging::Page;
use crate::problem::{FieldError, Problem};
use crate::query::{NoParameters, Parameters};
use crate::responses::{BadBody, BadRequest, Failures, KeyTaken, Missing};
use crate::tenant::{Admin, Tenant};

/// A custom field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomField, example = json!({"key": "plan", "label": "Plan", "type": "string"}))]
pub(crate) struct CustomFieldView {
    /// 1 to 64 characters of a-z, 0-9, _ and -. Never changes.
    key: String,
    /// The name that people see, at most 100 characters.
    label: String,
    /// Never changes.
    #[serde(rename = "type")]
    kind: TypeView,
}

/// The type of a custom field.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = CustomFieldType)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TypeView {
    String,
    Number,
}

/// A change of a custom field.
#[derive(ToSchema)]
#[schema(as = CustomFieldPatch, example = json!({"label": "Subscription"}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct CustomFieldPatch {
    /// The name that people see, at most 100 characters.
    #[schema(nullable = false)]
    label: Option<String>,
}

impl CustomFieldView {
    fn new(field: &CustomField) -> CustomFieldView {
        CustomFieldView { key: field.key.as_str().to_owned(), label: field.label.clone(), kind: field.kind.into() }
    }
}

impl From<CustomType> for TypeView {
    fn from(kind: CustomType) -> TypeView {
        match kind {
            CustomType::String => TypeView::String,
            CustomType::Number => TypeView::Number,
        }
    }
}

/// Lists the custom fields.
///
/// Returns all of them, in order of creation.
#[utoipa::path(
    get,
    path = "/custom-fields",
    tag = "Custom fields",
    responses((status = 200, description = "All custom fields", body = Page<CustomFieldView>), BadRequest, Failures),
)]
pub(crate) async fn list_custom_fields(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    NoParameters: NoParameters,
) -> Result<Json<Page<CustomFieldView>>, Problem> {
    let settings = api.book.settings(&workspace).await?;
    Ok(Json(Page::new(&settings.custom_fields, CustomFieldView::new, None)))
}

/// Defines a custom field.
#[utoipa::path(
    post,
    path = "/custom-fields",
    tag = "Custom fields",
    request_body = CustomFieldView,
    responses(
        (status = 201, description = "Defined", body = CustomFieldView,
            headers(("Location" = String, description = "The field's path"))),
        BadRequest, KeyTaken, BadBody, Failures,
    ),
)]
pub(crate) async fn create_custom_field(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let field = read_definition(body)?;
    api.book.define_field(&workspace, &field, &caller).await??;
    let location = HeaderValue::from_str(&format!("/custom-fields/{}", field.key.as_str()));
    let location = location.unwrap_or_else(|_| HeaderValue::from_static("/custom-fields"));
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(CustomFieldView::new(&field))).into_response())
}

/// Changes a custom field's label.
///
/// Key and type never change.
#[utoipa::path(
    patch,
    path = "/custom-fields/{key}",
    tag = "Custom fields",
    params(("key" = String, Path, description = "The field's key")),
    request_body(content(
        (CustomFieldPatch = "application/merge-patch+json"),
        (CustomFieldPatch = "application/json"),
    )),
    responses(
        (status = 200, description = "The changed field", body = CustomFieldView),
        BadRequest, Missing, BadBody, Failures,
    ),
)]
pub(crate) async fn change_custom_field(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    Path(key): Path<String>,
    NoParameters: NoParameters,
    PatchBody(body): PatchBody,
) -> Result<Json<CustomFieldView>, Problem> {
    let key = read_key(&key)?;
    let label = read_label(body)?;
    let settings = match label {
        Some(label) => api.book.relabel_field(&workspace, &key, &label, &caller).await??,
        None => api.book.settings(&workspace).await?,
    };
    Ok(Json(CustomFieldView::new(defined(&settings, &key)?)))
}

/// Removes a custom field.
///
/// Contacts keep their values, hidden. Creating the field again with the same key and type shows them again. With `purge`, the
/// values are removed as well, in minutes, also those of a field that was removed before. The history keeps them for
/// `history_days`, and a deleted contact as long as it can be restored.
#[utoipa::path(
    delete,
    path = "/custom-fields/{key}",
    tag = "Custom fields",
    params(
        ("key" = String, Path, description = "The field's key"),
        ("purge" = Option<bool>, Query, nullable = false, description = "Whether to remove the values, too; false by default"),
    ),
    responses((status = 204, description = "Removed"), BadRequest, Missing, Failures),
)]
pub(crate) async fn delete_custom_field(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    Path(key): Path<String>,
    Purging(purges): Purging,
) -> Result<StatusCode, Problem> {
    let key = read_key(&key)?;
    if !purges {
        api.book.remove_field(&workspace, &key, &caller).await??;
        return Ok(StatusCode::NO_CONTENT);
    }
    api.book.order_purge(&workspace, &key, &caller).await??;
    if let Err(error) = api.files.put_json(keys::purge(&workspace, &key), b"{}".to_vec()).await {
        tracing::error!(error = causes(&error), "could not store the order to remove values");
        let detail = "the field is removed, but not its values; repeat the request";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether to remove the values, too.
pub(crate) struct Purging(bool);

impl<S: Sync> FromRequestParts<S> for Purging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Purging, Problem> {
        match Parameters::of(parts, &["purge"])?.get("purge") {
            None | Some("false") => Ok(Purging(false)),
            Some("true") => Ok(Purging(true)),
            Some(_) => Err(Problem::bad_parameter("purge", "must be true or false")),
        }
    }
}

fn missing() -> Problem {
    Problem::not_found("custom field")
}

fn read_key(text: &str) -> Result<CustomKey, Problem> {
    CustomKey::parse(text).map_err(|_| missing())
}

fn defined<'a>(settings: &'a Settings, key: &CustomKey) -> Result<&'a CustomField, Problem> {
    settings.custom_field(key).ok_or_else(missing)
}

fn read_definition(mut body: Members) -> Result<CustomField, Problem> {
    let mut errors = Vec::new();
    let mut member = |name, errors: &mut Vec<FieldError>| {
        let before = errors.len();
        let text = body.take_text(name, errors)?;
        if text.is_none() && errors.len() == before {
            errors.push(FieldError::new(name, "is missing"));
        }
        Ok::<_, Problem>(text)
    };
    let key = member("key", &mut errors)?;
    let label = member("label", &mut errors)?;
    let kind = member("type", &mut errors)?;
    let key = key.and_then(|text| noted("key", CustomKey::parse(&text), &mut errors));
    let kind = kind.and_then(|text| noted("type", CustomType::parse(&text), &mut errors));
    let label = label.and_then(|text| noted("label", CustomField::read_label(&text), &mut errors));
    body.refuse_rest(&mut errors);
    match (key, label, kind) {
        (Some(key), Some(label), Some(kind)) if errors.is_empty() => Ok(CustomField { key, label, kind }),
        _ => Err(Problem::refused(errors)),
    }
}

fn read_label(mut body: Members) -> Result<Option<String>, Problem> {
    let mut errors = Vec::new();
    let label = body.take_text("label", &mut errors)?;
    let label = label.and_then(|text| noted("label", CustomField::read_label(&text), &mut errors));
    for name in ["key", "type"] {
        if body.take(name).is_some() {
            errors.push(FieldError::new(name, "never changes"));
        }
    }
    body.refuse_rest(&mut errors);
    if errors.is_empty() { Ok(label) } else { Err(Problem::refused(errors)) }
}

fn noted<T>(name: &str, read: Result<T, DefinitionError>, errors: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|error| errors.push(FieldError::new(name, error))).ok()
}
