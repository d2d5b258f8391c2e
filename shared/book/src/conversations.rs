//! Looks up conversations, and lists those of a contact.

use contacts::{ClaimNote, Contact, ContactId, Conversation, ConversationId, Identifier, Workspace};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::cursor::{Cursor, CursorError};
use crate::error::{self, Fault};
use crate::find::live;
use crate::item::{self, Attributes as _};
use crate::keys::{self, GREATEST, LINK_PREFIX, PK, SK};
use crate::{BookError, ContactBook};

/// How many partitions are read concurrently: a contact's own and those of the contacts joined into it.
const PARTITIONS_AT_ONCE: usize = 8;

/// A conversation and the live contact that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The contact.
    pub contact: ContactId,
}

/// A page of a contact's conversations, the most recently started first.
#[derive(Debug, Clone)]
pub struct ConversationPage {
    /// The conversations, at most as many as requested.
    pub conversations: Vec<Conversation>,
    /// The start of the next page; `None` at the end.
    pub next: Option<Cursor>,
}

impl ContactBook {
    /// Looks up a conversation by id; `None` if its contact was deleted.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn conversation(
        &self,
        workspace: &Workspace,
        id: &ConversationId,
    ) -> Result<Option<LinkedConversation>, BookError> {
        let reads = self.read_with_retries(workspace, &[Identifier::Conversation(id.clone())], &[]).await?;
        let claim = reads.claims.into_values().flatten().next();
        Ok(claim.and_then(|claim| {
            let ClaimNote::Conversation(conversation) = claim.note else { return None };
            let contact = live(&reads.records, claim.contact)?.id;
            Some(LinkedConversation { conversation, contact })
        }))
    }

    /// Returns a page of the conversations of a live contact, including those of the contacts joined into it.
    ///
    /// # Errors
    /// The outer error is the book's; the inner one says that the cursor belongs to another list.
    pub async fn conversations(
        &self,
        workspace: &Workspace,
        contact: &Contact,
        limit: usize,
        after: Option<Cursor>,
    ) -> Result<Result<ConversationPage, CursorError>, BookError> {
        let list = format!("conversations:{}", contact.id);
        let after = match after.map(|cursor| cursor.of(&list, [LINK_PREFIX])).transpose() {
            Ok(after) => after.map(|cursor| cursor.value),
            Err(error) => return Ok(Err(error)),
        };
        let mut found: Vec<(String, Conversation)> = self
            .retry(|| async {
                let ids = std::iter::once(contact.id).chain(contact.joined.iter().copied());
                self.links_of_all(workspace, ids, limit + 1, after.as_deref()).await
            })
            .await?;
        // Each partition returned its first conversations, so the first ones overall are among them.
        found.sort_by(|a, b| b.0.cmp(&a.0));
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next = last.map(|(value, _)| Cursor { list, value: value.clone(), id: String::new() });
        let conversations = found.into_iter().map(|(_, conversation)| conversation).collect();
        Ok(Ok(ConversationPage { conversations, next }))
    }

    /// The latest links of some partitions, with their sort keys, in any order.
    pub(crate) async fn links_of_all(
        &self,
        workspace: &Workspace,
        ids: impl Iterator<Item = ContactId>,
        limit: usize,
        before: Option<&str>,
    ) -> Result<Vec<(String, Conversation)>, Fault> {
        let ids: Vec<ContactId> = ids.collect();
        stream::iter(ids)
            .map(|id| self.links(workspace, id, limit, before))
            .buffer_unordered(PARTITIONS_AT_ONCE)
            .try_concat()
            .await
    }

    /// The latest links of one partition, with their sort keys.
    pub(crate) async fn links(
        &self,
        workspace: &Workspace,
        id: ContactId,
        limit: usize,
        before: Option<&str>,
    ) -> Result<Vec<(String, Conversation)>, Fault> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            // BETWEEN includes both ends, so skip the entry at the cursor below.
            let last = before.map_or_else(|| format!("{LINK_PREFIX}{GREATEST}"), str::to_owned);
            let query = self
                .client
                .query()
                .table_name(&*self.table)
                .consistent_read(true)
                .scan_index_forward(false)
                .limit(i32::try_from(limit + 1 - found.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", item::text(keys::contact_partition(workspace, id)))
                .expression_attribute_values(":first", item::text(LINK_PREFIX))
                .expression_attribute_values(":last", item::text(last));
            let answer = query.send().await.map_err(error::of)?;
            for item in answer.items.unwrap_or_default() {
                let sk = item.text(SK)?;
                if Some(sk) != before
                    && let Some(conversation) = item::readable(&item, item::read_conversation)
                {
                    found.push((sk.to_owned(), conversation));
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() || found.len() >= limit {
                return Ok(found);
            }
        }
    }
}
