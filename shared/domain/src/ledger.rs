//! The ledger of erasures: what keeps old files and late events from bringing an erased person back.
//!
//! It holds hashes of the identifiers of erased people, made with a secret key of the workspace, and when each was erased. The
//! store makes the hashes; this module has the key.

use std::fmt;

use jiff::Timestamp;

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
