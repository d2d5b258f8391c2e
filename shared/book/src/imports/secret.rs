//! The secret of an import's plan.

use std::fmt;

use uuid::Uuid;

/// A secret that only the import's item has. Orders of the import's chunks carry a code made with it, which proves that
/// the import's plan made them: whoever can write to the bucket cannot read the table.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanSecret(String);

impl PlanSecret {
    /// Creates a random secret.
    #[expect(clippy::new_without_default, reason = "a default value is not expected to be random")]
    pub fn new() -> PlanSecret {
        PlanSecret(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()))
    }

    pub(super) fn of(stored: &str) -> PlanSecret {
        PlanSecret(stored.to_owned())
    }

    /// The secret as it is stored, and as the key of codes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlanSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlanSecret(…)")
    }
}
