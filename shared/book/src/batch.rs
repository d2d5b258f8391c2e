//! Folds many observations at once: reads once for all of them, makes one decision for each group of related
//! observations, and needs few writes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use contacts::{
    ContactId, Context, Folded, Identifier, MAX_CHAIN, Observation, Outcome, Record, Settings, Snapshot, SourceRef,
    Torn, Workspace, fold, time,
};
use futures_util::stream::{self, StreamExt as _};

use crate::error::Fault;
use crate::read::Reads;
use crate::retry::RetryBudget;
use crate::write::{BYTES_A_TRANSACTION, Draft, ITEMS_A_TRANSACTION};
use crate::{BookError, ContactBook};

/// How many writes run concurrently.
const WRITES_AT_ONCE: usize = 16;

/// A decision takes no further observation once it has this many bytes of custom values. Even with the joins that its
/// last observation may add, it then stays within DynamoDB's 4 MB a transaction.
const MAX_BYTES_BEFORE_NEXT: usize = 1_000_000;

/// The progress of each observation.
pub(super) struct Progress {
    folded: Vec<Option<Folded>>,
    finished: Vec<bool>,
    /// Results of writes whose answer was lost, by mark. They hold if the mark is found in the table.
    unclear: HashMap<String, Results>,
}

/// The outcomes of observations, by their index.
pub(super) type Results = Vec<(usize, Folded)>;

/// The assumption about the people in a batch before the first read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assumption {
    /// No assumption: look up their identifiers.
    Any,
    /// None of their identifiers is claimed.
    New,
}

/// A decision on related observations, and their results if it is written.
struct Decided {
    draft: Draft,
    results: Results,
}

impl ContactBook {
    /// Folds observations into the book. Also returns whether it succeeded without reading first.
    pub(crate) async fn fold_all<'a>(
        &self,
        workspace: &Workspace,
        assumption: Assumption,
        mut read: impl FnMut(&Settings) -> Cow<'a, [Observation]>,
    ) -> Result<(Vec<Folded>, bool), BookError> {
        let mut settings = self.cached_settings(workspace);
        let mut observations = read(&settings);
        let mut progress = Progress::new(observations.len());
        let mut budget = RetryBudget::new(self.retry_limit);
        // An observation that names a contact id is not about a new contact.
        // Whether somebody was erased must be read.
        let mut assuming_new = assumption == Assumption::New
            && settings.ledger.is_none()
            && observations.iter().all(|seen| seen.contact.is_none());
        let mut unread = true;
        loop {
            let pending = progress.pending();
            if pending.is_empty() {
                return Ok((progress.into_folded(), unread));
            }
            let mut reads = if std::mem::take(&mut assuming_new) {
                Reads::assuming_new(&settings, observations.iter().flat_map(Observation::identifiers))
            } else {
                unread = false;
                match self.read_for(workspace, &observations, &pending).await {
                    Ok(reads) => reads,
                    Err(fault) => {
                        budget.pause(fault).await?;
                        continue;
                    }
                }
            };
            if reads.settings != settings {
                settings = reads.settings.clone();
                observations = read(&settings);
                let identifiers = pending.iter().flat_map(|place| observations[*place].identifiers());
                // Under the new settings the same input may have another identifier, whose claim was not read.
                if !identifiers.into_iter().all(|identifier| reads.covers(identifier)) {
                    continue;
                }
            }
            progress.recognise(&reads);
            let pending = progress.pending();
            let mut decided = Vec::new();
            let mut torn = false;
            for group in groups(&observations, &pending, &reads) {
                match decide(&observations, &group, &mut reads) {
                    Ok((snapshot, results)) => {
                        let draft = self.draft(workspace, &snapshot, settings.index_shards, &reads.carried);
                        let draft = draft.map_err(Fault::into_error)?;
                        decided.push(Decided { draft, results });
                    }
                    Err(Torn) => torn = true,
                }
            }
            let outcome = self.write_all(&mut progress, decided).await?;
            match outcome {
                Some(fault) if !progress.advanced(&pending) => budget.pause(fault).await?,
                None if torn && !progress.advanced(&pending) => budget.pause(Fault::Lost).await?,
                _ => budget.renew(),
            }
        }
    }

    pub(super) async fn read_for(
        &self,
        workspace: &Workspace,
        observations: &[Observation],
        pending: &[usize],
    ) -> Result<Reads, Fault> {
        let pending = || pending.iter().map(|place| &observations[*place]);
        let ids: Vec<ContactId> = pending().filter_map(|observation| observation.contact).collect();
        let mut reads = self.read(workspace, pending().flat_map(Observation::identifiers), &ids).await?;
        self.read_known_under_all(workspace, pending(), &mut reads).await?;
        Ok(reads)
    }

    /// Reads the contacts that have all of an observation's shared identifiers: no claim leads to most of them.
    pub(super) async fn read_known_under_all(
        &self,
        workspace: &Workspace,
        pending: impl Iterator<Item = &Observation>,
        reads: &mut Reads,
    ) -> Result<(), Fault> {
        let ids = pending.flat_map(|observation| reads.known_under_all(observation)).collect();
        self.read_also(workspace, reads, ids).await
    }

    /// Writes decisions, combining small ones into transactions. Returns the last temporary fault.
    async fn write_all(&self, progress: &mut Progress, decided: Vec<Decided>) -> Result<Option<Fault>, BookError> {
        let packs = stream::iter(pack(decided)).map(|pack| async move {
            let (drafts, results): (Vec<Draft>, Vec<Results>) =
                pack.into_iter().map(|decided| (decided.draft, decided.results)).unzip();
            let marks: Vec<String> = drafts.iter().map(|draft| draft.mark.clone()).collect();
            (marks, results, self.send(drafts).await)
        });
        let mut packs = packs.buffer_unordered(WRITES_AT_ONCE);
        let mut temporary = None;
        while let Some((marks, results, sent)) = packs.next().await {
            match sent {
                Ok(()) => results.into_iter().for_each(|results| progress.done(results)),
                Err(Fault::Final(error)) => return Err(error),
                Err(fault) => {
                    if let Fault::Unclear(_) = fault {
                        progress.unclear.extend(marks.into_iter().zip(results));
                    }
                    temporary = Some(fault);
                }
            }
        }
        Ok(temporary)
    }
}

impl Progress {
    pub(super) fn new(count: usize) -> Progress {
        Progress { folded: vec![None; count], finished: vec![false; count], unclear: HashMap::new() }
    }

    pub(super) fn into_folded(self) -> Vec<Folded> {
        self.folded.into_iter().flatten().collect()
    }

    pub(super) fn pending(&self) -> Vec<usize> {
        (0..self.finished.len()).filter(|place| !self.finished[*place]).collect()
    }

    pub(super) fn advanced(&self, pending: &[usize]) -> bool {
        pending.iter().any(|place| self.finished[*place] || self.folded[*place].as_ref().is_some_and(|f| f.unfinished))
    }

    /// Completes the writes whose answers were lost but whose marks are among the reads.
    fn recognise(&mut self, reads: &Reads) {
        let met: Vec<String> = self.unclear.keys().filter(|mark| reads.writes.contains(*mark)).cloned().collect();
        for mark in met {
            if let Some(results) = self.unclear.remove(&mark) {
                self.done(results);
            }
        }
    }

    pub(super) fn done(&mut self, results: Results) {
        for (place, folded) in results {
            self.finished[place] = !folded.unfinished;
            let before = self.folded[place].take();
            self.folded[place] = Some(match before {
                None => folded,
                Some(before) => before.followed_by(folded),
            });
        }
    }
}

/// Folds a group's observations in order, as many as fit one write.
pub(super) fn decide(
    observations: &[Observation],
    group: &[usize],
    reads: &mut Reads,
) -> Result<(Snapshot, Results), Torn> {
    let mut snapshot = Snapshot::default();
    snapshot.note_settings(reads.settings.clone());
    let group_observations = || group.iter().map(|place| &observations[*place]);
    let known: Vec<ContactId> =
        group_observations().flat_map(|observation| reads.known_under_all(observation)).collect();
    for observation in group_observations() {
        for identifier in observation.identifiers() {
            // Groups share no identifier and no record, so each group can take its own out of the reads.
            if let Some((identifier, claim)) = reads.claims.remove_entry(identifier) {
                let contact = claim.as_ref().map(|claim| claim.contact);
                if let Some(at) = reads.erased.remove(&identifier) {
                    snapshot.note_erased(identifier.clone(), at);
                }
                match reads.expired.remove(&identifier) {
                    Some(contact) => snapshot.note_expired_claim(identifier, contact),
                    None => snapshot.note_claim(identifier, claim),
                }
                note_chain(&mut snapshot, reads, contact);
            }
        }
        note_chain(&mut snapshot, reads, observation.contact);
    }
    for id in known {
        note_chain(&mut snapshot, reads, Some(id));
    }
    let now = time::now();
    let mut results = Results::new();
    for place in group {
        let context = Context { now, new_id: ContactId::new(), max_writes: ITEMS_A_TRANSACTION };
        let full = context.is_full(&snapshot) || snapshot.custom_bytes() > MAX_BYTES_BEFORE_NEXT;
        if full && !results.is_empty() {
            break;
        }
        results.push((*place, fold(&mut snapshot, &observations[*place], &context)?));
    }
    snapshot.settle(now);
    let nothing_changed = snapshot.write_count() == 0;
    for (place, folded) in &mut results {
        if nothing_changed {
            folded.outcome = folded.outcome.min(Outcome::Unchanged);
        }
        // Each row of an import is a source of its own. If the contact already has this source, an interrupted attempt
        // folded the row before, so report the outcome of that attempt.
        let source = &observations[*place].source;
        if folded.outcome == Outcome::Unchanged
            && matches!(source, SourceRef::Import { .. })
            && let Some(contact) = folded.contact.and_then(|id| snapshot.live(id))
        {
            folded.outcome = contact.outcome_of(source);
        }
    }
    Ok((snapshot, results))
}

fn note_chain(snapshot: &mut Snapshot, reads: &mut Reads, first: Option<ContactId>) {
    let mut next = first;
    while let Some(id) = next {
        let Some(record) = reads.records.remove(&id) else { return };
        next = match &record {
            Some(Record::Joined { into, .. }) => Some(*into),
            _ => None,
        };
        snapshot.note_record(id, record);
    }
}

/// Divides observations into groups of related ones: they have a common identifier, or the same contact may decide them.
/// Groups, and the observations in each, keep their order.
pub(super) fn groups(observations: &[Observation], pending: &[usize], reads: &Reads) -> Vec<Vec<usize>> {
    #[derive(PartialEq, Eq, Hash)]
    enum Tie<'a> {
        Identifier(&'a Identifier),
        Contact(ContactId),
    }
    let mut leader: Vec<usize> = (0..pending.len()).collect();
    fn find(leader: &mut [usize], mut at: usize) -> usize {
        while leader[at] != at {
            leader[at] = leader[leader[at]];
            at = leader[at];
        }
        at
    }
    let mut first: HashMap<Tie<'_>, usize> = HashMap::new();
    for (at, place) in pending.iter().enumerate() {
        let observation = &observations[*place];
        let mut contacts: Vec<ContactId> = observation.contact.into_iter().collect();
        contacts.extend(reads.known_under_all(observation));
        let mut ties = Vec::new();
        for identifier in observation.identifiers() {
            contacts.extend(reads.claims.get(identifier).into_iter().flatten().map(|claim| claim.contact));
            ties.push(Tie::Identifier(identifier));
        }
        for mut id in contacts {
            ties.push(Tie::Contact(id));
            for _ in 0..MAX_CHAIN {
                let Some(Some(Record::Joined { into, .. })) = reads.records.get(&id) else { break };
                id = *into;
                ties.push(Tie::Contact(id));
            }
        }
        for tie in ties {
            let other = *first.entry(tie).or_insert(at);
            let (a, b) = (find(&mut leader, at), find(&mut leader, other));
            // The smaller index leads, so groups keep the order of their first observation.
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, place) in pending.iter().enumerate() {
        groups.entry(find(&mut leader, at)).or_default().push(*place);
    }
    groups.into_values().collect()
}

/// Packs decisions into transactions. A decision with a single item stays alone, because a write outside a transaction
/// costs half.
fn pack(decided: Vec<Decided>) -> Vec<Vec<Decided>> {
    let mut packs = Vec::new();
    let mut open: Vec<Decided> = Vec::new();
    let (mut items, mut bytes) = (0, 0);
    for decided in decided {
        let (more_items, more_bytes) = (decided.draft.items.len(), decided.draft.bytes);
        if more_items <= 1 {
            packs.push(vec![decided]);
            continue;
        }
        if items + more_items > ITEMS_A_TRANSACTION || bytes + more_bytes > BYTES_A_TRANSACTION {
            packs.push(std::mem::take(&mut open));
            (items, bytes) = (0, 0);
        }
        items += more_items;
        bytes += more_bytes;
        open.push(decided);
    }
    packs.push(open);
    packs.retain(|pack| !pack.is_empty());
    packs
}
