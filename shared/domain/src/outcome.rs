//! The outcome of a decision on an observation, in one word.

/// The outcome of an observation. If an observation is folded in several rounds, the greatest variant counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It has no identifier and no name, and belongs to no linked conversation.
    Ignored,
    /// It is older than the deletion of the contact that it leads to.
    Suppressed,
    /// The contact already has all its values.
    Unchanged,
    /// Something was stored: a value, an identifier, a conversation, a join or a conflict.
    Updated,
    /// It created a contact.
    Created,
}
