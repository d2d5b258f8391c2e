//! Deletes a contact, takes that back, and removes what is left when that is no longer possible.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use contacts::{
    Caller, Contact, ContactId, EditRefused, HeldIdentifier, Identifier, Record, Workspace, delete, expect, restore,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::decide::{Wanted, nothing_else, settled};
use crate::error::{self, Fault, condition_met};
use crate::find::end_of;
use crate::item::{self, Attributes as _, Item};
use crate::keys::{self, CONTACT_ID, Key, LINK_PREFIX, PK, SK};
use crate::{BookError, ContactBook};

/// The maximum number of items in a `BatchWriteItem`.
pub(crate) const DELETES_A_REQUEST: usize = 25;
/// How many requests remove items concurrently.
const REMOVED_AT_ONCE: usize = 8;

/// A contact after its deletion was taken back.
#[derive(Debug, Clone)]
pub struct Restored {
    /// The contact, which lives again.
    pub contact: Contact,
    /// Identifiers that it had and does not get back, because they belong to somebody else by now.
    pub left_with_others: Vec<HeldIdentifier>,
}

impl ContactBook {
    /// Deletes a contact; with `version`, only if the contact has that version. It can be restored for
    /// [30 days](contacts::TOMBSTONE_SPAN).
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn delete(
        &self,
        workspace: &Workspace,
        id: ContactId,
        version: Option<u64>,
        caller: &Caller,
    ) -> Result<Result<(), EditRefused>, BookError> {
        let wanted = |(): &()| Wanted { ids: vec![id], ..Wanted::default() };
        let deleted = self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            nothing_else,
            |book, (), now| {
                if let Err(refused) = expect(book, id, version)? {
                    return Ok(Err(refused));
                }
                delete(book, id, caller, now)?;
                book.settle(now);
                Ok(Ok(()))
            },
        );
        Box::pin(deleted).await
    }

    /// Takes back a deletion: see [`restore()`].
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal: [`EditRefused::NotFound`] if there is nothing
    /// to restore, [`EditRefused::Moved`] if the contact was joined into another, deleted or not.
    pub async fn restore(
        &self,
        workspace: &Workspace,
        id: ContactId,
        caller: &Caller,
    ) -> Result<Result<Restored, EditRefused>, BookError> {
        let records = self.read_with_retries(workspace, &[], &[id]).await?.records;
        let Some(contact) = end_of(&records, id).and_then(Record::contact) else {
            return Ok(Err(EditRefused::NotFound));
        };
        if contact.id != id {
            return Ok(Err(EditRefused::Moved(contact.id)));
        }
        let owned: Vec<HeldIdentifier> = contact.identifiers.owned().cloned().collect();
        let wanted =
            |(): &()| Wanted { identifiers: owned.iter().map(|held| held.identifier.clone()).collect(), ids: vec![id] };
        let restored = self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            nothing_else,
            |book, (), now| {
                let left: Vec<Identifier> = match restore(book, id, caller, now)? {
                    Ok(left) => left,
                    Err(refused) => return Ok(Err(refused)),
                };
                let left_with_others = owned.iter().filter(|held| left.contains(&held.identifier)).cloned().collect();
                Ok(Ok(Restored { contact: settled(book, id, now)?, left_with_others }))
            },
        );
        Box::pin(restored).await
    }

    /// Removes what belonged to a contact whose tombstone has expired: the contacts joined into it, its joins, conversations
    /// and history, and the claims that led to it. It may be repeated.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn remove_expired(&self, workspace: &Workspace, contact: &Contact) -> Result<(), BookError> {
        self.retry(|| self.remove_dependents(workspace, contact)).await
    }

    async fn remove_dependents(&self, workspace: &Workspace, contact: &Contact) -> Result<(), Fault> {
        let ids: Vec<ContactId> = std::iter::once(contact.id).chain(contact.joined.iter().copied()).collect();
        let mut claimed = claimed_by(contact);
        let joined = contact.joined.iter().map(|id| Key::contact(workspace, *id)).collect();
        for item in self.batch_get(joined).await? {
            if let Ok(record) = item::read_record(&item) {
                claimed.extend(record.contact().into_iter().flat_map(claimed_by));
            }
        }
        self.release_expired(workspace, &ids, claimed).await?;
        self.remove_partitions(workspace, contact, &ids).await
    }

    /// Removes what is in the partitions of a contact and of those joined into it, and the records of the latter.
    pub(crate) async fn remove_partitions(
        &self,
        workspace: &Workspace,
        contact: &Contact,
        ids: &[ContactId],
    ) -> Result<(), Fault> {
        let partitions = stream::iter(ids.to_vec()).map(|id| self.remove_partition(workspace, id, ids));
        partitions.buffer_unordered(REMOVED_AT_ONCE).try_collect::<()>().await?;
        let joined: Vec<Item> = contact.joined.iter().map(|id| item::key_of(Key::contact(workspace, *id))).collect();
        for chunk in joined.chunks(DELETES_A_REQUEST) {
            self.remove(chunk).await?;
        }
        Ok(())
    }

    /// Removes the claims that lead to one of these contacts.
    pub(crate) async fn release_expired(
        &self,
        workspace: &Workspace,
        ids: &[ContactId],
        identifiers: Vec<Identifier>,
    ) -> Result<(), Fault> {
        let mut keys: Vec<Key> = identifiers.iter().map(|identifier| Key::claim(workspace, identifier)).collect();
        keys.sort();
        keys.dedup();
        let claims = self.batch_get(keys).await?;
        let theirs = claims.into_iter().filter_map(|item| {
            let claim = item::read_claim(&item).ok()?;
            ids.contains(&claim.contact).then_some((item, claim.contact))
        });
        let removals = stream::iter(theirs).map(|(item, contact)| async move {
            let delete = self
                .client
                .delete_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(key_of(&item)?)))
                .condition_expression("#contact = :contact")
                .expression_attribute_names("#contact", CONTACT_ID)
                .expression_attribute_values(":contact", item::text(contact.to_string()));
            // If not, somebody has taken it over.
            condition_met(delete.send().await).map(drop)
        });
        removals.buffer_unordered(REMOVED_AT_ONCE).try_collect().await
    }

    /// Removes all items of a contact's partition but its record, the claims of its conversations first.
    pub(crate) async fn remove_partition(
        &self,
        workspace: &Workspace,
        id: ContactId,
        all: &[ContactId],
    ) -> Result<(), Fault> {
        loop {
            // Each round removes what it found, so every query starts at the beginning.
            let page = self.partition_query(workspace, id, "").send().await.map_err(error::of)?;
            let mut items = page.items.unwrap_or_default();
            // The record is the first item, and a page has room for more than the largest one.
            items.retain(|item| !item.text(SK).is_ok_and(keys::is_contact));
            if items.is_empty() {
                return Ok(());
            }
            let is_link = |item: &&Item| item.text(SK).is_ok_and(|sk| sk.starts_with(LINK_PREFIX));
            let linked = items.iter().filter(is_link).filter_map(|item| item::read_conversation(item).ok());
            let linked = linked.map(|conversation| Identifier::Conversation(conversation.info.id)).collect();
            self.release_expired(workspace, all, linked).await?;
            for chunk in items.chunks(DELETES_A_REQUEST) {
                self.remove(chunk).await?;
            }
        }
    }

    /// A query of the items of a contact's partition whose sort keys have a prefix.
    pub(crate) fn partition_query(&self, workspace: &Workspace, id: ContactId, prefix: &str) -> QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", item::text(keys::contact_partition(workspace, id)));
        if prefix.is_empty() {
            return query.key_condition_expression("#pk = :pk");
        }
        query
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":prefix", item::text(prefix))
    }

    /// Writes a batch. If the table leaves a part of it, the caller's next attempt repeats the whole, after a pause.
    pub(crate) async fn write_batch(&self, requests: Vec<WriteRequest>) -> Result<(), Fault> {
        let write = self.client.batch_write_item().request_items(&*self.table, requests);
        let answer = write.send().await.map_err(error::of)?;
        let is_done = answer.unprocessed_items.is_none_or(|left| left.is_empty());
        if is_done { Ok(()) } else { Err(Fault::Unclear("the table left a part of a batch".into())) }
    }

    /// Removes the items with these keys, at most as many as a batch may have.
    pub(crate) async fn remove(&self, items: &[Item]) -> Result<(), Fault> {
        let mut requests = Vec::with_capacity(items.len());
        for item in items {
            let delete = DeleteRequest::builder().set_key(Some(item::key_of(key_of(item)?))).build();
            let delete = delete.map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        self.write_batch(requests).await
    }
}

/// The identifiers that a contact claims, except those of its conversations.
pub(crate) fn claimed_by(contact: &Contact) -> Vec<Identifier> {
    let owned = contact.identifiers.owned().map(|held| held.identifier.clone());
    owned.chain(contact.request.clone().map(Identifier::Request)).collect()
}

pub(crate) fn key_of(item: &Item) -> Result<Key, item::MalformedItem> {
    Ok(Key { pk: item.text(PK)?.to_owned(), sk: item.text(SK)?.to_owned() })
}
