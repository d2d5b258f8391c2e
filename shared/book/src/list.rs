//! Lists of contacts: by last activity, by creation, by name, by phone, by email, by conflict.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet, VecDeque};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Contact, ContactId, Record, Settings, Workspace, phone_starts, text};

use crate::cursor::{Cursor, CursorError};
use crate::error::{self, Fault};
use crate::find::keep_true_conflicts;
use crate::item::{self, Attributes as _, Item};
use crate::keys::{
    self, CONFLICT_AT, CONFLICT_INDEX, CREATED_INDEX, EMAIL, EMAIL_INDEX, FAMILY_INDEX, FAMILY_KEY, GREATEST,
    INDEX_SHARD, Key, NAME_INDEX, NAME_KEY, PHONE, PHONE_INDEX, PK, RECENT, RECENT_INDEX,
};
use crate::read::Reads;
use crate::{BookError, ContactBook};

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// All contacts, the most recently active first.
    Recent,
    /// Only contacts that have had a conversation, the most recently active first. A page may end before it is full.
    Talked,
    /// All contacts, the oldest first. Nothing moves a contact in this order, so its pages neither skip nor repeat anybody,
    /// whatever is written between them.
    Created,
    /// By name, accents and case aside; only contacts that have one.
    Name,
    /// By phone; only contacts that have one.
    Phone,
    /// By email; only contacts that have one.
    Email,
    /// Only contacts in conflict with others, the most recently recorded conflict first.
    Conflict,
}

/// A page of any list ends when its items have this size, so that it fits an answer of 4 MiB and does not exhaust the memory
/// of the caller. One item is always in it.
pub(crate) const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The entries of a shard that are read at once to find contacts that have had a conversation.
const TALKED_SHARE: usize = 500;
/// The most contacts that are loaded at once: a page of large ones ends after few of them.
const LOADED_AT_ONCE: usize = 100;

/// A request for a page of a list.
#[derive(Debug, Clone)]
pub struct List {
    /// The order.
    pub sort: Sort,
    /// Only contacts whose phone, email or name starts with this, in any notation; of a name the first or the last word. Only
    /// for [`Sort::Phone`], [`Sort::Email`] and [`Sort::Name`]. A phone without `+` is read [at home and
    /// abroad](phone_starts); a text that no phone can start with finds nobody.
    pub prefix: Option<String>,
    /// The maximum number of contacts in the page.
    pub limit: usize,
    /// The end of the previous page.
    pub after: Option<Cursor>,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// The settings under which the contacts are shown.
    pub settings: Settings,
    /// The contacts, at most `limit`, and fewer if they are large.
    pub contacts: Vec<Contact>,
    /// For each contact, the start of a page that begins after it.
    pub ends: Vec<Cursor>,
    /// The start of the next page; `None` at the end.
    pub next: Option<Cursor>,
}

/// A part of an index: the entries whose sort key starts with a prefix.
#[derive(Debug, Clone)]
struct Range {
    index: &'static str,
    attribute: &'static str,
    prefix: String,
}

/// An entry of an index.
struct IndexEntry {
    /// The attribute that is the index's sort key.
    attribute: &'static str,
    value: String,
    id: String,
    item: Item,
}

impl Sort {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Recent => "recent",
            Sort::Talked => "talked",
            Sort::Created => "created",
            Sort::Name => "name",
            Sort::Phone => "phone",
            Sort::Email => "email",
            Sort::Conflict => "conflict",
        }
    }

    /// Parses the name of an order. [`Sort::Conflict`] and [`Sort::Talked`] are filters, so they have none.
    pub fn parse(text: &str) -> Option<Sort> {
        [Sort::Recent, Sort::Created, Sort::Name, Sort::Phone, Sort::Email]
            .into_iter()
            .find(|sort| sort.as_str() == text)
    }

    fn compare(self, a: (&str, &str), b: (&str, &str)) -> Ordering {
        if self.is_newest_first() { b.cmp(&a) } else { a.cmp(&b) }
    }

    /// Whether it sorts by a time. No two contacts have the same sort value then, because it includes the id.
    fn is_newest_first(self) -> bool {
        match self {
            Sort::Recent | Sort::Talked | Sort::Conflict => true,
            Sort::Created | Sort::Name | Sort::Phone | Sort::Email => false,
        }
    }
}

impl List {
    /// The name of this list in its cursors.
    fn name(&self) -> String {
        format!("{}:{}", self.sort.as_str(), self.prefix())
    }

    fn prefix(&self) -> &str {
        self.prefix.as_deref().unwrap_or_default()
    }

    /// The parts of the indexes that have the list, under these settings.
    fn ranges(&self, workspace: &Workspace, settings: &Settings) -> Vec<Range> {
        let range = |index, attribute, prefix| Range { index, attribute, prefix };
        match self.sort {
            Sort::Recent | Sort::Talked => vec![range(RECENT_INDEX, RECENT, String::new())],
            Sort::Conflict => vec![range(CONFLICT_INDEX, CONFLICT_AT, String::new())],
            Sort::Created => vec![range(CREATED_INDEX, PK, keys::contact_partitions(workspace))],
            Sort::Email => vec![range(EMAIL_INDEX, EMAIL, self.prefix().trim().to_lowercase())],
            Sort::Phone => {
                let starts = phone_starts(self.prefix(), settings.default_country).unwrap_or_default();
                starts.into_iter().map(|start| range(PHONE_INDEX, PHONE, start)).collect()
            }
            Sort::Name => {
                let by_name = |prefix| range(NAME_INDEX, NAME_KEY, prefix);
                match self.name_start() {
                    None => vec![by_name(String::new())],
                    Some(start) => vec![by_name(start.clone()), range(FAMILY_INDEX, FAMILY_KEY, start)],
                }
            }
        }
    }

    /// The start of the names that are listed, as it is in the indexes.
    fn name_start(&self) -> Option<String> {
        keys::name_key(&text::fold(self.prefix()))
    }

    /// Whether the list shows a contact in the place of this entry: the entry is not from before a change, and not the
    /// second one of a contact whose first and last name both start with what is sought.
    fn shows(&self, contact: &Contact, entry: &IndexEntry) -> bool {
        let is_current =
            entry.attribute == PK || keys::sort_key(entry.attribute, contact).is_some_and(|value| value == entry.value);
        let is_second = entry.attribute == FAMILY_KEY
            && self
                .name_start()
                .zip(keys::sort_key(NAME_KEY, contact))
                .is_some_and(|(start, name)| name.starts_with(&start));
        is_current && !is_second
    }

    /// The position after an entry.
    fn after(&self, entry: &IndexEntry) -> Cursor {
        Cursor { list: self.name(), value: entry.value.clone(), id: entry.id.clone() }
    }
}

impl ContactBook {
    /// Returns a page of a list. The indexes lag slightly behind the contacts. Contacts that were deleted or changed in
    /// the meantime, and items that this build cannot read, are left out.
    ///
    /// # Errors
    /// The outer error is the book's; the inner one says that the cursor belongs to another list.
    pub async fn list(&self, workspace: &Workspace, list: &List) -> Result<Result<ListPage, CursorError>, BookError> {
        self.retry(|| self.page(workspace, list)).await
    }

    async fn page(&self, workspace: &Workspace, list: &List) -> Result<Result<ListPage, CursorError>, Fault> {
        let settings = self.read(workspace, &[], &[]).await?.settings;
        let ranges = list.ranges(workspace, &settings);
        let prefixes = || ranges.iter().map(|range| range.prefix.as_str());
        let after = match list.after.clone().map(|cursor| cursor.of(&list.name(), prefixes())).transpose() {
            Ok(after) => after,
            Err(error) => return Ok(Err(error)),
        };
        let after = after.as_ref();
        let shards = settings.index_shards.max(1);
        let mut merge = Merge { list, after, streams: Vec::new() };
        // Contacts are spread evenly, so each shard has its share of the page; the margin avoids most second queries.
        let margin = if shards == 1 { 1 } else { 8 };
        let share = match list.sort {
            // Most entries may be of contacts that are not listed.
            Sort::Talked => TALKED_SHARE,
            _ => list.limit.div_ceil(shards as usize) + margin,
        };
        for shard in 0..shards {
            let shard = keys::index_shard(workspace, shard);
            merge.streams.extend(ranges.iter().map(|range| Stream::new(shard.clone(), range.clone(), share)));
        }
        let first_pages = merge.streams.iter_mut().map(|stream| stream.fill(self, list, after));
        futures_util::future::try_join_all(first_pages).await?;
        let mut page = ListPage { settings, contacts: Vec::new(), ends: Vec::new(), next: None };
        let mut bytes = 0;
        // An index that lags behind may have a contact twice, at its old position and at its new one.
        let mut listed = HashSet::new();
        let mut last = None;
        while page.contacts.len() < list.limit && bytes < MAX_PAGE_BYTES {
            let wanted = (list.limit - page.contacts.len()).min(LOADED_AT_ONCE);
            let mut entries = Vec::new();
            while entries.len() < wanted && bytes < MAX_PAGE_BYTES {
                let Some(entry) = merge.next(self).await? else { break };
                bytes += item::size_of(&entry.item);
                entries.push(entry);
            }
            let Some(end) = entries.last() else { break };
            last = Some(list.after(end));
            for (contact, end, size) in self.load(workspace, list, entries).await? {
                if listed.insert(contact.id) {
                    bytes += size;
                    page.contacts.push(contact);
                    page.ends.push(end);
                }
            }
        }
        page.next = if merge.next(self).await?.is_some() { last } else { None };
        Ok(Ok(page))
    }

    /// Loads the contacts of entries, without those that were deleted or whose sort value has changed. Each comes with the
    /// position after it, and with the size of its item if that was not in the entry.
    async fn load(
        &self,
        workspace: &Workspace,
        list: &List,
        entries: Vec<IndexEntry>,
    ) -> Result<Vec<(Contact, Cursor, usize)>, Fault> {
        if let Sort::Recent | Sort::Talked = list.sort {
            // This index projects all attributes.
            let is_listed = |contact: &Contact| list.sort == Sort::Recent || contact.last_seen_at.is_some();
            let shown = |entry: &IndexEntry| {
                let contact = live_contact(&entry.item).filter(is_listed)?;
                Some((contact, list.after(entry), 0))
            };
            return Ok(entries.iter().filter_map(shown).collect());
        }
        let mut keys = HashSet::with_capacity(entries.len());
        for entry in &entries {
            let id = ContactId::parse(&entry.id).map_err(|_| item::MalformedItem("pk"))?;
            keys.insert(Key::contact(workspace, id));
        }
        let mut contacts = HashMap::with_capacity(entries.len());
        for item in self.batch_get(keys.into_iter().collect()).await? {
            if let Some(contact) = live_contact(&item) {
                contacts.insert(contact.id.to_string(), (contact, item::size_of(&item)));
            }
        }
        let shown = |entry: &IndexEntry| {
            let (contact, size) = contacts.get(&entry.id)?;
            list.shows(contact, entry).then(|| (contact.clone(), list.after(entry), *size))
        };
        let mut loaded: Vec<_> = entries.iter().filter_map(shown).collect();
        if list.sort == Sort::Conflict {
            self.keep_in_conflict(workspace, &mut loaded).await?;
        }
        Ok(loaded)
    }

    /// Leaves out conflicts with contacts that were deleted, and contacts that have no others.
    async fn keep_in_conflict(
        &self,
        workspace: &Workspace,
        loaded: &mut Vec<(Contact, Cursor, usize)>,
    ) -> Result<(), Fault> {
        let conflicts = loaded.iter().flat_map(|(contact, ..)| &contact.conflicts);
        let others: HashSet<ContactId> = conflicts.map(|conflict| conflict.contact).collect();
        let mut reads = Reads::default();
        self.read_also(workspace, &mut reads, others.into_iter().collect()).await?;
        for (contact, ..) in loaded.iter_mut() {
            keep_true_conflicts(contact, &reads.records);
        }
        loaded.retain(|(contact, ..)| !contact.conflicts.is_empty());
        Ok(())
    }
}

/// The contact of an item, if it is live and readable.
pub(crate) fn live_contact(item: &Item) -> Option<Contact> {
    match item::readable(item, item::read_record)? {
        Record::Live(contact) => Some(contact),
        Record::Joined { .. } | Record::Deleted(_) => None,
    }
}

/// Merges all ranges, in all shards, into one order.
struct Merge<'a> {
    list: &'a List,
    after: Option<&'a Cursor>,
    streams: Vec<Stream>,
}

impl Merge<'_> {
    async fn next(&mut self, book: &ContactBook) -> Result<Option<IndexEntry>, Fault> {
        for stream in &mut self.streams {
            stream.fill(book, self.list, self.after).await?;
        }
        let ready = self.streams.iter_mut().filter(|stream| !stream.ready.is_empty());
        let key = |stream: &Stream| stream.ready.front().map(|entry| (entry.value.clone(), entry.id.clone()));
        let first = ready.min_by(|a, b| match (key(a), key(b)) {
            (Some(a), Some(b)) => self.list.sort.compare((&a.0, &a.1), (&b.0, &b.1)),
            _ => Ordering::Equal,
        });
        Ok(first.and_then(|stream| stream.ready.pop_front()))
    }
}

/// One range in one shard of an index, read page by page.
struct Stream {
    shard: String,
    range: Range,
    page_size: usize,
    /// Entries that were read, but more entries with the last one's sort value may follow.
    open: Vec<IndexEntry>,
    /// Entries in their final order.
    ready: VecDeque<IndexEntry>,
    start: Option<HashMap<String, AttributeValue>>,
    exhausted: bool,
}

impl Stream {
    fn new(shard: String, range: Range, page_size: usize) -> Stream {
        Stream { shard, range, page_size, open: Vec::new(), ready: VecDeque::new(), start: None, exhausted: false }
    }

    /// Reads pages until an entry is ready or the shard ends.
    async fn fill(&mut self, book: &ContactBook, list: &List, after: Option<&Cursor>) -> Result<(), Fault> {
        while self.ready.is_empty() && !(self.exhausted && self.open.is_empty()) {
            if !self.exhausted {
                self.read_page(book, list, after).await?;
            }
            self.close_runs(list.sort, after);
        }
        Ok(())
    }

    /// Moves complete runs of entries with the same sort value to `ready`. DynamoDB returns the entries of a run in no
    /// order that a cursor could resume, so each run is sorted by id here.
    fn close_runs(&mut self, sort: Sort, after: Option<&Cursor>) {
        let complete = match self.open.last() {
            None => 0,
            Some(_) if self.exhausted || sort.is_newest_first() => self.open.len(),
            Some(last) => self.open.iter().take_while(|entry| entry.value != last.value).count(),
        };
        let mut closed: Vec<IndexEntry> = self.open.drain(..complete).collect();
        closed.sort_by(|a, b| sort.compare((&a.value, &a.id), (&b.value, &b.id)));
        closed.retain(|entry| match after {
            Some(after) => sort.compare((&entry.value, &entry.id), (&after.value, &after.id)).is_gt(),
            None => true,
        });
        self.ready.extend(closed);
    }

    async fn read_page(&mut self, book: &ContactBook, list: &List, after: Option<&Cursor>) -> Result<(), Fault> {
        let Range { index, attribute, ref prefix } = self.range;
        let mut query = book
            .client
            .query()
            .table_name(&*book.table)
            .index_name(index)
            .limit(i32::try_from(self.page_size).unwrap_or(i32::MAX))
            .scan_index_forward(!list.sort.is_newest_first())
            .set_exclusive_start_key(self.start.take())
            .expression_attribute_names("#shard", INDEX_SHARD)
            .expression_attribute_values(":shard", item::text(&self.shard));
        let condition = match after {
            None if list.sort.is_newest_first() => "#shard = :shard",
            Some(after) if list.sort.is_newest_first() => {
                query = query.expression_attribute_values(":from", item::text(&after.value));
                "#shard = :shard AND #value < :from"
            }
            after => {
                let from = after.map_or(prefix.as_str(), |after| after.value.as_str()).max(prefix);
                let to = format!("{prefix}{GREATEST}");
                if from.is_empty() {
                    "#shard = :shard"
                } else if from > to.as_str() {
                    // The list has reached a later range.
                    self.exhausted = true;
                    return Ok(());
                } else {
                    query = query
                        .expression_attribute_values(":from", item::text(from))
                        .expression_attribute_values(":to", item::text(to));
                    "#shard = :shard AND #value BETWEEN :from AND :to"
                }
            }
        };
        if condition.contains("#value") {
            query = query.expression_attribute_names("#value", attribute);
        }
        let answer = query.key_condition_expression(condition).send().await.map_err(error::of)?;
        for item in answer.items.unwrap_or_default() {
            let value = item.text(attribute)?.to_owned();
            let id = item.text(keys::PK)?.rsplit('#').next().unwrap_or_default().to_owned();
            self.open.push(IndexEntry { attribute, value, id, item });
        }
        self.start = answer.last_evaluated_key;
        self.exhausted = self.start.is_none();
        Ok(())
    }
}
