//! Reads all contacts of a workspace, page by page.

use std::collections::VecDeque;

use aws_sdk_dynamodb::operation::query::QueryOutput;
use contacts::{Contact, ContactId, Settings, Workspace};

use crate::error::{self, Fault};
use crate::item::{self, Item};
use crate::keys::{self, INDEX_SHARD, RECENT_INDEX};
use crate::list::live_contact;
use crate::{BookError, ContactBook};

/// How many contacts are read ahead, over all shards.
///
/// A shard reads its next page when a quarter of the last one is left, and DynamoDB ends a page at 1 MB. So at most
/// 1,280 contacts are in memory: a megabyte or two as DynamoDB counts them, or 16 MB if each has 12 KB. If most
/// contacts are larger, DynamoDB's page size is the limit: about 1.25 MB a shard, which is 80 MB for 64 shards.
const READ_AHEAD: usize = 1_024;

/// All contacts of a workspace, the least recently active first.
///
/// This order keeps the result complete although contacts change during the read: a contact that becomes active moves
/// forward, where it is found again, not back to a part that was already read. Each contact is returned once, as it was
/// when it was first read. Contacts deleted before that are left out; contacts created during the read come last.
///
/// Two rare changes can hide a contact that was not read yet. Its first conversation is from before its creation, which
/// moves it back. Or it is written just as the read reaches it, and the write moves it to another shard because the
/// number of shards grew after its last write.
pub struct AllContacts {
    book: ContactBook,
    workspace: Workspace,
    settings: Settings,
    shards: Vec<Shard>,
    given: Given,
}

/// One shard of the index, read page by page.
struct Shard {
    name: String,
    /// The contacts that were read and not yet returned.
    ready: VecDeque<Contact>,
    /// The number of contacts in its last page.
    page: usize,
    start: Option<Item>,
    exhausted: bool,
}

impl ContactBook {
    /// Starts to read all contacts, under the current settings.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn all_contacts(&self, workspace: &Workspace) -> Result<AllContacts, BookError> {
        let settings = self.settings(workspace).await?;
        let shards = shards(workspace, settings.index_shards);
        Ok(AllContacts { book: self.clone(), workspace: workspace.clone(), settings, shards, given: Given::default() })
    }

    async fn recent_page(&self, shard: &str, start: Option<Item>, limit: usize) -> Result<QueryOutput, Fault> {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .index_name(RECENT_INDEX)
            .key_condition_expression("#shard = :shard")
            .expression_attribute_names("#shard", INDEX_SHARD)
            .expression_attribute_values(":shard", item::text(shard))
            .scan_index_forward(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        query.send().await.map_err(error::of)
    }
}

impl AllContacts {
    /// The settings at the start of the read.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the next contacts, at least one; `None` at the end. After an error, call it again to get the same page.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Contact>>, BookError> {
        loop {
            self.fill().await?;
            let page = self.merge();
            if !page.is_empty() {
                return Ok(Some(page));
            }
            if self.shards.iter().all(|shard| shard.exhausted) && !self.start_over_if_raised().await? {
                return Ok(None);
            }
        }
    }

    /// Reads the next page of each empty shard, so that the first contact of every shard is known. At the same time it
    /// reads the next page of shards that are almost empty, so that their reads overlap.
    async fn fill(&mut self) -> Result<(), BookError> {
        if self.shards.iter().any(Shard::is_dry) {
            let (book, limit) = (&self.book, (READ_AHEAD / self.shards.len()).max(1));
            let low = self.shards.iter_mut().filter(|shard| shard.is_low());
            futures_util::future::try_join_all(low.map(|shard| shard.read(book, limit))).await?;
        }
        Ok(())
    }

    /// Merges the shards as far as the order is known, without contacts that were already returned.
    fn merge(&mut self) -> Vec<Contact> {
        let mut page = Vec::new();
        while !self.shards.iter().any(Shard::is_dry) {
            let ready = self.shards.iter_mut().filter(|shard| !shard.ready.is_empty());
            // The order of the index.
            let first =
                ready.min_by_key(|shard| shard.ready.front().map(|contact| (contact.last_activity(), contact.id)));
            let Some(contact) = first.and_then(|shard| shard.ready.pop_front()) else { break };
            if self.given.insert(contact.id) {
                page.push(contact);
            }
        }
        page
    }

    /// If the number of shards grew, contacts may have moved to new shards unread. Then all shards are read again, for
    /// the contacts that were not returned yet.
    async fn start_over_if_raised(&mut self) -> Result<bool, BookError> {
        let now = self.book.settings(&self.workspace).await?.index_shards;
        let raised = now > self.settings.index_shards;
        if raised {
            self.settings.index_shards = now;
            self.shards = shards(&self.workspace, now);
        }
        Ok(raised)
    }
}

impl Shard {
    /// Whether its next contact is unknown.
    fn is_dry(&self) -> bool {
        self.ready.is_empty() && !self.exhausted
    }

    fn is_low(&self) -> bool {
        self.ready.len() <= self.page / 4 && !self.exhausted
    }

    /// Reads pages until it has a contact or reaches the end.
    async fn read(&mut self, book: &ContactBook, limit: usize) -> Result<(), BookError> {
        loop {
            let answer = book.retry(|| book.recent_page(&self.name, self.start.clone(), limit)).await?;
            let page: Vec<Contact> = answer.items().iter().filter_map(live_contact).collect();
            self.page = page.len();
            self.ready.extend(page);
            self.exhausted = answer.last_evaluated_key.is_none();
            self.start = answer.last_evaluated_key;
            if !self.is_dry() {
                return Ok(());
            }
        }
    }
}

fn shards(workspace: &Workspace, count: u32) -> Vec<Shard> {
    let names = (0..count.max(1)).map(|shard| keys::index_shard(workspace, shard));
    names.map(|name| Shard { name, ready: VecDeque::new(), page: 0, start: None, exhausted: false }).collect()
}

/// The contacts that were already returned, by the last 8 bytes of their ids: 62 random bits of a UUIDv7. The chance
/// that two of ten million contacts share these bytes, so that the second is skipped, is one in 90,000.
///
/// An export keeps this much of every contact; a hash set would take twice the memory, and three times while it grows.
struct Given {
    /// Indexed by the last two bytes; the entries are the six bytes before them.
    buckets: Vec<Vec<[u8; 6]>>,
}

impl Default for Given {
    fn default() -> Given {
        Given { buckets: vec![Vec::new(); 1 << 16] }
    }
}

impl Given {
    /// Adds an id. Returns whether it is new.
    fn insert(&mut self, id: ContactId) -> bool {
        let [.., a, b, c, d, e, f, g, h] = *id.as_bytes();
        let (bucket, rest) = (&mut self.buckets[usize::from(u16::from_be_bytes([g, h]))], [a, b, c, d, e, f]);
        if bucket.contains(&rest) {
            return false;
        }
        if bucket.len() == bucket.capacity() {
            bucket.reserve_exact(bucket.len() / 8 + 4);
        }
        bucket.push(rest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_known_and_takes_little() {
        let mut given = Given::default();
        let ids: Vec<ContactId> = (0..500_000).map(|_| ContactId::new()).collect();
        assert!(ids.iter().all(|id| given.insert(*id)), "all are new");
        assert!(!ids.iter().any(|id| given.insert(*id)), "none is new again");
        let bytes = |bucket: &Vec<[u8; 6]>| size_of_val(bucket) + bucket.capacity() * size_of::<[u8; 6]>();
        let all: usize = given.buckets.iter().map(bytes).sum();
        assert!(all <= 12 * ids.len(), "{all} bytes are more than 12 each");
    }
}
