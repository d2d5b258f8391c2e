//! The records that a book stores in addition to settings and jobs: contacts, claims and joins.

use jiff::Timestamp;

use crate::cause::Cause;
use crate::contact::Contact;
use crate::identifier::Identifier;
use crate::ids::{ContactId, ImportId};
use crate::observation::Conversation;
use crate::stamp::SourceRef;

/// The record that a book stores under a contact's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A contact.
    Live(Contact),
    /// A contact that was joined into another. It keeps its data, and its id leads to the other contact.
    Joined {
        /// The contact as it was.
        contact: Contact,
        /// The contact into which it was joined.
        into: ContactId,
    },
    /// The tombstone of a deleted contact, kept for 30 days, in which the contact can be restored.
    Deleted(Tombstone),
}

/// The tombstone of a deleted contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The contact's id.
    pub id: ContactId,
    /// When it was deleted.
    pub at: Timestamp,
    /// The contact's last version plus one.
    pub version: u64,
    /// Who deleted it; `None` if a build without causes did.
    pub cause: Option<Cause>,
    /// The contact as it was; `None` if an older build deleted it, or its data were erased.
    pub contact: Option<Box<Contact>>,
    /// When a person had its data erased, which cannot be taken back. While it still keeps the contact, the erasure is not
    /// finished.
    pub erased_at: Option<Timestamp>,
}

/// Which contact an identifier belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The contact, live or not.
    pub contact: ContactId,
    /// Additional data, by the kind of identifier.
    pub note: ClaimNote,
    /// When it expires; `None` while its contact lives.
    pub expires_at: Option<Timestamp>,
    /// If the claim was taken over from a deleted contact: when that contact was deleted. For an observation made
    /// before, the claim leads nowhere.
    pub void_before: Option<Timestamp>,
    /// The deleted contacts from which the claim was taken over, the last one last and at most
    /// [`MAX_TAKEN_FROM`](crate::MAX_TAKEN_FROM): whoever erases the contact erases them as well. Some may be restored or gone
    /// by now.
    pub taken_from: Vec<ContactId>,
    /// The other contacts that show the identifier. If there are any, it is shared: beside another identifier it decides
    /// nothing. It may name contacts that no longer show it.
    pub shared_by: Vec<ContactId>,
}

/// The data that a claim has in addition to its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimNote {
    /// No data: the claim of a phone, an email address or a handle.
    None,
    /// The conversation whose id is claimed.
    Conversation(Conversation),
    /// A conversation that a person has taken from the contact. Its next event starts anew, kept apart from the contact.
    Unlinked(Conversation),
    /// The answer to the request whose `Idempotency-Key` is claimed.
    Request(Answered),
}

/// A request that created a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// A hash of the request body.
    pub fingerprint: String,
    /// The contact in the answer; `None` after its deletion.
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

impl Join {
    /// The identifiers whose claims must be read to take the join back, given the contact that was joined.
    pub fn identifiers(&self, joined: &Contact) -> Vec<Identifier> {
        let owned = joined.identifiers.owned().chain(self.before.identifiers.owned());
        owned.map(|held| held.identifier.clone()).collect()
    }
}

impl Tombstone {
    /// The import whose undo deleted the contact, if one did.
    pub fn undone_import(&self) -> Option<ImportId> {
        match self.cause.as_ref()?.source {
            Some(SourceRef::ImportUndo(import)) => Some(import),
            _ => None,
        }
    }

    /// Whether the contact was erased, and nothing is kept of it.
    pub fn is_erased(&self) -> bool {
        self.erased_at.is_some() && self.contact.is_none()
    }
}

impl Record {
    /// The contact's id.
    pub fn id(&self) -> ContactId {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => contact.id,
            Record::Deleted(tombstone) => tombstone.id,
        }
    }

    /// The contact's data; `None` if nothing is kept of it.
    pub fn contact(&self) -> Option<&Contact> {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => Some(contact),
            Record::Deleted(tombstone) => tombstone.contact.as_deref(),
        }
    }

    /// The contact's data, to change; `None` if nothing is kept of it.
    pub(crate) fn contact_mut(&mut self) -> Option<&mut Contact> {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => Some(contact),
            Record::Deleted(tombstone) => tombstone.contact.as_deref_mut(),
        }
    }

    /// Who wrote it last, and why; `None` if a build without causes did.
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Record::Live(contact) | Record::Joined { contact, .. } => contact.cause.as_ref(),
            Record::Deleted(tombstone) => tombstone.cause.as_ref(),
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
