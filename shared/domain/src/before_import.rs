//! What a contact had before an import: its history tells.

use crate::cause::Actor;
use crate::conflict::Conflict;
use crate::contact::{Contact, FieldValue};
use crate::diff::{Change, revert};
use crate::field::{Channel, Field, Value};
use crate::history::{ContactEvent, HistoryEntry};
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::{ContactId, ImportId};
use crate::proof::Proof;
use crate::record::Join;
use crate::stamp::SourceRef;
use crate::unconfirmed::Unconfirmed;

/// What is known of a contact's past.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// The histories of the contact and of the contacts joined into it, each with the newest entry first.
    pub history: Vec<HistoryEntry>,
    /// The joins into the contact and into the contacts joined into it.
    pub joins: Vec<Join>,
}

impl Past {
    /// The contacts that an import joined into a contact, each once and the newest first.
    pub fn joined_by(&self, import: ImportId, contact: ContactId) -> Vec<ContactId> {
        let is_join = |entry: &&HistoryEntry| {
            let actor = entry.cause.as_ref().map(|cause| &cause.actor);
            entry.contact == contact && entry.event == ContactEvent::Joined && actor == Some(&Actor::Import(import))
        };
        let mut joined: Vec<ContactId> = Vec::new();
        for change in self.history.iter().filter(is_join).flat_map(|entry| &entry.changes) {
            let Change::Joined { before, after } = change else { continue };
            for id in after.iter().rev().filter(|id| !before.contains(id)) {
                if !joined.contains(id) {
                    joined.push(*id);
                }
            }
        }
        joined
    }
}

/// What a contact had before the import said something else.
#[derive(Debug, Default)]
pub(crate) struct Before {
    values: Vec<(Field, Option<FieldValue>)>,
    /// Each with whether it was the primary one of its field; `None` if the contact did not have it.
    identifiers: Vec<(HeldIdentifier, Option<(HeldIdentifier, bool)>)>,
    /// The fields in which the import put an identifier, each with the one that was there before.
    primaries: Vec<(Channel, Option<HeldIdentifier>)>,
    unconfirmed: Vec<Unconfirmed>,
    /// The identifiers whose proof the import raised, each with the raised proof.
    proofs: Vec<(HeldIdentifier, Proof)>,
    /// The identifiers that the contact only showed until the import said them.
    shown: Vec<HeldIdentifier>,
    /// The conflicts that withhold more since the import, each with what it withholds in addition.
    withheld: Vec<(Conflict, Vec<(Field, Value)>)>,
    /// Whether the history reaches back to all of it.
    pub(crate) is_whole: bool,
}

impl Before {
    /// Goes back in the contact's history, from a state on, until nothing in it is the import's of what is now.
    pub(crate) fn of(contact: &Contact, from: &Contact, import: ImportId, past: &Past) -> Before {
        let is_of = |source: &SourceRef| source.is_row_of(import);
        let mut values: Vec<&Field> =
            contact.values.iter().filter(|(_, entry)| is_of(&entry.stamp.source)).map(|(field, _)| field).collect();
        let mut identifiers: Vec<&HeldIdentifier> =
            contact.identifiers.iter().filter(|held| is_of(&held.stamp.source)).collect();
        let mut primaries: Vec<_> =
            contact.identifiers.primaries().iter().filter(|held| is_of(&held.stamp.source)).collect();
        let (mut before, mut state, mut version) = (Before::default(), from.clone(), from.version);
        let entries = past.history.iter().filter(|entry| entry.contact == contact.id && entry.version <= from.version);
        for entry in entries {
            if entry.version != version {
                break;
            }
            version -= 1;
            if entry.cause.as_ref().is_some_and(|cause| cause.actor == Actor::Import(import)) {
                before.unconfirmed.extend(confirmed(&entry.changes));
                before.proofs.extend(proofs_raised(&entry.changes));
                before.shown.extend(owned_since(&entry.changes));
                before.withheld.extend(withheld_more(&entry.changes));
            }
            revert(&mut state, &entry.changes);
            before.settle(&state, import, (&mut values, &mut identifiers, &mut primaries));
        }
        // Of a contact that the import created there was nothing before.
        if is_of(&contact.source) {
            let nothing = Contact::new(contact.id, contact.source.clone(), contact.created_at);
            before.settle(&nothing, import, (&mut values, &mut identifiers, &mut primaries));
        }
        before.is_whole = values.is_empty() && identifiers.is_empty();
        before
    }

    /// The contact with what it had before the import.
    pub(crate) fn give_back(self, contact: &Contact, import: ImportId) -> Contact {
        let mut earlier = contact.clone();
        for (field, value) in self.values {
            match value {
                Some(value) => earlier.values.insert(field, value),
                None => earlier.values.remove(&field),
            };
        }
        for (held, found) in self.identifiers {
            match found {
                Some((found, was_primary)) => {
                    // Or it was in another field.
                    if found.channel != held.channel {
                        earlier.identifiers.remove_from(held.channel, &held.identifier);
                    }
                    earlier.identifiers.put_back(contact.identifiers.as_held_now(&found), was_primary);
                }
                None => earlier.identifiers.remove_from(held.channel, &held.identifier),
            }
        }
        for (channel, primary) in self.primaries {
            let now = earlier.identifiers.primary(channel);
            match primary {
                // One that names nobody was not kept beside that of the import.
                Some(primary)
                    if earlier.identifiers.shows(&primary.identifier)
                        || (primary.hold == Hold::Blocked && now.is_none()) =>
                {
                    earlier.identifiers.put_back_primary(contact.identifiers.as_held_now(&primary));
                }
                // A secondary one has taken the field.
                None if now != contact.identifiers.primary(channel) => {
                    earlier.identifiers.clear(channel);
                }
                _ => {}
            }
        }
        // Last: what was found in an earlier state may have had the raised proof there.
        for (held, raised) in &self.proofs {
            earlier.identifiers.lower_proof(held, *raised);
        }
        for held in &self.shown {
            let now = earlier.identifiers.find(&held.identifier);
            // Unless somebody has proved it since.
            if now.is_some_and(|now| now.stamp == held.stamp && now.proof <= held.proof.max(Proof::Person)) {
                earlier.identifiers.share(&held.identifier);
            }
        }
        for (conflict, added) in &self.withheld {
            for known in earlier.conflicts.iter_mut().filter(|known| known.is_same(conflict)) {
                known.withheld.retain(|value| !added.contains(value));
            }
        }
        earlier.unconfirmed.retain(|entry| !entry.stamp.source.is_row_of(import));
        for entry in self.unconfirmed {
            earlier.suggest(entry);
        }
        earlier.drop_confirmed();
        earlier
    }

    /// Notes what is not the import's in an earlier state, and takes it off the lists of what is looked for.
    fn settle(
        &mut self,
        state: &Contact,
        import: ImportId,
        (values, identifiers, primaries): (&mut Vec<&Field>, &mut Vec<&HeldIdentifier>, &mut Vec<&HeldIdentifier>),
    ) {
        values.retain(|field| {
            let earlier = state.values.get(*field);
            let is_found = !earlier.is_some_and(|entry| entry.stamp.source.is_row_of(import));
            if is_found {
                self.values.push(((*field).clone(), earlier.cloned()));
            }
            !is_found
        });
        identifiers.retain(|held| {
            // In whichever field somebody else said it.
            let mut all = state.identifiers.iter().filter(|other| other.identifier == held.identifier);
            let earlier = all.find(|other| !other.stamp.source.is_row_of(import));
            let is_found = earlier.is_some() || !state.identifiers.shows(&held.identifier);
            if is_found {
                let was_primary = |other: &HeldIdentifier| state.identifiers.primaries().contains(other);
                self.identifiers.push(((*held).clone(), earlier.map(|other| (other.clone(), was_primary(other)))));
            }
            !is_found
        });
        primaries.retain(|held| {
            let earlier = state.identifiers.primary(held.channel);
            let is_found = !earlier.is_some_and(|other| other.stamp.source.is_row_of(import));
            if is_found {
                self.primaries.push((held.channel, earlier.cloned()));
            }
            !is_found
        });
    }
}

/// The unconfirmed values that changes confirmed, or crowded out.
fn confirmed(changes: &[Change]) -> Vec<Unconfirmed> {
    let mut confirmed = Vec::new();
    for change in changes {
        if let Change::Unconfirmed { before, after } = change {
            confirmed.extend(before.iter().filter(|entry| !after.contains(entry)).cloned());
        }
    }
    confirmed
}

/// The identifiers whose proof changes raised, each with the raised proof.
fn proofs_raised(changes: &[Change]) -> Vec<(HeldIdentifier, Proof)> {
    let mut raised = Vec::new();
    for change in changes {
        let (before, after) = match change {
            Change::Primary { before, after, .. } => (before.as_slice(), after.as_slice()),
            Change::Secondary { before, after } => (before.as_slice(), after.as_slice()),
            _ => continue,
        };
        for held in before {
            let is_it = |other: &&HeldIdentifier| other.identifier == held.identifier && other.stamp == held.stamp;
            let after = after.iter().find(is_it).filter(|after| after.proof > held.proof);
            raised.extend(after.map(|after| (held.clone(), after.proof)));
        }
    }
    raised
}

/// The identifiers that the contact showed before changes, and owned after them.
fn owned_since(changes: &[Change]) -> Vec<HeldIdentifier> {
    let (mut shown, mut owned) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Primary { before, after, .. } => {
                shown.extend(before);
                owned.extend(after);
            }
            Change::Secondary { after, .. } => owned.extend(after),
            Change::Shared { before, .. } => shown.extend(before),
            _ => {}
        }
    }
    shown.retain(|held| {
        let is_it = |after: &&&HeldIdentifier| after.identifier == held.identifier && after.stamp == held.stamp;
        held.hold == Hold::Shared && owned.iter().find(is_it).is_some_and(|after| after.hold == Hold::Owned)
    });
    shown.into_iter().cloned().collect()
}

/// The conflicts of which changes withheld more, each with what was added.
fn withheld_more(changes: &[Change]) -> Vec<(Conflict, Vec<(Field, Value)>)> {
    let mut more = Vec::new();
    for change in changes {
        let Change::Conflicts { before, after } = change else { continue };
        for known in before {
            let after = after.iter().find(|after| after.is_same(known));
            let added =
                after.into_iter().flat_map(|after| &after.withheld).filter(|value| !known.withheld.contains(value));
            more.push((known.clone(), added.cloned().collect()));
        }
    }
    more
}
