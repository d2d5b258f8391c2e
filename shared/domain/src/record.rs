//! What the table holds besides settings and jobs: records of contacts, claims, joins.

use jiff::Timestamp;

use crate::contact::Contact;
use crate::ids::ContactId;
use crate::observation::Conversation;

/// What the table holds under a contact's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A contact.
    Live(Contact),
    /// A contact that was joined into another: it keeps its data, its id leads on.
    Joined {
        /// The contact as it was.
        contact: Contact,
        /// Into which it was joined.
        into: ContactId,
    },
    /// What is left of a deleted contact for 30 days.
    Deleted(Stub),
}

/// The remains of a deleted contact: no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stub {
    /// The contact's id.
    pub id: ContactId,
    /// When it was deleted.
    pub at: Timestamp,
    /// One more than the contact's last.
    pub version: u64,
    /// Whether its joins, links and claims have been cleared away.
    pub cleared: bool,
    /// The contacts joined into it, which become stubs too.
    pub joined: Vec<ContactId>,
}

/// Which contact an identifier belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The contact, live or not.
    pub contact: ContactId,
    /// What else is kept with it.
    pub note: ClaimNote,
    /// When it is void; `None` while its contact lives.
    pub expires_at: Option<Timestamp>,
    /// When the contact was deleted from which it was taken over. What was observed before names nobody by it.
    pub void_before: Option<Timestamp>,
}

/// What a claim keeps besides its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimNote {
    /// Nothing: a phone, an address or a handle.
    None,
    /// The conversation, whose id is claimed.
    Conversation(Conversation),
    /// The answered request, whose key is claimed.
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

/// A join, recorded so that it can be undone. The other side's data stay in its own record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// When.
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
            Record::Deleted(stub) => stub.id,
        }
    }

    /// The version.
    pub fn version(&self) -> u64 {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => contact.version,
            Record::Deleted(stub) => stub.version,
        }
    }
}
