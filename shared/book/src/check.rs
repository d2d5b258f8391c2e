//! Checks the invariants of a whole table.

use std::collections::{HashMap, HashSet};
use std::fmt;

use contacts::{Claim, ClaimNote, Contact, ContactId, Identifier, MAX_CHAIN, MAX_INDEX_SHARDS, Record, Workspace};
use jiff::Timestamp;

use crate::imports;
use crate::item::{self, Attributes as _, Item, MalformedItem};
use crate::keys::{self, DELETED_AT, EMAIL, INDEX_SHARD, JOIN_PREFIX, Key, LINK_PREFIX, PHONE, PK, RECENT, SK};

/// A violated invariant. Its text contains ids and keys, never a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Collects the items of a table and finds violations of these invariants of the book:
///
/// 1. Every identifier of a live contact is claimed by it, directly or through its joins.
/// 2. Every claim leads to exactly one live contact, or has expired. So no two live contacts share an identifier.
/// 3. Chains of joins end, at a live contact or a tombstone.
/// 4. Index attributes match the contact's values.
/// 5. An import's counts add up.
///
/// In addition, every item is readable, every linked conversation is claimed, every claimed conversation is linked, and
/// no conversation is linked to a deleted contact.
#[derive(Debug, Default)]
pub struct Audit {
    workspaces: HashMap<String, Book>,
    violations: Vec<Violation>,
}

#[derive(Debug, Default)]
struct Book {
    records: HashMap<ContactId, Record>,
    claims: HashMap<String, Claim>,
    links: HashSet<(ContactId, Identifier)>,
    /// `None` before the first change of the settings.
    shards: Option<u32>,
    indexed: Vec<(ContactId, HashMap<&'static str, String>)>,
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
                let id = contact_id(parts.next())?;
                book.links.insert((id, Identifier::Conversation(item::read_conversation(item)?.info.id)));
            }
            (Some("C"), sk) if sk.starts_with(JOIN_PREFIX) => drop(item::read_join(item)?),
            (Some("C"), _) => {
                let record = item::read_record(item)?;
                if contact_id(parts.next())? != record.id() {
                    return Err(MalformedItem("id"));
                }
                let index = [INDEX_SHARD, RECENT, PHONE, EMAIL];
                let index = index.into_iter().filter_map(|name| Some((name, item.text(name).ok()?.to_owned())));
                book.indexed.push((record.id(), index.collect()));
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

impl Book {
    fn check(&self, workspace: &Workspace, violations: &mut Vec<Violation>) {
        let mut say = |text: String| violations.push(Violation(format!("{workspace}: {text}")));
        for (id, index) in &self.indexed {
            let Some(record) = self.records.get(id) else { continue };
            if *index != self.expected_index(workspace, record, index) {
                say(format!("contact {id}: its index attributes do not match its values"));
            }
        }
        for record in self.records.values() {
            if let Record::Live(contact) = record {
                let identifiers: HashSet<&Identifier> =
                    contact.identifiers.iter().map(|held| &held.identifier).collect();
                for identifier in identifiers {
                    let claim = self.claims.get(&Key::claim(workspace, identifier).pk);
                    let owner = claim.and_then(|claim| self.end_of(claim.contact));
                    if owner.map(Record::id) != Some(contact.id) {
                        say(format!("contact {} does not have the claim of its {}", contact.id, identifier.kind()));
                    }
                }
            } else if let Record::Deleted(tombstone) = record
                && !tombstone.cleared
            {
                say(format!("contact {}: its deletion is not finished", tombstone.id));
            } else if self.end_of(record.id()).is_none() {
                say(format!("contact {}: its chain of joins does not end", record.id()));
            }
        }
        for (key, claim) in &self.claims {
            let Some(Record::Live(contact)) = self.end_of(claim.contact) else { continue };
            if !self.accounts_for(workspace, contact, key) {
                say(format!("claim {key} leads to contact {}, which does not list it", contact.id));
            }
            if let ClaimNote::Conversation(conversation) = &claim.note {
                let link = (claim.contact, Identifier::Conversation(conversation.info.id.clone()));
                if !self.links.contains(&link) {
                    say(format!("a conversation that contact {} claims is not linked", claim.contact));
                }
            }
        }
        for (id, conversation) in &self.links {
            if matches!(self.end_of(*id), None | Some(Record::Deleted(_))) {
                say(format!("a conversation is linked to contact {id}, which is missing or deleted"));
            }
            let claim = self.claims.get(&Key::claim(workspace, conversation).pk);
            if claim.is_none_or(|claim| claim.contact != *id) {
                say(format!("a conversation of contact {id} is not claimed by it"));
            }
        }
    }

    /// The record at the end of a chain of joins.
    fn end_of(&self, id: ContactId) -> Option<&Record> {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match self.records.get(&id)? {
                Record::Joined { into, .. } => id = *into,
                record => return Some(record),
            }
        }
        None
    }

    /// Whether a live contact lists the identifier of the claim with this key. Contacts do not list conversations and
    /// requests.
    fn accounts_for(&self, workspace: &Workspace, contact: &Contact, key: &str) -> bool {
        let kind = key.split('#').nth(3).unwrap_or_default();
        kind == "conversation"
            || kind == "request"
            || contact.identifiers.iter().any(|held| Key::claim(workspace, &held.identifier).pk == key)
    }

    fn expected_index(
        &self,
        workspace: &Workspace,
        record: &Record,
        index: &HashMap<&'static str, String>,
    ) -> HashMap<&'static str, String> {
        let Record::Live(contact) = record else { return HashMap::new() };
        // When the number of shards grows, a contact stays in the shard of its last write.
        let shards = 1..=self.shards.unwrap_or(MAX_INDEX_SHARDS);
        let possible = shards.map(|shards| keys::index_shard(workspace, keys::shard_of(contact.id, shards)));
        let stored = index.get(INDEX_SHARD).cloned().unwrap_or_default();
        let shard = possible.into_iter().find(|shard| *shard == stored).unwrap_or_default();
        let mut expected =
            HashMap::from([(INDEX_SHARD, shard), (RECENT, keys::recent(contact.last_activity(), contact.id))]);
        expected.extend(contact.phone().map(|phone| (PHONE, phone.as_str().to_owned())));
        expected.extend(contact.email().map(|email| (EMAIL, email.match_key().to_owned())));
        expected
    }
}

fn contact_id(part: Option<&str>) -> Result<ContactId, MalformedItem> {
    part.and_then(|part| ContactId::parse(part).ok()).ok_or(MalformedItem(PK))
}
