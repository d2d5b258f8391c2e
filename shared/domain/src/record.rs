//! What a book keeps besides settings and jobs: records of contacts, claims and joins.

use jiff::Timestamp;

use crate::cause::Cause;
use crate::contact::Contact;
use crate::ids::ContactId;
use crate::observation::Conversation;

/// What a book keeps under a contact's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A contact.
    Live(Contact),
    /// A contact that was joined into another. It keeps its data, and its id leads on.
    Joined {
        /// The contact as it was.
        contact: Contact,
        /// The contact into which it was joined.
        into: ContactId,
    },
    /// What is left of a deleted contact for 30 days.
    Deleted(Tombstone),
}

/// What is left of a deleted contact: no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The contact's id.
    pub id: ContactId,
    /// When it was deleted.
    pub at: Timestamp,
    /// One more than the contact's last.
    pub version: u64,
    /// Who deleted it; `None` if that was a build before causes were stored.
    pub cause: Option<Cause>,
    /// Whether its joins, links and claims have been removed.
    pub cleared: bool,
    /// The contacts joined into it, which become tombstones, too.
    pub joined: Vec<ContactId>,
}

/// Which contact an identifier belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The contact, live or not.
    pub contact: ContactId,
    /// What is kept with it.
    pub note: ClaimNote,
    /// When it expires; `None` while its contact lives.
    pub expires_at: Option<Timestamp>,
    /// When the contact was deleted from which the claim was taken over. It does not lead anywhere for an observation made
    /// before.
    pub void_before: Option<Timestamp>,
}

/// What a claim keeps besides its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimNote {
    /// Nothing: the claim of a phone, an email address or a handle.
    None,
    /// The conversation whose id is claimed.
    Conversation(Conversation),
    /// The answer to the request whose `Idempotency-Key` is claimed.
    Request(Answered),
}

/// A request that created a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// A hash of what was asked.
    pub fingerprint: String,
    /// The contact as it was answered; `None` after its deletion.
    pub answer: Option<Box<Contact>>,
}

/// A join, recorded so that it can be undone. The data of the joined contact stay in its own record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// When it was decided.
    pub at: Timestamp,
    /// The contact that was joined into this one.
    pub other: ContactId,
    /// The survivor as it was before.
    pub before: Contact,
}

impl Record {
    /// The contact's id.
    pub fn id(&self) -> ContactId {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => contact.id,
            Record::Deleted(tombstone) => tombstone.id,
        }
    }

    /// The version.
    pub fn version(&self) -> u64 {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => contact.version,
            Record::Deleted(tombstone) => tombstone.version,
        }
    }
}
