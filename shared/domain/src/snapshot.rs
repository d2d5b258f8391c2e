//! The part of the book that a decision reads and changes.
//!
//! A decision ([`crate::fold()`], [`crate::edit()`], …) changes only a snapshot. [`Snapshot::writes`] returns the
//! changes, and the conditions under which they may be written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::cause::Cause;
use crate::contact::Contact;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::observation::Conversation;
use crate::record::{Claim, ClaimNote, Join, Record, Tombstone};
use crate::settings::Settings;
use crate::write::{ReadClaim, Write};

/// The most joins that an id is followed through. Chains are shortened whenever they are read, so a longer one is a loop.
pub const MAX_CHAIN: usize = 32;

/// The most contacts that a claim names as showing the identifier.
pub const MAX_SHARED_BY: usize = 100;
/// The most deleted contacts that a claim notes of those from which it was taken over. The oldest ones go first.
pub const MAX_TAKEN_FROM: usize = 10;

/// The parts of the book that a decision looks at.
#[derive(Debug, Default)]
pub struct Snapshot {
    settings: SettingsSlot,
    cause: Option<Cause>,
    // In boxes, because a map makes room for eleven values at once, and a decision has few.
    claims: BTreeMap<Identifier, Box<ClaimSlot>>,
    records: BTreeMap<ContactId, Box<RecordSlot>>,
    /// When the contacts of identifiers were erased that are in the ledger.
    erased: BTreeMap<Identifier, Timestamp>,
    links: Vec<(ContactId, Conversation)>,
    unlinked: Vec<(ContactId, Conversation)>,
    joins: Vec<(ContactId, Join)>,
    removed_joins: Vec<(ContactId, Join)>,
    /// The deleted contacts from which claims are taken.
    taken_from: BTreeSet<ContactId>,
}

#[derive(Debug, Default)]
struct SettingsSlot {
    read: Settings,
    now: Settings,
}

/// The value of each key; `None` where there is no item.
type State<K, V> = Vec<(K, Option<V>)>;

#[derive(Debug)]
struct ClaimSlot {
    read: ReadClaim,
    now: Option<Claim>,
    changed: bool,
}

#[derive(Debug)]
struct RecordSlot {
    read: Option<u64>,
    now: Option<Record>,
    changed: bool,
    /// A contact as it was read, once it has been changed.
    before: Option<Contact>,
    /// Why it was changed last.
    cause: Option<Cause>,
}

/// Where an identifier leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// To no contact: it may be claimed.
    Unclaimed,
    /// To a live contact.
    Live(ContactId),
    /// To no contact for this observation, and it may not be claimed. The observation is older than the deletion of the
    /// contact (or of the contact from which the claim was taken over), or older than the edit that removed the identifier.
    Suppressed,
}

/// The reads contradict each other, because something was written between them. Read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the book changed while it was read")]
pub struct Torn;

impl Snapshot {
    /// Records the settings that were read.
    pub fn note_settings(&mut self, settings: Settings) {
        self.settings = SettingsSlot { read: settings.clone(), now: settings };
    }

    /// The settings of the workspace.
    pub fn settings(&self) -> &Settings {
        &self.settings.now
    }

    /// The settings, mutable.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings.now
    }

    /// Sets the cause of the changes that follow.
    pub fn begin(&mut self, cause: Cause) {
        self.cause = Some(cause);
    }

    /// Records the claim that was read for an identifier.
    pub fn note_claim(&mut self, identifier: Identifier, claim: Option<Claim>) {
        let read = claim.as_ref().map_or(ReadClaim::Absent, |claim| ReadClaim::Of {
            contact: claim.contact,
            shared_by: claim.shared_by.len(),
        });
        self.claims.insert(identifier, Box::new(ClaimSlot { read, now: claim, changed: false }));
    }

    /// Records that an identifier's claim has expired but is still stored. It leads nowhere and may be taken over.
    pub fn note_expired_claim(&mut self, identifier: Identifier, contact: ContactId) {
        // The claim of a deleted contact names no others.
        let read = ReadClaim::Of { contact, shared_by: 0 };
        self.claims.insert(identifier, Box::new(ClaimSlot { read, now: None, changed: false }));
    }

    /// Records that the ledger of erasures has an identifier.
    pub fn note_erased(&mut self, identifier: Identifier, at: Timestamp) {
        self.erased.insert(identifier, at);
    }

    /// When the person with an identifier was erased, if the ledger has the identifier.
    pub(crate) fn erased_at(&self, identifier: &Identifier) -> Option<Timestamp> {
        self.erased.get(identifier).copied()
    }

    /// Records the record that was read for a contact's id.
    pub fn note_record(&mut self, id: ContactId, record: Option<Record>) {
        let read = record.as_ref().map(Record::version);
        self.records.insert(id, Box::new(RecordSlot { read, now: record, ..RecordSlot::UNREAD }));
    }

    /// The record of an id.
    pub fn record(&self, id: ContactId) -> Option<&Record> {
        self.records.get(&id)?.now.as_ref()
    }

    /// A live contact.
    pub fn live(&self, id: ContactId) -> Option<&Contact> {
        match self.record(id)? {
            Record::Live(contact) => Some(contact),
            Record::Joined { .. } | Record::Deleted(_) => None,
        }
    }

    pub(crate) fn claim(&self, identifier: &Identifier) -> Option<&Claim> {
        self.claims.get(identifier)?.now.as_ref()
    }

    /// Where an identifier leads for an observation made at `at`.
    pub(crate) fn resolve(&self, identifier: &Identifier, at: Timestamp) -> Result<Resolution, Torn> {
        let Some(claim) = &self.claims.get(identifier).ok_or(Torn)?.now else {
            return Ok(Resolution::Unclaimed);
        };
        if let ClaimNote::Unlinked(_) = claim.note {
            return Ok(Resolution::Unclaimed);
        }
        match self.follow(claim.contact, at)? {
            // The contact gave up the identifier between the reads of the claim and of the contact.
            Resolution::Live(id) if identifier.is_listed() && !self.live(id).ok_or(Torn)?.holds(identifier) => {
                Err(Torn)
            }
            Resolution::Live(_) if claim.void_before.is_some_and(|deleted| at < deleted) => Ok(Resolution::Suppressed),
            resolution => Ok(resolution),
        }
    }

    /// Where a contact's id leads, through joins, for an observation made at `at`.
    pub(crate) fn follow(&self, id: ContactId, at: Timestamp) -> Result<Resolution, Torn> {
        Ok(match self.end_of(id)? {
            Some(Record::Live(contact)) => Resolution::Live(contact.id),
            Some(Record::Deleted(tombstone)) if at < tombstone.at && self.is_held_off(tombstone) => {
                Resolution::Suppressed
            }
            _ => Resolution::Unclaimed,
        })
    }

    /// Whether a deletion holds off older observations like this one. That of a person holds off all; the undo of an import
    /// holds off the import's own rows, whose chunks may be delivered late.
    fn is_held_off(&self, tombstone: &Tombstone) -> bool {
        let source = self.cause.as_ref().and_then(|cause| cause.source.as_ref());
        tombstone.undone_import().is_none_or(|import| source.is_some_and(|source| source.is_row_of(import)))
    }

    /// The live or deleted contact at the end of a chain of joins; `None` if the chain leads to an id without a record.
    pub(crate) fn end_of(&self, id: ContactId) -> Result<Option<&Record>, Torn> {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match &self.records.get(&id).ok_or(Torn)?.now {
                Some(Record::Joined { into, .. }) => id = *into,
                record => return Ok(record.as_ref()),
            }
        }
        Err(Torn)
    }

    pub(crate) fn live_mut(&mut self, id: ContactId) -> Result<&mut Contact, Torn> {
        let slot = self.records.get_mut(&id).ok_or(Torn)?;
        match &mut slot.now {
            Some(Record::Live(contact)) => {
                if !slot.changed {
                    slot.before = Some(contact.clone());
                }
                slot.changed = true;
                slot.cause.clone_from(&self.cause);
                Ok(contact)
            }
            _ => Err(Torn),
        }
    }

    /// A live contact, or a deleted one that can be restored. It stays deleted, and by whom.
    pub(crate) fn kept_mut(&mut self, id: ContactId) -> Result<&mut Contact, Torn> {
        if self.live(id).is_some() {
            return self.live_mut(id);
        }
        let slot = self.records.get_mut(&id).ok_or(Torn)?;
        match &mut slot.now {
            Some(Record::Deleted(Tombstone { contact: Some(contact), cause, .. })) => {
                slot.changed = true;
                slot.cause.clone_from(cause);
                Ok(contact)
            }
            _ => Err(Torn),
        }
    }

    pub(crate) fn add(&mut self, contact: Contact) {
        let slot = self.records.entry(contact.id).or_insert_with(|| Box::new(RecordSlot::UNREAD));
        slot.change(Record::Live(contact), self.cause.as_ref());
    }

    pub(crate) fn replace(&mut self, record: Record) -> Result<(), Torn> {
        let slot = self.records.get_mut(&record.id()).ok_or(Torn)?;
        slot.change(record, self.cause.as_ref());
        Ok(())
    }

    /// When the contact to which a claim leads was deleted, or the one from which the claim was taken over.
    fn deleted_at(&self, claim: &Claim) -> Option<Timestamp> {
        let mut id = claim.contact;
        for _ in 0..MAX_CHAIN {
            match self.record(id) {
                Some(Record::Joined { into, .. }) => id = *into,
                Some(Record::Deleted(tombstone)) if tombstone.undone_import().is_none() => {
                    return claim.void_before.max(Some(tombstone.at));
                }
                Some(Record::Deleted(_) | Record::Live(_)) | None => break,
            }
        }
        claim.void_before
    }

    /// Claims an identifier for a contact.
    pub(crate) fn take(
        &mut self,
        identifier: Identifier,
        contact: ContactId,
        note: ClaimNote,
        expires_at: Option<Timestamp>,
    ) {
        let known = self.claim(&identifier);
        let void_before = known.and_then(|claim| self.deleted_at(claim));
        let mut shared_by = known.map(|claim| claim.shared_by.clone()).unwrap_or_default();
        let mut taken_from = known.map(|claim| claim.taken_from.clone()).unwrap_or_default();
        // A deleted contact keeps its links, so that it can be restored, but not that of a conversation which starts anew.
        if let Some(claim) = known
            && let Ok(Some(Record::Deleted(tombstone))) = self.end_of(claim.contact)
        {
            let (deleted, holder, is_kept) = (tombstone.id, claim.contact, tombstone.contact.is_some());
            if let ClaimNote::Conversation(conversation) = &claim.note {
                let link = (holder, conversation.clone());
                self.unlinked.push(link);
            }
            if is_kept && !taken_from.contains(&deleted) {
                taken_from.drain(..(taken_from.len() + 1).saturating_sub(MAX_TAKEN_FROM));
                taken_from.push(deleted);
            }
            self.taken_from.insert(deleted);
        }
        shared_by.retain(|other| *other != contact);
        let slot = self.claims.entry(identifier).or_insert_with(|| Box::new(ClaimSlot::UNREAD));
        slot.now = Some(Claim { contact, note, expires_at, void_before, taken_from, shared_by });
        slot.changed = true;
    }

    /// Writes a claim that was read once more, for the contact that had it, so that a writer who takes it over at the same
    /// time loses the race. It leads there directly, also if it led there through a contact that was joined.
    pub(crate) fn keep_claim(&mut self, identifier: &Identifier, contact: ContactId) -> Result<(), Torn> {
        let slot = self.claims.get_mut(identifier).ok_or(Torn)?;
        slot.now.as_mut().ok_or(Torn)?.contact = contact;
        slot.changed = true;
        Ok(())
    }

    /// Whether other contacts than its owner show an identifier.
    pub(crate) fn is_shared(&self, identifier: &Identifier) -> bool {
        self.claim(identifier).is_some_and(|claim| !claim.shared_by.is_empty())
    }

    /// Records that a contact shows an identifier that it does not own. Returns whether that was unknown.
    pub(crate) fn share(&mut self, identifier: &Identifier, contact: ContactId) -> Result<bool, Torn> {
        let owner = self.claim(identifier).ok_or(Torn)?.contact;
        // The contact that guards the claim must be live.
        let Resolution::Live(owner) = self.follow(owner, Timestamp::MAX)? else { return Err(Torn) };
        let slot = self.claims.get_mut(identifier).ok_or(Torn)?;
        let claim = slot.now.as_mut().ok_or(Torn)?;
        if owner == contact || claim.shared_by.contains(&contact) || claim.shared_by.len() >= MAX_SHARED_BY {
            return Ok(false);
        }
        claim.contact = owner;
        claim.shared_by.push(contact);
        slot.changed = true;
        Ok(true)
    }

    /// Notes the current cause on a record that this decision has changed, also if it changed it for another reason since. A
    /// live contact is then written even if it says the same as before.
    pub(crate) fn mark(&mut self, id: ContactId) -> Result<(), Torn> {
        let slot = self.records.get_mut(&id).ok_or(Torn)?;
        slot.cause.clone_from(&self.cause);
        slot.changed = true;
        slot.before = None;
        Ok(())
    }

    /// Removes a claim.
    pub(crate) fn release(&mut self, identifier: Identifier) {
        let slot = self.claims.entry(identifier).or_insert_with(|| Box::new(ClaimSlot::UNREAD));
        slot.now = None;
        slot.changed = true;
    }

    /// Links a conversation to a contact. An earlier link of this decision is replaced: one item is written once.
    pub(crate) fn link(&mut self, contact: ContactId, conversation: Conversation) {
        self.links.retain(|(_, known)| known.info.id != conversation.info.id);
        self.links.push((contact, conversation));
    }

    /// Removes the link of a conversation, if there was one before this decision.
    pub(crate) fn unlink(&mut self, contact: ContactId, conversation: Conversation) {
        let identifier = Identifier::Conversation(conversation.info.id.clone());
        self.links.retain(|(_, known)| known.info.id != conversation.info.id);
        if self.claims.get(&identifier).is_none_or(|claim| claim.read != ReadClaim::Absent) {
            self.unlinked.push((contact, conversation));
        }
    }

    pub(crate) fn record_join(&mut self, survivor: ContactId, join: Join) {
        self.joins.push((survivor, join));
    }

    pub(crate) fn remove_join(&mut self, survivor: ContactId, join: Join) {
        self.removed_joins.push((survivor, join));
    }

    /// Closes the decision: every changed record gets its next version and its cause. A contact whose changes cancel each
    /// other out is left as it was read.
    pub fn settle(&mut self, now: Timestamp) {
        if self.settings.now != self.settings.read {
            self.settings.now.version = self.settings.read.version + 1;
            self.settings.now.cause.clone_from(&self.cause);
        }
        for slot in self.records.values_mut().filter(|slot| slot.changed) {
            if let (Some(before), Some(Record::Live(contact)), Some(_)) = (&slot.before, &slot.now, slot.read)
                && before.says_the_same(contact)
            {
                slot.now = slot.before.take().map(Record::Live);
                slot.changed = false;
                continue;
            }
            let version = slot.read.unwrap_or(0) + 1;
            match &mut slot.now {
                Some(Record::Live(contact)) => {
                    contact.version = version;
                    contact.updated_at = now;
                    contact.cause.clone_from(&slot.cause);
                }
                Some(Record::Joined { contact, .. }) => {
                    contact.version = version;
                    contact.cause.clone_from(&slot.cause);
                }
                Some(Record::Deleted(tombstone)) => {
                    tombstone.version = version;
                    tombstone.cause.clone_from(&slot.cause);
                }
                None => {}
            }
        }
    }

    /// All claims and records after the decision, changed or not.
    pub fn into_state(self) -> (State<Identifier, Claim>, State<ContactId, Record>) {
        let claims = self.claims.into_iter().map(|(identifier, slot)| (identifier, slot.now));
        let records = self.records.into_iter().map(|(id, slot)| (id, slot.now));
        (claims.collect(), records.collect())
    }

    /// How many bytes custom values take of what would be written. They are the bulk of a large contact.
    pub fn custom_bytes(&self) -> usize {
        let changed = self.records.values().filter(|slot| slot.changed);
        let bytes = changed.map(|slot| match &slot.now {
            Some(record) => record.contact().map_or(0, Contact::custom_item_bytes),
            None => 0,
        });
        bytes.sum()
    }

    /// How many items would be written.
    pub fn write_count(&self) -> usize {
        self.writes().len()
    }

    /// The items to be written, all or none.
    pub fn writes(&self) -> Vec<Write<'_>> {
        let mut writes = Vec::new();
        if self.settings.now != self.settings.read {
            writes.push(Write::Settings { settings: &self.settings.now, read: self.settings.read.version });
        }
        for slot in self.records.values().filter(|slot| slot.changed) {
            if let Some(record) = &slot.now {
                writes.push(Write::Record { record, read: slot.read });
            }
        }
        for (identifier, slot) in self.claims.iter().filter(|(_, slot)| slot.changed) {
            match &slot.now {
                Some(claim) => {
                    writes.push(Write::Claim { identifier, claim, read: slot.read });
                    let guarded = self.records.get(&claim.contact).is_some_and(|record| record.changed);
                    let guard = Write::StillLive { contact: claim.contact };
                    if !guarded && !writes.contains(&guard) {
                        writes.push(guard);
                    }
                }
                // Claimed and given up within this snapshot.
                None if slot.read == ReadClaim::Absent => {}
                None => writes.push(Write::Release { identifier, read: slot.read }),
            }
        }
        for contact in &self.taken_from {
            if let Some(RecordSlot { now: Some(Record::Deleted(tombstone)), changed: false, .. }) =
                self.records.get(contact).map(|slot| &**slot)
            {
                writes.push(Write::StillDeleted { contact: *contact, version: tombstone.version });
            }
        }
        writes.extend(self.links.iter().map(|(contact, conversation)| Write::Link { contact: *contact, conversation }));
        let unlinked = self.unlinked.iter();
        writes.extend(unlinked.map(|(contact, conversation)| Write::Unlink { contact: *contact, conversation }));
        writes.extend(self.joins.iter().map(|(contact, join)| Write::Join { contact: *contact, join }));
        let removed = self.removed_joins.iter();
        writes.extend(removed.map(|(contact, join)| Write::RemoveJoin { contact: *contact, join }));
        writes
    }
}

impl RecordSlot {
    const UNREAD: RecordSlot = RecordSlot { read: None, now: None, changed: false, before: None, cause: None };

    fn change(&mut self, record: Record, cause: Option<&Cause>) {
        self.now = Some(record);
        self.changed = true;
        self.cause = cause.cloned();
    }
}

impl ClaimSlot {
    const UNREAD: ClaimSlot = ClaimSlot { read: ReadClaim::Unread, now: None, changed: false };
}
