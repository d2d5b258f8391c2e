//! Finds what names a person who is erased.

use std::collections::BTreeSet;

use contacts::{Contact, ContactId, Identifier, Record, Traces, Workspace};

use crate::ContactBook;
use crate::delete::claimed_by;
use crate::error::{self, Fault};
use crate::find::{end_of, live};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{HISTORY_PREFIX, JOIN_PREFIX, Key, LINK_PREFIX, SK};
use crate::read::Reads;

/// What an erasure finds.
pub(super) struct Gathered {
    /// What names the person. Without identifiers that belong to others by now, or that others show as well.
    pub(super) traces: Traces,
    /// All that the contact, or one that was joined into it, claims.
    pub(super) claimed: Vec<Identifier>,
    /// The deleted contacts that had identifiers of the person before, and still keep them.
    pub(super) deleted: BTreeSet<ContactId>,
    /// The other contacts that may note something of the person, with those into which they were joined.
    pub(super) others: BTreeSet<ContactId>,
}

impl ContactBook {
    pub(super) async fn gather(&self, workspace: &Workspace, contact: &Contact) -> Result<Gathered, Fault> {
        let ids: Vec<ContactId> = std::iter::once(contact.id).chain(contact.joined.iter().copied()).collect();
        let mut traces = Traces { contacts: ids.iter().copied().collect(), ..Traces::default() };
        traces.add(contact);
        let mut claimed: BTreeSet<Identifier> = claimed_by(contact).into_iter().collect();
        for item in self.batch_get(contact.joined.iter().map(|id| Key::contact(workspace, *id)).collect()).await? {
            if let Some(joined) = item::readable(&item, item::read_record).as_ref().and_then(Record::contact) {
                traces.add(joined);
                claimed.extend(claimed_by(joined));
            }
        }
        for id in &ids {
            let items = self.partition_query(workspace, *id, "").into_paginator().items().send();
            let items: Vec<Item> = items.collect::<Result<_, _>>().await.map_err(error::of)?;
            items.iter().for_each(|item| add_item(&mut traces, item));
        }
        claimed.extend(traces.identifiers.iter().cloned());
        let related: Vec<ContactId> = traces.related.difference(&traces.contacts).copied().collect();
        let mut reads = self.read(workspace, &claimed, &related).await?;
        let sharers = reads.claims.values().flatten().flat_map(|claim| claim.shared_by.iter().copied()).collect();
        self.read_also(workspace, &mut reads, sharers).await?;
        claimed.retain(|identifier| leads_to(&reads, identifier).is_some_and(|id| ids.contains(&id)));
        traces.identifiers.retain(|identifier| {
            !reads.settings.blocks(identifier)
                && !is_others(&reads, identifier, &ids)
                && !is_shown_by_others(&reads, identifier)
        });
        let claims = reads.claims.iter().filter(|(identifier, _)| traces.identifiers.contains(identifier));
        let claims = claims.filter_map(|(_, claim)| claim.as_ref()).filter(|claim| ids.contains(&claim.contact));
        let deleted = claims.flat_map(|claim| claim.taken_from.iter().copied()).collect();
        let others = reads.records.into_iter().filter_map(|(id, record)| record.map(|_| id));
        let others = others.filter(|id| !traces.contacts.contains(id)).collect();
        Ok(Gathered { traces, claimed: claimed.into_iter().collect(), deleted, others })
    }
}

/// Adds what an item of the contact's partition says. Skips one that this build cannot read: it is removed in any case.
fn add_item(traces: &mut Traces, item: &Item) {
    let sk = item.text(SK).unwrap_or_default();
    if sk.starts_with(LINK_PREFIX) {
        let conversation = item::readable(item, item::read_conversation);
        traces.identifiers.extend(conversation.map(|conversation| Identifier::Conversation(conversation.info.id)));
    } else if sk.starts_with(JOIN_PREFIX) {
        item::readable(item, item::read_join).iter().for_each(|join| traces.add(&join.before));
    } else if sk.starts_with(HISTORY_PREFIX)
        && let Some(entry) = item::readable(item, item::read_history)
    {
        entry.changes.iter().for_each(|change| traces.add_change(change));
    }
}

/// The contact to which the claim of an identifier leads, whether it has expired or not.
fn leads_to(reads: &Reads, identifier: &Identifier) -> Option<ContactId> {
    let claim = reads.claims.get(identifier).and_then(Option::as_ref);
    claim.map(|claim| claim.contact).or_else(|| reads.expired.get(identifier).copied())
}

/// Whether an identifier belongs to another contact, which lives or can be restored.
fn is_others(reads: &Reads, identifier: &Identifier, ids: &[ContactId]) -> bool {
    let holder = reads.claims.get(identifier).and_then(Option::as_ref).map(|claim| claim.contact);
    let Some(holder) = holder.filter(|holder| !ids.contains(holder)) else { return false };
    end_of(&reads.records, holder).and_then(Record::contact).is_some_and(|other| !ids.contains(&other.id))
}

/// Whether another contact shows an identifier that the erased one owns: it names several people.
fn is_shown_by_others(reads: &Reads, identifier: &Identifier) -> bool {
    let sharers = reads.claims.get(identifier).into_iter().flatten().flat_map(|claim| claim.shared_by.iter());
    sharers.filter_map(|id| live(&reads.records, *id)).any(|other| other.identifiers.shows(identifier))
}
