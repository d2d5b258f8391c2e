//! What a write changed: the difference between two states of a contact.

use std::collections::BTreeSet;
use std::mem::swap;

use jiff::Timestamp;

use crate::conflict::Conflict;
use crate::contact::{Contact, FieldValue};
use crate::field::{Channel, Field};
use crate::identifiers::HeldIdentifier;
use crate::ids::ContactId;
use crate::observation::ConversationInfo;
use crate::unconfirmed::Unconfirmed;

/// One thing that a write changed, as it was before and as it is after.
///
/// `None` and an empty list stand for "no value".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The name or a custom value.
    Value {
        /// The field.
        field: Field,
        /// The value before.
        before: Option<FieldValue>,
        /// The value after.
        after: Option<FieldValue>,
    },
    /// The primary identifier of a channel.
    Primary {
        /// The channel.
        channel: Channel,
        /// The identifier before.
        before: Option<HeldIdentifier>,
        /// The identifier after.
        after: Option<HeldIdentifier>,
    },
    /// The secondary identifiers.
    Secondary {
        /// All of them before.
        before: Vec<HeldIdentifier>,
        /// All of them after.
        after: Vec<HeldIdentifier>,
    },
    /// The identifiers that are only shown, except those in a field.
    Shared {
        /// All of them before.
        before: Vec<HeldIdentifier>,
        /// All of them after.
        after: Vec<HeldIdentifier>,
    },
    /// The unconfirmed values.
    Unconfirmed {
        /// All of them before.
        before: Vec<Unconfirmed>,
        /// All of them after.
        after: Vec<Unconfirmed>,
    },
    /// When a person last dismissed unconfirmed values.
    Reviewed {
        /// The moment before.
        before: Option<Timestamp>,
        /// The moment after.
        after: Option<Timestamp>,
    },
    /// The contacts from which this one is kept apart.
    KeptApart {
        /// All of them before.
        before: Vec<ContactId>,
        /// All of them after.
        after: Vec<ContactId>,
    },
    /// When a person last changed or cleared a field.
    Edited {
        /// The field.
        field: Field,
        /// The moment before.
        before: Option<Timestamp>,
        /// The moment after.
        after: Option<Timestamp>,
    },
    /// The conflicts.
    Conflicts {
        /// All of them before.
        before: Vec<Conflict>,
        /// All of them after.
        after: Vec<Conflict>,
    },
    /// The contacts joined into this one.
    Joined {
        /// All of them before.
        before: Vec<ContactId>,
        /// All of them after.
        after: Vec<ContactId>,
    },
    /// The newest event of a conversation.
    LastSeen {
        /// The moment before.
        before: Option<Timestamp>,
        /// The moment after.
        after: Option<Timestamp>,
    },
    /// The conversation of the newest event.
    LastConversation {
        /// The conversation before.
        before: Option<ConversationInfo>,
        /// The conversation after.
        after: Option<ConversationInfo>,
    },
}

impl Change {
    /// What changed: the name of a field, or `also_known_by`, `shared`, `unconfirmed`, `kept_apart`, `conflicts`, `joined`,
    /// `last_seen_at` or `last_conversation`. `None` if it is nothing that is shown of a contact.
    pub fn field(&self) -> Option<String> {
        let name = match self {
            Change::Value { field, .. } => return Some(field.to_string()),
            Change::Primary { channel, .. } => channel.as_str(),
            Change::Secondary { .. } => "also_known_by",
            Change::Shared { .. } => "shared",
            Change::Unconfirmed { .. } => "unconfirmed",
            Change::KeptApart { .. } => "kept_apart",
            Change::Conflicts { .. } => "conflicts",
            Change::Joined { .. } => "joined",
            Change::LastSeen { .. } => "last_seen_at",
            Change::LastConversation { .. } => "last_conversation",
            Change::Reviewed { .. } | Change::Edited { .. } => return None,
        };
        Some(name.to_owned())
    }

    /// The change that takes this one back.
    fn inverse(&self) -> Change {
        let mut inverse = self.clone();
        match &mut inverse {
            Change::Value { before, after, .. } => swap(before, after),
            Change::Primary { before, after, .. } => swap(before, after),
            Change::Secondary { before, after } | Change::Shared { before, after } => swap(before, after),
            Change::Unconfirmed { before, after } => swap(before, after),
            Change::KeptApart { before, after } | Change::Joined { before, after } => swap(before, after),
            Change::Conflicts { before, after } => swap(before, after),
            Change::Reviewed { before, after }
            | Change::LastSeen { before, after }
            | Change::Edited { before, after, .. } => swap(before, after),
            Change::LastConversation { before, after } => swap(before, after),
        }
        inverse
    }
}

/// What changed between two states of one contact, each thing once. Its version, `updated_at` and cause change with every
/// write and are not listed.
pub fn diff(before: &Contact, after: &Contact) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in both(before.values.keys(), after.values.keys()) {
        let (before, after) = (before.values.get(field).cloned(), after.values.get(field).cloned());
        push(&mut changes, before, after, |before, after| Change::Value { field: field.clone(), before, after });
    }
    for channel in Channel::ALL {
        let primary = |contact: &Contact| contact.identifiers.primary(channel).cloned();
        push(&mut changes, primary(before), primary(after), |before, after| Change::Primary { channel, before, after });
    }
    let secondary = |contact: &Contact| contact.identifiers.secondary().to_vec();
    push(&mut changes, secondary(before), secondary(after), |before, after| Change::Secondary { before, after });
    let shared = |contact: &Contact| contact.identifiers.shared_besides().to_vec();
    push(&mut changes, shared(before), shared(after), |before, after| Change::Shared { before, after });
    let unconfirmed = (before.unconfirmed.clone(), after.unconfirmed.clone());
    push(&mut changes, unconfirmed.0, unconfirmed.1, |before, after| Change::Unconfirmed { before, after });
    let reviewed = (before.reviewed_at, after.reviewed_at);
    push(&mut changes, reviewed.0, reviewed.1, |before, after| Change::Reviewed { before, after });
    let kept_apart = (before.kept_apart.clone(), after.kept_apart.clone());
    push(&mut changes, kept_apart.0, kept_apart.1, |before, after| Change::KeptApart { before, after });
    for field in both(before.edited.keys(), after.edited.keys()) {
        let (before, after) = (before.edited.get(field).copied(), after.edited.get(field).copied());
        push(&mut changes, before, after, |before, after| Change::Edited { field: field.clone(), before, after });
    }
    let (conflicts, joined) = (before.conflicts.clone(), before.joined.clone());
    push(&mut changes, conflicts, after.conflicts.clone(), |before, after| Change::Conflicts { before, after });
    push(&mut changes, joined, after.joined.clone(), |before, after| Change::Joined { before, after });
    let seen = (before.last_seen_at, after.last_seen_at);
    push(&mut changes, seen.0, seen.1, |before, after| Change::LastSeen { before, after });
    let last = (before.last_conversation.clone(), after.last_conversation.clone());
    push(&mut changes, last.0, last.1, |before, after| Change::LastConversation { before, after });
    changes
}

/// Applies changes to the state before them, which makes it the state after them.
pub fn apply(contact: &mut Contact, changes: &[Change]) {
    for change in changes {
        match change.clone() {
            Change::Value { field, after, .. } => {
                match after {
                    Some(value) => contact.values.insert(field, value),
                    None => contact.values.remove(&field),
                };
            }
            Change::Primary { channel, after, .. } => contact.identifiers.set_primary(channel, after),
            Change::Secondary { after, .. } => contact.identifiers.set_secondary(after),
            Change::Shared { after, .. } => contact.identifiers.set_shared(after),
            Change::Unconfirmed { after, .. } => contact.unconfirmed = after,
            Change::Reviewed { after, .. } => contact.reviewed_at = after,
            Change::KeptApart { after, .. } => contact.kept_apart = after,
            Change::Edited { field, after, .. } => {
                match after {
                    Some(at) => contact.edited.insert(field, at),
                    None => contact.edited.remove(&field),
                };
            }
            Change::Conflicts { after, .. } => contact.conflicts = after,
            Change::Joined { after, .. } => contact.joined = after,
            Change::LastSeen { after, .. } => contact.last_seen_at = after,
            Change::LastConversation { after, .. } => contact.last_conversation = after,
        }
    }
}

/// Takes changes back: makes the state after them the state before them.
pub fn revert(contact: &mut Contact, changes: &[Change]) {
    for change in changes.iter().rev() {
        apply(contact, &[change.inverse()]);
    }
}

/// The keys of two maps, each once, in order.
fn both<'a>(before: impl Iterator<Item = &'a Field>, after: impl Iterator<Item = &'a Field>) -> BTreeSet<&'a Field> {
    before.chain(after).collect()
}

fn push<T: PartialEq>(changes: &mut Vec<Change>, before: T, after: T, change: impl FnOnce(T, T) -> Change) {
    if before != after {
        changes.push(change(before, after));
    }
}
