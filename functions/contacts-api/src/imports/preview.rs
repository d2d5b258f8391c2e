//! Previewing an import.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use contacts_book::Rehearsal;
use contacts_csv::encoding::SAMPLE_BYTES;
use contacts_csv::plan::PlanOptions;
use contacts_csv::preview::preview;
use utoipa::ToSchema;

use super::form::ReadOptions;
use super::preview_view::PreviewView;
use super::view::{ColumnView, QuotingView};
use crate::body::{Body, MemberValue};
use crate::errors::of_sample;
use crate::json::JsonBody;
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures};
use crate::tenant::{Admin, Tenant};
use crate::{Api, Problem};

/// The start of a file, and how to read it. A null member counts as absent.
#[derive(ToSchema)]
#[schema(as = NewPreview, example = json!({
    "sample": "TmFtZSxQaG9uZSxQbGFuCkFkYSBMb3ZlbGFjZSwoNTU1KSAxMjMtNDU2Nyxwcm8K"
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct NewPreview {
    /// The first 256 KiB of the file, or the whole file if it is smaller, in base64 (RFC 4648, section 4), padded or not.
    #[schema(content_encoding = "base64", min_length = 2, max_length = 349_528, pattern = "^[A-Za-z0-9+/]+={0,2}$")]
    sample: String,
    /// The file's encoding, by a name of the WHATWG or another label of it, in any case. Default: detected. A byte order mark
    /// overrides it.
    #[schema(examples("macintosh"))]
    encoding: Option<String>,
    /// What quotes mean. Default: `standard`.
    quoting: Option<QuotingView>,
    /// Whether the file has a header row. Up to 20 lines of notes may stand above it. Default: detected.
    header: Option<bool>,
    /// Which column feeds which field. Default: a suggested mapping, with new custom fields for the columns that no
    /// existing field takes.
    #[schema(min_items = 1, max_items = 1_000)]
    mapping: Option<Vec<ColumnView>>,
    /// The country of phones without a plus, ISO 3166-1 alpha-2. Default: the workspace's.
    #[schema(pattern = "^[A-Za-z]{2}$")]
    default_country: Option<String>,
}

/// Previews an import.
///
/// Reads the first rows as the import would read them, compares them with each other and with the contacts, and stores
/// nothing. If the file cannot be read, the problem's
/// `code` says why.
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
    Admin(_caller): Admin,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Json<PreviewView>, Problem> {
    let mut settings = api.book.settings(&workspace).await?;
    let mut body = Body::new(body);
    let sample = body.require("sample", sample)?;
    let options = ReadOptions::take(&mut body, &settings)?;
    let errors = body.finish();
    let (Some(sample), []) = (sample, &*errors) else { return Err(Problem::refused(errors)) };
    settings.default_country = options.default_country.unwrap_or(settings.default_country);
    let (mapping, new_fields) = options.mapping.map(|mapping| (mapping.mapping, mapping.new_fields)).unzip();
    let new_fields = new_fields.unwrap_or_default();
    settings.custom_fields.extend(new_fields.iter().cloned());
    let options = PlanOptions {
        encoding: options.encoding,
        quoting: options.quoting.unwrap_or_default(),
        header: options.header,
        mapping,
    };
    let (preview, sampled) =
        preview(&sample, &options, &settings).map_err(|error| of_sample(&error, options.mapping.as_ref()))?;
    let folded = api.book.rehearse_all(&workspace, &mut Rehearsal::default(), sampled.observations()).await?;
    Ok(Json(PreviewView::new(preview, &sampled.meetings(&folded), &new_fields)))
}

fn sample(value: MemberValue) -> Result<Vec<u8>, String> {
    let sample = STANDARD_PAD_INDIFFERENT.decode(value.text()?);
    let sample = sample.map_err(|_| "is not base64 (RFC 4648, section 4)")?;
    if !(1..=SAMPLE_BYTES).contains(&sample.len()) {
        return Err(format!("must be 1 to {SAMPLE_BYTES} bytes of the file"));
    }
    Ok(sample)
}
