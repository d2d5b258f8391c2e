//! Writing a decision: all of it or nothing, on the condition that nothing has changed since it was read.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use contacts::{
    Claim, ClaimNote, ContactId, Conversation, Identifier, Join, ReadClaim, Record, Snapshot, Workspace, Write,
};

use crate::condition::{ClaimCondition, LinkState, absent};
use crate::error::{self, Fault, condition_met};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{DELETED_AT, FIRST_SCHEMA_VERSION, Key, MERGED_INTO, PK, SCHEMA, SCHEMA_VERSION, SK, VERSION, WRITE};
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
    /// The items of claims with parts that this build did not understand.
    unknown_claims: HashMap<Identifier, Item>,
    /// The conversations that a person has unlinked.
    unlinked: HashSet<Identifier>,
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
        if let Some(contact) = record.contact()
            && item::has_unknown(&item, contact)
        {
            self.unknown.insert(contact.id, item);
        }
    }

    /// Records the item of a claim.
    pub(crate) fn note_claim(&mut self, identifier: &Identifier, claim: &Claim, item: Item) {
        if let ClaimNote::Unlinked(_) = claim.note {
            self.unlinked.insert(identifier.clone());
        }
        // Who takes over the claim of a deleted contact preserves nothing of it.
        if claim.expires_at.is_none() && item::has_unknown_claim(&item) {
            self.unknown_claims.insert(identifier.clone(), item);
        }
    }

    fn link_state(&self, identifier: &Identifier) -> LinkState {
        if self.unlinked.contains(identifier) { LinkState::Unlinked } else { LinkState::Linked }
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
            // Links and joins are not read. The write of a link has a condition on its format.
            Write::Link { .. }
            | Write::Unlink { .. }
            | Write::Join { .. }
            | Write::RemoveJoin { .. }
            | Write::StillDeleted { .. }
            | Write::StillLive { .. } => return Ok(()),
        };
        if self.is_newer(&key) { Err(Fault::Final(BookError::Newer)) } else { Ok(()) }
    }

    fn add_to_settings(&self, item: &mut Item) {
        item::carry_unknown_settings(item, &self.settings);
    }

    fn add_to_record(&self, item: &mut Item, record: &Record) {
        if let Some(contact) = record.contact()
            && let Some(read) = self.unknown.get(&contact.id)
        {
            item::carry_unknown(item, read);
        }
    }

    fn add_to_claim(&self, item: &mut Item, identifier: &Identifier) {
        if let Some(read) = self.unknown_claims.get(identifier) {
            item::carry_unknown_claim(item, read);
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
    /// The write of `change`, which is one of `all`.
    fn item(
        &mut self,
        workspace: &Workspace,
        change: &Write<'_>,
        all: &[Write<'_>],
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
                let mut item = item::claim(Key::claim(workspace, identifier), claim);
                carried.add_to_claim(&mut item, identifier);
                let condition = match identifier {
                    Identifier::Conversation(_) => {
                        ClaimCondition::of_conversation(*read, carried.link_state(identifier))
                    }
                    _ => ClaimCondition::of(*read),
                };
                write.put(condition.of_put(self.put(item)).build()?)
            }
            Write::Release { identifier, read } => {
                let delete = self.delete(Key::claim(workspace, identifier));
                write.delete(ClaimCondition::of(*read).of_delete(delete).build()?)
            }
            Write::Link { contact, conversation } if is_linked_already(all, *contact, conversation) => {
                write.update(self.link_again(workspace, *contact, conversation).build()?)
            }
            Write::Link { contact, conversation } => {
                let mut item = item::item_at(link_key(workspace, *contact, conversation));
                item.extend(item::link_attributes(conversation));
                write.put(self.put(item).build()?)
            }
            Write::Unlink { contact, conversation } => {
                write.delete(self.delete(link_key(workspace, *contact, conversation)).build()?)
            }
            Write::Join { contact, join } => {
                let key = Key::join(workspace, *contact, join.at, join.other);
                let mut item = item::join(key, join);
                carried.add_to_join(&mut item, join);
                write.put(self.put(item).build()?)
            }
            Write::RemoveJoin { contact, join } => {
                write.delete(self.delete(Key::join(workspace, *contact, join.at, join.other)).build()?)
            }
            Write::StillDeleted { contact, version } => {
                let check = ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(Some(item::key_of(Key::contact(workspace, *contact))))
                    .condition_expression(
                        "attribute_not_exists(#pk) OR (#version = :read AND attribute_exists(#deleted))",
                    )
                    .expression_attribute_names("#pk", PK)
                    .expression_attribute_names("#version", VERSION)
                    .expression_attribute_names("#deleted", DELETED_AT)
                    .expression_attribute_values(":read", item::number(version));
                write.condition_check(check.build()?)
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

    /// Writes a link again, for which it was not read. Unlike a put, an update keeps what this build does not understand.
    fn link_again(&mut self, workspace: &Workspace, contact: ContactId, conversation: &Conversation) -> UpdateBuilder {
        let key = item::key_of(link_key(workspace, contact, conversation));
        let mut attributes = item::link_attributes(conversation);
        attributes.insert(WRITE.to_owned(), item::text(&*self.mark));
        self.bytes += size_of(&key) + size_of(&attributes);
        let mut update = Update::builder().table_name(&self.table).set_key(Some(key));
        let mut set = vec!["#schema = if_not_exists(#schema, :first)".to_owned()];
        for (place, (name, value)) in attributes.into_iter().enumerate() {
            set.push(format!("#{place} = :{place}"));
            update = update
                .expression_attribute_names(format!("#{place}"), name)
                .expression_attribute_values(format!(":{place}"), value);
        }
        update
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression("attribute_not_exists(#schema) OR #schema <= :known")
            .expression_attribute_names("#schema", SCHEMA)
            .expression_attribute_values(":first", item::number(FIRST_SCHEMA_VERSION))
            .expression_attribute_values(":known", item::number(SCHEMA_VERSION))
    }

    fn delete(&self, key: Key) -> DeleteBuilder {
        Delete::builder().table_name(&self.table).set_key(Some(item::key_of(key)))
    }

    fn put(&mut self, mut item: Item) -> PutBuilder {
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
        let writes = snapshot.writes();
        for write in &writes {
            carried.check(workspace, write)?;
            let item = draft.item(workspace, write, &writes, shards, carried);
            // A builder fails only if a required attribute is missing; all are set here.
            draft.items.push(item.map_err(|error| Fault::Final(BookError::Refused(error.into())))?);
        }
        Ok(draft)
    }

    /// Writes a new item. Returns whether it was written: one with its key stays as it is.
    pub(crate) async fn put_new(&self, item: &Item) -> Result<bool, Fault> {
        let put = self.client.put_item().table_name(&*self.table).set_item(Some(item.clone()));
        condition_met(put.condition_expression(absent()).send().await)
    }

    /// The request that writes one item of a transaction alone.
    pub(crate) fn put_alone(&self, put: Put) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .set_return_values_on_condition_check_failure(put.return_values_on_condition_check_failure)
    }

    /// Writes drafts, all or none. A draft with a single item is written without a transaction, at half the cost.
    pub(crate) async fn send(&self, drafts: Vec<Draft>) -> Result<(), Fault> {
        let marks: Vec<String> = drafts.iter().map(|draft| draft.mark.clone()).collect();
        let mut items: Vec<TransactWriteItem> = drafts.into_iter().flat_map(|draft| draft.items).collect();
        match items.pop() {
            None => Ok(()),
            Some(TransactWriteItem { put: Some(put), .. }) if items.is_empty() => {
                let answer = self.put_alone(put).send().await;
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

/// Whether the contact had the conversation before: its claim, which is written with every link, was the contact's.
fn is_linked_already(writes: &[Write<'_>], contact: ContactId, conversation: &Conversation) -> bool {
    writes.iter().any(|write| match write {
        Write::Claim {
            identifier: Identifier::Conversation(id), read: ReadClaim::Of { contact: before, .. }, ..
        } => *id == conversation.info.id && *before == contact,
        _ => false,
    })
}

fn link_key(workspace: &Workspace, contact: ContactId, conversation: &Conversation) -> Key {
    Key::link(workspace, contact, conversation.started_at, &conversation.info.id)
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
