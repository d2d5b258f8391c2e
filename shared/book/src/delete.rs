//! Deleting a contact, and clearing away what hung on it.

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use contacts::{
    ContactId, EditRefused, Identifier, Record, STUB_SPAN, Snapshot, Stub, Torn, Workspace, delete, expect,
};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{
    self, ANSWER, CONTACT_ID, EXPIRES_AT, JOIN_PREFIX, Key, LINK_PREFIX, MERGED_INTO, PK, SK, UNCLEARED,
};
use crate::patience::Patience;
use crate::{BookError, ContactBook};

/// The most items a BatchWriteItem takes.
const DELETES_A_REQUEST: usize = 25;
/// How many joined contacts are cleared away at once.
const CLEARED_AT_ONCE: usize = 8;

impl ContactBook {
    /// Deletes a contact. With `version`, only if that is its version.
    ///
    /// The contact is gone with the first write. What hung on it (joined contacts, joins, conversation links) is cleared
    /// away afterwards; if that is interrupted, deleting again or looking the contact up finishes it.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn delete(
        &self,
        workspace: &Workspace,
        id: ContactId,
        version: Option<u64>,
    ) -> Result<Result<(), EditRefused>, BookError> {
        let deleted = self
            .decide(workspace, &[], &[id], |book, now| {
                if let Some(Record::Deleted(stub)) = book.record(id)
                    && !stub.cleared
                {
                    return Ok(Ok(stub.clone()));
                }
                if let Err(refused) = expect(book, id, version)? {
                    return Ok(Err(refused));
                }
                delete(book, id, now)?;
                book.settle(now);
                stub_in(book, id).map(Ok)
            })
            .await?;
        let stub = match deleted {
            Ok(stub) => stub,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut patience = Patience::new(self.patience);
        loop {
            match Box::pin(self.clear_away(workspace, &stub)).await {
                Ok(()) => return Ok(Ok(())),
                Err(fault) => patience.after(fault).await?,
            }
        }
    }

    /// Clears away what hangs on a deleted contact; personal data first.
    pub(crate) async fn clear_away(&self, workspace: &Workspace, stub: &Stub) -> Result<(), Fault> {
        let all: Vec<ContactId> = std::iter::once(stub.id).chain(stub.joined.iter().copied()).collect();
        let joined = stream::iter(stub.joined.clone()).map(|joined| self.bury(workspace, stub, joined));
        joined.buffer_unordered(CLEARED_AT_ONCE).try_collect::<()>().await?;
        let joins = stream::iter(all.clone()).map(|id| self.clear_joins(workspace, id));
        joins.buffer_unordered(CLEARED_AT_ONCE).try_collect::<()>().await?;
        for id in all {
            self.clear_links(workspace, stub, id).await?;
        }
        let cleared = Stub { cleared: true, joined: Vec::new(), ..stub.clone() };
        self.put_stub(workspace, &cleared, UNCLEARED).await
    }

    /// Turns a contact that was joined into the deleted one into a stub too.
    async fn bury(&self, workspace: &Workspace, stub: &Stub, joined: ContactId) -> Result<(), Fault> {
        let items = self.batch_get(vec![Key::contact(workspace, joined)]).await?;
        let record = items.first().map(item::read_record).transpose()?;
        if let Some(Record::Joined { contact, .. }) = record
            && let Some(request) = contact.request
        {
            self.forget_answer(workspace, request, joined).await?;
        }
        let remains = Stub { id: joined, joined: Vec::new(), cleared: true, ..stub.clone() };
        self.put_stub(workspace, &remains, MERGED_INTO).await
    }

    /// Removes the kept answer of the request that added a contact.
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
            // It has expired.
            Err(error) if error::is_failed_condition(&error) => Ok(()),
            Err(error) => Err(error::of(error)),
        }
    }

    /// Puts a stub where an item has the attribute `while_having`; where it has not, that was done before.
    async fn put_stub(&self, workspace: &Workspace, stub: &Stub, while_having: &str) -> Result<(), Fault> {
        let stub = Record::Deleted(stub.clone());
        let put = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item::record(workspace, &stub, 1)))
            .condition_expression("attribute_exists(#state)")
            .expression_attribute_names("#state", while_having);
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if error::is_failed_condition(&error) => Ok(()),
            Err(error) => Err(error::of(error)),
        }
    }

    /// Removes the joins of one contact's partition.
    async fn clear_joins(&self, workspace: &Workspace, id: ContactId) -> Result<(), Fault> {
        loop {
            // What was found is removed before the next query, so each begins at the start.
            let items = self.partition_items(workspace, id, JOIN_PREFIX).await?;
            if items.is_empty() {
                return Ok(());
            }
            for chunk in items.chunks(DELETES_A_REQUEST) {
                self.remove(chunk).await?;
            }
        }
    }

    /// Removes the links of one contact's partition, and lets their claims expire.
    async fn clear_links(&self, workspace: &Workspace, stub: &Stub, id: ContactId) -> Result<(), Fault> {
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
                let claims = conversations.iter().map(|claim| self.expire_claim(workspace, claim, id, stub));
                try_join_all(claims).await?;
                self.remove(chunk).await?;
            }
        }
    }

    async fn partition_items(&self, workspace: &Workspace, id: ContactId, prefix: &str) -> Result<Vec<Item>, Fault> {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", item::text(keys::contact_partition(workspace, id)))
            .expression_attribute_values(":prefix", item::text(prefix));
        Ok(query.send().await.map_err(error::of)?.items.unwrap_or_default())
    }

    /// Lets a claim of the deleted contact end with its stub.
    async fn expire_claim(
        &self,
        workspace: &Workspace,
        identifier: &Identifier,
        of: ContactId,
        stub: &Stub,
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
            .expression_attribute_values(":at", item::number((stub.at + STUB_SPAN).as_second()))
            .expression_attribute_values(":of", item::text(of.to_string()));
        match update.send().await {
            Ok(_) => Ok(()),
            // A newer event has begun the conversation anew, for another contact.
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
        // What is left unprocessed is found again by the next query.
        let write = self.client.batch_write_item().request_items(&*self.table, requests);
        write.send().await.map(drop).map_err(error::of)
    }
}

fn stub_in(book: &Snapshot, id: ContactId) -> Result<Stub, Torn> {
    match book.record(id) {
        Some(Record::Deleted(stub)) => Ok(stub.clone()),
        _ => Err(Torn),
    }
}
