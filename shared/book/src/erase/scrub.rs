//! Takes what names an erased person out of other contacts, and out of their history.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Conflict, ContactId, Field, Record, SourceRef, Traces, Unconfirmed, Value, Workspace, forget};

use crate::decide::{Wanted, nothing_else};
use crate::error::{self, Fault, condition_met};
use crate::history::ContactChange;
use crate::item::{self, Attributes as _, Item};
use crate::keys::{HISTORY_PREFIX, JOIN_PREFIX, Key, PK, SK};
use crate::{BookError, ContactBook};

/// The attributes of an entry of the history, and of a join, that hold a contact's.
const STATES: [&str; 2] = ["before", "after"];

/// What an erasure took out of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    /// The contacts with which it was in conflict.
    contacts: HashSet<ContactId>,
    unconfirmed: Vec<(Field, Value)>,
}

impl ContactChange {
    /// What the change took out of the contact because a person was erased; `None` if it is no such change.
    fn forgotten(&self) -> Option<Forgotten> {
        let after = self.after.as_ref().filter(|record| record.cause().is_some_and(contacts::Cause::is_erasure))?;
        let (before, after) = (self.before.as_ref().and_then(Record::contact)?, after.contact()?);
        let conflicts = before.conflicts.iter().filter(|conflict| !after.conflicts.contains(conflict));
        let unconfirmed = before.unconfirmed.iter().filter(|entry| !after.unconfirmed.contains(entry));
        Some(Forgotten {
            contacts: conflicts.map(|conflict| conflict.contact).collect(),
            unconfirmed: unconfirmed.map(|entry| (entry.field.clone(), entry.value.clone())).collect(),
        })
    }

    /// The contact of which nothing more may be kept: it was erased, or it was joined into one that was erased or has expired.
    fn emptied(&self) -> Option<ContactId> {
        match (&self.before, &self.after) {
            (_, Some(Record::Deleted(tombstone))) if tombstone.is_erased() => Some(tombstone.id),
            (Some(Record::Joined { contact, .. }), None) => Some(contact.id),
            _ => None,
        }
    }
}

impl ContactBook {
    /// Removes what changes before this one may have left in the history since an erasure: the history is written later than
    /// the contact. Changes of one contact come in order, so nothing comes after it. It may be repeated.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn finish_forgetting(&self, change: &ContactChange) -> Result<(), BookError> {
        let workspace = &change.workspace;
        if let Some(id) = change.emptied() {
            return self.retry(|| self.remove_partition(workspace, id, std::slice::from_ref(&id))).await;
        }
        if let (Some(forgotten), Some(after)) = (change.forgotten(), &change.after) {
            let id = after.id();
            let conflict = |conflict: &Conflict| forgotten.contacts.contains(&conflict.contact);
            let unconfirmed = |entry: &Unconfirmed| {
                forgotten.unconfirmed.iter().any(|(field, value)| *field == entry.field && *value == entry.value)
            };
            return self.retry(|| self.scrub(workspace, id, &conflict, &unconfirmed)).await;
        }
        Ok(())
    }

    /// Which of these contacts were erased, or no longer exist. Their history must not be written.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn erased_among(&self, changes: &[&ContactChange]) -> Result<HashSet<ContactId>, BookError> {
        let id = |change: &&ContactChange| Some(change.after.as_ref()?.id());
        let mut ids: HashSet<ContactId> = changes.iter().filter_map(id).collect();
        let key = |change: &&ContactChange| Some(Key::contact(&change.workspace, id(change)?));
        let keys: HashSet<Key> = changes.iter().filter_map(key).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        for item in self.retry(|| self.batch_get(keys.clone())).await? {
            let record = item::readable(&item, item::read_record);
            match record {
                Some(Record::Deleted(tombstone)) if tombstone.erased_at.is_some() => {}
                Some(record) => drop(ids.remove(&record.id())),
                None => {}
            }
        }
        Ok(ids)
    }

    /// Takes what names an erased person out of another contact, and out of its history and joins.
    pub(super) async fn forget_in(
        &self,
        workspace: &Workspace,
        id: ContactId,
        traces: &Traces,
    ) -> Result<(), BookError> {
        let wanted = |(): &()| Wanted { ids: vec![id], ..Wanted::default() };
        let forgotten = self.decide(
            workspace,
            |_| Ok::<(), std::convert::Infallible>(()),
            wanted,
            nothing_else,
            |book, (), now| {
                forget(book, id, traces, now)?;
                book.settle(now);
                Ok(Ok(()))
            },
        );
        let Ok(()) = forgotten.await?;
        let conflict = |conflict: &Conflict| traces.are_in_conflict(conflict);
        let unconfirmed = |entry: &Unconfirmed| traces.are_in_unconfirmed(entry);
        self.retry(|| self.scrub(workspace, id, &conflict, &unconfirmed)).await
    }

    /// Removes conflicts and unconfirmed values from the history and the joins of a contact.
    async fn scrub(
        &self,
        workspace: &Workspace,
        id: ContactId,
        conflict: &(dyn Fn(&Conflict) -> bool + Sync),
        unconfirmed: &(dyn Fn(&Unconfirmed) -> bool + Sync),
    ) -> Result<(), Fault> {
        for prefix in [HISTORY_PREFIX, JOIN_PREFIX] {
            let items = self.partition_query(workspace, id, prefix).into_paginator().items().send();
            let items: Vec<Item> = items.collect::<Result<_, _>>().await.map_err(error::of)?;
            for item in items {
                let own = SourceRef::parse(item.text("source").unwrap_or_default());
                let mut changed = Vec::new();
                for name in STATES {
                    let Some(AttributeValue::M(state)) = item.get(name) else { continue };
                    let mut state = state.clone();
                    let own = state.text("source").map_or_else(|_| own.clone(), SourceRef::parse);
                    if item::forget_in(&mut state, &own, conflict, unconfirmed) {
                        changed.push((name, state));
                    }
                }
                if !changed.is_empty() {
                    self.write_states(&item, changed).await?;
                }
            }
        }
        Ok(())
    }

    async fn write_states(&self, item: &Item, states: Vec<(&str, Item)>) -> Result<(), Fault> {
        let key = Key { pk: item.text(PK)?.to_owned(), sk: item.text(SK)?.to_owned() };
        let set: Vec<String> = states.iter().map(|(name, _)| format!("#{name} = :{name}")).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(item::key_of(key)))
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK);
        for (name, state) in states {
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), AttributeValue::M(state));
        }
        // If not, it was removed meanwhile.
        condition_met(update.send().await).map(drop)
    }
}
