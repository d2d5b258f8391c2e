//! Creating an import.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contacts::{Existing, ImportId, OnInvalid, Settings, time};
use contacts_book::{BookError, Import};
use contacts_files::keys;
use http::StatusCode;
use http::header::LOCATION;
use utoipa::ToSchema;

use super::form::ReadOptions;
use super::view::{ColumnView, ExistingView, ImportView, OnInvalidView, QuotingView};
use crate::body::{Body, MemberValue};
use crate::json::{JsonBody, Members};
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures, TooMany};
use crate::tenant::{Admin, Tenant};
use crate::{Api, Problem};

const MAX_NAME_CHARS: usize = 255;
/// The most bytes that S3 takes in one upload.
const MAX_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// The order of an import. A null member counts as absent.
#[derive(ToSchema)]
#[schema(as = NewImport, example = json!({
    "file_name": "people.csv",
    "size_bytes": 1200,
    "mapping": [
        {"column": 0, "field": "name"},
        {"column": 1, "field": "email"},
        {"column": 3, "field": "custom.plan", "create": "string"}
    ],
    "on_invalid": "skip_cell"
}))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes what is walked, not deserialized, so that every bad member can be named")]
pub(crate) struct NewImport {
    /// The file's name, without folders.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^/\u0000-\u001f\u007f-\u009f]+$")]
    file_name: String,
    /// The file's size in bytes, at most 5 GiB.
    #[schema(minimum = 1, maximum = 5_368_709_120_u64)]
    size_bytes: u64,
    /// The file's encoding, by a name of the WHATWG or another label of it, in any case. Default: detected. A byte order mark
    /// overrides it.
    #[schema(examples("macintosh"))]
    encoding: Option<String>,
    /// What quotes mean. Default: `standard`.
    quoting: Option<QuotingView>,
    /// Whether the file has a header row. Up to 20 lines of notes may stand above it. Default: detected.
    header: Option<bool>,
    /// Which column feeds which field. Some column must hold phones, emails, handles or ids. Default: the mapping that a
    /// preview suggests, without new fields.
    #[schema(min_items = 1, max_items = 1_000)]
    mapping: Option<Vec<ColumnView>>,
    /// The country of phones without a plus, ISO 3166-1 alpha-2. Default: the workspace's.
    #[schema(pattern = "^[A-Za-z]{2}$")]
    default_country: Option<String>,
    /// What to do with a row that has an invalid value. Default: `skip_cell`.
    on_invalid: Option<OnInvalidView>,
    /// What a row may do to a contact that exists already. Default: `update`.
    existing: Option<ExistingView>,
    /// Whether the import only counts what it would do. Default: `false`.
    dry_run: Option<bool>,
}

/// Creates an import.
///
/// The import waits for its file. Upload it with the link in `upload`; the upload starts the import. At most 20 imports of
/// a workspace may wait for their file.
#[utoipa::path(
    post,
    path = "/imports",
    tag = "Imports",
    request_body = NewImport,
    responses(
        (status = 201, description = "Created", body = ImportView,
            headers(("Location" = String, description = "The import's path"))),
        BadRequest, BadBody, TooMany, Failures,
    ),
)]
pub(crate) async fn create_import(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Admin(caller): Admin,
    NoParameters: NoParameters,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let settings = api.book.settings(&workspace).await?;
    if settings.is_closed() {
        return Err(BookError::Closed.into());
    }
    let import = read(body, &settings)?;
    let link = api.files.upload_link(keys::import(&workspace, import.id), import.size_bytes).await?;
    api.book.order_import(&workspace, &import, &caller).await??;
    let location = format!("/imports/{}", import.id);
    let view = ImportView::new(import, None, api.interrupted_after).with_upload(link);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(view)).into_response())
}

fn read(members: Members, settings: &Settings) -> Result<Import, Problem> {
    let mut body = Body::new(members);
    let file_name = body.require("file_name", file_name)?;
    let size_bytes = body.require("size_bytes", size_bytes)?;
    let options = ReadOptions::take(&mut body, settings)?;
    let on_invalid = body.take("on_invalid", on_invalid)?;
    let existing = body.take("existing", existing)?;
    let dry_run = body.take("dry_run", MemberValue::flag)?;
    if options.mapping.as_ref().is_some_and(|mapping| !mapping.mapping.names_somebody()) {
        body.refuse("mapping", "has no column of phones, emails, handles or ids, so no row identifies a contact");
    }
    let errors = body.finish();
    let (Some(file_name), Some(size_bytes), []) = (file_name, size_bytes, &*errors) else {
        return Err(Problem::refused(errors));
    };
    let default_country = options.default_country.unwrap_or(settings.default_country);
    Ok(Import {
        size_bytes,
        encoding: options.encoding.map(|encoding| encoding.as_str().to_owned()),
        quoting: options.quoting.unwrap_or_default(),
        existing: existing.unwrap_or_default(),
        header: options.header,
        mapping: options.mapping.map(|mapping| mapping.import_columns()).unwrap_or_default(),
        on_invalid: on_invalid.unwrap_or_default(),
        dry_run: dry_run.unwrap_or_default(),
        ..Import::new(ImportId::new(), &file_name, default_country, time::now())
    })
}

fn file_name(value: MemberValue) -> Result<String, String> {
    let name = value.text()?;
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    if !fits || name.contains('/') || name.contains(char::is_control) {
        return Err(format!("must be 1 to {MAX_NAME_CHARS} characters, without / or control characters"));
    }
    Ok(name)
}

fn size_bytes(value: MemberValue) -> Result<u64, String> {
    let size = value.whole().filter(|size| (1..=MAX_BYTES).contains(size));
    size.ok_or_else(|| format!("must be a whole number from 1 to {MAX_BYTES}"))
}

fn on_invalid(value: MemberValue) -> Result<OnInvalid, String> {
    OnInvalid::parse(&value.text()?).ok_or_else(|| super::one_of(OnInvalid::ALL.map(OnInvalid::as_str)))
}

fn existing(value: MemberValue) -> Result<Existing, String> {
    Existing::parse(&value.text()?).ok_or_else(|| super::one_of(Existing::ALL.map(Existing::as_str)))
}
