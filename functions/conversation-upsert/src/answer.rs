//! The response of the function.

use contacts::{Field, Folded, Outcome, Rejection};
use serde::Serialize;

use crate::event::InvalidEvent;

/// The result of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `created`, `updated`, `unchanged`, `suppressed` or `ignored`.
    pub outcome: &'static str,
    /// The contact; `null` if the event was suppressed or ignored.
    pub contact_id: Option<String>,
    /// `proven` if this event, or an earlier one of its conversation, proved an identifier of the contact; else `stated`.
    /// What an assistant may disclose depends on it.
    pub identity: &'static str,
    /// The ids of contacts that this event joined into this one. They resolve to it from now on.
    pub joined: Vec<String>,
    /// The other contacts that the event names, but that may not be joined with this one.
    pub conflicts: Vec<ConflictAnswer>,
    /// The fields whose values wait for a person to accept or dismiss them, because the event may not speak for the
    /// contact.
    pub unconfirmed: Vec<String>,
    /// The captured values that were left out.
    pub rejected: Vec<Rejected>,
}

/// An identifier that was left out, because it belongs to another contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictAnswer {
    /// The field of the identifier.
    pub field: String,
    /// The other contact.
    pub contact_id: String,
    /// `unproven`, `different_person`, `contradiction` or `too_many`.
    pub reason: &'static str,
}

/// A captured value that was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The field as the event names it; empty if it cannot be read.
    pub field: String,
    /// The reason, for people.
    pub reason: String,
}

impl Answer {
    /// # Errors
    /// [`InvalidEvent`] if the conversation is known on another channel.
    pub(crate) fn new(folded: Folded, rejected: Vec<contacts::Rejected>) -> Result<Answer, InvalidEvent> {
        let outcome = match folded.outcome {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::Suppressed | Outcome::Erased => "suppressed",
            Outcome::Ignored => "ignored",
            Outcome::WrongChannel => return Err(InvalidEvent::wrong_channel()),
        };
        let unreadable = rejected.into_iter().map(Rejected::from);
        let left_out = folded.rejected.into_iter().map(Rejected::from);
        Ok(Answer {
            outcome,
            contact_id: folded.contact.map(|id| id.to_string()),
            identity: if folded.proven { "proven" } else { "stated" },
            joined: folded.joined.iter().map(ToString::to_string).collect(),
            conflicts: folded.conflicts.into_iter().map(ConflictAnswer::from).collect(),
            unconfirmed: folded.unconfirmed.iter().map(ToString::to_string).collect(),
            rejected: unreadable.chain(left_out).collect(),
        })
    }
}

impl From<contacts::Conflict> for ConflictAnswer {
    fn from(conflict: contacts::Conflict) -> ConflictAnswer {
        ConflictAnswer {
            field: conflict.field.to_string(),
            contact_id: conflict.contact.to_string(),
            reason: conflict.reason.as_str(),
        }
    }
}

impl From<contacts::Rejected> for Rejected {
    fn from(rejected: contacts::Rejected) -> Rejected {
        Rejected { field: rejected.field, reason: rejected.reason }
    }
}

impl From<(Field, Rejection)> for Rejected {
    fn from((field, rejection): (Field, Rejection)) -> Rejected {
        Rejected { field: field.to_string(), reason: rejection.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use contacts::{Channel, Conflict, ConflictReason, ContactId, time};
    use serde_json::json;

    use super::*;

    fn folded(outcome: Outcome) -> Folded {
        Folded::nothing(outcome)
    }

    #[test]
    fn every_part_of_the_result_is_in_the_answer() {
        let (ours, theirs, email) = (ContactId::new(), ContactId::new(), Field::Channel(Channel::Email));
        let conflict = Conflict {
            field: email.clone(),
            value: None,
            contact: theirs,
            reason: ConflictReason::Unproven,
            at: time::now(),
            source: None,
            withheld: Vec::new(),
        };
        let folded = Folded {
            contact: Some(ours),
            proven: true,
            joined: vec![theirs],
            conflicts: vec![conflict],
            unconfirmed: vec![Field::Name, email.clone()],
            rejected: vec![(email, Rejection::TooMany)],
            ..folded(Outcome::Updated)
        };
        let malformed = contacts::Rejected { field: String::new(), reason: "expected an object".to_owned() };
        let answer = serde_json::to_value(Answer::new(folded, vec![malformed]).unwrap()).unwrap();
        let expected = json!({
            "outcome": "updated",
            "contact_id": ours.to_string(),
            "identity": "proven",
            "joined": [theirs.to_string()],
            "conflicts": [{"field": "email", "contact_id": theirs.to_string(), "reason": "unproven"}],
            "unconfirmed": ["name", "email"],
            "rejected": [
                {"field": "", "reason": "expected an object"},
                {"field": "email", "reason": "too many values"},
            ],
        });
        assert_eq!(answer, expected);
    }

    #[test]
    fn an_event_without_a_contact_proves_nothing() {
        for (outcome, name) in
            [(Outcome::Suppressed, "suppressed"), (Outcome::Erased, "suppressed"), (Outcome::Ignored, "ignored")]
        {
            let answer = Answer::new(folded(outcome), Vec::new()).unwrap();
            assert_eq!((answer.outcome, answer.contact_id, answer.identity), (name, None, "stated"));
        }
    }

    #[test]
    fn a_conversation_stays_on_its_channel() {
        let error = Answer::new(folded(Outcome::WrongChannel), Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "channel: the conversation is known on another channel");
    }
}
