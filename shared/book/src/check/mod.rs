//! Checks the invariants of a whole table.

mod book;
mod conflicts;
mod indexed;
mod repair;
mod replay;

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use contacts::{ContactId, Identifier, Workspace, time};
use jiff::Timestamp;

use self::book::Book;
use self::indexed::Indexed;
pub use self::repair::StrayClaim;
use self::replay::Replay;
use crate::error::{self, Fault};
use crate::imports;
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::{
    CONFLICTS_FULL_AT, DELETED_AT, HISTORY_PREFIX, JOIN_PREFIX, LINK_PREFIX, PK, RUNNING_SK, SK, UNCLEARED,
};
use crate::{BookError, ContactBook, SCAN_PAGE};

/// A violated invariant. Its text contains ids and keys, never a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Collects the items of a table and finds violations of these invariants of the book. It changes nothing.
///
/// 1. Every identifier that a live contact owns is claimed by it, directly or through its joins. An identifier that it
///    only shows is claimed by another contact, or by none.
/// 2. Every claim leads to exactly one live contact, which owns the identifier, or has expired. So no two live contacts own
///    one identifier. A value that names nobody is not claimed by the contact that shows it.
/// 3. Chains of joins end, at a live contact or a tombstone.
/// 4. Index attributes match the contact's values.
/// 5. An import's counts add up.
/// 6. A value that waits for a person's confirmation does not stand in its field, from the same source.
/// 7. A conflict stands on both of its contacts while both live. Excused are conflicts that older builds recorded, on one
///    contact only, and those that a contact may have forgotten because it had too many.
/// 8. The history of a contact, replayed, gives the contact. Checked where the history reaches from its creation to its
///    version: not while changes are still to be entered, and not where the history was kept for a part only.
///
/// In addition, every item is readable, every linked conversation is claimed, every claimed conversation is linked, and
/// no conversation is linked to a contact that was deleted and cannot be restored.
///
/// Items do not show everything. They do not say on what terms a value was stored, so invariant 6 covers only what
/// contradicts itself, not every value that hearsay must not replace. A contact that shows an identifier need not be known
/// to the contact that claims it, because the claim may be younger. And an identifier that the workspace blocks stays with
/// the contact that had it before.
#[derive(Debug, Default)]
pub struct Audit {
    workspaces: HashMap<String, Book>,
    /// The history of the contact whose items are being added.
    replay: Option<Replay>,
    violations: Vec<Violation>,
}

/// What an audit of a table found.
#[derive(Debug)]
pub struct Audited {
    /// The number of items in the table.
    pub items: usize,
    /// The violated invariants.
    pub violations: Vec<Violation>,
    /// The claims among them that [`ContactBook::release_stray`] may remove.
    pub strays: Vec<StrayClaim>,
}

impl ContactBook {
    /// Reads the whole table and checks the invariants that [`Audit`] lists. It changes nothing.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn audit(&self) -> Result<Audited, BookError> {
        let (mut audit, mut items, mut start) = (Audit::default(), 0, None);
        loop {
            let page = self.retry(|| self.table_page(start.clone())).await?;
            for item in page.items() {
                items += 1;
                audit.add(item, time::now());
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                let (violations, strays) = audit.conclude();
                return Ok(Audited { items, violations, strays });
            }
        }
    }

    /// A page of all items of the table.
    pub(crate) async fn table_page(&self, start: Option<Item>) -> Result<ScanOutput, Fault> {
        let scan = self.client.scan().table_name(&*self.table).limit(SCAN_PAGE).consistent_read(true);
        scan.set_exclusive_start_key(start).send().await.map_err(error::of)
    }
}

impl Audit {
    /// Adds one item. Items must come as a scan returns them: those with one partition key one after another, in the order of
    /// their sort keys. A history whose entries come in another order is not checked.
    pub fn add(&mut self, item: &HashMap<String, aws_sdk_dynamodb::types::AttributeValue>, now: Timestamp) {
        if let Err(error) = self.try_add(item, now) {
            self.violations.push(Violation(format!("the item {} cannot be read: {error}", item::name_of(item))));
        }
    }

    fn try_add(&mut self, item: &Item, now: Timestamp) -> Result<(), MalformedItem> {
        let (pk, sk) = (item.text(PK)?, item.text(SK)?);
        let mut parts = pk.split('#');
        let (Some("W"), Some(workspace)) = (parts.next(), parts.next()) else { return Err(MalformedItem(PK)) };
        if self.replay.as_ref().is_some_and(|replay| !replay.is_of(pk)) {
            self.finish_replay();
        }
        let book = self.workspaces.entry(workspace.to_owned()).or_default();
        match (parts.next(), sk) {
            (None, _) => book.shards = Some(item::read_settings(item)?.index_shards),
            (Some("C"), sk) if sk.starts_with(LINK_PREFIX) => {
                let conversation = item::read_conversation(item)?;
                let identifier = Identifier::Conversation(conversation.info.id.clone());
                book.links.insert((contact_id(parts.next())?, identifier), conversation);
            }
            (Some("C"), sk) if sk.starts_with(JOIN_PREFIX) => drop(item::read_join(item)?),
            (Some("C"), sk) if sk.starts_with(HISTORY_PREFIX) => {
                let entry = item::read_history(item)?;
                contact_id(parts.next())?;
                if let Some(replay) = &mut self.replay {
                    replay.add(&entry);
                }
            }
            (Some("C"), _) => {
                let record = item::read_record(item)?;
                if item.contains_key(UNCLEARED) {
                    let id = record.id();
                    self.violations.push(Violation(format!(
                        "{workspace}: contact {id}: an older build did not finish its deletion; remove its item, and what \
                         leads to it"
                    )));
                }
                if contact_id(parts.next())? != record.id() {
                    return Err(MalformedItem("id"));
                }
                book.indexed.push((record.id(), Indexed::of(workspace, &record, item)));
                if let Some(at) = optional(item, CONFLICTS_FULL_AT, Item::moment)? {
                    book.full_at.insert(record.id(), at);
                }
                if item.contains_key(DELETED_AT) && item::has_expired(item, now)? {
                    book.expired.insert(record.id());
                } else {
                    self.replay = Replay::of(pk, workspace, &record);
                    book.records.insert(record.id(), record);
                }
            }
            (Some("I"), _) => {
                if !item::has_expired(item, now)? {
                    book.claims.insert(pk.to_owned(), item::read_claim(item)?);
                }
            }
            (Some("M"), id) => {
                let counts = match parts.next() {
                    None => imports::read_import(item)?.counts,
                    Some(_) => imports::read_counts(item)?,
                };
                if !counts.add_up() {
                    self.violations
                        .push(Violation(format!("{workspace}: the counts of import {pk} {id} do not add up")));
                }
            }
            (Some("E"), _) => match parts.next() {
                None => drop(item::read_erasure(item)?),
                Some(_) => drop(item::read_ledger_entry(item)?),
            },
            (Some("X"), RUNNING_SK) if parts.clone().next().is_none() => {}
            (Some("X"), _) if parts.next().is_none() => drop(super::exports::read_export(item)?),
            _ => return Err(MalformedItem(SK)),
        }
        Ok(())
    }

    /// Ends the history of the contact whose items were added last.
    fn finish_replay(&mut self) {
        self.violations.extend(self.replay.take().and_then(Replay::finish).map(Violation));
    }

    /// Returns the violated invariants. Call it after adding all items.
    pub fn finish(self) -> Vec<Violation> {
        self.conclude().0
    }

    fn conclude(mut self) -> (Vec<Violation>, Vec<StrayClaim>) {
        self.finish_replay();
        let (mut violations, mut strays) = (self.violations, Vec::new());
        for (name, book) in &self.workspaces {
            match Workspace::parse(name) {
                Ok(workspace) => book.check(&workspace, &mut violations, &mut strays),
                Err(error) => violations.push(Violation(format!("workspace {name:?}: {error}"))),
            }
        }
        (violations, strays)
    }
}

fn contact_id(part: Option<&str>) -> Result<ContactId, MalformedItem> {
    part.and_then(|part| ContactId::parse(part).ok()).ok_or(MalformedItem(PK))
}
