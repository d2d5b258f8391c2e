//! Taking back an import: a job that goes through all contacts, as the import itself may have changed any.
//!
//! What is taken back of a contact is decided by [`contacts::undo_import()`], for several contacts at once. The transaction
//! that writes them also counts them, and each of them remembers that it was counted. So the job may be stopped at any point
//! and run again, also twice at the same time: every contact counts once.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use contacts::{
    Caller, Contact, ContactEvent, ContactId, HistoryEntry, Identifier, ImportId, Past, Record, Settings, Snapshot,
    Torn, Undone, Workspace, time, undo_import,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::steps::done;
use super::{Import, ImportStatus};
use crate::decide::Wanted;
use crate::error::{self, Fault};
use crate::history::READS_AT_ONCE;
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::Key;
use crate::read::Reads;
use crate::{BookError, ContactBook};

/// When the undo was asked for. The attribute exists as soon as it was.
pub(super) const STARTED_AT: &str = "undo_started_at";
const PROGRESSED_AT: &str = "undo_progressed_at";
const FINISHED_AT: &str = "undo_finished_at";
/// Who asked for it.
const CAUSE: &str = "undo_cause";

type Count = fn(&mut UndoCounts) -> &mut u64;

/// The counts, by the names of their attributes.
const COUNTS: [(&str, Count); 3] = [
    ("undo_removed", |counts| &mut counts.removed),
    ("undo_restored", |counts| &mut counts.restored),
    ("undo_kept", |counts| &mut counts.kept),
];

/// The most contacts of one transaction.
const CONTACTS_A_WRITE: usize = 25;
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
/// The interval between two updates of the undo's progress while there is nothing to take back.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// Rows may be folded for so long after their import has failed or was cancelled.
const LATE_ROWS: SignedDuration = SignedDuration::from_mins(15);

/// The undo of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUndo {
    /// Who asked for it.
    pub caller: Caller,
    /// When a person asked for it.
    pub started_at: Timestamp,
    /// When it last made progress.
    pub progressed_at: Timestamp,
    /// When it was complete.
    pub finished_at: Option<Timestamp>,
    /// What it did so far.
    pub counts: UndoCounts,
}

/// What an undo did to the contacts that the import touched. Two contacts that the import had joined count as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndoCounts {
    /// Contacts that were deleted. See [`Undone::Removed`].
    pub removed: u64,
    /// Contacts that are as they were before. See [`Undone::Restored`].
    pub restored: u64,
    /// Contacts that keep something. See [`Undone::Kept`].
    pub kept: u64,
}

/// Why an import cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefused {
    /// The import has not ended.
    #[error("the import has not ended; cancel it first")]
    Runs,
    /// A dry run wrote no contacts.
    #[error("a dry run has changed nothing")]
    DryRun,
    /// The import has been taken back.
    #[error("the import has been undone already")]
    Undone,
}

impl ImportUndo {
    /// Whether it is not complete, and has made no progress for `span`.
    pub fn stands_still(&self, span: SignedDuration) -> bool {
        self.finished_at.is_none() && time::now().duration_since(self.progressed_at) >= span
    }
}

impl UndoCounts {
    fn add(&mut self, undone: Undone) {
        match undone {
            Undone::Removed => self.removed += 1,
            Undone::Restored => self.restored += 1,
            Undone::Kept => self.kept += 1,
        }
    }

    fn total(self) -> u64 {
        self.removed + self.restored + self.kept
    }
}

pub(super) fn read_undo(item: &Item) -> Result<Option<ImportUndo>, MalformedItem> {
    let Some(started_at) = optional(item, STARTED_AT, Item::moment)? else { return Ok(None) };
    let mut counts = UndoCounts::default();
    for (name, count) in COUNTS {
        *count(&mut counts) = optional(item, name, Item::number)?.unwrap_or_default();
    }
    let cause = item::read_cause_at(item, CAUSE).ok_or(MalformedItem(CAUSE))?;
    Ok(Some(ImportUndo {
        caller: Caller { actor: cause.actor, request: cause.request },
        started_at,
        progressed_at: optional(item, PROGRESSED_AT, Item::moment)?.unwrap_or(started_at),
        finished_at: optional(item, FINISHED_AT, Item::moment)?,
        counts,
    }))
}

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
    /// Starts the undo of an import. If it runs already, it is left as it is.
    ///
    /// # Errors
    /// The outer error is the book's: the table is unavailable for longer than its retry limit. The inner one is the refusal.
    pub async fn begin_undo(
        &self,
        workspace: &Workspace,
        import: ImportId,
        caller: &Caller,
    ) -> Result<Result<(), UndoRefused>, BookError> {
        let ended = [ImportStatus::Completed, ImportStatus::Failed, ImportStatus::Cancelled];
        let now = time::now();
        let begun = self.retry(|| async {
            let statuses: Vec<String> = ended.iter().map(|status| format!(":{}", status.as_str())).collect();
            let update = self
                .update_import(workspace, import, &ended)
                .update_expression("SET #started_at = :now, #progressed_at = :now, #by = :by")
                .condition_expression(format!(
                    "#status IN ({}) AND attribute_not_exists(#started_at) AND #dry_run = :no",
                    statuses.join(", ")
                ))
                .expression_attribute_names("#started_at", STARTED_AT)
                .expression_attribute_names("#progressed_at", PROGRESSED_AT)
                .expression_attribute_names("#by", CAUSE)
                .expression_attribute_names("#dry_run", "dry_run")
                .expression_attribute_values(":now", item::number(now.as_millisecond()))
                .expression_attribute_values(":by", item::cause(&caller.cause(None, now)))
                .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false));
            done(update.send().await)
        });
        if begun.await? {
            return Ok(Ok(()));
        }
        let import = self.import_order(workspace, import).await?;
        Ok(match import {
            Some(import) if !import.status.is_final() => Err(UndoRefused::Runs),
            Some(import) if import.dry_run => Err(UndoRefused::DryRun),
            Some(Import { undo: Some(undo), .. }) if undo.finished_at.is_none() => Ok(()),
            _ => Err(UndoRefused::Undone),
        })
    }

    /// Takes back an import whose undo has begun, until `deadline`. Returns whether it is complete; if not, call it again.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit, or the history of contacts for longer than
    /// that. It may be repeated.
    pub async fn undo_import(
        &self,
        workspace: &Workspace,
        import: ImportId,
        deadline: Instant,
    ) -> Result<bool, BookError> {
        let Some(import) = self.import_order(workspace, import).await? else { return Ok(true) };
        let Some(undo) = import.undo.as_ref().filter(|undo| undo.finished_at.is_none()) else { return Ok(true) };
        loop {
            let Some(undone) = self.undo_once(workspace, &import, &undo.caller, deadline).await? else {
                return Ok(false);
            };
            // A worker of an import that was ended early may have written behind this reader.
            let ended_early = import.status != ImportStatus::Completed
                && import.finished_at.is_none_or(|at| time::now().duration_since(at) < LATE_ROWS);
            if undone == 0 || !ended_early {
                break;
            }
        }
        self.save_undo(workspace, import.id, FINISHED_AT).await?;
        Ok(true)
    }

    /// Goes through all contacts once. Returns how many were taken back; `None` if the time was up.
    async fn undo_once(
        &self,
        workspace: &Workspace,
        import: &Import,
        caller: &Caller,
        deadline: Instant,
    ) -> Result<Option<u64>, BookError> {
        let mut all = self.all_contacts(workspace).await?;
        let history_days = all.settings().history_days;
        let since = import.started_at.unwrap_or(import.created_at);
        let (mut undone, mut saved) = (0, Instant::now());
        while let Some(page) = all.next_page().await? {
            let may_be = |contact: &Contact| {
                contact.has_something_of(import.id) || (contact.version > 1 && contact.updated_at >= since)
            };
            let mut contacts: Vec<Contact> = page.into_iter().filter(may_be).collect();
            while !contacts.is_empty() {
                if Instant::now() >= deadline {
                    return Ok(None);
                }
                let batch: Vec<Contact> = contacts.drain(..contacts.len().min(CONTACTS_A_WRITE)).collect();
                undone += self.undo_some(workspace, import.id, caller, batch, history_days).await?;
                saved = Instant::now();
            }
            if saved.elapsed() >= SAVE_EVERY {
                saved = Instant::now();
                self.save_undo(workspace, import.id, PROGRESSED_AT).await?;
            }
        }
        Ok(Some(undone))
    }

    /// Takes back the import from some contacts. Returns from how many.
    async fn undo_some(
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
        let mut history = self.entries(workspace, id, None, ENTRIES).await?;
        let newest = history.first().map(|entry| entry.version);
        let is_current =
            newest == Some(version) || history_days == 0 || time::now().duration_since(contact.updated_at) >= LAG;
        let joined = joined_by(import, &history);
        for other in &joined {
            history.extend(self.entries(workspace, *other, None, ENTRIES).await?);
        }
        let joins = if joined.is_empty() { Vec::new() } else { self.joins(workspace, id).await? };
        let records = self.read_with_retries(workspace, &[], &joined).await?.records;
        let held = records.values().flatten().filter_map(Record::contact).flat_map(|contact| {
            contact.identifiers.owned().map(|held| held.identifier.clone()).collect::<Vec<Identifier>>()
        });
        let identifiers = held.collect();
        // Those joined into it by others are read to tell whether the import created all of it.
        let joined = if contact.has_something_of(import) { contact.joined } else { joined };
        Ok(Candidate { past: Past { history, joins }, joined, identifiers, is_current, ..candidate })
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

    /// Notes when the undo made progress or was complete.
    async fn save_undo(&self, workspace: &Workspace, import: ImportId, attribute: &str) -> Result<(), BookError> {
        self.retry(|| async {
            let update = self
                .client
                .update_item()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::import(workspace, import))))
                .update_expression("SET #at = :now")
                .condition_expression("attribute_exists(#started_at)")
                .expression_attribute_names("#at", attribute)
                .expression_attribute_names("#started_at", STARTED_AT)
                .expression_attribute_values(":now", item::number(time::now().as_millisecond()));
            update.send().await.map(drop).map_err(error::of)
        })
        .await
    }
}

fn live(record: &Record) -> Option<Contact> {
    match record {
        Record::Live(contact) => Some(contact.clone()),
        Record::Joined { .. } | Record::Deleted(_) => None,
    }
}

/// The contacts that the import joined into the one whose history this is.
fn joined_by(import: ImportId, history: &[HistoryEntry]) -> Vec<ContactId> {
    let is_by_import = |entry: &&HistoryEntry| {
        let actor = entry.cause.as_ref().map(|cause| &cause.actor);
        entry.event == ContactEvent::Joined && actor == Some(&contacts::Actor::Import(import))
    };
    let mut joined = Vec::new();
    for change in history.iter().filter(is_by_import).flat_map(|entry| &entry.changes) {
        if let contacts::Change::Joined { before, after } = change {
            joined.extend(after.iter().filter(|id| !before.contains(id)).copied());
        }
    }
    joined.sort();
    joined.dedup();
    joined
}
