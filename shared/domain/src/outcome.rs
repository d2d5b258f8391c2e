//! What a decision on an observation did, in one word.

/// What an observation did. A later variant counts more when an observation is folded in several rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It has no identifier and no name, and belongs to no linked conversation.
    Ignored,
    /// It is older than the deletion of the contact that it leads to.
    Suppressed,
    /// The contact already has everything that it says.
    Unchanged,
    /// Something was stored: a value, an identifier, a conversation, a join or a conflict.
    Updated,
    /// It made a contact.
    Created,
}
