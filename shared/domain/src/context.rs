//! What a decision is made under.

use jiff::Timestamp;

use crate::ids::ContactId;
use crate::snapshot::Snapshot;

/// The most writes that one observation may ask for besides its joins, with one more join: 28 for the join and the claims
/// that it may release, 20 new identifiers and the 20 that they may push out, the records, the claim of the conversation
/// and its link.
const WORST_CASE: usize = 75;

/// What a decision is made under.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// When it is made.
    pub now: Timestamp,
    /// The id of the contact, if one is made.
    pub new_id: ContactId,
    /// The most items that one decision can write at once. Joins that do not fit are left for the next round.
    pub max_writes: usize,
}

impl Context {
    /// Whether a decision has no room for another join or another observation.
    pub fn is_full(&self, book: &Snapshot) -> bool {
        book.write_count() > self.max_writes.saturating_sub(WORST_CASE)
    }
}
