//! Checks the invariants of a whole table.

mod book;
mod conflicts;

use std::collections::HashMap;
use std::fmt;

use contacts::{ContactId, Identifier, Workspace};
use jiff::Timestamp;

use self::book::Book;
use crate::imports;
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::{
    CONFLICT_AT, CONFLICTS_FULL_AT, DELETED_AT, EMAIL, INDEX_SHARD, JOIN_PREFIX, LINK_PREFIX, PHONE, PK, RECENT,
    RUNNING_SK, SK,
};

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
///
/// In addition, every item is readable, every linked conversation is claimed, every claimed conversation is linked, and
/// no conversation is linked to a deleted contact.
///
/// Items do not show everything. They do not say on what terms a value was stored, so invariant 6 covers only what
/// contradicts itself, not every value that hearsay must not replace. A contact that shows an identifier need not be known
/// to the contact that claims it, because the claim may be younger. And an identifier that the workspace blocks stays with
/// the contact that had it before.
#[derive(Debug, Default)]
pub struct Audit {
    workspaces: HashMap<String, Book>,
    violations: Vec<Violation>,
}

impl Audit {
    /// Adds one item.
    pub fn add(&mut self, item: &HashMap<String, aws_sdk_dynamodb::types::AttributeValue>, now: Timestamp) {
        if let Err(error) = self.try_add(item, now) {
            self.violations.push(Violation(format!("the item {} cannot be read: {error}", item::name_of(item))));
        }
    }

    fn try_add(&mut self, item: &Item, now: Timestamp) -> Result<(), MalformedItem> {
        let (pk, sk) = (item.text(PK)?, item.text(SK)?);
        let mut parts = pk.split('#');
        let (Some("W"), Some(workspace)) = (parts.next(), parts.next()) else { return Err(MalformedItem(PK)) };
        let book = self.workspaces.entry(workspace.to_owned()).or_default();
        match (parts.next(), sk) {
            (None, _) => book.shards = Some(item::read_settings(item)?.index_shards),
            (Some("C"), sk) if sk.starts_with(LINK_PREFIX) => {
                let conversation = item::read_conversation(item)?;
                let identifier = Identifier::Conversation(conversation.info.id.clone());
                book.links.insert((contact_id(parts.next())?, identifier), conversation);
            }
            (Some("C"), sk) if sk.starts_with(JOIN_PREFIX) => drop(item::read_join(item)?),
            (Some("C"), _) => {
                let record = item::read_record(item)?;
                if contact_id(parts.next())? != record.id() {
                    return Err(MalformedItem("id"));
                }
                let index = [INDEX_SHARD, RECENT, PHONE, EMAIL, CONFLICT_AT];
                let index = index.into_iter().filter_map(|name| Some((name, item.text(name).ok()?.to_owned())));
                book.indexed.push((record.id(), index.collect()));
                if let Some(at) = optional(item, CONFLICTS_FULL_AT, Item::moment)? {
                    book.full_at.insert(record.id(), at);
                }
                if !(item.contains_key(DELETED_AT) && item::has_expired(item, now)?) {
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
            (Some("X"), RUNNING_SK) if parts.clone().next().is_none() => {}
            (Some("X"), _) if parts.next().is_none() => drop(super::exports::read_export(item)?),
            _ => return Err(MalformedItem(SK)),
        }
        Ok(())
    }

    /// Returns the violated invariants. Call it after adding all items.
    pub fn finish(self) -> Vec<Violation> {
        let mut violations = self.violations;
        for (name, book) in &self.workspaces {
            match Workspace::parse(name) {
                Ok(workspace) => book.check(&workspace, &mut violations),
                Err(error) => violations.push(Violation(format!("workspace {name:?}: {error}"))),
            }
        }
        violations
    }
}

fn contact_id(part: Option<&str>) -> Result<ContactId, MalformedItem> {
    part.and_then(|part| ContactId::parse(part).ok()).ok_or(MalformedItem(PK))
}
