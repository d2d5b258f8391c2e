//! The part of the book that a decision reads and changes.
//!
//! A decision ([`crate::fold()`], [`crate::edit()`], …) changes only a snapshot. [`Snapshot::writes`] returns the
//! changes, and the conditions under which they may be written.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cause::Cause;
use crate::contact::Contact;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::observation::Conversation;
use crate::record::{Claim, ClaimNote, Join, Record};
use crate::settings::Settings;

/// The most joins that an id is followed through. Chains are shortened whenever they are read, so a longer one is a loop.
pub const MAX_CHAIN: usize = 32;

/// One item to write, and the state that it must still have.
#[derive(Debug, PartialEq, Eq)]
pub enum Write<'a> {
    /// The settings of the workspace.
    Settings {
        /// The new settings.
        settings: &'a Settings,
        /// The version that was read.
        read: u64,
    },
    /// The record of a contact.
    Record {
        /// The new record.
        record: &'a Record,
        /// The version that was read; `None` for a new contact.
        read: Option<u64>,
    },
    /// A claim.
    Claim {
        /// The claimed identifier.
        identifier: &'a Identifier,
        /// The new claim.
        claim: &'a Claim,
        /// What was read.
        read: ReadClaim,
    },
    /// A claim that is removed. Only the contact that holds the identifier does this, in the write that changes the
    /// contact, so the condition on the contact's version guards both.
    Release {
        /// The identifier.
        identifier: &'a Identifier,
        /// What was read.
        read: ReadClaim,
    },
    /// A link from a contact to a conversation.
    Link {
        /// The contact.
        contact: ContactId,
        /// The conversation.
        conversation: &'a Conversation,
    },
    /// The record of a join.
    Join {
        /// The survivor.
        contact: ContactId,
        /// The record.
        join: &'a Join,
    },
    /// No write, but a condition: the other writes rely on the contact being live.
    StillLive {
        /// The contact.
        contact: ContactId,
    },
}

/// The state of a claim before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadClaim {
    /// It was not read: the contact that is written with it holds the identifier, so the condition on the contact's version
    /// guards both.
    Unread,
    /// There was no claim.
    Absent,
    /// It led to this contact.
    Of(ContactId),
}

/// The parts of the book that a decision looks at.
#[derive(Debug, Default)]
pub struct Snapshot {
    settings: SettingsSlot,
    cause: Option<Cause>,
    claims: BTreeMap<Identifier, ClaimSlot>,
    records: BTreeMap<ContactId, RecordSlot>,
    links: Vec<(ContactId, Conversation)>,
    joins: Vec<(ContactId, Join)>,
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
        let read = claim.as_ref().map_or(ReadClaim::Absent, |claim| ReadClaim::Of(claim.contact));
        self.claims.insert(identifier, ClaimSlot { read, now: claim, changed: false });
    }

    /// Records that an identifier's claim has expired but is still stored. It leads nowhere and may be taken over.
    pub fn note_expired_claim(&mut self, identifier: Identifier, contact: ContactId) {
        self.claims.insert(identifier, ClaimSlot { read: ReadClaim::Of(contact), now: None, changed: false });
    }

    /// Records the record that was read for a contact's id.
    pub fn note_record(&mut self, id: ContactId, record: Option<Record>) {
        let read = record.as_ref().map(Record::version);
        self.records.insert(id, RecordSlot { read, now: record, ..RecordSlot::UNREAD });
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
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match &self.records.get(&id).ok_or(Torn)?.now {
                None => return Ok(Resolution::Unclaimed),
                Some(Record::Live(_)) => return Ok(Resolution::Live(id)),
                Some(Record::Deleted(tombstone)) if at < tombstone.at => return Ok(Resolution::Suppressed),
                Some(Record::Deleted(_)) => return Ok(Resolution::Unclaimed),
                Some(Record::Joined { into, .. }) => id = *into,
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

    pub(crate) fn add(&mut self, contact: Contact) {
        let slot = self.records.entry(contact.id).or_insert(RecordSlot::UNREAD);
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
                Some(Record::Deleted(tombstone)) => return claim.void_before.max(Some(tombstone.at)),
                Some(Record::Live(_)) | None => break,
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
        let void_before = self.claim(&identifier).and_then(|claim| self.deleted_at(claim));
        let slot = self.claims.entry(identifier).or_insert(ClaimSlot::UNREAD);
        slot.now = Some(Claim { contact, note, expires_at, void_before });
        slot.changed = true;
    }

    /// Writes a claim that was not read. Its contact holds the identifier and is written in the same decision.
    pub(crate) fn keep_claim(&mut self, identifier: Identifier, claim: Claim) {
        self.claims.insert(identifier, ClaimSlot { now: Some(claim), changed: true, ..ClaimSlot::UNREAD });
    }

    /// Removes a claim.
    pub(crate) fn release(&mut self, identifier: Identifier) {
        let slot = self.claims.entry(identifier).or_insert(ClaimSlot::UNREAD);
        slot.now = None;
        slot.changed = true;
    }

    pub(crate) fn link(&mut self, contact: ContactId, conversation: Conversation) {
        self.links.push((contact, conversation));
    }

    pub(crate) fn record_join(&mut self, survivor: ContactId, join: Join) {
        self.joins.push((survivor, join));
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

    /// How many bytes of custom values would be written. They are the bulk of a large contact.
    pub fn custom_bytes(&self) -> usize {
        let changed = self.records.values().filter(|slot| slot.changed);
        let bytes = changed.map(|slot| match &slot.now {
            Some(Record::Live(contact) | Record::Joined { contact, .. }) => contact.custom_bytes(),
            Some(Record::Deleted(_)) | None => 0,
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
        writes.extend(self.links.iter().map(|(contact, conversation)| Write::Link { contact: *contact, conversation }));
        writes.extend(self.joins.iter().map(|(contact, join)| Write::Join { contact: *contact, join }));
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
