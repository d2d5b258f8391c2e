//! Checks the items of one workspace.

use std::collections::{BTreeMap, HashMap, HashSet};

use contacts::{
    Claim, ClaimNote, Contact, ContactId, Conversation, HistoryEntry, Hold, Identifier, MAX_CHAIN, MAX_INDEX_SHARDS,
    Record, Workspace, apply, diff,
};
use jiff::Timestamp;

use super::Violation;
use crate::keys::{self, CONFLICT_AT, INDEX_SHARD, Key};

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
    /// By contact and version.
    pub(super) history: HashMap<ContactId, BTreeMap<u64, HistoryEntry>>,
    /// When contacts last had as many conflicts as they can have.
    pub(super) full_at: HashMap<ContactId, Timestamp>,
    /// The index attributes of each contact's item.
    pub(super) indexed: Vec<(ContactId, HashMap<&'static str, String>)>,
}

impl Book {
    pub(super) fn check(&self, workspace: &Workspace, violations: &mut Vec<Violation>) {
        let mut say = |text: String| violations.push(Violation(format!("{workspace}: {text}")));
        for (id, index) in &self.indexed {
            let Some(record) = self.records.get(id) else { continue };
            if *index != self.expected_index(workspace, record, index) {
                say(format!(
                    "contact {id}: its index attributes do not match its values; indexing the book anew corrects this"
                ));
            }
        }
        for record in self.records.values() {
            self.check_history(record, &mut say);
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
            self.check_claim(workspace, key, claim, &mut say);
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

    fn check_history(&self, record: &Record, say: &mut impl FnMut(String)) {
        let (Some(contact), Some(history)) = (record.contact(), self.history.get(&record.id())) else { return };
        if !history.keys().copied().eq(1..=record.version()) {
            return;
        }
        let mut replayed = Contact::new(contact.id, contact.source.clone(), contact.created_at);
        history.values().for_each(|entry| apply(&mut replayed, &entry.changes));
        if !diff(&replayed, contact).is_empty() {
            say(format!("contact {}: its history, replayed, does not give the contact", contact.id));
        }
    }

    fn check_claim(&self, workspace: &Workspace, key: &str, claim: &Claim, say: &mut impl FnMut(String)) {
        let Some(Record::Live(contact)) = self.end_of(claim.contact) else { return };
        if !owns(workspace, contact, key) {
            say(format!("claim {key} leads to contact {}, which does not list it", contact.id));
        }
        if let ClaimNote::Conversation(conversation) = &claim.note {
            let link = (claim.contact, Identifier::Conversation(conversation.info.id.clone()));
            if !self.links.contains_key(&link) {
                say(format!("a conversation that contact {} claims is not linked", claim.contact));
            }
        }
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

    fn expected_index(
        &self,
        workspace: &Workspace,
        record: &Record,
        index: &HashMap<&'static str, String>,
    ) -> HashMap<&'static str, String> {
        let Record::Live(contact) = record else { return HashMap::new() };
        // When the number of shards grows, a contact stays in the shard of its last write.
        let shards = 1..=self.shards.unwrap_or(MAX_INDEX_SHARDS);
        let possible = shards.map(|shards| keys::index_shard(workspace, keys::shard_of(contact.id, shards)));
        let stored = index.get(INDEX_SHARD).cloned().unwrap_or_default();
        let shard = possible.into_iter().find(|shard| *shard == stored).unwrap_or_default();
        let mut expected = HashMap::from([(INDEX_SHARD, shard)]);
        // A contact that was last written before there was an index of conflicts enters it when it is next written.
        let predates_index = contact.conflicts.iter().all(|conflict| conflict.source.is_none());
        for name in keys::SORT_KEYS {
            if name != CONFLICT_AT || index.contains_key(CONFLICT_AT) || !predates_index {
                expected.extend(keys::sort_key(name, contact).map(|value| (name, value)));
            }
        }
        expected
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
