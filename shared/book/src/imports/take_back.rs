//! Taking back an import from some contacts: what must be known of each, and the transactions.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use contacts::{
    Caller, Contact, ContactId, Identifier, ImportId, Join, Past, Record, Settings, Snapshot, Torn, Workspace, time,
    undo_import,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::undo::{COUNTS, PROGRESSED_AT, STARTED_AT, UndoCounts};
use crate::decide::Wanted;
use crate::error::Fault;
use crate::history::READS_AT_ONCE;
use crate::item;
use crate::keys::Key;
use crate::read::Reads;
use crate::{BookError, ContactBook};

/// No further contact is added to a transaction that has this many items already: one contact has about 60 at most, and a
/// transaction 100.
const ITEMS_A_WRITE: usize = 35;
/// No further contact is added to a transaction with this many bytes of custom values.
const CUSTOM_BYTES_A_WRITE: usize = 512 * 1024;
/// The most entries of a contact's history that are read. The import's writes are among the newest; what is older than these
/// entries counts as unknown.
const ENTRIES: usize = 500;
/// For so long the history may lack a contact's newest write. After that it counts as lost.
const LAG: SignedDuration = SignedDuration::from_mins(10);
/// How long to wait for the history of contacts that were just written.
const HISTORY_PAUSE: Duration = Duration::from_millis(200);

/// A contact that the import may have touched, with what must be known to decide.
struct Candidate {
    id: ContactId,
    /// The version that the contact had when its past was read.
    version: u64,
    past: Past,
    /// The contacts that the import joined into it, and their identifiers.
    joined: Vec<ContactId>,
    identifiers: Vec<Identifier>,
    /// Whether the history has everything up to this version that it will ever have.
    is_current: bool,
}

/// The result of a transaction.
#[derive(Debug, Clone, Default)]
struct Batch {
    counts: UndoCounts,
    /// How many candidates were decided.
    decided: usize,
    /// The candidates that were written since they were read.
    again: Vec<ContactId>,
}

impl ContactBook {
    /// Takes back the import from some contacts. Returns from how many.
    pub(super) async fn undo_some(
        &self,
        workspace: &Workspace,
        import: ImportId,
        caller: &Caller,
        contacts: Vec<Contact>,
        history_days: u16,
    ) -> Result<u64, BookError> {
        let mut contacts = contacts;
        let (mut undone, begun) = (0, Instant::now());
        loop {
            let reads = contacts.into_iter().map(|contact| self.candidate(workspace, import, contact, history_days));
            let candidates: Vec<Candidate> = stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await?;
            let (mut ready, late): (Vec<_>, Vec<_>) =
                candidates.into_iter().partition(|candidate| candidate.is_current);
            let mut again: Vec<ContactId> = late.iter().map(|candidate| candidate.id).collect();
            while !ready.is_empty() {
                let batch = self.undo_batch(workspace, import, caller, &ready).await?;
                undone += batch.counts.total();
                again.extend(batch.again);
                ready.drain(..batch.decided);
            }
            if again.is_empty() {
                return Ok(undone);
            }
            if begun.elapsed() >= self.retry_limit {
                return Err(BookError::Unavailable("the history of contacts is late".into()));
            }
            tokio::time::sleep(HISTORY_PAUSE).await;
            let records = self.read_with_retries(workspace, &[], &again).await?.records;
            contacts = again.iter().filter_map(|id| live(records.get(id)?.as_ref()?)).collect();
        }
    }

    /// Reads what must be known of a contact.
    async fn candidate(
        &self,
        workspace: &Workspace,
        import: ImportId,
        contact: Contact,
        history_days: u16,
    ) -> Result<Candidate, BookError> {
        let (id, version) = (contact.id, contact.version);
        let candidate = Candidate {
            id,
            version,
            past: Past::default(),
            joined: Vec::new(),
            identifiers: Vec::new(),
            is_current: true,
        };
        // Almost all contacts of an import: created by it, and not written since.
        if version == 1 {
            return Ok(candidate);
        }
        let mut past = Past { history: self.entries(workspace, id, None, ENTRIES).await?, joins: Vec::new() };
        let newest = past.history.first().map(|entry| entry.version);
        let is_current =
            newest == Some(version) || history_days == 0 || time::now().duration_since(contact.updated_at) >= LAG;
        let joined = past.joined_by(import, id);
        for other in &joined {
            past.history.extend(self.entries(workspace, *other, None, ENTRIES).await?);
        }
        if !joined.is_empty() {
            past.joins = self.joins(workspace, id).await?;
        }
        // One of several may have been joined into another of them.
        for other in joined.iter().filter(|_| joined.len() > 1) {
            past.joins.extend(self.joins(workspace, *other).await?);
        }
        let records = self.read_with_retries(workspace, &[], &joined).await?.records;
        let contact_of = |join: &Join| records.get(&join.other)?.as_ref()?.contact();
        let identifiers =
            past.joins.iter().filter_map(|join| Some(join.identifiers(contact_of(join)?))).flatten().collect();
        // Those joined into it by others are read to tell whether the import created all of it.
        let joined = if contact.has_something_of(import) { contact.joined } else { joined };
        Ok(Candidate { past, joined, identifiers, is_current, ..candidate })
    }

    /// Takes back the import from as many of these contacts as fit a transaction.
    async fn undo_batch(
        &self,
        workspace: &Workspace,
        import: ImportId,
        caller: &Caller,
        candidates: &[Candidate],
    ) -> Result<Batch, BookError> {
        let wanted = |(): &()| Wanted {
            identifiers: candidates.iter().flat_map(|candidate| candidate.identifiers.iter().cloned()).collect(),
            ids: candidates
                .iter()
                .flat_map(|candidate| [candidate.id].into_iter().chain(candidate.joined.clone()))
                .collect(),
        };
        // Conflicts are dismissed on both of their contacts.
        let also = |(): &(), reads: &Reads| {
            let live = reads.records.values().flatten().filter_map(live);
            live.flat_map(|contact| contact.conflicts.into_iter().map(|conflict| conflict.contact)).collect()
        };
        let decide = |book: &mut Snapshot, (): &(), now: Timestamp| -> Result<Result<Batch, BookError>, Torn> {
            let mut batch = Batch::default();
            for candidate in candidates {
                let is_full = book.write_count() >= ITEMS_A_WRITE || book.custom_bytes() >= CUSTOM_BYTES_A_WRITE;
                if batch.decided > 0 && is_full {
                    break;
                }
                batch.decided += 1;
                // Deleted or joined meanwhile, it has left the list.
                let Some(contact) = book.live(candidate.id) else { continue };
                if contact.version != candidate.version {
                    batch.again.push(candidate.id);
                    continue;
                }
                let undone = undo_import(book, candidate.id, import, &candidate.past, caller, now)?;
                undone.into_iter().for_each(|undone| batch.counts.add(undone));
            }
            book.settle(now);
            Ok(Ok(batch))
        };
        let note = |batch: &Batch| self.undo_counted(workspace, import, batch.counts).map(Some);
        let read = |_: &Settings| Ok(());
        let batch = self.decide_and_note(workspace, read, wanted, also, decide, note);
        Box::pin(batch).await?
    }

    /// Adds counts to the import's undo.
    fn undo_counted(
        &self,
        workspace: &Workspace,
        import: ImportId,
        mut counts: UndoCounts,
    ) -> Result<TransactWriteItem, Fault> {
        let mut update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(Key::import(workspace, import))))
            .condition_expression("attribute_exists(#started_at)")
            .expression_attribute_names("#started_at", STARTED_AT)
            .expression_attribute_names("#progressed_at", PROGRESSED_AT)
            .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
        let mut add = Vec::new();
        for (name, count) in COUNTS {
            add.push(format!("#{name} :{name}"));
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), item::number(*count(&mut counts)));
        }
        let update = update.update_expression(format!("SET #progressed_at = :now ADD {}", add.join(", "))).build();
        let update = update.map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn live(record: &Record) -> Option<Contact> {
    match record {
        Record::Live(contact) => Some(contact.clone()),
        Record::Joined { .. } | Record::Deleted(_) => None,
    }
}
