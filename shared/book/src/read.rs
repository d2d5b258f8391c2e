//! The reads on which a write is decided: all are consistent, and none uses an index.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use contacts::{Caller, Claim, ContactId, Identifier, Observation, Record, Settings, Snapshot, Workspace, time};
use contacts_lambda::causes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item, MalformedItem};
use crate::keys::{CAUSE, Key, MERGED_INTO, PK, WRITE};
use crate::retry::RetryBudget;
use crate::write::Carried;
use crate::{BookError, ContactBook};

/// The maximum number of keys in a `BatchGetItem`.
const KEYS_A_REQUEST: usize = 100;
/// How many `BatchGetItem` requests run concurrently.
const REQUESTS_AT_ONCE: usize = 8;

/// The reads for a decision.
#[derive(Default)]
pub(crate) struct Reads {
    pub(crate) settings: Settings,
    pub(crate) claims: HashMap<Identifier, Option<Claim>>,
    /// The contacts to which expired claims led. DynamoDB may take days to remove such an item.
    pub(crate) expired: HashMap<Identifier, ContactId>,
    pub(crate) records: HashMap<ContactId, Option<Record>>,
    /// The identifiers that the ledger of erasures has, and when their contacts were erased.
    pub(crate) erased: HashMap<Identifier, Timestamp>,
    /// The marks of the writes that wrote these items.
    pub(crate) writes: HashSet<String>,
    /// What the next write of an item must preserve.
    pub(crate) carried: Carried,
}

impl Reads {
    /// The reads as they would be if none of the identifiers were claimed.
    pub(crate) fn assuming_new<'a>(settings: &Settings, identifiers: impl Iterator<Item = &'a Identifier>) -> Reads {
        let claims = identifiers.map(|identifier| (identifier.clone(), None)).collect();
        Reads { settings: settings.clone(), claims, ..Reads::default() }
    }

    pub(crate) fn covers(&self, identifier: &Identifier) -> bool {
        self.claims.contains_key(identifier)
    }

    /// The contacts that have all of an observation's identifiers, if several people share each of these. A single shared
    /// identifier leads to its owner, whom the claim names.
    pub(crate) fn known_under_all(&self, seen: &Observation) -> Vec<ContactId> {
        if seen.identifiers().filter(|identifier| identifier.is_listed()).nth(1).is_none() {
            return Vec::new();
        }
        seen.known_under_all(&self.settings, |identifier| self.claims.get(identifier)?.as_ref())
    }

    /// The snapshot of all reads.
    pub(crate) fn into_snapshot(self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.note_settings(self.settings);
        for (identifier, claim) in self.claims {
            snapshot.note_claim(identifier, claim);
        }
        for (identifier, contact) in self.expired {
            snapshot.note_expired_claim(identifier, contact);
        }
        for (id, record) in self.records {
            snapshot.note_record(id, record);
        }
        for (identifier, at) in self.erased {
            snapshot.note_erased(identifier, at);
        }
        snapshot
    }
}

impl ContactBook {
    /// Reads the settings, the claims of `identifiers`, the records of `ids` and every record that those lead through.
    pub(crate) async fn read<'a>(
        &self,
        workspace: &Workspace,
        identifiers: impl IntoIterator<Item = &'a Identifier>,
        ids: &[ContactId],
    ) -> Result<Reads, Fault> {
        let now = time::now();
        let mut reads = self.read_first(workspace, identifiers, ids, now).await?;
        self.follow(workspace, &mut reads, now).await?;
        self.compress(workspace, &reads).await;
        Ok(reads)
    }

    /// Reads the settings, the claims of `identifiers` and the records of `ids`, in one request if they are not too many.
    ///
    /// In a workspace that has erased somebody, the entries of the identifiers in the ledger are read as well: with the same
    /// request if this process knows the ledger's key, which is in the settings.
    pub(crate) async fn read_first<'a>(
        &self,
        workspace: &Workspace,
        identifiers: impl IntoIterator<Item = &'a Identifier>,
        ids: &[ContactId],
        now: Timestamp,
    ) -> Result<Reads, Fault> {
        let mut reads = Reads { settings: self.first_settings(), ..Reads::default() };
        let settings_key = Key::settings(workspace);
        let mut keys = vec![settings_key.clone()];
        // Each claim has a partition of its own.
        let mut wanted: HashMap<String, &Identifier> = HashMap::new();
        // So has each entry of the ledger.
        let mut ledger: HashMap<String, &Identifier> = HashMap::new();
        let known = self.cached_settings(workspace).ledger;
        for identifier in identifiers {
            if reads.claims.insert(identifier.clone(), None).is_none() {
                let key = Key::claim(workspace, identifier);
                wanted.insert(key.pk.clone(), identifier);
                keys.push(key);
                if let Some(known) = &known {
                    let key = Key::erased(workspace, &known.key, identifier);
                    ledger.insert(key.pk.clone(), identifier);
                    keys.push(key);
                }
            }
        }
        reads.records.extend(ids.iter().map(|id| (*id, None)));
        keys.extend(reads.records.keys().map(|id| Key::contact(workspace, *id)));
        for item in self.batch_get(keys).await? {
            let partition = item.text(PK)?;
            if let Some(identifier) = wanted.get(partition) {
                note_write(&mut reads, &item);
                reads.carried.note_newer(&item);
                let claim = item::read_claim(&item)?;
                if item::has_expired(&item, now)? {
                    reads.expired.insert((*identifier).clone(), claim.contact);
                } else {
                    reads.carried.note_claim(identifier, &claim, item);
                    reads.claims.insert((*identifier).clone(), Some(claim.not_after(now)));
                }
            } else if partition == settings_key.pk {
                note_write(&mut reads, &item);
                reads.carried.note_newer(&item);
                reads.settings = item::read_settings(&item)?;
                reads.carried.note_settings(item);
            } else if let Some(identifier) = ledger.get(partition) {
                note_erased(&mut reads, identifier, &item, now)?;
            } else {
                note_record(&mut reads, item, now)?;
            }
        }
        self.cache_settings(workspace, &reads.settings);
        if known.is_none()
            && let Some(found) = reads.settings.ledger.clone()
        {
            let keys =
                wanted.into_values().map(|identifier| (Key::erased(workspace, &found.key, identifier), identifier));
            self.read_ledger(&mut reads, keys.collect(), now).await?;
        }
        Ok(reads)
    }

    /// Reads entries of the ledger of erasures.
    async fn read_ledger(&self, reads: &mut Reads, keys: Vec<(Key, &Identifier)>, now: Timestamp) -> Result<(), Fault> {
        let wanted: HashMap<String, &Identifier> =
            keys.iter().map(|(key, identifier)| (key.pk.clone(), *identifier)).collect();
        for item in self.batch_get(keys.into_iter().map(|(key, _)| key).collect()).await? {
            if let Some(identifier) = wanted.get(item.text(PK)?) {
                note_erased(reads, identifier, &item, now)?;
            }
        }
        Ok(())
    }

    /// Reads the records of further contacts, and every record that those lead through.
    pub(crate) async fn read_also(
        &self,
        workspace: &Workspace,
        reads: &mut Reads,
        ids: Vec<ContactId>,
    ) -> Result<(), Fault> {
        if ids.iter().all(|id| reads.records.contains_key(id)) {
            return Ok(());
        }
        self.read_claimed(workspace, reads, ids).await?;
        self.compress(workspace, reads).await;
        Ok(())
    }

    /// Reads the records to which the claims that were read lead, those of `ids`, and every record that these lead through.
    /// Writes nothing.
    pub(crate) async fn read_claimed(
        &self,
        workspace: &Workspace,
        reads: &mut Reads,
        ids: Vec<ContactId>,
    ) -> Result<(), Fault> {
        let now = time::now();
        let claimed = reads.claims.values().flatten().map(|claim| claim.contact);
        let wanted: HashSet<ContactId> = claimed.chain(ids).filter(|id| !reads.records.contains_key(id)).collect();
        if !wanted.is_empty() {
            self.read_records(workspace, reads, wanted, now).await?;
        }
        self.follow(workspace, reads, now).await
    }

    async fn read_records(
        &self,
        workspace: &Workspace,
        reads: &mut Reads,
        ids: HashSet<ContactId>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        reads.records.extend(ids.iter().map(|id| (*id, None)));
        for item in self.batch_get(ids.iter().map(|id| Key::contact(workspace, *id)).collect()).await? {
            note_record(reads, item, now)?;
        }
        Ok(())
    }

    /// Follows claims and joins until every record to which they lead has been read.
    async fn follow(&self, workspace: &Workspace, reads: &mut Reads, now: Timestamp) -> Result<(), Fault> {
        loop {
            let claimed = reads.claims.values().flatten().map(|claim| claim.contact);
            let joined = reads.records.values().flatten().filter_map(|record| match record {
                Record::Joined { into, .. } => Some(*into),
                Record::Live(_) | Record::Deleted(_) => None,
            });
            let unread: HashSet<ContactId> =
                claimed.chain(joined).filter(|id| !reads.records.contains_key(id)).collect();
            if unread.is_empty() {
                return Ok(());
            }
            self.read_records(workspace, reads, unread, now).await?;
        }
    }

    /// Shortens chains of joins: points a joined contact to the end of its chain, so that the next reader needs one
    /// step. Best effort: the next reader tries again.
    async fn compress(&self, workspace: &Workspace, reads: &Reads) {
        let into = |id: &ContactId| match reads.records.get(id) {
            Some(Some(Record::Joined { into, .. })) => Some(*into),
            _ => None,
        };
        for id in reads.records.keys() {
            let (Some(first), Some(second)) = (into(id), into(id).and_then(|first| into(&first))) else { continue };
            let key = Key::contact(workspace, *id);
            if reads.carried.is_newer(&key) {
                continue;
            }
            let cause = Caller::system("compress-joins").cause(None, time::now());
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(key)))
                .update_expression("SET #into = :second, #cause = :cause")
                .condition_expression("#into = :first")
                .expression_attribute_names("#into", MERGED_INTO)
                .expression_attribute_names("#cause", CAUSE)
                .expression_attribute_values(":cause", item::cause(&cause))
                .expression_attribute_values(":first", item::text(first.to_string()))
                .expression_attribute_values(":second", item::text(second.to_string()));
            if let Err(error) = update.send().await {
                let error = causes(&error::of(error).into_error());
                tracing::debug!(%workspace, contact = %id, error, "a chain of joins was not compressed");
            }
        }
    }

    /// Reads items by key, in any order; leaves out keys without an item. Keys must be distinct.
    pub(crate) async fn batch_get(&self, keys: Vec<Key>) -> Result<Vec<Item>, Fault> {
        if keys.len() <= KEYS_A_REQUEST {
            return self.get_some(keys).await;
        }
        let mut keys = keys.into_iter().peekable();
        let chunks = std::iter::from_fn(|| keys.peek().is_some().then(|| keys.by_ref().take(KEYS_A_REQUEST).collect()));
        let chunks = stream::iter(chunks.map(|chunk| self.get_some(chunk)));
        let items: Vec<Vec<Item>> = chunks.buffer_unordered(REQUESTS_AT_ONCE).try_collect().await?;
        Ok(items.into_iter().flatten().collect())
    }

    async fn get_some(&self, keys: Vec<Key>) -> Result<Vec<Item>, Fault> {
        let mut unread: Vec<Item> = keys.into_iter().map(item::key_of).collect();
        let mut items = Vec::with_capacity(unread.len());
        let mut budget = RetryBudget::new(self.retry_limit);
        while !unread.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(unread)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
            let answer = self.client.batch_get_item().request_items(&*self.table, wanted).send().await;
            let answer = answer.map_err(error::of)?;
            items.extend(answer.responses.into_iter().flat_map(|mut tables| tables.remove(&*self.table)).flatten());
            let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&*self.table));
            unread = left.map(|left| left.keys).unwrap_or_default();
            if !unread.is_empty() {
                let throttled = Fault::Unclear("the table left keys of a batch unread".into());
                budget.pause(throttled).await.map_err(Fault::Final)?;
            }
        }
        Ok(items)
    }
}

fn note_record(reads: &mut Reads, item: Item, now: Timestamp) -> Result<(), MalformedItem> {
    if item::has_expired(&item, now)? {
        return Ok(());
    }
    note_write(reads, &item);
    reads.carried.note_newer(&item);
    let record = item::read_record(&item)?;
    reads.carried.note_record(&record, item);
    reads.records.insert(record.id(), Some(record.not_after(now)));
    Ok(())
}

fn note_erased(reads: &mut Reads, identifier: &Identifier, item: &Item, now: Timestamp) -> Result<(), MalformedItem> {
    if !item::has_expired(item, now)? {
        // A clock that ran ahead must not keep out what comes after the erasure.
        reads.erased.insert(identifier.clone(), item::read_ledger_entry(item)?.min(now));
    }
    Ok(())
}

fn note_write(reads: &mut Reads, item: &Item) {
    if let Ok(write) = item.text(WRITE) {
        reads.writes.insert(write.to_owned());
    }
}
