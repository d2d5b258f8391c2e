//! A book in memory, which applies the rules to one decision after the other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    Caller, Claim, Conflict, Contact, ContactId, Context, Conversation, ConversationId, CreateRefused, Creation,
    EditRefused, Folded, HistoryEntry, Identifier, ImportId, Join, LedgerKey, Observation, Past, Patch, Question,
    Record, Request, Resolved, Settings, Settlement, Snapshot, Tombstone, Traces, Undone, Write, begin_erasure, create,
    delete, edit, finish_erasure, fold, forget, resolve, restore, settle, undo_import, undo_join, unlink,
};

/// A book in memory. It gives each decision the reads that it needs and applies the result. It has no concurrent
/// writers, so its reads are never torn.
#[derive(Debug, Clone, Default)]
pub struct MemoryBook {
    /// The settings of the workspace.
    pub settings: Settings,
    /// The claims of all identifiers.
    pub claims: BTreeMap<Identifier, Claim>,
    /// The records of all contacts.
    pub records: BTreeMap<ContactId, Record>,
    /// The conversations, with the contacts that they were linked to.
    pub links: Vec<(ContactId, Conversation)>,
    /// The joins, with their survivors.
    pub joins: Vec<(ContactId, Join)>,
    /// The histories of all contacts, the oldest entry first.
    pub history: Vec<HistoryEntry>,
    /// The ledger of erasures: when the contact of each identifier was erased.
    pub erased: BTreeMap<Identifier, Timestamp>,
    /// How many decisions wrote something.
    pub writes: usize,
}

/// Why reads of this book are never torn.
const WHOLE: &str = "this book has no other writer";
/// The maximum number of items of one decision: the maximum of a DynamoDB transaction.
const MAX_WRITES: usize = 100;

impl MemoryBook {
    /// Folds an observation at `now`, repeatedly while joins are left over.
    ///
    /// # Panics
    /// Never, unless a rule is broken.
    pub fn observe(&mut self, seen: &Observation, now: Timestamp) -> Folded {
        let mut before: Option<Folded> = None;
        loop {
            let identifiers: Vec<Identifier> = seen.identifiers().cloned().collect();
            let mut ids: Vec<ContactId> = seen.contact.into_iter().collect();
            ids.extend(seen.known_under_all(&self.settings, |identifier| self.claims.get(identifier)));
            let mut snapshot = self.snapshot(&identifiers, &ids);
            let folded = fold(&mut snapshot, seen, &context(now)).expect(WHOLE);
            self.apply(&mut snapshot, now);
            let folded = match before {
                Some(before) => before.followed_by(folded),
                None => folded,
            };
            if !folded.unfinished {
                return folded;
            }
            before = Some(folded);
        }
    }

    /// Adds the contact of a form at the form's time.
    ///
    /// # Errors
    /// As [`create()`].
    pub fn create(&mut self, form: &Observation, request: Option<&Request>) -> Result<Contact, CreateRefused> {
        let request_key = request.map(|request| Identifier::Request(request.key.clone()));
        let identifiers: Vec<Identifier> = form.identifiers().cloned().chain(request_key).collect();
        let ids = form.known_under_all(&self.settings, |identifier| self.claims.get(identifier));
        let mut snapshot = self.snapshot(&identifiers, &ids);
        match create(&mut snapshot, form, request, &context(form.at())).expect(WHOLE)? {
            Creation::Repeated(contact) => Ok(*contact),
            Creation::New(id) => {
                self.apply(&mut snapshot, form.at());
                Ok(self.survivor(id).expect("what was just made").clone())
            }
        }
    }

    /// Changes a live contact at `now`.
    ///
    /// # Errors
    /// As [`edit()`].
    pub fn edit(&mut self, id: ContactId, patch: &Patch, caller: &Caller, now: Timestamp) -> Result<(), EditRefused> {
        let mut ids = vec![id];
        let contact = self.records.get(&id).into_iter();
        ids.extend(contact.flat_map(|record| match record {
            Record::Live(contact) => contact.conflicts.iter().map(|conflict| conflict.contact).collect(),
            Record::Joined { .. } | Record::Deleted(_) => Vec::new(),
        }));
        let mut snapshot = self.snapshot(&patch.identifiers(), &ids);
        edit(&mut snapshot, id, patch, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        Ok(())
    }

    /// Settles a conflict of a live contact at `now`. Returns the contact in which the result is.
    ///
    /// # Errors
    /// As [`settle()`].
    pub fn settle(
        &mut self,
        id: ContactId,
        settlement: &Settlement,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ContactId, EditRefused> {
        let Some(Record::Live(contact)) = self.records.get(&id) else { return Err(EditRefused::NotFound) };
        let identifiers: Vec<Identifier> = contact.conflicts.iter().flat_map(Conflict::identifiers).collect();
        let ids: Vec<ContactId> = contact.conflicts.iter().map(|conflict| conflict.contact).chain([id]).collect();
        let mut snapshot = self.snapshot(&identifiers, &ids);
        let live = settle(&mut snapshot, id, settlement, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        Ok(live)
    }

    /// Deletes a live contact at `now`.
    pub fn delete(&mut self, id: ContactId, caller: &Caller, now: Timestamp) {
        let mut snapshot = self.snapshot(&[], &[id]);
        delete(&mut snapshot, id, caller, now).expect(WHOLE);
        self.apply(&mut snapshot, now);
    }

    /// Takes back the deletion of a contact at `now`. Returns the identifiers that stay with others.
    ///
    /// # Errors
    /// As [`restore()`].
    pub fn restore(&mut self, id: ContactId, caller: &Caller, now: Timestamp) -> Result<Vec<Identifier>, EditRefused> {
        let contact = self.records.get(&id).and_then(Record::contact).ok_or(EditRefused::NotFound)?;
        let identifiers: Vec<Identifier> = contact.identifiers.owned().map(|held| held.identifier.clone()).collect();
        let mut snapshot = self.snapshot(&identifiers, &[id]);
        let left = restore(&mut snapshot, id, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        Ok(left)
    }

    /// Erases a live or deleted contact at `now`, with all that belongs to it.
    ///
    /// # Errors
    /// As [`begin_erasure()`].
    pub fn erase(&mut self, id: ContactId, caller: &Caller, now: Timestamp) -> Result<(), EditRefused> {
        self.erase_with(id, caller, now, &mut BTreeSet::new())
    }

    /// Erases a contact with those that had its identifiers before, except those that are being erased.
    fn erase_with(
        &mut self,
        id: ContactId,
        caller: &Caller,
        now: Timestamp,
        erasing: &mut BTreeSet<ContactId>,
    ) -> Result<(), EditRefused> {
        let mut snapshot = self.snapshot(&[], &[id]);
        let key = LedgerKey::new("in memory, nothing is hashed".to_owned());
        let begun = begin_erasure(&mut snapshot, id, &key, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        let Tombstone { contact: Some(contact), erased_at: Some(at), .. } = begun else { return Ok(()) };
        erasing.insert(id);
        let traces = self.traces(&contact);
        for other in self.records.keys().copied().collect::<Vec<_>>() {
            if !traces.contacts.contains(&other) {
                let mut snapshot = self.snapshot(&[], &[other]);
                forget(&mut snapshot, other, &traces, now).expect(WHOLE);
                self.apply(&mut snapshot, now);
            }
        }
        for deleted in self.deleted_before(&traces) {
            if !erasing.contains(&deleted) {
                self.erase_with(deleted, caller, now, erasing)?;
            }
        }
        if self.settings.erasure_days > 0 {
            self.erased.extend(traces.identifiers.iter().map(|identifier| (identifier.clone(), at)));
        }
        self.claims.retain(|_, claim| !traces.contacts.contains(&claim.contact));
        self.links.retain(|(holder, _)| !traces.contacts.contains(holder));
        self.joins.retain(|(survivor, _)| !traces.contacts.contains(survivor));
        self.records.retain(|other, _| *other == id || !traces.contacts.contains(other));
        let mut snapshot = self.snapshot(&[], &[id]);
        finish_erasure(&mut snapshot, id, caller, now).expect(WHOLE);
        self.apply(&mut snapshot, now);
        Ok(())
    }

    /// The deleted contacts that had identifiers of the person before, and still keep them.
    fn deleted_before(&self, traces: &Traces) -> Vec<ContactId> {
        let claims = self.claims.iter().filter(|(identifier, claim)| {
            traces.identifiers.contains(identifier) && traces.contacts.contains(&claim.contact)
        });
        let ids: BTreeSet<ContactId> = claims.flat_map(|(_, claim)| claim.taken_from.iter().copied()).collect();
        let is_kept =
            |id: &ContactId| matches!(self.records.get(id), Some(Record::Deleted(Tombstone { contact: Some(_), .. })));
        ids.into_iter().filter(is_kept).collect()
    }

    /// What names a person, without identifiers that belong to others or that others show as well.
    fn traces(&self, contact: &Contact) -> Traces {
        let contacts: BTreeSet<ContactId> = [contact.id].into_iter().chain(contact.joined.iter().copied()).collect();
        let mut traces = Traces { contacts, ..Traces::default() };
        traces.add(contact);
        let joined = contact.joined.iter().filter_map(|id| self.records.get(id)?.contact());
        joined.for_each(|joined| traces.add(joined));
        for (holder, conversation) in &self.links {
            if traces.contacts.contains(holder) {
                traces.identifiers.insert(Identifier::Conversation(conversation.info.id.clone()));
            }
        }
        let own = traces.contacts.clone();
        traces.identifiers.retain(|identifier| {
            let Some(claim) = self.claims.get(identifier) else { return true };
            let shows = |id: &ContactId| self.survivor(*id).is_some_and(|other| other.identifiers.shows(identifier));
            own.contains(&claim.contact) && !claim.shared_by.iter().any(shows)
        });
        traces
    }

    /// The live contact that an id leads to.
    pub fn survivor(&self, mut id: ContactId) -> Option<&Contact> {
        loop {
            match self.records.get(&id)? {
                Record::Live(contact) => return Some(contact),
                Record::Joined { into, .. } => id = *into,
                Record::Deleted(_) => return None,
            }
        }
    }

    /// The live contacts.
    pub fn live(&self) -> impl Iterator<Item = &Contact> {
        self.records.values().filter_map(|record| match record {
            Record::Live(contact) => Some(contact),
            _ => None,
        })
    }

    /// The live contact that an identifier leads to.
    pub fn contact_by(&self, identifier: &Identifier) -> Option<&Contact> {
        self.survivor(self.claims.get(identifier)?.contact)
    }

    /// Takes a conversation from a live contact at `now`.
    ///
    /// # Errors
    /// As [`unlink()`].
    pub fn unlink(
        &mut self,
        id: ContactId,
        conversation: &ConversationId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), EditRefused> {
        let mut snapshot = self.snapshot(&[Identifier::Conversation(conversation.clone())], &[id]);
        unlink(&mut snapshot, id, conversation, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        Ok(())
    }

    /// Takes back the join of `other` into the live contact `survivor` at `now`. Returns the identifiers that stay with
    /// others.
    ///
    /// # Errors
    /// As [`undo_join()`].
    pub fn undo_join(
        &mut self,
        survivor: ContactId,
        other: ContactId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<Identifier>, EditRefused> {
        let join = self.joins.iter().find(|(_, join)| join.other == other).map(|(_, join)| join.clone());
        let (Some(join), Some(Record::Joined { contact, .. })) = (join, self.records.get(&other)) else {
            return Err(EditRefused::NotFound);
        };
        let identifiers = join.identifiers(contact);
        let mut ids = vec![survivor, other];
        ids.extend(&contact.joined);
        let mut snapshot = self.snapshot(&identifiers, &ids);
        let left = undo_join(&mut snapshot, survivor, &join, caller, now).expect(WHOLE)?;
        self.apply(&mut snapshot, now);
        Ok(left)
    }

    /// Takes back at `now` what an import did to a live contact. Returns `None` if it did nothing, or it was taken back before.
    ///
    /// # Panics
    /// Never, unless a rule is broken.
    pub fn undo_import(&mut self, id: ContactId, import: ImportId, caller: &Caller, now: Timestamp) -> Option<Undone> {
        let contact = self.survivor(id)?;
        let into = |survivor: &ContactId| *survivor == id || contact.joined.contains(survivor);
        let joins = self.joins.iter().filter(|(survivor, _)| into(survivor)).map(|(_, join)| join.clone());
        let past = Past { history: self.history.iter().rev().cloned().collect(), joins: joins.collect() };
        let mut ids: Vec<ContactId> = std::iter::once(id).chain(contact.joined.iter().copied()).collect();
        ids.extend(contact.conflicts.iter().map(|conflict| conflict.contact));
        let joined =
            past.joins.iter().filter_map(|join| Some(join.identifiers(self.records.get(&join.other)?.contact()?)));
        let identifiers: Vec<Identifier> = joined.flatten().collect();
        let mut snapshot = self.snapshot(&identifiers, &ids);
        let undone = undo_import(&mut snapshot, id, import, &past, caller, now).expect(WHOLE);
        self.apply(&mut snapshot, now);
        undone
    }

    /// Who somebody is.
    ///
    /// # Panics
    /// Never, unless a rule is broken.
    pub fn resolve(&self, question: &Question) -> Resolved {
        let identifiers = question.identifiers();
        let claims = identifiers.iter().filter_map(|identifier| self.claims.get(identifier));
        let ids: Vec<ContactId> = claims.flat_map(|claim| claim.shared_by.iter().copied()).collect();
        resolve(&self.snapshot(identifiers, &ids), question).expect(WHOLE)
    }

    fn snapshot(&self, identifiers: &[Identifier], ids: &[ContactId]) -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.note_settings(self.settings.clone());
        let mut wanted: Vec<ContactId> = ids.to_vec();
        for identifier in identifiers {
            let claim = self.claims.get(identifier).cloned();
            wanted.extend(claim.as_ref().map(|claim| claim.contact));
            snapshot.note_claim(identifier.clone(), claim);
        }
        for (identifier, at) in &self.erased {
            snapshot.note_erased(identifier.clone(), *at);
        }
        while let Some(id) = wanted.pop() {
            let record = self.records.get(&id).cloned();
            if let Some(Record::Joined { into, .. }) = &record {
                wanted.push(*into);
            }
            snapshot.note_record(id, record);
        }
        snapshot
    }

    fn apply(&mut self, snapshot: &mut Snapshot, now: Timestamp) {
        snapshot.settle(now);
        let writes = snapshot.writes();
        assert!(writes.len() <= MAX_WRITES, "{} items do not fit a transaction", writes.len());
        self.writes += usize::from(!writes.is_empty());
        for write in writes {
            match write {
                Write::Settings { settings, .. } => self.settings = settings.clone(),
                Write::Record { record, read } => {
                    let before = self.records.insert(record.id(), record.clone());
                    assert_eq!(before.as_ref().map(Record::version), read);
                    self.history.extend(HistoryEntry::of(before.as_ref(), record));
                }
                Write::Claim { identifier, claim, .. } => {
                    self.claims.insert(identifier.clone(), claim.clone());
                }
                Write::Release { identifier, .. } => {
                    self.claims.remove(identifier);
                }
                Write::Link { contact, conversation } => {
                    self.links.retain(|(_, known)| known.info.id != conversation.info.id);
                    self.links.push((contact, conversation.clone()));
                }
                Write::Unlink { contact, conversation } => {
                    self.links.retain(|(known, linked)| (*known, linked) != (contact, conversation));
                }
                Write::RemoveJoin { contact, join } => self.joins.retain(|known| *known != (contact, join.clone())),
                Write::Join { contact, join } => self.joins.push((contact, join.clone())),
                Write::StillDeleted { contact, version } => {
                    let tombstone = self.records.get(&contact);
                    assert!(matches!(tombstone, Some(Record::Deleted(tombstone)) if tombstone.version == version));
                }
                Write::StillLive { contact } => {
                    assert!(matches!(self.records.get(&contact), Some(Record::Live(_))));
                }
            }
        }
    }
}

fn context(now: Timestamp) -> Context {
    Context { now, new_id: ContactId::new(), max_writes: MAX_WRITES }
}
