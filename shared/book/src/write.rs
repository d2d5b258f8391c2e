//! Writing a decision: all of it or nothing, on the condition that nothing has changed since it was read.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use contacts::{ContactId, Join, ReadClaim, Record, Snapshot, Workspace, Write};

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{CONTACT_ID, DELETED_AT, Key, MERGED_INTO, PK, SK, VERSION, WRITE};
use crate::{BookError, ContactBook};

/// The maximum number of items in a transaction.
pub(crate) const ITEMS_A_TRANSACTION: usize = 100;
/// The maximum size of a transaction in bytes. The margin to DynamoDB's 4 MB is for what [`size_of`] does not count.
pub(crate) const BYTES_A_TRANSACTION: usize = 3_000_000;

/// The writes of a decision. Each of its items has the same mark, by which a write whose answer was lost is recognised.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) mark: String,
    table: String,
    pub(crate) items: Vec<TransactWriteItem>,
    pub(crate) bytes: usize,
}

/// What a write must preserve of the items that were read: the parts that this build did not understand, and which
/// items are in the format of a newer build.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    settings: Item,
    /// The items of contacts with parts that this build did not understand.
    unknown: HashMap<ContactId, Item>,
    newer: HashSet<Key>,
}

impl Carried {
    /// Records the format of an item that was read.
    pub(crate) fn note_newer(&mut self, item: &Item) {
        if item::is_newer(item)
            && let (Ok(pk), Ok(sk)) = (item.text(PK), item.text(SK))
        {
            self.newer.insert(Key { pk: pk.to_owned(), sk: sk.to_owned() });
        }
    }

    /// Records the item of the settings.
    pub(crate) fn note_settings(&mut self, item: Item) {
        self.settings = item;
    }

    /// Records the item of a contact.
    pub(crate) fn note_record(&mut self, record: &Record, item: Item) {
        if let Record::Live(contact) | Record::Joined { contact, .. } = record
            && item::has_unknown(&item, contact)
        {
            self.unknown.insert(contact.id, item);
        }
    }

    pub(crate) fn is_newer(&self, key: &Key) -> bool {
        self.newer.contains(key)
    }

    fn check(&self, workspace: &Workspace, write: &Write<'_>) -> Result<(), Fault> {
        // Almost always true: then no key must be built.
        if self.newer.is_empty() {
            return Ok(());
        }
        let key = match write {
            Write::Settings { .. } => Key::settings(workspace),
            Write::Record { record, .. } => Key::contact(workspace, record.id()),
            Write::Claim { identifier, .. } | Write::Release { identifier, .. } => Key::claim(workspace, identifier),
            Write::Link { .. } | Write::Join { .. } | Write::StillLive { .. } => return Ok(()),
        };
        if self.is_newer(&key) { Err(Fault::Final(BookError::Newer)) } else { Ok(()) }
    }

    fn add_to_settings(&self, item: &mut Item) {
        item::carry_unknown_settings(item, &self.settings);
    }

    /// A tombstone preserves no unknown parts of its contact, because they may be personal data.
    fn add_to_record(&self, item: &mut Item, record: &Record) {
        if let Record::Live(contact) | Record::Joined { contact, .. } = record
            && let Some(read) = self.unknown.get(&contact.id)
        {
            item::carry_unknown(item, read);
        }
    }

    fn add_to_join(&self, item: &mut Item, join: &Join) {
        if let (Some(read), Some(AttributeValue::M(before))) =
            (self.unknown.get(&join.before.id), item.get_mut(item::BEFORE))
        {
            item::carry_unknown(before, read);
        }
    }
}

impl Draft {
    fn item(
        &mut self,
        workspace: &Workspace,
        change: &Write<'_>,
        shards: u32,
        carried: &Carried,
    ) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let write = TransactWriteItem::builder();
        Ok(match change {
            Write::Settings { settings, read } => {
                let mut item = item::settings(workspace, settings);
                carried.add_to_settings(&mut item);
                let put = self
                    .put(item)
                    .condition_expression("attribute_not_exists(#pk) OR #version = :read")
                    .expression_attribute_names("#pk", PK)
                    .expression_attribute_names("#version", VERSION)
                    .expression_attribute_values(":read", item::number(read));
                write.put(put.build()?)
            }
            Write::Record { record, read } => {
                let mut item = item::record(workspace, record, shards);
                carried.add_to_record(&mut item, record);
                let put = self.put(item);
                let put = match read {
                    None => put.condition_expression(absent()),
                    Some(version) => put
                        .condition_expression("#version = :read")
                        .expression_attribute_names("#version", VERSION)
                        .expression_attribute_values(":read", item::number(version)),
                };
                write.put(put.build()?)
            }
            Write::Claim { identifier, claim, read } => {
                let put = self.put(item::claim(Key::claim(workspace, identifier), claim));
                let put = match read {
                    ReadClaim::Unread => put,
                    ReadClaim::Absent => put.condition_expression(absent()),
                    ReadClaim::Of(contact) => put
                        .condition_expression("#contact = :read")
                        .expression_attribute_names("#contact", CONTACT_ID)
                        .expression_attribute_values(":read", item::text(contact.to_string())),
                };
                write.put(put.build()?)
            }
            Write::Release { identifier, read } => {
                let key = item::key_of(Key::claim(workspace, identifier));
                let delete = Delete::builder().set_key(Some(key)).table_name(&self.table);
                let delete = match read {
                    ReadClaim::Unread | ReadClaim::Absent => delete,
                    ReadClaim::Of(contact) => delete
                        .condition_expression("#contact = :read")
                        .expression_attribute_names("#contact", CONTACT_ID)
                        .expression_attribute_values(":read", item::text(contact.to_string())),
                };
                write.delete(delete.build()?)
            }
            Write::Link { contact, conversation } => {
                let key = Key::link(workspace, *contact, conversation.started_at, &conversation.info.id);
                write.put(self.put(item::link(key, conversation)).build()?)
            }
            Write::Join { contact, join } => {
                let key = Key::join(workspace, *contact, join.at, join.other);
                let mut item = item::join(key, join);
                carried.add_to_join(&mut item, join);
                write.put(self.put(item).build()?)
            }
            Write::StillLive { contact } => {
                let check = ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(Some(item::key_of(Key::contact(workspace, *contact))))
                    .condition_expression(
                        "attribute_exists(#pk) AND attribute_not_exists(#merged) AND attribute_not_exists(#deleted)",
                    )
                    .expression_attribute_names("#pk", PK)
                    .expression_attribute_names("#merged", MERGED_INTO)
                    .expression_attribute_names("#deleted", DELETED_AT);
                write.condition_check(check.build()?)
            }
        }
        .build())
    }

    fn put(&mut self, mut item: Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        item.insert(WRITE.to_owned(), item::text(&*self.mark));
        self.bytes += size_of(&item);
        // All items of a draft have its mark, and DynamoDB writes all or none. So one existing item in the error is
        // enough: that of the first write, which always has a condition.
        let returned = self.items.is_empty().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        put.set_return_values_on_condition_check_failure(returned)
    }
}

impl ContactBook {
    /// The writes of a settled snapshot.
    ///
    /// # Errors
    /// [`BookError::Newer`] when it would write an item that is in the format of a newer build.
    pub(crate) fn draft(
        &self,
        workspace: &Workspace,
        snapshot: &Snapshot,
        shards: u32,
        carried: &Carried,
    ) -> Result<Draft, Fault> {
        let mut draft = Draft { mark: mark(), table: self.table.to_string(), items: Vec::new(), bytes: 0 };
        for write in snapshot.writes() {
            carried.check(workspace, &write)?;
            let item = draft.item(workspace, &write, shards, carried);
            // A builder fails only if a required attribute is missing; all are set here.
            draft.items.push(item.map_err(|error| Fault::Final(BookError::Refused(error.into())))?);
        }
        Ok(draft)
    }

    /// Writes a new item. Returns whether it was written: one with its key stays as it is.
    pub(crate) async fn put_new(&self, item: &Item) -> Result<bool, Fault> {
        let put = self.client.put_item().table_name(&*self.table).set_item(Some(item.clone()));
        match put.condition_expression(absent()).send().await {
            Ok(_) => Ok(true),
            Err(error) if error::is_failed_condition(&error) => Ok(false),
            Err(error) => Err(error::of(error)),
        }
    }

    /// Writes drafts, all or none. A draft with a single item is written without a transaction, at half the cost.
    pub(crate) async fn send(&self, drafts: Vec<Draft>) -> Result<(), Fault> {
        let marks: Vec<String> = drafts.iter().map(|draft| draft.mark.clone()).collect();
        let mut items: Vec<TransactWriteItem> = drafts.into_iter().flat_map(|draft| draft.items).collect();
        match items.pop() {
            None => Ok(()),
            Some(TransactWriteItem { put: Some(put), .. }) if items.is_empty() => {
                let request = self
                    .client
                    .put_item()
                    .table_name(put.table_name)
                    .set_item(Some(put.item))
                    .set_condition_expression(put.condition_expression)
                    .set_expression_attribute_names(put.expression_attribute_names)
                    .set_expression_attribute_values(put.expression_attribute_values)
                    .set_return_values_on_condition_check_failure(put.return_values_on_condition_check_failure);
                let answer = request.send().await;
                answer.map(drop).or_else(|error| error::of_put(error, &marks))
            }
            Some(last) => {
                items.push(last);
                let answer = self.client.transact_write_items().set_transact_items(Some(items)).send().await;
                answer.map(drop).or_else(|error| error::of_transaction(error, &marks))
            }
        }
    }
}

/// The condition that the item does not exist. It has no placeholders, because most of what an import sends are such
/// conditions.
fn absent() -> String {
    format!("attribute_not_exists({PK})")
}

/// A new mark, by which a write is recognised.
pub(crate) fn mark() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// An estimate of an item's size as DynamoDB counts it: names and values.
fn size_of(item: &Item) -> usize {
    fn value_size(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(_) => 21,
            AttributeValue::M(map) => 3 + size_of(map),
            AttributeValue::L(list) => 3 + list.iter().map(|item| value_size(item) + 1).sum::<usize>(),
            _ => 1,
        }
    }
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}
