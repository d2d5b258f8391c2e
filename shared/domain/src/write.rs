//! What a decision writes.

use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::observation::Conversation;
use crate::record::{Claim, Join, Record};
use crate::settings::Settings;

/// One item to write, and the state that it must still have.
#[derive(Debug, PartialEq, Eq)]
pub enum Write<'a> {
    /// The settings of the workspace.
    Settings {
        /// The new settings.
        settings: &'a Settings,
        /// The version that was read.
        read: u64,
    },
    /// The record of a contact.
    Record {
        /// The new record.
        record: &'a Record,
        /// The version that was read; `None` for a new contact.
        read: Option<u64>,
    },
    /// A claim.
    Claim {
        /// The claimed identifier.
        identifier: &'a Identifier,
        /// The new claim.
        claim: &'a Claim,
        /// What was read.
        read: ReadClaim,
    },
    /// A claim that is removed. Only the contact that holds the identifier does this, in the write that changes the
    /// contact, so the condition on the contact's version guards both.
    Release {
        /// The identifier.
        identifier: &'a Identifier,
        /// What was read.
        read: ReadClaim,
    },
    /// A link from a contact to a conversation.
    Link {
        /// The contact.
        contact: ContactId,
        /// The conversation.
        conversation: &'a Conversation,
    },
    /// A link from a contact to a conversation that is removed.
    Unlink {
        /// The contact.
        contact: ContactId,
        /// The conversation.
        conversation: &'a Conversation,
    },
    /// The record of a join.
    Join {
        /// The survivor.
        contact: ContactId,
        /// The record.
        join: &'a Join,
    },
    /// The record of a join that was taken back is removed.
    RemoveJoin {
        /// The survivor.
        contact: ContactId,
        /// The record.
        join: &'a Join,
    },
    /// No write, but a condition: the other writes rely on the contact being live.
    StillLive {
        /// The contact.
        contact: ContactId,
    },
    /// No write, but a condition: the other writes take a claim from a deleted contact, which must not have been restored.
    StillDeleted {
        /// The deleted contact.
        contact: ContactId,
        /// The version of its tombstone.
        version: u64,
    },
}

/// The state of a claim before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadClaim {
    /// It was not read: the contact that is written with it holds the identifier, so the condition on the contact's version
    /// guards both.
    Unread,
    /// There was no claim.
    Absent,
    /// It led to this contact, and so many other contacts were known to show the identifier.
    Of {
        /// The contact.
        contact: ContactId,
        /// The number of other contacts.
        shared_by: usize,
    },
}
