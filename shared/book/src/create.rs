//! Adding a contact by hand, and the way in which every decision by hand is carried out.

use contacts::{
    Contact, ContactId, CreateRefused, Creation, Identifier, Observation, Request, Snapshot, Torn, Workspace, create,
    time,
};
use jiff::Timestamp;

use crate::error::Fault;
use crate::patience::Patience;
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Adds the contact that a form describes, unless one of its identifiers is already known.
    ///
    /// # Errors
    /// The outer error is the book's: try again, with the same `request`, and nothing is added twice. The inner one is
    /// the refusal.
    pub async fn create(
        &self,
        workspace: &Workspace,
        form: &Observation,
        request: Option<&Request>,
    ) -> Result<Result<Contact, CreateRefused>, BookError> {
        let request_key = request.map(|request| Identifier::Request(request.key.clone()));
        let identifiers: Vec<Identifier> = form.identifiers().cloned().chain(request_key).collect();
        // One id for all attempts, and it is read, so that a write whose answer was lost is found by it.
        let fresh = ContactId::new();
        self.decide(workspace, &identifiers, &[fresh], |book, now| {
            Ok(match create(book, form, request, now, fresh)? {
                Ok(Creation::Repeated(contact)) => Ok(*contact),
                Ok(Creation::New(id)) => Ok(settled(book, id, now)?),
                Err(refused) => Err(refused),
            })
        })
        .await
    }

    /// Reads, decides and writes; when the race is lost, again. `decide` settles the snapshot.
    pub(crate) async fn decide<T: Clone, R>(
        &self,
        workspace: &Workspace,
        identifiers: &[Identifier],
        ids: &[ContactId],
        mut decide: impl FnMut(&mut Snapshot, Timestamp) -> Result<Result<T, R>, Torn>,
    ) -> Result<Result<T, R>, BookError> {
        let mut patience = Patience::new(self.patience);
        let mut unclear: Vec<(String, T)> = Vec::new();
        loop {
            let attempt = async {
                let reads = self.read(workspace, identifiers, ids).await?;
                // A write of ours whose answer was lost has been made after all.
                if let Some((_, result)) = unclear.iter().find(|(mark, _)| reads.writes.contains(mark)) {
                    return Ok(Ok(result.clone()));
                }
                let shards = reads.settings.index_shards;
                let mut snapshot = reads.into_snapshot();
                let result = match decide(&mut snapshot, time::now())? {
                    Ok(result) => result,
                    Err(refused) => return Ok(Err(refused)),
                };
                let draft = self.draft(workspace, &snapshot, shards)?;
                let mark = draft.mark.clone();
                let sent = self.send(vec![draft]).await;
                if let Err(Fault::Unclear(_)) = &sent {
                    unclear.push((mark, result.clone()));
                }
                sent.map(|()| Ok(result))
            };
            match Box::pin(attempt).await {
                Ok(done) => return Ok(done),
                Err(fault) => patience.after(fault).await?,
            }
        }
    }
}

/// Settles a snapshot and gives back a live contact as it will be written.
pub(crate) fn settled(book: &mut Snapshot, id: ContactId, now: Timestamp) -> Result<Contact, Torn> {
    book.settle(now);
    book.live(id).cloned().ok_or(Torn)
}
