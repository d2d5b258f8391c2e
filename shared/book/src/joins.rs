//! Lists the joins of a contact, and takes one back.

use contacts::{
    Caller, Contact, ContactId, EditRefused, HeldIdentifier, Identifier, Join, Record, Workspace, undo_join,
};

use crate::decide::{Wanted, nothing_else, settled};
use crate::error;
use crate::item;
use crate::keys::JOIN_PREFIX;
use crate::{BookError, ContactBook};

/// The contacts after a join was taken back.
#[derive(Debug, Clone)]
pub struct Separated {
    /// The contact that had absorbed the other.
    pub survivor: Contact,
    /// The other, which lives again.
    pub other: Contact,
    /// Identifiers that the other had and does not get back, because they belong to somebody else by now.
    pub left_with_others: Vec<HeldIdentifier>,
}

impl ContactBook {
    /// The joins into a contact, the newest first. Joins into a contact that was itself joined belong to that contact.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn joins(&self, workspace: &Workspace, id: ContactId) -> Result<Vec<Join>, BookError> {
        self.retry(|| async {
            let query = self.partition_query(workspace, id, JOIN_PREFIX).scan_index_forward(false);
            let items: Vec<item::Item> =
                query.into_paginator().items().send().collect::<Result<_, _>>().await.map_err(error::of)?;
            Ok(items.iter().map(item::read_join).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Takes back the join of `other` into a live contact: see [`undo_join()`].
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal: [`EditRefused::NotFound`] if `other` was not
    /// joined into the contact itself.
    pub async fn undo_join(
        &self,
        workspace: &Workspace,
        survivor: ContactId,
        other: ContactId,
        caller: &Caller,
    ) -> Result<Result<Separated, EditRefused>, BookError> {
        let join = self.joins(workspace, survivor).await?.into_iter().find(|join| join.other == other);
        let records = self.read_with_retries(workspace, &[], &[other]).await?.records;
        let (Some(join), Some(Some(Record::Joined { contact: joined, .. }))) = (join, records.get(&other)) else {
            return Ok(Err(EditRefused::NotFound));
        };
        let owned: Vec<HeldIdentifier> = joined.identifiers.owned().cloned().collect();
        let wanted = |(): &()| Wanted {
            identifiers: join.identifiers(joined),
            ids: [survivor, other].into_iter().chain(joined.joined.iter().copied()).collect(),
        };
        let separated = self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            nothing_else,
            |book, (), now| {
                let left: Vec<Identifier> = match undo_join(book, survivor, &join, caller, now)? {
                    Ok(left) => left,
                    Err(refused) => return Ok(Err(refused)),
                };
                let survivor = settled(book, survivor, now)?;
                let other = book.live(other).cloned().ok_or(contacts::Torn)?;
                let is_left = |held: &&HeldIdentifier| left.contains(&held.identifier);
                let left_with_others = owned.iter().filter(is_left).cloned().collect();
                Ok(Ok(Separated { survivor, other, left_with_others }))
            },
        );
        Box::pin(separated).await
    }
}
