//! The history of contacts: written from the changes of the table, and read.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
#[cfg(doc)]
use contacts::Settings;
use contacts::{Cause, Contact, ContactId, HistoryEntry, MAX_JOINED, Record, Workspace, time};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item, MalformedItem};
use crate::keys::{self, HISTORY_PREFIX, PK, SK};
use crate::{BookError, ContactBook, CursorError};

/// The most changes whose history is written at once: the most items of a `BatchWriteItem`.
pub const CHANGES_A_WRITE: usize = 25;
/// How many contacts' histories are read concurrently.
pub(crate) const READS_AT_ONCE: usize = 8;

/// A change of a contact's item, as the table's stream reports it.
#[derive(Debug, Clone)]
pub struct ContactChange {
    /// The workspace of the contact.
    pub workspace: Workspace,
    /// The record before; `None` if there was none.
    pub before: Option<Record>,
    /// The record after; `None` if the item was removed.
    pub after: Option<Record>,
}

/// A part of a contact's history.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// The entries, the newest first, each with the position after it.
    pub entries: Vec<(HistoryEntry, HistoryCursor)>,
    /// Where the next page starts.
    pub next: Option<HistoryCursor>,
}

/// A position in the history of a contact and of those joined into it: which version of each was listed last. It is short,
/// because it names only contacts of which something was listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryCursor(pub(crate) Vec<(ContactId, u64)>);

impl FromStr for HistoryCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<HistoryCursor, CursorError> {
        let position = |part: &str| {
            let (id, version) = part.split_once('.')?;
            Some((ContactId::parse(id).ok()?, version.parse().ok()?))
        };
        let positions = text.split('~').take(MAX_JOINED + 2).map(position).collect::<Option<Vec<_>>>();
        positions.filter(|positions| positions.len() <= MAX_JOINED + 1).map(HistoryCursor).ok_or(CursorError::Malformed)
    }
}

/// The cursor as a text that is safe in a URL.
impl fmt::Display for HistoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (id, version)) in self.0.iter().enumerate() {
            write!(f, "{}{id}.{version}", if place == 0 { "" } else { "~" })?;
        }
        Ok(())
    }
}

impl ContactChange {
    /// Reads a change from the images of an item; `None` if the item is not a contact.
    ///
    /// # Errors
    /// [`MalformedItem`] when this build cannot read an image.
    pub fn read(before: Option<&Item>, after: Option<&Item>) -> Result<Option<ContactChange>, MalformedItem> {
        let Some(image) = after.or(before) else { return Ok(None) };
        if !keys::is_contact(image.text(SK)?) {
            return Ok(None);
        }
        let workspace = image.text(PK)?.split('#').nth(1).and_then(|name| Workspace::parse(name).ok());
        Ok(Some(ContactChange {
            workspace: workspace.ok_or(MalformedItem(PK))?,
            before: before.map(item::read_record).transpose()?,
            after: after.map(item::read_record).transpose()?,
        }))
    }

    /// What the change is in the contact's history; `None` if it is not part of it.
    pub fn entry(&self) -> Option<HistoryEntry> {
        HistoryEntry::of(self.before.as_ref(), self.after.as_ref()?)
    }

    /// The contact whose tombstone was removed because it had expired.
    pub fn expired(&self) -> Option<&Contact> {
        match (&self.before, &self.after) {
            (Some(Record::Deleted(tombstone)), None) => tombstone.contact.as_deref(),
            _ => None,
        }
    }
}

impl ContactBook {
    /// Writes what changes are in the histories of their contacts: at most [`CHANGES_A_WRITE`], each with the number of days for
    /// which it is kept ([`Settings::history_days`]); with 0 nothing is written. It may be repeated: every version has one
    /// entry.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn keep_history(&self, changes: &[(&ContactChange, u16)]) -> Result<(), BookError> {
        // By key: a request must not write an item twice.
        let mut items = HashMap::new();
        for (change, days) in changes.iter().filter(|(_, days)| *days > 0) {
            let (Some(mut entry), Some(after)) = (change.entry(), &change.after) else { continue };
            match after {
                // Nothing is kept of it.
                Record::Deleted(tombstone) if tombstone.erased_at.is_some() => continue,
                // What was taken out of the contact named somebody who was erased.
                _ if after.cause().is_some_and(Cause::is_erasure) => entry.changes.clear(),
                _ => {}
            }
            let expires_at = entry.at + SignedDuration::from_hours(24 * i64::from(*days));
            let item = item::history(&change.workspace, &entry, change.before.as_ref(), after, expires_at);
            items.insert((entry.contact, entry.version), item);
        }
        let puts = items.into_values().map(|item| PutRequest::builder().set_item(Some(item)).build());
        let puts = puts.map(|put| put.map(|put| WriteRequest::builder().put_request(put).build()));
        let requests: Vec<WriteRequest> =
            puts.collect::<Result<_, _>>().map_err(|error| BookError::Refused(error.into()))?;
        if requests.is_empty() {
            return Ok(());
        }
        self.retry(|| self.write_batch(requests.clone())).await
    }

    /// The history of a contact and of those joined into it, the newest entry first: at most `limit` entries, after
    /// `cursor`. The order of one contact's entries is that of its versions; those of several are merged by time.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn history(
        &self,
        workspace: &Workspace,
        contact: &Contact,
        limit: usize,
        cursor: Option<HistoryCursor>,
    ) -> Result<HistoryPage, BookError> {
        let mut listed = cursor.unwrap_or_default();
        let ids = std::iter::once(contact.id).chain(contact.joined.iter().copied());
        let after = |id: ContactId| listed.0.iter().find(|(contact, _)| *contact == id).map(|(_, version)| *version);
        let positions: Vec<(ContactId, Option<u64>)> = ids.map(|id| (id, after(id))).collect();
        let reads = stream::iter(positions).map(|(id, after)| self.entries(workspace, id, after, limit + 1));
        let lists = reads.buffered(READS_AT_ONCE).map_ok(VecDeque::from);
        let mut lists: Vec<VecDeque<HistoryEntry>> = lists.try_collect().await?;
        let mut entries = Vec::new();
        while entries.len() < limit {
            let newest = lists.iter_mut().max_by_key(|list| list.front().map(|entry| (entry.at, entry.contact)));
            let Some(entry) = newest.and_then(VecDeque::pop_front) else { break };
            listed.0.retain(|(contact, _)| *contact != entry.contact);
            listed.0.push((entry.contact, entry.version));
            entries.push((entry, listed.clone()));
        }
        let has_more = lists.iter().any(|list| !list.is_empty());
        Ok(HistoryPage { entries, next: has_more.then_some(listed) })
    }

    /// Entries of one contact, the newest first, older than a version.
    pub(crate) async fn entries(
        &self,
        workspace: &Workspace,
        id: ContactId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, BookError> {
        let mut start = before.map(|version| {
            let pk = keys::contact_partition(workspace, id);
            item::key_of(keys::Key { pk, sk: keys::history_sort_key(version) })
        });
        let (mut entries, now) = (Vec::new(), time::now());
        loop {
            let page = self.retry(|| self.history_page(workspace, id, start.clone(), limit - entries.len())).await?;
            let kept = page.items().iter().filter(|item| !item::has_expired(item, now).unwrap_or_default());
            entries.extend(kept.filter_map(|found| item::readable(found, item::read_history)));
            start = page.last_evaluated_key;
            if start.is_none() || entries.len() >= limit {
                return Ok(entries);
            }
        }
    }

    async fn history_page(
        &self,
        workspace: &Workspace,
        id: ContactId,
        start: Option<Item>,
        limit: usize,
    ) -> Result<QueryOutput, Fault> {
        let query = self.partition_query(workspace, id, HISTORY_PREFIX).scan_index_forward(false);
        let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX)).set_exclusive_start_key(start);
        query.send().await.map_err(error::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let cursor = HistoryCursor(vec![(ContactId::new(), 7), (ContactId::new(), 1)]);
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "x", "x.1", &format!("{}.x", ContactId::new()), &"~".repeat(500)] {
            assert_eq!(text.parse::<HistoryCursor>(), Err(CursorError::Malformed), "{text}");
        }
    }
}
