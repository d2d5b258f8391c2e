//! Removes the claims of an erased contact.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::Put;
use contacts::{Claim, ClaimNote, ContactId, Identifier, ReadClaim, Settings, Workspace, time};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::gather::Gathered;
use crate::condition::ClaimCondition;
use crate::delete::key_of;
use crate::error::{Fault, condition_met};
use crate::item;
use crate::keys::Key;
use crate::{BookError, ContactBook};

/// How long after a workspace began its ledger a process may not know of it yet. A worker of an import writes rows without
/// reading the settings, but for less time than a function may run.
const LEDGER_UNKNOWN: SignedDuration = SignedDuration::from_hours(1);
/// How many claims are written concurrently.
const WRITES_AT_ONCE: usize = 8;

impl ContactBook {
    /// Removes the claims of the erased contact. For as long as a process may not know of a new ledger, its identifiers get
    /// void claims instead: such a process takes what nobody claims for new people, and writes them unread, on the condition
    /// that there is no claim.
    pub(super) async fn release_all(
        &self,
        workspace: &Workspace,
        id: ContactId,
        found: &Gathered,
        settings: &Settings,
    ) -> Result<(), Fault> {
        let ids: Vec<ContactId> = found.traces.contacts.iter().copied().collect();
        let known_from = settings.ledger.as_ref().map(|ledger| ledger.since + LEDGER_UNKNOWN);
        let Some(until) = known_from.filter(|from| time::now() < *from) else {
            return self.release_expired(workspace, &ids, found.claimed.clone()).await;
        };
        // Rows name no conversations and no requests.
        let (listed, others): (BTreeSet<Identifier>, BTreeSet<Identifier>) =
            found.claimed.iter().chain(&found.traces.identifiers).cloned().partition(Identifier::is_listed);
        self.void_claims(workspace, id, &ids, listed, until).await?;
        self.release_expired(workspace, &ids, others.into_iter().collect()).await
    }

    async fn void_claims(
        &self,
        workspace: &Workspace,
        id: ContactId,
        ids: &[ContactId],
        identifiers: BTreeSet<Identifier>,
        until: Timestamp,
    ) -> Result<(), Fault> {
        let keys = identifiers.iter().map(|identifier| Key::claim(workspace, identifier));
        let mut unclaimed: HashMap<String, Key> = keys.map(|key| (key.pk.clone(), key)).collect();
        let mut voids = Vec::new();
        for item in self.batch_get(unclaimed.values().cloned().collect()).await? {
            let (key, claim) = (key_of(&item)?, item::read_claim(&item)?);
            unclaimed.remove(&key.pk);
            if ids.contains(&claim.contact) {
                voids.push((key, ReadClaim::Of { contact: claim.contact, shared_by: claim.shared_by.len() }));
            }
        }
        voids.extend(unclaimed.into_values().map(|key| (key, ReadClaim::Absent)));
        let writes = stream::iter(voids).map(|(key, read)| self.void_claim(key, read, id, until));
        writes.buffer_unordered(WRITES_AT_ONCE).try_collect().await
    }

    /// Writes a claim that has expired at `until` and has no data, unless somebody has taken it over.
    async fn void_claim(&self, key: Key, read: ReadClaim, id: ContactId, until: Timestamp) -> Result<(), Fault> {
        let void = Claim {
            contact: id,
            note: ClaimNote::None,
            expires_at: Some(until),
            void_before: None,
            taken_from: Vec::new(),
            shared_by: Vec::new(),
        };
        let put = Put::builder().table_name(&*self.table).set_item(Some(item::claim(key, &void)));
        let put = ClaimCondition::of(read).of_put(put).build();
        let put = put.map_err(|error| Fault::Final(BookError::Refused(error.into())))?;
        condition_met(self.put_alone(put).send().await).map(drop)
    }
}
