//! For whom an observation may speak.

use crate::contact::Contact;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::observation::Observation;
use crate::proof::Proof;
use crate::record::ClaimNote;
use crate::settings::IdentityMode;
use crate::snapshot::Snapshot;

/// The right of an observation to speak for contacts.
///
/// An observation *vouches* for a contact if the workspace's people make it, or the contact is not proven, or the
/// observation *attests* that it comes from that person. Otherwise it is *hearsay* there.
pub(crate) struct Voice<'a> {
    seen: &'a Observation,
    mode: IdentityMode,
    /// The contact of the observation's conversation, if an earlier event of the conversation proved one of its
    /// identifiers.
    proven_for: Option<ContactId>,
    /// What it proves, except identifiers that several people share.
    proves: Vec<&'a Identifier>,
}

impl<'a> Voice<'a> {
    pub(crate) fn new(book: &Snapshot, seen: &'a Observation) -> Voice<'a> {
        let conversation = seen.conversation().map(|info| Identifier::Conversation(info.id.clone()));
        let claim = conversation.and_then(|identifier| book.claim(&identifier));
        let proven_for = claim.and_then(|claim| match &claim.note {
            ClaimNote::Conversation(conversation) if conversation.proven => Some(claim.contact),
            _ => None,
        });
        let proven = seen.named().iter().filter(|named| named.proof.is_proven() && !book.is_shared(&named.identifier));
        Voice {
            seen,
            mode: book.settings().identity,
            proven_for,
            proves: proven.map(|named| &named.identifier).collect(),
        }
    }

    pub(crate) fn mode(&self) -> IdentityMode {
        self.mode
    }

    pub(crate) fn vouches(&self, contact: &Contact) -> bool {
        self.seen.source.is_people() || !contact.is_proven(self.mode) || self.attests(contact)
    }

    /// Whether it comes from the person of the contact: it proves an identifier that the contact holds as proven or that
    /// people entered, or an earlier event of its conversation did.
    pub(crate) fn attests(&self, contact: &Contact) -> bool {
        let holds = |identifier: &&Identifier| {
            contact.identifiers.find(identifier).is_some_and(|held| held.proof >= Proof::Person)
        };
        self.proven_for.is_some_and(|id| contact.is_or_was(id)) || self.proves.iter().any(holds)
    }

    /// Whether it proves this identifier.
    pub(crate) fn proves(&self, identifier: &Identifier) -> bool {
        self.proves.contains(&identifier)
    }
}
