//! What an import would do, before it is ordered.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use contacts_csv::encoding::SAMPLE_BYTES;
use contacts_csv::plan::PlanOptions;
use contacts_csv::preview::preview;
use utoipa::ToSchema;

use super::form::Reading;
use super::preview_view::PreviewView;
use super::view::ColumnView;
use crate::body::{Body, Said};
use crate::errors::of_sample;
use crate::json::JsonBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures};
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// The beginning of a file, and how it is to be read. Members that are null, or absent, are not said.
#[derive(ToSchema)]
#[schema(as = NewPreview, example = json!({
    "sample": "TmFtZSxQaG9uZSxQbGFuCkFkYSBMb3ZlbGFjZSwoNTU1KSAxMjMtNDU2Nyxwcm8K"
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct NewPreview {
    /// The first 256 KiB of the file, or all of it if that is less, in base64 (RFC 4648, section 4), padded or not.
    #[schema(content_encoding = "base64", min_length = 2, max_length = 349_528, pattern = "^[A-Za-z0-9+/]+={0,2}$")]
    sample: String,
    /// Whether the first row names the columns; else that is found out.
    header: Option<bool>,
    /// Which column feeds which field; else a mapping is suggested, with new custom fields for the columns that no field
    /// takes.
    #[schema(min_items = 1, max_items = 1_000)]
    mapping: Option<Vec<ColumnView>>,
    /// ISO 3166-1 alpha-2: the country in which phones without a plus are read first; else the workspace's.
    #[schema(pattern = "^[A-Za-z]{2}$")]
    default_country: Option<String>,
}

/// Previews an import.
///
/// The first rows are read as the import would read them. Nothing is stored. Of a file that cannot be read, `code` says
/// what is wrong.
#[utoipa::path(
    post,
    path = "/imports/preview",
    tag = "Imports",
    request_body = NewPreview,
    responses((status = 200, description = "The preview", body = PreviewView), BadRequest, BadBody, Failures),
)]
pub(crate) async fn preview_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Json<PreviewView>, Problem> {
    let mut settings = api.book.settings(&workspace).await?;
    let mut body = Body::new(body);
    let sample = body.require("sample", sample)?;
    let reading = Reading::take(&mut body, &settings)?;
    let errors = body.finish();
    let (Some(sample), []) = (sample, &*errors) else { return Err(Problem::refused(errors)) };
    settings.default_country = reading.default_country.unwrap_or(settings.default_country);
    let (mapping, new_fields) = reading.mapping.map(|told| (told.mapping, told.new_fields)).unzip();
    let new_fields = new_fields.unwrap_or_default();
    settings.custom_fields.extend(new_fields.iter().cloned());
    let options = PlanOptions { header: reading.header, mapping };
    let preview = preview(&sample, &options, &settings).map_err(|error| of_sample(&error, options.mapping.as_ref()))?;
    Ok(Json(PreviewView::new(preview, &new_fields)))
}

fn sample(said: Said) -> Result<Vec<u8>, String> {
    let sample = STANDARD_PAD_INDIFFERENT.decode(said.text()?);
    let sample = sample.map_err(|_| "is not base64 (RFC 4648, section 4)")?;
    if !(1..=SAMPLE_BYTES).contains(&sample.len()) {
        return Err(format!("must be 1 to {SAMPLE_BYTES} bytes of the file"));
    }
    Ok(sample)
}
