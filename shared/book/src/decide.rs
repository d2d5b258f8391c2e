//! Carries out every decision except those on batches of observations (see [`crate::batch`]): reads, decides, writes
//! under conditions, and repeats this after a lost race.

use aws_sdk_dynamodb::types::TransactWriteItem;
use contacts::{
    Caller, Contact, ContactId, Context, ConversationId, CreateRefused, Creation, EditRefused, Identifier, Observation,
    Patch, Record, Request, Settings, Snapshot, SourceRef, Torn, Workspace, create, edit, expect, time, unlink,
};
use jiff::Timestamp;

use crate::error::Fault;
use crate::read::Reads;
use crate::retry::RetryBudget;
use crate::write::ITEMS_A_TRANSACTION;
use crate::{BookError, ContactBook};

/// The reads that a decision needs in addition to the settings.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The identifiers whose claims, and the contacts that those lead to, are read.
    pub(crate) identifiers: Vec<Identifier>,
    /// The contacts to read by id.
    pub(crate) ids: Vec<ContactId>,
}

/// How one attempt ended.
enum Attempt<T, E> {
    /// The attempt ended with the result of the decision.
    Done(Result<T, E>),
    /// The settings have changed, and the new ones require other reads.
    NotRead,
    /// The input is refused under the current settings.
    InputRefused,
}

impl ContactBook {
    /// Adds the contact that a form describes, unless one of its identifiers is known. Returns it with the settings under
    /// which the form was read.
    ///
    /// `read` creates the observation from the form under the workspace's settings. It is called again if they turn out
    /// to have changed.
    ///
    /// # Errors
    /// The outer error is the book's: try again with the same `request`, and no contact is added twice. The inner one
    /// is the refusal.
    pub async fn create<E: From<CreateRefused>>(
        &self,
        workspace: &Workspace,
        request: Option<&Request>,
        read: impl Fn(&Settings) -> Result<Observation, E>,
    ) -> Result<Result<(Contact, Settings), E>, BookError> {
        // All attempts share one id, and read it, so that a later attempt finds a write whose answer was lost.
        let new_id = ContactId::new();
        let request_key = || request.map(|request| Identifier::Request(request.key.clone()));
        let wanted = |form: &Observation| Wanted {
            identifiers: form.identifiers().cloned().chain(request_key()).collect(),
            ids: vec![new_id],
        };
        let also = |form: &Observation, reads: &Reads| reads.known_under_all(form);
        self.decide(workspace, read, wanted, also, |book, form, now| {
            let context = Context { now, new_id, max_writes: ITEMS_A_TRANSACTION };
            let contact = match create(book, form, request, &context)? {
                Ok(Creation::Repeated(contact)) => *contact,
                Ok(Creation::New(id)) => settled(book, id, now)?,
                Err(refused) => return Ok(Err(refused.into())),
            };
            Ok(Ok((contact, book.settings().clone())))
        })
        .await
    }

    /// Changes a contact; with `version`, only if the contact has that version. Returns it with the settings under
    /// which the patch was read.
    ///
    /// `read` creates the patch under the workspace's settings. It is called again if they turn out to have changed.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn edit<E: From<EditRefused>>(
        &self,
        workspace: &Workspace,
        id: ContactId,
        version: Option<u64>,
        caller: &Caller,
        read: impl Fn(&Settings) -> Result<Patch, E>,
    ) -> Result<Result<(Contact, Settings), E>, BookError> {
        let wanted = |patch: &Patch| Wanted { identifiers: patch.identifiers(), ids: vec![id] };
        // Conflicts are dismissed on both of their contacts.
        let also = |patch: &Patch, reads: &Reads| match reads.records.get(&id) {
            Some(Some(Record::Live(contact))) if patch.dismiss_conflicts => {
                contact.conflicts.iter().map(|conflict| conflict.contact).collect()
            }
            _ => Vec::new(),
        };
        self.decide(workspace, read, wanted, also, |book, patch, now| {
            if let Err(refused) = expect(book, id, version)? {
                return Ok(Err(refused.into()));
            }
            if let Err(refused) = edit(book, id, patch, caller, now)? {
                return Ok(Err(refused.into()));
            }
            Ok(Ok((settled(book, id, now)?, book.settings().clone())))
        })
        .await
    }

    /// Takes a conversation from a contact: it no longer names the contact, and its next event starts anew.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal: [`EditRefused::NotFound`] if the contact
    /// has no such conversation.
    pub async fn unlink(
        &self,
        workspace: &Workspace,
        id: ContactId,
        conversation: &ConversationId,
        caller: &Caller,
    ) -> Result<Result<(), EditRefused>, BookError> {
        let wanted =
            |(): &()| Wanted { identifiers: vec![Identifier::Conversation(conversation.clone())], ids: vec![id] };
        let unlinked = self.decide(
            workspace,
            |_| Ok(()),
            wanted,
            nothing_else,
            |book, (), now| {
                if let Err(refused) = expect(book, id, None)? {
                    return Ok(Err(refused));
                }
                let unlinked = unlink(book, id, conversation, caller, now)?;
                book.settle(now);
                Ok(unlinked)
            },
        );
        Box::pin(unlinked).await
    }

    /// Changes the settings, and returns them. `change` may be called several times, each time with the settings as they
    /// were read.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal by `change`; nothing is then written.
    pub async fn change_settings<E>(
        &self,
        workspace: &Workspace,
        caller: &Caller,
        change: impl Fn(&mut Settings) -> Result<(), E>,
    ) -> Result<Result<Settings, E>, BookError> {
        let changed = self.decide(
            workspace,
            |_| Ok(()),
            |()| Wanted::default(),
            nothing_else,
            |book, (), now| {
                book.begin(caller.cause(Some(SourceRef::Edit), now));
                if let Err(refused) = change(book.settings_mut()) {
                    return Ok(Err(refused));
                }
                book.settle(now);
                Ok(Ok(book.settings().clone()))
            },
        );
        let changed = changed.await?;
        if let Ok(settings) = &changed {
            self.cache_settings(workspace, settings);
        }
        Ok(changed)
    }

    /// Reads, decides and writes, and repeats this after a lost race.
    ///
    /// `read` creates the input of the decision under the settings, at first under those last seen. Its refusal is
    /// final only under the settings that were read together with everything else. `also` returns the contacts to read
    /// that only the first reads name. `decide` settles the snapshot.
    pub(crate) async fn decide<I, T: Clone, E>(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> Result<I, E>,
        wanted: impl Fn(&I) -> Wanted,
        also: impl Fn(&I, &Reads) -> Vec<ContactId>,
        decide: impl FnMut(&mut Snapshot, &I, Timestamp) -> Result<Result<T, E>, Torn>,
    ) -> Result<Result<T, E>, BookError> {
        self.decide_and_note(workspace, read, wanted, also, decide, |_| Ok(None)).await
    }

    /// As [`ContactBook::decide`]. `note` returns a further item for the transaction, such as one that counts its result. It
    /// is written only with others.
    pub(crate) async fn decide_and_note<I, T: Clone, E>(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> Result<I, E>,
        wanted: impl Fn(&I) -> Wanted,
        also: impl Fn(&I, &Reads) -> Vec<ContactId>,
        mut decide: impl FnMut(&mut Snapshot, &I, Timestamp) -> Result<Result<T, E>, Torn>,
        note: impl Fn(&T) -> Result<Option<TransactWriteItem>, Fault>,
    ) -> Result<Result<T, E>, BookError> {
        let mut settings = self.cached_settings(workspace);
        let mut input = read(&settings);
        let mut budget = RetryBudget::new(self.retry_limit);
        // Results of writes whose answer was lost, by the mark of the write.
        let mut unclear: Vec<(String, T)> = Vec::new();
        loop {
            let attempt = async {
                let asked = input.as_ref().map(&wanted).unwrap_or_default();
                let mut reads = self.read(workspace, &asked.identifiers, &asked.ids).await?;
                // A write whose answer was lost did happen.
                if let Some((_, result)) = unclear.iter().find(|(mark, _)| reads.writes.contains(mark)) {
                    return Ok(Attempt::Done(Ok(result.clone())));
                }
                if reads.settings.is_closed() {
                    return Err(Fault::Final(BookError::Closed));
                }
                if reads.settings != settings {
                    settings = reads.settings.clone();
                    input = read(&settings);
                    let needed = input.as_ref().map(&wanted).unwrap_or_default().identifiers;
                    // Under the new settings the same input may have another identifier, whose claim was not read.
                    if !needed.iter().all(|identifier| reads.covers(identifier)) {
                        return Ok(Attempt::NotRead);
                    }
                }
                let Ok(input) = &input else { return Ok(Attempt::InputRefused) };
                let also = also(input, &reads);
                self.read_also(workspace, &mut reads, also).await?;
                let carried = std::mem::take(&mut reads.carried);
                let mut snapshot = reads.into_snapshot();
                let result = match decide(&mut snapshot, input, time::now())? {
                    Ok(result) => result,
                    Err(refused) => return Ok(Attempt::Done(Err(refused))),
                };
                let mut draft = self.draft(workspace, &snapshot, settings.index_shards, &carried)?;
                if !draft.items.is_empty() {
                    draft.items.extend(note(&result)?);
                }
                let mark = draft.mark.clone();
                let sent = self.send(vec![draft]).await;
                if let Err(Fault::Unclear(_)) = &sent {
                    unclear.push((mark, result.clone()));
                }
                sent.map(|()| Attempt::Done(Ok(result)))
            };
            match Box::pin(attempt).await {
                Ok(Attempt::Done(result)) => return Ok(result),
                Ok(Attempt::NotRead) => {}
                Ok(Attempt::InputRefused) => match input {
                    Err(refused) => return Ok(Err(refused)),
                    Ok(same) => input = Ok(same),
                },
                Err(fault) => budget.pause(fault).await?,
            }
        }
    }
}

/// For decisions whose reads are known beforehand.
pub(crate) fn nothing_else(_: &(), _: &Reads) -> Vec<ContactId> {
    Vec::new()
}

/// Settles a snapshot, and returns a live contact in the state in which it will be written.
pub(crate) fn settled(book: &mut Snapshot, id: ContactId, now: Timestamp) -> Result<Contact, Torn> {
    book.settle(now);
    book.live(id).cloned().ok_or(Torn)
}
