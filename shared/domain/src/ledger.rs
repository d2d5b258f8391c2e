//! The ledger of erasures: what keeps old files and late events from bringing an erased person back.
//!
//! It holds hashes of the identifiers of erased people, made with a secret key of the workspace, and when each was erased. The
//! store makes the hashes; this module has the key, and decides which observations the ledger keeps out.

use std::fmt;

use jiff::Timestamp;

use crate::observation::Observation;
use crate::snapshot::{Resolution, Snapshot, Torn};

/// The secret key of a workspace's ledger. Without it, nobody can try out which identifiers are in the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerKey(String);

/// The ledger of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The key of its hashes. It never changes.
    pub key: LedgerKey,
    /// When it was begun.
    pub since: Timestamp,
}

impl LedgerKey {
    /// A key from a random text.
    pub fn new(random: String) -> LedgerKey {
        LedgerKey(random)
    }

    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerKey(…)")
    }
}

/// Whether an observation would bring back somebody who was erased.
///
/// It is older than the erasure of one of its identifiers. Or it is a row of a file: files are copies of older data, whenever
/// they are uploaded. A row is taken again once one of its erased identifiers leads to a live contact, because then the
/// person has come anew. What a person types is always taken.
pub(crate) fn keeps_out(book: &Snapshot, seen: &Observation) -> Result<bool, Torn> {
    if seen.source.is_by_hand() {
        return Ok(false);
    }
    let (mut is_erased, mut has_come_anew) = (false, false);
    for identifier in seen.identifiers() {
        let Some(erased_at) = book.erased_at(identifier) else { continue };
        if seen.at() < erased_at {
            return Ok(true);
        }
        is_erased = true;
        has_come_anew |= matches!(book.resolve(identifier, seen.at())?, Resolution::Live(_));
    }
    Ok(seen.is_row() && is_erased && !has_come_anew)
}
