//! Deletes a contact, and then the items that depend on it.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use contacts::{Caller, ContactId, EditRefused, Identifier, Record, TOMBSTONE_SPAN, Tombstone, Workspace, time};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{
    self, ANSWER, CONTACT_ID, EXPIRES_AT, JOIN_PREFIX, Key, LINK_PREFIX, MERGED_INTO, PK, SK, UNCLEARED,
};
use crate::{BookError, ContactBook};

/// The maximum number of items in a `BatchWriteItem`.
const DELETES_A_REQUEST: usize = 25;
/// How many joined contacts are removed concurrently.
const CLEARED_AT_ONCE: usize = 8;

impl ContactBook {
    /// Deletes a contact; with `version`, only if the contact has that version.
    ///
    /// The first write deletes the contact. Later writes remove the items that depend on it (joined contacts, joins,
    /// conversation links). If they are interrupted, deleting the contact again or looking it up finishes them.
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
        let tombstone = match self.replace_with_tombstone(workspace, id, version, caller).await? {
            Ok(tombstone) => tombstone,
            Err(refused) => return Ok(Err(refused)),
        };
        self.retry(|| self.clear_away(workspace, &tombstone)).await.map(Ok)
    }

    /// Removes the items that depend on a deleted contact, those with personal data first.
    pub(crate) async fn clear_away(&self, workspace: &Workspace, tombstone: &Tombstone) -> Result<(), Fault> {
        let all: Vec<ContactId> = std::iter::once(tombstone.id).chain(tombstone.joined.iter().copied()).collect();
        let joined =
            stream::iter(tombstone.joined.clone()).map(|joined| self.delete_joined(workspace, tombstone, joined));
        joined.buffer_unordered(CLEARED_AT_ONCE).try_collect::<()>().await?;
        let joins = stream::iter(all.clone()).map(|id| self.clear_joins(workspace, id));
        joins.buffer_unordered(CLEARED_AT_ONCE).try_collect::<()>().await?;
        for id in all {
            self.clear_links(workspace, tombstone, id).await?;
        }
        // It keeps the cause of the deletion: who deleted the contact is not to be lost.
        let cleared = Tombstone { cleared: true, joined: Vec::new(), ..tombstone.clone() };
        self.put_tombstone(workspace, &cleared, UNCLEARED).await
    }

    /// Replaces a contact that was joined into the deleted one with a tombstone as well.
    async fn delete_joined(
        &self,
        workspace: &Workspace,
        tombstone: &Tombstone,
        joined: ContactId,
    ) -> Result<(), Fault> {
        let items = self.batch_get(vec![Key::contact(workspace, joined)]).await?;
        if items.iter().any(item::is_newer) {
            return Err(Fault::Final(BookError::Newer));
        }
        let record = items.first().map(item::read_record).transpose()?;
        if let Some(Record::Joined { contact, .. }) = record
            && let Some(request) = contact.request
        {
            self.forget_answer(workspace, request, joined).await?;
        }
        let cause = Some(Caller::system("finish-deletion").cause(None, time::now()));
        let theirs = Tombstone { id: joined, joined: Vec::new(), cleared: true, cause, ..tombstone.clone() };
        self.put_tombstone(workspace, &theirs, MERGED_INTO).await
    }

    /// Removes the stored answer of the request that added a contact.
    async fn forget_answer(&self, workspace: &Workspace, request: String, of: ContactId) -> Result<(), Fault> {
        let update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::claim(workspace, &Identifier::Request(request)))))
            .update_expression("REMOVE #answer")
            .condition_expression("#contact = :of")
            .expression_attribute_names("#answer", ANSWER)
            .expression_attribute_names("#contact", CONTACT_ID)
            .expression_attribute_values(":of", item::text(of.to_string()));
        match update.send().await {
            Ok(_) => Ok(()),
            // The claim has expired.
            Err(error) if error::is_failed_condition(&error) => Ok(()),
            Err(error) => Err(error::of(error)),
        }
    }

    /// Writes a tombstone if the item has the attribute `state`; otherwise an earlier attempt already wrote it.
    async fn put_tombstone(&self, workspace: &Workspace, tombstone: &Tombstone, state: &str) -> Result<(), Fault> {
        let tombstone = Record::Deleted(tombstone.clone());
        let put = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item::record(workspace, &tombstone, 1)))
            .condition_expression("attribute_exists(#state)")
            .expression_attribute_names("#state", state);
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if error::is_failed_condition(&error) => Ok(()),
            Err(error) => Err(error::of(error)),
        }
    }

    /// Removes the joins of one contact's partition.
    async fn clear_joins(&self, workspace: &Workspace, id: ContactId) -> Result<(), Fault> {
        loop {
            // Each round removes what it found, so every query starts at the beginning.
            let items = self.partition_items(workspace, id, JOIN_PREFIX).await?;
            if items.is_empty() {
                return Ok(());
            }
            for chunk in items.chunks(DELETES_A_REQUEST) {
                self.remove(chunk).await?;
            }
        }
    }

    /// Removes the links of one contact's partition, and lets their claims expire with the tombstone.
    async fn clear_links(&self, workspace: &Workspace, tombstone: &Tombstone, id: ContactId) -> Result<(), Fault> {
        loop {
            let items = self.partition_items(workspace, id, LINK_PREFIX).await?;
            if items.is_empty() {
                return Ok(());
            }
            for chunk in items.chunks(DELETES_A_REQUEST) {
                let mut conversations = Vec::with_capacity(chunk.len());
                for item in chunk {
                    conversations.push(Identifier::Conversation(item::read_conversation(item)?.info.id));
                }
                let claims = conversations.iter().map(|claim| self.expire_claim(workspace, claim, id, tombstone));
                try_join_all(claims).await?;
                self.remove(chunk).await?;
            }
        }
    }

    /// The first items of a contact's partition whose sort keys have a prefix.
    async fn partition_items(&self, workspace: &Workspace, id: ContactId, prefix: &str) -> Result<Vec<Item>, Fault> {
        let query = self.partition_query(workspace, id, prefix);
        Ok(query.send().await.map_err(error::of)?.items.unwrap_or_default())
    }

    /// A query of the items of a contact's partition whose sort keys have a prefix.
    pub(crate) fn partition_query(&self, workspace: &Workspace, id: ContactId, prefix: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", item::text(keys::contact_partition(workspace, id)))
            .expression_attribute_values(":prefix", item::text(prefix))
    }

    /// Lets a claim of the deleted contact expire with its tombstone.
    async fn expire_claim(
        &self,
        workspace: &Workspace,
        identifier: &Identifier,
        of: ContactId,
        tombstone: &Tombstone,
    ) -> Result<(), Fault> {
        let update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::claim(workspace, identifier))))
            .update_expression("SET #expires = :at")
            .condition_expression("#contact = :of")
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_names("#contact", CONTACT_ID)
            .expression_attribute_values(":at", item::number((tombstone.at + TOMBSTONE_SPAN).as_second()))
            .expression_attribute_values(":of", item::text(of.to_string()));
        match update.send().await {
            Ok(_) => Ok(()),
            // A newer event has started the conversation again, for another contact.
            Err(error) if error::is_failed_condition(&error) => Ok(()),
            Err(error) => Err(error::of(error)),
        }
    }

    async fn remove(&self, items: &[Item]) -> Result<(), Fault> {
        let mut requests = Vec::with_capacity(items.len());
        for item in items {
            let key = Key { pk: item.text(PK)?.to_owned(), sk: item.text(SK)?.to_owned() };
            let delete = DeleteRequest::builder().set_key(Some(item::key_of(key))).build();
            let delete = delete.map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        // The next query finds unprocessed items again.
        let write = self.client.batch_write_item().request_items(&*self.table, requests);
        write.send().await.map(drop).map_err(error::of)
    }
}
