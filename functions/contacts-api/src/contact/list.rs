//! Lists contacts, and looks one up by an identifier.

use axum::Json;
use axum::extract::State;
use contacts_book::List;

use super::filter::{ContactParams, ContactQuery, Selection};
use super::view::ContactView;
use crate::paging::{Page, Paging, PagingParams};
use crate::responses::{BadRequest, Failures};
use crate::tenant::Tenant;
use crate::{Api, Problem};

/// Lists contacts.
///
/// `phone`, `email`, `whatsapp_user_id`, `instagram`, `slack` and `microsoft_teams` look up one contact by an exact
/// identifier, also one in `also_known_by`; the result is always up to date. The other lists are updated with a short
/// delay. Only one filter is allowed; a prefix and `conflicts` decide the order. To read everybody while contacts change,
/// use `sort=created`.
#[utoipa::path(
    get,
    path = "/contacts",
    tag = "Contacts",
    params(PagingParams, ContactParams),
    responses((status = 200, description = "A page", body = Page<ContactView>), BadRequest, Failures),
)]
pub(crate) async fn list_contacts(
    State(api): State<Api>,
    Tenant(workspace): Tenant,
    ContactQuery { paging, selection }: ContactQuery,
) -> Result<Json<Page<ContactView>>, Problem> {
    let identifier = match selection {
        Selection::Listed { sort, prefix } => {
            let list = List { sort, prefix, limit: paging.limit, after: paging.after };
            let page = api.book.list(&workspace, &list).await??;
            let views = page.contacts.iter().map(|contact| ContactView::new(contact, &page.settings));
            return Ok(Json(Page::that_fits(views.zip(page.ends), page.next)));
        }
        Selection::ByPhone(text) => text.identifier(&api.book.settings(&workspace).await?)?,
        Selection::ByIdentifier(identifier) => identifier,
    };
    refuse_cursor(&paging)?;
    let (settings, contact) = api.book.contact_by(&workspace, &identifier).await?;
    Ok(Json(Page::new(contact, |contact| ContactView::new(&contact, &settings), None)))
}

/// Refuses a cursor: a look-up has only one page.
fn refuse_cursor(paging: &Paging) -> Result<(), Problem> {
    match paging.after {
        Some(_) => Err(contacts_book::CursorError::OtherList.into()),
        None => Ok(()),
    }
}
