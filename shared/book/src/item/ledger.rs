//! How the ledger of erasures is stored: an entry for each identifier, and a list of the erasures.

use contacts::{ContactId, Identifier, Ledger, Settings, Workspace};
use jiff::{SignedDuration, Timestamp};

use super::{Attributes as _, Decoded, Item, id_in, ids_in, item_at, moment, number, put_ids, text};
use crate::keys::{CONTACT_ID, ERASED_AT, EXPIRES_AT, Key};

/// The contacts that were joined into the erased one.
const JOINED: &str = "joined";

/// An erasure, so that it can be repeated in a table that was restored from before it. It has no hash and no value, only ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erasure {
    pub(crate) contact: ContactId,
    pub(crate) joined: Vec<ContactId>,
    pub(crate) at: Timestamp,
}

/// The entry of an identifier.
pub(crate) fn ledger_entry(
    workspace: &Workspace,
    settings: &Settings,
    ledger: &Ledger,
    identifier: &Identifier,
    at: Timestamp,
) -> Item {
    let mut item = item_at(Key::erased(workspace, &ledger.key, identifier));
    item.insert(ERASED_AT.to_owned(), moment(at));
    item.insert(EXPIRES_AT.to_owned(), number(expires_at(settings, at).as_second()));
    item
}

/// When the person with an identifier was erased.
pub(crate) fn read_ledger_entry(item: &Item) -> Decoded<Timestamp> {
    item.moment(ERASED_AT)
}

pub(crate) fn erasure(workspace: &Workspace, settings: &Settings, erasure: &Erasure) -> Item {
    let mut item = item_at(Key::erasure(workspace, erasure.at, erasure.contact));
    item.insert(CONTACT_ID.to_owned(), text(erasure.contact.to_string()));
    put_ids(&mut item, JOINED, &erasure.joined);
    item.insert(ERASED_AT.to_owned(), moment(erasure.at));
    item.insert(EXPIRES_AT.to_owned(), number(expires_at(settings, erasure.at).as_second()));
    item
}

pub(crate) fn read_erasure(item: &Item) -> Decoded<Erasure> {
    Ok(Erasure { contact: id_in(item, CONTACT_ID)?, joined: ids_in(item, JOINED)?, at: item.moment(ERASED_AT)? })
}

fn expires_at(settings: &Settings, at: Timestamp) -> Timestamp {
    at + SignedDuration::from_hours(24 * i64::from(settings.erasure_days))
}
