//! The context of a decision.

use jiff::Timestamp;

use crate::ids::ContactId;
use crate::snapshot::Snapshot;

/// The maximum number of writes that one observation needs apart from its joins, plus one more join: 28 for the join and
/// the claims that it may release, 20 claims of its identifiers, the 20 contacts from which it takes them or with which it
/// is in conflict, its own record, and the claim of the conversation and its link.
const WORST_CASE: usize = 75;

/// The context of a decision.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time of the decision.
    pub now: Timestamp,
    /// The id for a new contact, if the decision creates one.
    pub new_id: ContactId,
    /// The maximum number of items that one decision can write at once. Joins that do not fit wait for the next round.
    pub max_writes: usize,
}

impl Context {
    /// Whether the decision has no room for another join or another observation.
    pub fn is_full(&self, book: &Snapshot) -> bool {
        book.write_count() > self.max_writes.saturating_sub(WORST_CASE)
    }
}
