//! Checks the items of one workspace.

use std::collections::{HashMap, HashSet};

use contacts::{
    Claim, ClaimNote, Contact, ContactId, Conversation, Hold, Identifier, MAX_CHAIN, MAX_INDEX_SHARDS, Record,
    Workspace,
};
use jiff::Timestamp;

use super::Violation;
use super::indexed::Indexed;
use super::repair::StrayClaim;
use crate::keys::Key;

/// The items of a workspace.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) records: HashMap<ContactId, Record>,
    /// Deleted contacts that can no longer be restored. What belonged to them is removed some time later.
    pub(super) expired: HashSet<ContactId>,
    /// By partition key.
    pub(super) claims: HashMap<String, Claim>,
    pub(super) links: HashMap<(ContactId, Identifier), Conversation>,
    /// `None` before the first change of the settings.
    pub(super) shards: Option<u32>,
    /// When contacts last had as many conflicts as they can have.
    pub(super) full_at: HashMap<ContactId, Timestamp>,
    /// How each contact's item is indexed.
    pub(super) indexed: Vec<(ContactId, Indexed)>,
}

impl Book {
    /// Adds what is wrong, and the claims that must be removed.
    pub(super) fn check(&self, workspace: &Workspace, violations: &mut Vec<Violation>, strays: &mut Vec<StrayClaim>) {
        let mut say = |text: String| violations.push(Violation(format!("{workspace}: {text}")));
        let shards = self.shards.unwrap_or(MAX_INDEX_SHARDS);
        for (id, indexed) in &self.indexed {
            if self.records.contains_key(id) && !indexed.is_right(*id, shards) {
                say(format!(
                    "contact {id}: its index attributes do not match its values; indexing the book anew corrects this"
                ));
            }
        }
        for record in self.records.values() {
            match record {
                Record::Live(contact) => {
                    self.check_identifiers(workspace, contact, &mut say);
                    self.check_conflicts(contact, &mut say);
                    check_unconfirmed(contact, &mut say);
                }
                Record::Joined { .. } | Record::Deleted(_) => {
                    if self.end_of(record.id()).is_none() && !self.leads_to_expired(record.id()) {
                        say(format!("contact {}: its chain of joins does not end", record.id()));
                    }
                }
            }
        }
        for (key, claim) in &self.claims {
            strays.extend(self.check_claim(workspace, key, claim, &mut say));
        }
        for ((id, conversation), linked) in &self.links {
            if self.leads_to_expired(*id) {
                continue;
            }
            // A deleted contact keeps its conversations while it can be restored.
            if self.end_of(*id).is_none_or(|record| record.contact().is_none()) {
                say(format!("a conversation is linked to contact {id}, which is missing or cannot be restored"));
            }
            let claim = self.claims.get(&Key::claim(workspace, conversation).pk).filter(|claim| claim.contact == *id);
            match claim.map(|claim| &claim.note) {
                Some(ClaimNote::Conversation(claimed)) if claimed.proven != linked.proven => {
                    say(format!(
                        "a conversation of contact {id} is proven in its claim or in its link, but not in both"
                    ));
                }
                Some(ClaimNote::Conversation(_)) => {}
                _ => say(format!("a conversation of contact {id} is not claimed by it")),
            }
        }
    }

    /// Checks that a live contact has the claims of the identifiers that it owns, and of no others that it shows.
    fn check_identifiers(&self, workspace: &Workspace, contact: &Contact, say: &mut impl FnMut(String)) {
        let mut checked = HashSet::new();
        for held in contact.identifiers.iter() {
            // An identifier in two fields may be owned in one of them only.
            let owned = contact.identifiers.owns(&held.identifier);
            if (held.hold != Hold::Owned && owned) || !checked.insert(&held.identifier) {
                continue;
            }
            let claim = self.claims.get(&Key::claim(workspace, &held.identifier).pk);
            let claims = claim.and_then(|claim| self.end_of(claim.contact)).map(Record::id) == Some(contact.id);
            let kind = held.identifier.kind();
            match held.hold {
                Hold::Owned if !claims => say(format!("contact {} does not have the claim of its {kind}", contact.id)),
                Hold::Shared if claims => {
                    say(format!("contact {} has the claim of a {kind} that it shows as another contact's", contact.id));
                }
                Hold::Blocked if claims => {
                    say(format!("contact {} has the claim of a {kind} that names nobody", contact.id));
                }
                Hold::Owned | Hold::Shared | Hold::Blocked => {}
            }
        }
    }

    /// Checks that a claim leads to a live contact that lists its identifier. Returns it if not.
    fn check_claim(
        &self,
        workspace: &Workspace,
        key: &str,
        claim: &Claim,
        say: &mut impl FnMut(String),
    ) -> Option<StrayClaim> {
        let Some(Record::Live(contact)) = self.end_of(claim.contact) else { return None };
        if let ClaimNote::Conversation(conversation) = &claim.note {
            let link = (claim.contact, Identifier::Conversation(conversation.info.id.clone()));
            if !self.links.contains_key(&link) {
                say(format!("a conversation that contact {} claims is not linked", claim.contact));
            }
        }
        if owns(workspace, contact, key) {
            return None;
        }
        say(format!("claim {key} leads to contact {}, which does not list it", contact.id));
        Some(StrayClaim {
            workspace: workspace.clone(),
            key: Key::claim_at(key),
            named: claim.contact,
            contact: contact.id,
            version: contact.version,
        })
    }

    /// The record at the end of a chain of joins.
    pub(super) fn end_of(&self, id: ContactId) -> Option<&Record> {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match self.records.get(&id)? {
                Record::Joined { into, .. } => id = *into,
                record => return Some(record),
            }
        }
        None
    }

    /// Whether a chain of joins ends at a deleted contact that can no longer be restored.
    fn leads_to_expired(&self, id: ContactId) -> bool {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            match self.records.get(&id) {
                Some(Record::Joined { into, .. }) => id = *into,
                _ => break,
            }
        }
        self.expired.contains(&id)
    }
}

/// Whether a live contact owns the identifier of the claim with this key. Contacts do not list conversations and requests.
fn owns(workspace: &Workspace, contact: &Contact, key: &str) -> bool {
    let kind = key.split('#').nth(3).unwrap_or_default();
    kind == "conversation"
        || kind == "request"
        || contact.identifiers.owned().any(|held| Key::claim(workspace, &held.identifier).pk == key)
}

fn check_unconfirmed(contact: &Contact, say: &mut impl FnMut(String)) {
    for entry in &contact.unconfirmed {
        let stands = contact.stamped(&entry.field);
        if stands.is_some_and(|(value, stamp)| *value == entry.value && stamp.source == entry.stamp.source) {
            say(format!("contact {}: its {} is unconfirmed, but stands in the field", contact.id, entry.field));
        }
    }
}
