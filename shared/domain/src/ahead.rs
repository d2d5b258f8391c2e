//! Stored moments that are later than now, because the clock of the machine that wrote them ran ahead.
//!
//! They count as now. Else a deletion would hold off the person, and a value would stand against every newer one, until
//! time has caught up. A decision sees only bounded moments, and what it writes is bounded for good. An observation that
//! is some moments old still counts as older: when the other machine really wrote is unknown.

use jiff::Timestamp;

use crate::contact::Contact;
use crate::record::{Claim, Record};

impl Record {
    /// Sets moments after `now` to `now`.
    #[must_use]
    pub fn not_after(mut self, now: Timestamp) -> Record {
        match &mut self {
            Record::Live(contact) | Record::Joined { contact, .. } => bound_contact(contact, now),
            Record::Deleted(tombstone) => {
                bound(&mut tombstone.at, now);
                tombstone.erased_at.iter_mut().for_each(|at| bound(at, now));
                if let Some(contact) = &mut tombstone.contact {
                    bound_contact(contact, now);
                }
            }
        }
        self
    }
}

impl Claim {
    /// Sets moments after `now` to `now`.
    #[must_use]
    pub fn not_after(mut self, now: Timestamp) -> Claim {
        self.void_before = self.void_before.map(|at| at.min(now));
        self
    }
}

fn bound_contact(contact: &mut Contact, now: Timestamp) {
    let Contact { created_at, updated_at, last_seen_at, reviewed_at, .. } = contact;
    [created_at, updated_at].into_iter().chain(last_seen_at).chain(reviewed_at).for_each(|at| bound(at, now));
    contact.values.values_mut().for_each(|value| bound(&mut value.stamp.at, now));
    contact.identifiers.stamps_mut().for_each(|stamp| bound(&mut stamp.at, now));
    contact.edited.values_mut().for_each(|at| bound(at, now));
    contact.unconfirmed.iter_mut().for_each(|entry| bound(&mut entry.stamp.at, now));
    contact.conflicts.iter_mut().for_each(|conflict| bound(&mut conflict.at, now));
}

fn bound(at: &mut Timestamp, now: Timestamp) {
    *at = (*at).min(now);
}
