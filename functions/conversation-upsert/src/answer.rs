//! What the function answers.

use contacts::{Field, Folded, Outcome};
use serde::Serialize;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `created`, `updated`, `unchanged`, `suppressed` or `ignored`.
    pub outcome: &'static str,
    /// The contact; `null` when the event was suppressed or ignored.
    pub contact_id: Option<String>,
    /// The ids that lead to this contact since now.
    pub joined: Vec<String>,
    /// The identifiers that belong to others.
    pub conflicts: Vec<ConflictAnswer>,
    /// The captured values that could not be taken.
    pub rejected: Vec<Rejected>,
}

/// An identifier that was left out because it belongs to a contact that contradicts this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictAnswer {
    /// The field of the identifier.
    pub field: String,
    /// The other contact.
    pub contact_id: String,
}

/// A captured value that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The field as it was named in the event.
    pub field: String,
    /// Why, for people.
    pub reason: String,
}

impl Answer {
    pub(crate) fn new(folded: Folded, mut rejected: Vec<Rejected>) -> Answer {
        let too_large = |field: Field| Rejected {
            field: field.to_string(),
            reason: "does not fit: the contact's custom values are too large together".to_owned(),
        };
        rejected.extend(folded.too_large.into_iter().map(too_large));
        let conflict = |conflict: contacts::Conflict| ConflictAnswer {
            field: conflict.field.to_string(),
            contact_id: conflict.contact.to_string(),
        };
        Answer {
            outcome: match folded.outcome {
                Outcome::Created => "created",
                Outcome::Updated => "updated",
                Outcome::Unchanged => "unchanged",
                Outcome::Suppressed => "suppressed",
                Outcome::Ignored => "ignored",
            },
            contact_id: folded.contact.map(|id| id.to_string()),
            joined: folded.joined.iter().map(ToString::to_string).collect(),
            conflicts: folded.conflicts.into_iter().map(conflict).collect(),
            rejected,
        }
    }
}
