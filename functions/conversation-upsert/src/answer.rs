//! The response of the function.

use contacts::{Field, Folded, Outcome};
use serde::Serialize;

/// The result of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `created`, `updated`, `unchanged`, `suppressed` or `ignored`.
    pub outcome: &'static str,
    /// The contact; `null` if the event was suppressed or ignored.
    pub contact_id: Option<String>,
    /// The ids of contacts that this event joined into this one. They resolve to it from now on.
    pub joined: Vec<String>,
    /// The identifiers that belong to other, contradicting contacts.
    pub conflicts: Vec<ConflictAnswer>,
    /// The captured values that are invalid.
    pub rejected: Vec<Rejected>,
}

/// An identifier that was left out, because it belongs to a contact that contradicts this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictAnswer {
    /// The field of the identifier.
    pub field: String,
    /// The other contact.
    pub contact_id: String,
}

/// A captured value that was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The field as the event names it.
    pub field: String,
    /// The reason, for people.
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
