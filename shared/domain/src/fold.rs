//! The decision on an observation: what it does to the book.

use jiff::SignedDuration;

use crate::conflict::ConflictReason;
use crate::contact::Contact;
use crate::context::Context;
use crate::existing::Existing;
use crate::field::Channel;
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::join::{self, Joining};
use crate::kept_out::is_kept_out;
use crate::leads::{Course, Leads};
use crate::observation::{Conversation, Observation};
use crate::outcome::{Folded, Outcome};
use crate::record::{Claim, ClaimNote};
use crate::settings::IdentityMode;
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::SourceRef;
use crate::voice::Voice;

/// How much newer than `last_seen_at` an event of a conversation must be to move it and the contact's place in the list: a
/// chat of fifty messages then writes once a minute, not fifty times.
pub const LAST_SEEN_STEP: SignedDuration = SignedDuration::from_secs(60);
/// The most contacts that one event joins.
const MAX_JOINS: usize = 5;

/// Folds an observation into what was read of the book.
///
/// The snapshot must hold the claim of each of the observation's identifiers, and every record that those lead through.
///
/// # Errors
/// [`Torn`] when the reads contradict each other; nothing that was decided may then be written.
pub fn fold(book: &mut Snapshot, seen: &Observation, context: &Context) -> Result<Folded, Torn> {
    book.begin(seen.cause(context.now));
    // Not an error: an event that is sent again would be refused again, and its personal data would wait in queues.
    if book.settings().is_closed() {
        return Ok(Folded::nothing(Outcome::Suppressed));
    }
    if is_on_another_channel(book, seen) {
        return Ok(Folded::nothing(Outcome::WrongChannel));
    }
    if is_kept_out(book, seen)? {
        return Ok(Folded::nothing(Outcome::Erased));
    }
    let voice = Voice::new(book, seen);
    let leads = Leads::of(book, seen, &voice)?;
    let (primary, created) = match primary(book, &leads, &voice)? {
        Some(id) if seen.existing == Existing::Skip => {
            return Ok(Folded { contact: Some(id), ..Folded::nothing(Outcome::Unchanged) });
        }
        Some(id) => (id, false),
        None if is_suppressed(&leads) => return Ok(Folded::nothing(Outcome::Suppressed)),
        None if !leads.name_somebody() && !seen.names_somebody(book.settings()) => {
            return Ok(Folded::nothing(Outcome::Ignored));
        }
        None => {
            book.add(Contact::new(context.new_id, seen.source.clone(), context.now));
            (context.new_id, true)
        }
    };
    let other_name = !created && has_other_name(book, seen, primary);
    let folded = Folded { other_name, ..Folded::nothing(Outcome::Unchanged) };
    let mut decision =
        Folding { book, seen, context, voice, primary, created, news: created, conflicts: Vec::new(), folded };
    decision.keep_apart(&leads)?;
    let leads = decision.join_or_conflict(leads)?;
    decision.apply_values(&leads)?;
    decision.link_conversation()?;
    decision.move_last_seen()?;
    decision.conclude()
}

/// Whether the conversation is known on another channel. Conversation ids can be guessed.
fn is_on_another_channel(book: &Snapshot, seen: &Observation) -> bool {
    let Some(info) = seen.conversation() else { return false };
    match book.claim(&Identifier::Conversation(info.id.clone())).map(|claim| &claim.note) {
        Some(ClaimNote::Conversation(known) | ClaimNote::Unlinked(known)) => known.info.channel != info.channel,
        _ => false,
    }
}

/// The contact that the observation is about: the first to which it leads. `None` when it is about nobody known.
///
/// Who proves an identifier is not led to a proven contact by what is only stated.
fn primary(book: &Snapshot, leads: &Leads<'_>, voice: &Voice<'_>) -> Result<Option<ContactId>, Torn> {
    let Some(first) = leads.contacts().next() else { return Ok(None) };
    if voice.vouches(book.live(first).ok_or(Torn)?) {
        return Ok(Some(first));
    }
    for lead in leads.leads.iter().filter(|lead| lead.named.proof.is_proven()) {
        if let Some(id) = lead.leads_to()
            && voice.vouches(book.live(id).ok_or(Torn)?)
        {
            return Ok(Some(id));
        }
    }
    Ok((!leads.prove_a_new_one()).then_some(first))
}

/// Whether nothing remains of an observation but what a person deleted or removed later.
fn is_suppressed(leads: &Leads<'_>) -> bool {
    let courses = || leads.leads.iter().map(|lead| lead.course);
    courses().any(|course| course == Course::Suppressed)
        && courses().all(|course| matches!(course, Course::Suppressed | Course::Free | Course::Shown))
}

/// Whether it is a row with a clearly different name than its contact. Who names a contact by its id may rename it.
fn has_other_name(book: &Snapshot, seen: &Observation, primary: ContactId) -> bool {
    let name = book.live(primary).and_then(Contact::name);
    seen.is_row()
        && seen.contact.is_none()
        && seen.best_name().zip(name).is_some_and(|(observed, name)| observed.clearly_differs(name))
}

/// A decision in the making.
pub(crate) struct Folding<'a> {
    pub(crate) book: &'a mut Snapshot,
    pub(crate) seen: &'a Observation,
    pub(crate) context: &'a Context,
    pub(crate) voice: Voice<'a>,
    pub(crate) primary: ContactId,
    /// Whether the primary contact is new.
    pub(crate) created: bool,
    /// Whether the observation changes anything.
    pub(crate) news: bool,
    /// Contacts that are not joined: each with the identifier, its field and the reason.
    pub(crate) conflicts: Vec<(ContactId, Channel, ConflictReason, Identifier)>,
    pub(crate) folded: Folded,
}

impl<'a> Folding<'a> {
    /// Separates a contact that starts anew from the one from which a person took its conversation.
    fn keep_apart(&mut self, leads: &Leads<'_>) -> Result<(), Torn> {
        let Some(apart) = leads.apart else { return Ok(()) };
        if apart != self.primary {
            self.news |= self.book.live_mut(self.primary)?.keep_apart(apart);
            self.news |= self.book.live_mut(apart)?.keep_apart(self.primary);
        }
        Ok(())
    }

    /// Joins the other contacts to which the observation leads, or records why they are not joined. What stays with them is
    /// no longer used.
    fn join_or_conflict(&mut self, mut leads: Leads<'a>) -> Result<Leads<'a>, Torn> {
        let prove_a_new_one = leads.prove_a_new_one();
        leads.lead_to_themselves(self.book, self.primary, self.seen.at())?;
        for lead in &mut leads.leads {
            let other = match lead.course {
                Course::Leads(other) => other,
                Course::TakenFrom(owner) => {
                    self.conflict(owner, lead.named.channel, ConflictReason::Unproven, &lead.named.identifier);
                    continue;
                }
                Course::StaysWith(owner, reason) => {
                    self.conflict(owner, lead.named.channel, reason, &lead.named.identifier);
                    continue;
                }
                _ => continue,
            };
            // A join before this one may have moved it.
            let Resolution::Live(other) = self.book.follow(other, self.seen.at())? else { return Err(Torn) };
            if other == self.primary {
                lead.course = Course::Leads(other);
                continue;
            }
            lead.course = Course::KeptApart;
            // A conversation that leads elsewhere stays where it is.
            let Some(channel) = lead.named.channel else { continue };
            if self.context.is_full(self.book) {
                self.folded.unfinished = true;
                continue;
            }
            let (ours, theirs) = (self.book.live(self.primary).ok_or(Torn)?, self.book.live(other).ok_or(Torn)?);
            if ours.is_kept_apart_from(theirs) && !self.seen.source.is_people() {
                continue;
            }
            match self.joining(ours, theirs, prove_a_new_one) {
                Ok(joining) => match join::join(self.book, self.primary, other, &joining, self.context.now)? {
                    Ok(pair) => {
                        self.primary = pair.survivor;
                        self.folded.joined.push(pair.joined);
                        self.news = true;
                        lead.course = Course::Leads(pair.survivor);
                    }
                    Err(reason) => {
                        let reason = if joining.hearsay.is_some() { ConflictReason::Unproven } else { reason };
                        self.conflict(other, Some(channel), reason, &lead.named.identifier);
                    }
                },
                Err(reason) => self.conflict(other, Some(channel), reason, &lead.named.identifier),
            }
        }
        leads.lead_to_themselves(self.book, self.primary, self.seen.at())?;
        Ok(leads)
    }

    /// How the two contacts would be joined, or why they must not be.
    fn joining(&self, ours: &Contact, theirs: &Contact, prove_a_new_one: bool) -> Result<Joining<'a>, ConflictReason> {
        if self.folded.joined.len() >= MAX_JOINS && !self.seen.is_row() {
            return Err(ConflictReason::TooMany);
        }
        let proven = self.seen.named().iter().filter(|named| named.proof.is_proven()).map(|named| &named.identifier);
        let mut joining = Joining { proven: proven.collect(), hearsay: None, by_hand: false };
        if self.voice.vouches(ours) && self.voice.vouches(theirs) {
            return Ok(joining);
        }
        // A visitor who began in this very conversation, without any proof, is folded into whom they name.
        let began_here = |contact: &Contact| {
            let here = !self.created && !prove_a_new_one && contact.source == self.seen.source;
            here && !contact.is_proven(self.voice.mode())
        };
        if self.voice.mode() == IdentityMode::Guarded {
            return Err(ConflictReason::Unproven);
        }
        joining.hearsay = [ours, theirs].into_iter().find(|contact| began_here(contact)).map(|contact| contact.id);
        joining.hearsay.map(|_| joining).ok_or(ConflictReason::Unproven)
    }

    fn conflict(
        &mut self,
        other: ContactId,
        channel: Option<Channel>,
        reason: ConflictReason,
        identifier: &Identifier,
    ) {
        if let Some(channel) = channel {
            self.conflicts.push((other, channel, reason, identifier.clone()));
        }
    }

    fn link_conversation(&mut self) -> Result<(), Torn> {
        let Some(info) = self.seen.conversation() else { return Ok(()) };
        let identifier = Identifier::Conversation(info.id.clone());
        let proven = self.voice.attests(self.primary()?);
        let linked = match self.book.resolve(&identifier, self.seen.at())? {
            Resolution::Unclaimed => Conversation { info: info.clone(), started_at: self.seen.at(), proven },
            Resolution::Live(id) if id == self.primary && proven => match self.book.claim(&identifier) {
                Some(Claim { contact: holder, note: ClaimNote::Conversation(known), .. }) if !known.proven => {
                    let (holder, known) = (*holder, known.clone());
                    if holder != self.primary {
                        // It was linked to a contact that has been joined into this one.
                        self.book.unlink(holder, known.clone());
                    }
                    Conversation { proven, ..known }
                }
                _ => return Ok(()),
            },
            Resolution::Live(_) | Resolution::Suppressed => return Ok(()),
        };
        self.book.take(identifier, self.primary, ClaimNote::Conversation(linked.clone()), None);
        self.book.link(self.primary, linked);
        self.news = true;
        Ok(())
    }

    fn move_last_seen(&mut self) -> Result<(), Torn> {
        let SourceRef::Conversation(_) = self.seen.source else { return Ok(()) };
        let at = self.seen.at();
        let moves = match self.primary()?.last_seen_at {
            Some(last) => at.duration_since(last) >= LAST_SEEN_STEP,
            None => true,
        };
        if moves {
            let conversation = self.seen.conversation().cloned();
            let contact = self.book.live_mut(self.primary)?;
            contact.last_seen_at = Some(at);
            contact.last_conversation = conversation;
            self.news = true;
        }
        Ok(())
    }

    fn conclude(mut self) -> Result<Folded, Torn> {
        self.folded.proven = self.voice.attests(self.primary()?);
        self.folded.contact = Some(self.primary);
        self.folded.outcome = match (self.created, self.news) {
            (true, _) => Outcome::Created,
            (false, true) => Outcome::Updated,
            (false, false) => Outcome::Unchanged,
        };
        Ok(self.folded)
    }

    pub(crate) fn primary(&self) -> Result<&Contact, Torn> {
        self.book.live(self.primary).ok_or(Torn)
    }
}
