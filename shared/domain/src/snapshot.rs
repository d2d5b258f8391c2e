//! What was read of the book, and what it is to become.
//!
//! A decision ([`crate::fold()`], [`crate::edit()`], …) changes a snapshot and nothing else. What it changed, and under
//! which conditions that may be written, is [`Snapshot::changes`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::contact::Contact;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::observation::Conversation;
use crate::record::{Claim, ClaimNote, Join, Record};

/// The most contacts that an id is followed through. Chains are compressed when they are met, so a longer one is a loop.
pub const MAX_CHAIN: usize = 32;

/// One item to be written, and the state in which it must still be.
#[derive(Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// The record of a contact; `read` is the version that was read, `None` for a new contact.
    Record {
        /// What it becomes.
        record: &'a Record,
        /// The version read.
        read: Option<u64>,
    },
    /// A claim; `read` is what it was.
    Claim {
        /// Of this identifier.
        identifier: &'a Identifier,
        /// What it becomes.
        claim: &'a Claim,
        /// What was read.
        read: ReadClaim,
    },
    /// A claim that is given up. Only the contact that holds the identifier does this, in the write that changes the
    /// contact: the contact's version guards both.
    Release {
        /// Of this identifier.
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
    /// A record of a join.
    Join {
        /// The survivor.
        contact: ContactId,
        /// The record.
        join: &'a Join,
    },
    /// Nothing, provided that the contact is still live: what else is written relies on it.
    StillLive {
        /// The contact.
        contact: ContactId,
    },
}

/// What was read of a claim before it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadClaim {
    /// Nothing: the contact that is written with it holds the identifier, and its version guards both.
    Unread,
    /// There was none.
    Absent,
    /// It named this contact.
    Of(ContactId),
}

/// The parts of the book that a decision looks at.
#[derive(Debug, Default)]
pub struct Snapshot {
    claims: BTreeMap<Identifier, ClaimSlot>,
    records: BTreeMap<ContactId, RecordSlot>,
    links: Vec<(ContactId, Conversation)>,
    joins: Vec<(ContactId, Join)>,
}

/// What stands under each key.
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
}

/// Where an identifier leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// To nobody: it may be claimed.
    Free,
    /// To a live contact.
    Live(ContactId),
    /// To nobody for this observation: it is older than the deletion of the contact, or of the one from which the contact
    /// took the identifier over; or older than the act by which a person took it out.
    Void,
}

/// The reads do not fit together, because something was written between them: read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the book changed while it was read")]
pub struct Torn;

impl Snapshot {
    /// Notes what was read of an identifier's claim.
    pub fn note_claim(&mut self, identifier: Identifier, claim: Option<Claim>) {
        let read = claim.as_ref().map_or(ReadClaim::Absent, |claim| ReadClaim::Of(claim.contact));
        self.claims.insert(identifier, ClaimSlot { read, now: claim, changed: false });
    }

    /// Notes that an identifier's claim has expired, though it is still there: it is none, and may be taken over.
    pub fn note_expired_claim(&mut self, identifier: Identifier, contact: ContactId) {
        self.claims.insert(identifier, ClaimSlot { read: ReadClaim::Of(contact), now: None, changed: false });
    }

    /// Notes what was read under a contact's id.
    pub fn note_record(&mut self, id: ContactId, record: Option<Record>) {
        let read = record.as_ref().map(Record::version);
        self.records.insert(id, RecordSlot { read, now: record, changed: false, before: None });
    }

    /// What the snapshot holds under an id.
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

    /// Where an identifier leads for an observation of the moment `at`.
    pub(crate) fn lead(&self, identifier: &Identifier, at: Timestamp) -> Result<Lead, Torn> {
        let Some(claim) = &self.claims.get(identifier).ok_or(Torn)?.now else {
            return Ok(Lead::Free);
        };
        let lead = self.follow(claim.contact, at)?;
        match lead {
            // Between the reads of the claim and of the contact, the contact gave the identifier up.
            Lead::Live(id) if identifier.is_listed() && !self.live(id).ok_or(Torn)?.holds(identifier) => Err(Torn),
            Lead::Live(_) if claim.void_before.is_some_and(|deleted| at < deleted) => Ok(Lead::Void),
            lead => Ok(lead),
        }
    }

    /// Where a contact's id leads: through joins to a live contact, or to a deleted or forgotten one.
    pub(crate) fn follow(&self, id: ContactId, at: Timestamp) -> Result<Lead, Torn> {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match &self.records.get(&id).ok_or(Torn)?.now {
                None => return Ok(Lead::Free),
                Some(Record::Live(_)) => return Ok(Lead::Live(id)),
                Some(Record::Deleted(stub)) if at < stub.at => return Ok(Lead::Void),
                Some(Record::Deleted(_)) => return Ok(Lead::Free),
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
                Ok(contact)
            }
            _ => Err(Torn),
        }
    }

    pub(crate) fn add(&mut self, contact: Contact) {
        let slot = RecordSlot { read: None, now: None, changed: false, before: None };
        let slot = self.records.entry(contact.id).or_insert(slot);
        slot.now = Some(Record::Live(contact));
        slot.changed = true;
    }

    pub(crate) fn replace(&mut self, record: Record) -> Result<(), Torn> {
        let slot = self.records.get_mut(&record.id()).ok_or(Torn)?;
        slot.now = Some(record);
        slot.changed = true;
        Ok(())
    }

    /// When the contact was deleted that a claim leads to, or that it was taken over from.
    fn deleted_at(&self, claim: &Claim) -> Option<Timestamp> {
        let mut id = claim.contact;
        for _ in 0..MAX_CHAIN {
            match self.record(id) {
                Some(Record::Joined { into, .. }) => id = *into,
                Some(Record::Deleted(stub)) => return claim.void_before.max(Some(stub.at)),
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
        let slot = self.claims.entry(identifier).or_insert(ClaimSlot::UNKNOWN);
        slot.now = Some(Claim { contact, note, expires_at, void_before });
        slot.changed = true;
    }

    /// Leaves a claim, without having read it, to a contact that holds it and is being written. It expires.
    pub(crate) fn entrust(&mut self, identifier: Identifier, claim: Claim) {
        self.claims.insert(identifier, ClaimSlot { now: Some(claim), changed: true, ..ClaimSlot::UNKNOWN });
    }

    /// Gives a claim up.
    pub(crate) fn release(&mut self, identifier: Identifier) {
        let slot = self.claims.entry(identifier).or_insert(ClaimSlot::UNKNOWN);
        slot.now = None;
        slot.changed = true;
    }

    pub(crate) fn link(&mut self, contact: ContactId, conversation: Conversation) {
        self.links.push((contact, conversation));
    }

    pub(crate) fn record_join(&mut self, survivor: ContactId, join: Join) {
        self.joins.push((survivor, join));
    }

    /// Closes the decision: every changed record gets its next version. A contact that says in the end what it said
    /// before, because what was told of it took itself back, is left as it was read.
    pub fn settle(&mut self, now: Timestamp) {
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
                }
                Some(Record::Joined { contact, .. }) => contact.version = version,
                Some(Record::Deleted(stub)) => stub.version = version,
                None => {}
            }
        }
    }

    /// What the claims and records have become, changed or not.
    pub fn into_state(self) -> (State<Identifier, Claim>, State<ContactId, Record>) {
        let claims = self.claims.into_iter().map(|(identifier, slot)| (identifier, slot.now));
        let records = self.records.into_iter().map(|(id, slot)| (id, slot.now));
        (claims.collect(), records.collect())
    }

    /// How many bytes of custom values, the bulk of a large contact, would be written.
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
        self.changes().len()
    }

    /// The items to be written, all or none.
    pub fn changes(&self) -> Vec<Change<'_>> {
        let mut changes = Vec::new();
        for slot in self.records.values().filter(|slot| slot.changed) {
            if let Some(record) = &slot.now {
                changes.push(Change::Record { record, read: slot.read });
            }
        }
        for (identifier, slot) in self.claims.iter().filter(|(_, slot)| slot.changed) {
            match &slot.now {
                Some(claim) => {
                    changes.push(Change::Claim { identifier, claim, read: slot.read });
                    let guarded = self.records.get(&claim.contact).is_some_and(|record| record.changed);
                    let guard = Change::StillLive { contact: claim.contact };
                    if !guarded && !changes.contains(&guard) {
                        changes.push(guard);
                    }
                }
                // Claimed and given up within this snapshot.
                None if slot.read == ReadClaim::Absent => {}
                None => changes.push(Change::Release { identifier, read: slot.read }),
            }
        }
        changes
            .extend(self.links.iter().map(|(contact, conversation)| Change::Link { contact: *contact, conversation }));
        changes.extend(self.joins.iter().map(|(contact, join)| Change::Join { contact: *contact, join }));
        changes
    }
}

impl ClaimSlot {
    const UNKNOWN: ClaimSlot = ClaimSlot { read: ReadClaim::Unread, now: None, changed: false };
}
