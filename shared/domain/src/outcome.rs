//! What a decision on an observation did.

use crate::conflict::Conflict;
use crate::field::Field;
use crate::identifier::Identifier;
use crate::ids::ContactId;

/// The outcome of an observation. If an observation is folded in several rounds, the greatest variant counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Its conversation is known on another channel, so the event is invalid. Nothing was stored.
    WrongChannel,
    /// It has no identifier and no name, and belongs to no linked conversation.
    Ignored,
    /// It is older than the deletion of the contact that it leads to, or its workspace is closed.
    Suppressed,
    /// It names somebody who was erased, and would bring them back.
    Erased,
    /// The contact already has all its values.
    Unchanged,
    /// Something was stored: a value, an identifier, a conversation, a join or a conflict.
    Updated,
    /// It created a contact.
    Created,
}

/// What an observation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// In one word. A row of an import that was folded before has the outcome that it had then, as far as its contact
    /// still shows it.
    pub outcome: Outcome,
    /// The contact into which it was folded; `None` when it was suppressed, ignored, or of somebody erased.
    pub contact: Option<ContactId>,
    /// Whether it comes from the person of the contact: it, or an earlier event of its conversation, proved one of the
    /// contact's identifiers.
    pub proven: bool,
    /// The contacts that it joined into that contact.
    pub joined: Vec<ContactId>,
    /// The contacts that it names as well, but that may not be joined with that contact.
    pub conflicts: Vec<Conflict>,
    /// The fields whose values wait for a person to accept or dismiss them.
    pub unconfirmed: Vec<Field>,
    /// The fields whose values were left out, and why.
    pub rejected: Vec<(Field, Rejection)>,
    /// Its identifiers that several people share, so that they did not decide whose it is.
    pub shared: Vec<Identifier>,
    /// Whether it is a row that leads to a contact which had a clearly different name.
    pub other_name: bool,
    /// Whether joins are left over: write, read and fold once more.
    pub unfinished: bool,
}

/// Why a valid value was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The contact has as many identifiers as it can have.
    #[error("too many values")]
    TooMany,
    /// It is the name in a row of an import that leads to its contact by phones and handles alone, and the contact is
    /// clearly called differently: the phone or handle may be somebody else's by now.
    #[error("differs from the contact's name; only a row with an email or id changes it")]
    OtherName,
    /// The contact's custom values would become too large together.
    #[error("does not fit: custom values may have 32 KiB together")]
    TooLarge,
}

impl Folded {
    /// The result of an observation that took two rounds.
    #[must_use]
    pub fn followed_by(self, next: Folded) -> Folded {
        let mut joined = self.joined;
        joined.extend(next.joined);
        let other_name = self.other_name || next.other_name;
        Folded { outcome: self.outcome.max(next.outcome), joined, other_name, ..next }
    }

    /// The result of an observation that did nothing yet.
    pub fn nothing(outcome: Outcome) -> Folded {
        Folded {
            outcome,
            contact: None,
            proven: false,
            joined: Vec::new(),
            conflicts: Vec::new(),
            unconfirmed: Vec::new(),
            rejected: Vec::new(),
            shared: Vec::new(),
            other_name: false,
            unfinished: false,
        }
    }
}
