//! Conflicts: an observation named two contacts that may not become one.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::field::{Field, Value};
use crate::ids::ContactId;
use crate::stamp::SourceRef;

/// The most conflicts of a contact; the newest are kept.
pub const MAX_CONFLICTS: usize = 10;
/// The most bytes of a contact's unconfirmed values, and of the values that its conflicts withhold.
pub(crate) const MAX_UNSETTLED_BYTES: usize = 32 * 1024;

/// The bytes of the hash that names a conflict. A contact has at most [`MAX_CONFLICTS`], so few suffice.
const ID_BYTES: usize = 8;

/// The bytes that a withheld value takes in addition to its field and the value itself.
const VALUE_BYTES: usize = 16;

/// Two contacts that one observation named although they may not become one. It stands on both of them, for a person to
/// settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field of the identifier over which they conflict.
    pub field: Field,
    /// The identifier; `None` in a conflict that an older build recorded.
    pub value: Option<Value>,
    /// The other contact.
    pub contact: ContactId,
    /// Why they were not joined.
    pub reason: ConflictReason,
    /// When it was found.
    pub at: Timestamp,
    /// The observation; `None` in a conflict that an older build recorded.
    pub source: Option<SourceRef>,
    /// What the observation says that neither contact was given, because it may be about either.
    pub withheld: Vec<(Field, Value)>,
}

/// Why two contacts were not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictReason {
    /// The observation does not prove that the identifier is the person's own.
    Unproven,
    /// The observation names somebody else than the contact that has the identifier.
    DifferentPerson,
    /// The contacts have different values in a field.
    Contradiction,
    /// The contacts together would have too many identifiers or values.
    TooMany,
}

impl ConflictReason {
    const ALL: [ConflictReason; 4] = [
        ConflictReason::Unproven,
        ConflictReason::DifferentPerson,
        ConflictReason::Contradiction,
        ConflictReason::TooMany,
    ];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ConflictReason::Unproven => "unproven",
            ConflictReason::DifferentPerson => "different_person",
            ConflictReason::Contradiction => "contradiction",
            ConflictReason::TooMany => "too_many",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<ConflictReason> {
        ConflictReason::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

impl Conflict {
    /// Names the conflict, on both of its contacts alike: a hash of the identifier, the moment and the source.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let value = self.value.as_ref().map(Value::as_str).unwrap_or_default();
        let source = self.source.as_ref().map(ToString::to_string).unwrap_or_default();
        for part in [&self.field.to_string(), value, &self.at.as_millisecond().to_string(), &source] {
            hash.update(part);
            // No part contains NUL, so different conflicts are hashed differently.
            hash.update([0]);
        }
        hash.finalize().iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The same conflict, as one with this contact.
    pub(crate) fn with(&self, contact: ContactId) -> Conflict {
        Conflict { contact, ..self.clone() }
    }

    /// Whether another conflict of the same contact is over the same identifier with the same contact.
    pub(crate) fn is_same(&self, other: &Conflict) -> bool {
        let same_value = self.value.is_none() || other.value.is_none() || self.value == other.value;
        self.field == other.field && self.contact == other.contact && same_value
    }
}

/// Adds a conflict, or what it withholds in addition to the same conflict. Returns whether anything was added.
pub(crate) fn add(conflicts: &mut Vec<Conflict>, conflict: Conflict) -> bool {
    if let Some(known) = conflicts.iter_mut().find(|known| known.is_same(&conflict)) {
        let before = known.withheld.len();
        for value in conflict.withheld {
            if !known.withheld.contains(&value) && fits(&known.withheld, &value) {
                known.withheld.push(value);
            }
        }
        return known.withheld.len() > before;
    }
    conflicts.push(conflict);
    while conflicts.len() > MAX_CONFLICTS || (conflicts.len() > 1 && withheld_bytes(conflicts) > MAX_UNSETTLED_BYTES) {
        conflicts.remove(0);
    }
    true
}

/// Whether a conflict can withhold one more value. Everything that one contact's conflicts withhold must fit its item.
pub(crate) fn fits(withheld: &[(Field, Value)], value: &(Field, Value)) -> bool {
    bytes(withheld) + bytes(std::slice::from_ref(value)) <= MAX_UNSETTLED_BYTES
}

fn withheld_bytes(conflicts: &[Conflict]) -> usize {
    conflicts.iter().map(|conflict| bytes(&conflict.withheld)).sum()
}

fn bytes(withheld: &[(Field, Value)]) -> usize {
    let size = |(field, value): &(Field, Value)| VALUE_BYTES + field.to_string().len() + value.as_str().len();
    withheld.iter().map(size).sum()
}
