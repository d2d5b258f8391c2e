//! Determines what observations would do, without writing.

use std::collections::HashMap;

use contacts::{Claim, ContactId, Folded, Identifier, MAX_CHAIN, Observation, Record, Snapshot, Torn, Workspace};

use crate::batch::{Progress, decide, groups};
use crate::read::Reads;
use crate::retry::RetryBudget;
use crate::{BookError, ContactBook};

/// The state that the book would have after all observations rehearsed so far, for the records and claims that were
/// read or changed.
///
/// It grows with the number of contacts, so use one for each chunk of a file.
#[derive(Debug, Default)]
pub struct Rehearsal {
    claims: HashMap<Identifier, Option<Claim>>,
    records: HashMap<ContactId, Option<Record>>,
}

impl ContactBook {
    /// Returns what [`ContactBook::observe_all`] would do with each observation, after all that were rehearsed before.
    ///
    /// # Errors
    /// As [`ContactBook::observe_all`]; it never writes.
    pub async fn rehearse_all(
        &self,
        workspace: &Workspace,
        rehearsal: &mut Rehearsal,
        observations: &[Observation],
    ) -> Result<Vec<Folded>, BookError> {
        let mut progress = Progress::new(observations.len());
        let mut budget = RetryBudget::new(self.retry_limit);
        loop {
            let pending = progress.pending();
            if pending.is_empty() {
                return Ok(progress.into_folded());
            }
            let mut reads = match Box::pin(self.read_for(workspace, observations, &pending)).await {
                Ok(reads) => reads,
                Err(fault) => {
                    budget.pause(fault).await?;
                    continue;
                }
            };
            rehearsal.overlay(&mut reads);
            // A rehearsed claim may be shared by contacts that the claim in the table does not name.
            let observations_left = pending.iter().map(|place| &observations[*place]);
            match Box::pin(self.read_known_under_all(workspace, observations_left, &mut reads)).await {
                Ok(()) => rehearsal.overlay(&mut reads),
                Err(fault) => {
                    budget.pause(fault).await?;
                    continue;
                }
            }
            for group in groups(observations, &pending, &reads) {
                if let Ok((snapshot, results)) = decide(observations, &group, &mut reads) {
                    rehearsal.keep(snapshot);
                    progress.done(results);
                }
            }
            if progress.advanced(&pending) {
                budget.renew();
            } else {
                budget.pause(Torn.into()).await?;
            }
        }
    }
}

impl Rehearsal {
    /// Replaces what was read with the rehearsed state.
    fn overlay(&self, reads: &mut Reads) {
        for (identifier, claim) in &mut reads.claims {
            if let Some(rehearsed) = self.claims.get(identifier) {
                claim.clone_from(rehearsed);
            }
        }
        let claimed = reads.claims.values().flatten().map(|claim| claim.contact);
        let met: Vec<ContactId> = claimed.chain(reads.records.keys().copied()).collect();
        for first in met {
            let mut next = Some(first);
            for _ in 0..MAX_CHAIN {
                let Some((id, record)) = next.and_then(|id| Some((id, self.records.get(&id)?))) else { break };
                reads.records.insert(id, record.clone());
                next = match record {
                    Some(Record::Joined { into, .. }) => Some(*into),
                    _ => None,
                };
            }
        }
    }

    fn keep(&mut self, snapshot: Snapshot) {
        let (claims, records) = snapshot.into_state();
        self.claims.extend(claims);
        self.records.extend(records);
    }
}
