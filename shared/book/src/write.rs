//! Writing a decision: all of it or nothing, under the state that was read.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use contacts::{Change, ReadClaim, Snapshot, Workspace};

use crate::error::{self, Fault};
use crate::item::{self, Item};
use crate::keys::{CONTACT_ID, DELETED_AT, Key, MERGED_INTO, PK, VERSION, WRITE};
use crate::{BookError, ContactBook};

/// The most items of a transaction.
pub(crate) const ITEMS_A_TRANSACTION: usize = 100;
/// The most bytes of a transaction, with a margin to DynamoDB's 4 MB for what [`size_of`] does not count.
pub(crate) const BYTES_A_TRANSACTION: usize = 3_000_000;

/// A decision as it is sent: its items and the mark that each of them carries, by which a write whose answer was lost is
/// known again.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) mark: String,
    table: String,
    pub(crate) items: Vec<TransactWriteItem>,
    pub(crate) bytes: usize,
}

impl Draft {
    fn item(
        &mut self,
        workspace: &Workspace,
        change: &Change<'_>,
        shards: u32,
    ) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let write = TransactWriteItem::builder();
        Ok(match change {
            Change::Record { record, read } => {
                let put = self.put(item::record(workspace, record, shards));
                let put = match read {
                    None => put.condition_expression(absent()),
                    Some(version) => put
                        .condition_expression("#version = :read")
                        .expression_attribute_names("#version", VERSION)
                        .expression_attribute_values(":read", item::number(version)),
                };
                write.put(put.build()?)
            }
            Change::Claim { identifier, claim, read } => {
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
            Change::Release { identifier, read } => {
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
            Change::Link { contact, conversation } => {
                let key = Key::link(workspace, *contact, conversation.started_at, &conversation.info.id);
                write.put(self.put(item::link(key, conversation)).build()?)
            }
            Change::Join { contact, join } => {
                let key = Key::join(workspace, *contact, join.at, join.other);
                write.put(self.put(item::join(key, join)).build()?)
            }
            Change::StillLive { contact } => {
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
        // All items of a draft carry its mark, and all are written or none: of one it must be told what stands in the way.
        // The first is a record if there is one, and has a condition in any case.
        let told = self.items.is_empty().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        put.set_return_values_on_condition_check_failure(told)
    }
}

impl ContactBook {
    /// What a settled snapshot changes, as it is sent.
    pub(crate) fn draft(&self, workspace: &Workspace, snapshot: &Snapshot, shards: u32) -> Result<Draft, Fault> {
        let mut draft = Draft { mark: mark(), table: self.table.to_string(), items: Vec::new(), bytes: 0 };
        for change in snapshot.changes() {
            let item = draft.item(workspace, &change, shards);
            // A builder complains only of what is always set here.
            draft.items.push(item.map_err(|error| Fault::Final(BookError::Refused(error.into())))?);
        }
        Ok(draft)
    }

    /// Writes drafts, all or none. One that is a single item costs half of what a transaction does.
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

/// The condition that there is no such item. Without placeholders, since most of what an import sends are such conditions.
fn absent() -> String {
    format!("attribute_not_exists({PK})")
}

/// A new mark, by which a write is known again.
pub(crate) fn mark() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// About how many bytes DynamoDB counts for an item: names and values.
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
