//! Answers who somebody is, at the start of a conversation.

use std::collections::HashSet;

use contacts::{Contact, ContactId, Conversation, Match, Question, Settings, Workspace, resolve, time};
use futures_util::future;

use crate::error::Fault;
use crate::read::Reads;
use crate::retry::RetryBudget;
use crate::{BookError, ContactBook};

/// How many conversations an answer has.
const LAST_CONVERSATIONS: usize = 3;

/// Who somebody is.
#[derive(Debug, Clone)]
pub struct WhoIs {
    /// The settings under which the contacts are shown.
    pub settings: Settings,
    /// How clear the answer is.
    pub matched: Match,
    /// Whether everything that was asked by is proven for the contact.
    pub proven: bool,
    /// The contact: the only one, or the first of several.
    pub contact: Option<Contact>,
    /// The others.
    pub candidates: Vec<Contact>,
    /// The last conversations of the contact, the most recently started first.
    pub conversations: Vec<Conversation>,
}

/// How one attempt ended.
enum LookUp {
    Done(Box<WhoIs>),
    /// Under the settings that were read, the question has other identifiers, whose claims were not read.
    OtherQuestion,
}

impl ContactBook {
    /// Answers who somebody is: see [`resolve()`]. Writes nothing.
    ///
    /// `read` parses the question under the workspace's settings. It is called again if they turn out to have changed.
    ///
    /// Takes two rounds of requests: settings and claims; then contacts and conversations, concurrently. A contact that was
    /// joined into another, or that absorbed others, takes one more.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn who_is(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> Question,
    ) -> Result<WhoIs, BookError> {
        let mut settings = self.cached_settings(workspace);
        let mut question = read(&settings);
        let mut budget = RetryBudget::new(self.retry_limit);
        loop {
            let attempt = async {
                let mut reads = self.read_first(workspace, question.identifiers(), &[], time::now()).await?;
                if reads.settings != settings {
                    settings = reads.settings.clone();
                    question = read(&settings);
                    if !question.identifiers().iter().all(|identifier| reads.covers(identifier)) {
                        return Ok(LookUp::OtherQuestion);
                    }
                }
                let likely = likely(&reads, &question);
                let links = async {
                    match likely {
                        Some(id) => self.links(workspace, id, LAST_CONVERSATIONS, None).await,
                        None => Ok(Vec::new()),
                    }
                };
                let sharers = reads.claims.values().flatten().flat_map(|claim| claim.shared_by.clone()).collect();
                let ((), links) = future::try_join(self.read_claimed(workspace, &mut reads, sharers), links).await?;
                self.answer(workspace, reads, &question, likely, links).await
            };
            match Box::pin(attempt).await {
                Ok(LookUp::Done(answer)) => return Ok(*answer),
                Ok(LookUp::OtherQuestion) => {}
                Err(fault) => budget.pause(fault).await?,
            }
        }
    }

    /// Decides on all reads. `links` are those of the contact `likely`.
    async fn answer(
        &self,
        workspace: &Workspace,
        reads: Reads,
        question: &Question,
        likely: Option<ContactId>,
        mut links: Vec<(String, Conversation)>,
    ) -> Result<LookUp, Fault> {
        let snapshot = reads.into_snapshot();
        let resolved = resolve(&snapshot, question)?;
        let contact = resolved.contact.and_then(|id| snapshot.live(id)).cloned();
        let partitions: HashSet<ContactId> = contact
            .iter()
            .flat_map(|contact| std::iter::once(contact.id).chain(contact.joined.iter().copied()))
            .collect();
        if likely.is_none_or(|id| !partitions.contains(&id)) {
            links.clear();
        }
        let unread = partitions.into_iter().filter(|id| Some(*id) != likely);
        links.extend(self.links_of_all(workspace, unread, LAST_CONVERSATIONS, None).await?);
        links.sort_by(|a, b| b.0.cmp(&a.0));
        links.truncate(LAST_CONVERSATIONS);
        let candidates = resolved.candidates.iter().filter_map(|id| snapshot.live(*id)).cloned().collect();
        Ok(LookUp::Done(Box::new(WhoIs {
            settings: snapshot.settings().clone(),
            matched: resolved.matched,
            proven: resolved.proven,
            contact,
            candidates,
            conversations: links.into_iter().map(|(_, conversation)| conversation).collect(),
        })))
    }
}

/// The contact that the answer will name unless it was deleted or joined: the owner of the first claim, of one that is not
/// shared if there is one. Its conversations are read together with the contacts.
fn likely(reads: &Reads, question: &Question) -> Option<ContactId> {
    let claims = || question.identifiers().iter().filter_map(|identifier| reads.claims.get(identifier)?.as_ref());
    let alone = claims().find(|claim| claim.shared_by.is_empty());
    alone.or_else(|| claims().next()).map(|claim| claim.contact)
}
