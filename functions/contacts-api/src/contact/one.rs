//! Reads, changes and deletes one contact.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use contacts::{Contact, ContactId, EditRefused, Settings, Workspace};
use contacts_book::Found;
use http::header::{ETAG, LOCATION};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use super::form::{self, ContactPatch};
use super::kept;
use super::view::ContactView;
use crate::conditions::{IfMatch, IfNoneMatch, Versions, etag};
use crate::json::{Members, PatchBody};
use crate::query::NoParameters;
use crate::responses::{BadBody, BadRequest, Failures, Gone, IdentifierTaken, Missing, Moved, Stale};
use crate::tenant::{Editor, Tenant};
use crate::{Api, Problem};

/// The id of the contact in the path.
pub(crate) struct ContactPath(pub(crate) ContactId);

impl<S: Send + Sync> FromRequestParts<S> for ContactPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<ContactPath, Problem> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok();
        id.and_then(|Path(id)| ContactId::parse(&id).ok()).map(ContactPath).ok_or_else(no_contact)
    }
}

fn no_contact() -> Problem {
    Problem::not_found("contact")
}

/// Reads a contact.
#[utoipa::path(
    get,
    path = "/contacts/{id}",
    tag = "Contacts",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "The versions that the client has"),
    ),
    responses(
        (status = 200, description = "The contact", body = ContactView, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "The client already has this version"),
        Moved, BadRequest, Missing, Gone, Failures,
    ),
)]
pub(crate) async fn get_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactPath(id): ContactPath,
    IfNoneMatch(known): IfNoneMatch,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let (settings, contact) = match live(&api, &workspace, id, "", None).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if known.is_some_and(|versions| versions.include(contact.version)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag(contact.version))]).into_response());
    }
    Ok(shown(&contact, &settings))
}

/// Changes a contact.
///
/// The body is a JSON merge patch: null clears a field and releases its identifier. `unconfirmed` and `also_known_by` may
/// only leave out values, which are thereby dismissed or released.
#[utoipa::path(
    patch,
    path = "/contacts/{id}",
    tag = "Contacts",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("If-Match" = Option<String>, Header, nullable = false, description = "The versions that may be changed", example = "\"3\""),
    ),
    request_body(content(
        (ContactPatch = "application/merge-patch+json"),
        (ContactPatch = "application/json"),
    )),
    responses(
        (status = 200, description = "The changed contact", body = ContactView,
            headers(("ETag" = String, description = "Its version"))),
        Moved, BadRequest, Missing, Gone, IdentifierTaken, Stale, BadBody, Failures,
    ),
)]
pub(crate) async fn change_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    ContactPath(id): ContactPath,
    IfMatch(versions): IfMatch,
    NoParameters: NoParameters,
    PatchBody(body): PatchBody,
) -> Result<Response, Problem> {
    let edited = match expected(&api, &workspace, id, versions).await? {
        Ok(version) => {
            let read = |settings: &Settings| form::read_patch(&body, settings).map_err(NotChanged::Unreadable);
            api.book.edit(&workspace, id, version, &caller, read).await?
        }
        Err(refused) => Err(refused.into()),
    };
    match edited {
        Ok((contact, settings)) => Ok(shown(&contact, &settings)),
        Err(NotChanged::Unreadable(problem)) => Err(problem),
        Err(NotChanged::Refused(EditRefused::Moved(survivor))) => Ok(moved(survivor, "", None)),
        Err(NotChanged::Refused(EditRefused::NotUnconfirmed(_) | EditRefused::NotSecondary(_))) => {
            Err(not_kept(&api, &workspace, id, &body).await?)
        }
        Err(NotChanged::Refused(refused)) => Err(refused.into()),
    }
}

/// The problem that names each value to keep that the contact does not have.
async fn not_kept(api: &Api, workspace: &Workspace, id: ContactId, body: &Members) -> Result<Problem, Problem> {
    Ok(match api.book.contact(workspace, id).await? {
        (settings, Found::Live(contact)) => kept::unknown(&form::read_patch(body, &settings)?, &contact),
        (_, Found::Deleted { restorable_until }) => Problem::deleted(restorable_until),
        (_, Found::Moved(_) | Found::Nothing) => no_contact(),
    })
}

/// Why a contact is not changed.
enum NotChanged {
    /// The body cannot be read under the workspace's settings.
    Unreadable(Problem),
    /// The book refuses the change.
    Refused(EditRefused),
}

impl From<EditRefused> for NotChanged {
    fn from(refused: EditRefused) -> NotChanged {
        NotChanged::Refused(refused)
    }
}

/// Deletes a contact.
///
/// For 30 days it can be restored. Then everything that belonged to it is removed.
#[utoipa::path(
    delete,
    path = "/contacts/{id}",
    tag = "Contacts",
    params(
        ("id" = String, Path, format = "uuid", description = "The contact's id"),
        ("If-Match" = Option<String>, Header, nullable = false, description = "The versions that may be deleted", example = "\"3\""),
    ),
    responses((status = 204, description = "Deleted"), Moved, BadRequest, Missing, Gone, Stale, Failures),
)]
pub(crate) async fn delete_contact(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    Editor(caller): Editor,
    ContactPath(id): ContactPath,
    IfMatch(versions): IfMatch,
    NoParameters: NoParameters,
) -> Result<Response, Problem> {
    let deleted = match expected(&api, &workspace, id, versions).await? {
        Ok(version) => api.book.delete(&workspace, id, version, &caller).await?,
        Err(refused) => Err(refused),
    };
    match deleted {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(EditRefused::Moved(survivor)) => Ok(moved(survivor, "", None)),
        Err(refused) => Err(refused.into()),
    }
}

/// The one version that the book must find, if the request has an `If-Match`. If it lists several, this picks the current
/// one; the book checks it again when it writes.
async fn expected(
    api: &Api,
    workspace: &Workspace,
    id: ContactId,
    versions: Option<Versions>,
) -> Result<Result<Option<u64>, EditRefused>, Problem> {
    let Some(listed) = versions.and_then(|versions| versions.strong()) else { return Ok(Ok(None)) };
    if let [version] = listed[..] {
        return Ok(Ok(Some(version)));
    }
    Ok(match api.book.contact(workspace, id).await?.1 {
        Found::Nothing => Err(EditRefused::NotFound),
        Found::Deleted { restorable_until } => Err(EditRefused::Deleted { restorable_until }),
        Found::Moved(survivor) => Err(EditRefused::Moved(survivor)),
        Found::Live(contact) if listed.contains(&contact.version) => Ok(Some(contact.version)),
        Found::Live(contact) => Err(EditRefused::Stale(contact.version)),
    })
}

fn shown(contact: &Contact, settings: &Settings) -> Response {
    ([(ETAG, etag(contact.version))], Json(ContactView::new(contact, settings))).into_response()
}

/// The live contact with an id, and the settings under which it is shown; or the redirect to the same path of the contact
/// into which it was joined.
pub(crate) async fn live(
    api: &Api,
    workspace: &Workspace,
    id: ContactId,
    below: &str,
    query: Option<&str>,
) -> Result<Result<(Settings, Box<Contact>), Response>, Problem> {
    match api.book.contact(workspace, id).await? {
        (settings, Found::Live(contact)) => Ok(Ok((settings, contact))),
        (_, Found::Moved(survivor)) => Ok(Err(moved(survivor, below, query))),
        (_, Found::Deleted { restorable_until }) => Err(Problem::deleted(restorable_until)),
        (_, Found::Nothing) => Err(no_contact()),
    }
}

/// The path of a contact.
pub(super) fn path_of(id: ContactId) -> HeaderValue {
    location(&format!("/contacts/{id}"))
}

/// Redirects from a joined contact to the same path of the survivor. With 308 a client repeats its method and body.
pub(crate) fn moved(survivor: ContactId, below: &str, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let location = location(&format!("/contacts/{survivor}{below}{query}"));
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()
}

fn location(path: &str) -> HeaderValue {
    // Never fails: ids are ASCII, and the query is from a valid URI.
    HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/contacts"))
}
