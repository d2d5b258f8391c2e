//! The decision to add a contact by hand.

use jiff::SignedDuration;

use crate::contact::Contact;
use crate::context::Context;
use crate::field::Field;
use crate::fold::fold;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::leads::{Course, Leads};
use crate::observation::Observation;
use crate::outcome::{Outcome, Rejection};
use crate::record::{Answered, ClaimNote, Record};
use crate::snapshot::{Snapshot, Torn};
use crate::voice::Voice;

/// How long the answer to a request with an `Idempotency-Key` is kept.
pub const IDEMPOTENCY_SPAN: SignedDuration = SignedDuration::from_hours(24);

/// A request that must not be carried out twice.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its `Idempotency-Key`: the same in every repetition.
    pub key: String,
    /// A hash of its body.
    pub fingerprint: String,
}

/// A contact, added now or by an earlier delivery of the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// It was added, with this id.
    New(ContactId),
    /// An earlier delivery added it; this is the answer to that delivery.
    Repeated(Box<Contact>),
}

/// Why no contact was added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateRefused {
    /// A contact already has one of the identifiers.
    #[error("a contact with this {field} exists")]
    Known {
        /// The field of the first known identifier.
        field: Field,
        /// The contact.
        contact: ContactId,
    },
    /// The observation has neither a name nor an identifier.
    #[error("a contact needs a name or an identifier")]
    Nobody,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The custom values would become too large together.
    #[error("custom values may have 32 KiB together")]
    TooLarge(Field),
    /// The contact that this request added has been deleted since.
    #[error("the contact that this request added has been deleted")]
    Deleted,
}

/// Adds the contact that a form describes.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final.
pub fn create(
    book: &mut Snapshot,
    form: &Observation,
    request: Option<&Request>,
    context: &Context,
) -> Result<Result<Creation, CreateRefused>, Torn> {
    if let Some(request) = request
        && let Some(claim) = book.claim(&Identifier::Request(request.key.clone()))
    {
        return match &claim.note {
            ClaimNote::Request(Answered { answer: None, .. }) => Ok(Err(CreateRefused::Deleted)),
            ClaimNote::Request(Answered { fingerprint, answer: Some(answer) })
                if *fingerprint == request.fingerprint =>
            {
                match book.end_of(claim.contact)? {
                    Some(Record::Live(_)) => Ok(Ok(Creation::Repeated(answer.clone()))),
                    _ => Ok(Err(CreateRefused::Deleted)),
                }
            }
            _ => Ok(Err(CreateRefused::KeyReused)),
        };
    }
    let Context { now, new_id, .. } = *context;
    // A form counts as observed at the time of the decision, even if that is a later attempt. So it may use an
    // identifier whose contact was deleted in between.
    let form = &form.as_of(now);
    let voice = Voice::new(book, form);
    // A shared identifier beside a free one is no other contact's: the new one shows it as well.
    let leads = Leads::of(book, form, &voice)?;
    for lead in &leads.leads {
        let known = match lead.course {
            Course::Leads(contact) | Course::SharedWith(contact) | Course::MovesFrom(contact) => Some(contact),
            // All identifiers are shared, and somebody has them all.
            Course::Shown => leads.named,
            _ => None,
        };
        if let (Some(contact), Some(channel)) = (known, lead.named.channel) {
            return Ok(Err(CreateRefused::Known { field: channel.into(), contact }));
        }
    }
    let folded = fold(book, form, context)?;
    match folded.outcome {
        Outcome::Created => {}
        Outcome::Ignored => return Ok(Err(CreateRefused::Nobody)),
        // All its identifiers are shared, or a clock that runs ahead dated the deletion at this millisecond or later.
        Outcome::Suppressed | Outcome::Erased | Outcome::Unchanged | Outcome::Updated | Outcome::WrongChannel => {
            return Err(Torn);
        }
    }
    if let Some((field, _)) = folded.rejected.into_iter().find(|(_, reason)| *reason == Rejection::TooLarge) {
        return Ok(Err(CreateRefused::TooLarge(field)));
    }
    if let Some(request) = request {
        book.live_mut(new_id)?.request = Some(request.key.clone());
        // The answer is the contact as it will be written.
        book.settle(now);
        let answer = book.live(new_id).cloned().map(Box::new);
        let answered = Answered { fingerprint: request.fingerprint.clone(), answer };
        let note = ClaimNote::Request(answered);
        book.take(Identifier::Request(request.key.clone()), new_id, note, Some(now + IDEMPOTENCY_SPAN));
    }
    Ok(Ok(Creation::New(new_id)))
}
