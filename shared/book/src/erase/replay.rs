//! Repeats erasures in a table that was restored from before them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use contacts::{Caller, ContactId, EditRefused, Ledger, Settings, Workspace};
use jiff::Timestamp;

use crate::item::{self, Attributes as _, Erasure, Item};
use crate::keys::PK;
use crate::{BookError, CHANGES_A_WRITE, ContactBook};

/// Who repeats erasures.
const TASK: &str = "replay-erasures";

/// What a replay of erasures did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many contacts were erased again.
    pub erased: usize,
    /// Contacts that were erased, and that are joined into others in the restored table. They are left: erasing those would
    /// erase somebody else as well.
    pub left: Vec<(Workspace, ContactId)>,
}

/// The erasures of a workspace.
#[derive(Default)]
struct Erasures {
    ledger: Option<Ledger>,
    last: Option<Timestamp>,
    erasures: Vec<Erasure>,
    /// The items of the ledger and of the list of erasures.
    items: Vec<Item>,
}

impl ContactBook {
    /// Repeats in this book, which was restored from an earlier state of `current`, the erasures of `current`, and copies its
    /// ledgers. It reads the whole table of `current`, and may be repeated.
    ///
    /// # Errors
    /// When one of the tables is unavailable for longer than the book's retry limit.
    pub async fn replay_erasures(&self, current: &ContactBook) -> Result<Replayed, BookError> {
        let mut replayed = Replayed::default();
        for (workspace, erasures) in current.all_erasures().await? {
            let known = |settings: &mut Settings| {
                if erasures.ledger.is_some() {
                    settings.ledger.clone_from(&erasures.ledger);
                }
                settings.last_erasure = settings.last_erasure.max(erasures.last);
                Ok::<_, std::convert::Infallible>(())
            };
            let Ok(_) = self.change_settings(&workspace, &Caller::system(TASK), known).await?;
            for erasure in &erasures.erasures {
                for id in std::iter::once(erasure.contact).chain(erasure.joined.iter().copied()) {
                    match Box::pin(self.erase(&workspace, id, &Caller::system(TASK))).await? {
                        Ok(_) => replayed.erased += 1,
                        Err(EditRefused::Moved(_)) => replayed.left.push((workspace.clone(), id)),
                        // It was created later, or the replay is repeated.
                        Err(_) => {}
                    }
                }
            }
            // Last, because each erasure notes itself as of now.
            self.put_all(erasures.items).await?;
        }
        Ok(replayed)
    }

    /// The ledgers of all workspaces.
    async fn all_erasures(&self) -> Result<BTreeMap<Workspace, Erasures>, BookError> {
        let (mut all, mut start) = (BTreeMap::<Workspace, Erasures>::new(), None);
        loop {
            let page = self.retry(|| self.table_page(start.clone())).await?;
            for item in page.items() {
                let mut parts = item.text(PK)?.split('#').skip(1);
                let Some(workspace) = parts.next().and_then(|name| Workspace::parse(name).ok()) else { continue };
                match (parts.next(), parts.next()) {
                    (None, _) => {
                        let settings = item::read_settings(item)?;
                        if settings.last_erasure.is_some() {
                            let of = all.entry(workspace).or_default();
                            (of.ledger, of.last) = (settings.ledger, settings.last_erasure);
                        }
                    }
                    (Some("E"), hash) => {
                        let of = all.entry(workspace).or_default();
                        of.items.push(item.clone());
                        if hash.is_none() {
                            of.erasures.push(item::read_erasure(item)?);
                        }
                    }
                    _ => {}
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(all);
            }
        }
    }

    /// Writes items as they are.
    pub(super) async fn put_all(&self, items: Vec<Item>) -> Result<(), BookError> {
        let puts = items.into_iter().map(|item| PutRequest::builder().set_item(Some(item)).build());
        let puts = puts.map(|put| put.map(|put| WriteRequest::builder().put_request(put).build()));
        let requests: Vec<WriteRequest> =
            puts.collect::<Result<_, _>>().map_err(|error| BookError::Refused(error.into()))?;
        for chunk in requests.chunks(CHANGES_A_WRITE) {
            self.retry(|| self.write_batch(chunk.to_vec())).await?;
        }
        Ok(())
    }
}
