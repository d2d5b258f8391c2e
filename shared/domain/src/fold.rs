//! The decision on an observation: what it does to the book.

use jiff::SignedDuration;

use crate::contact::{Conflict, Contact, MAX_ALSO_KNOWN_BY};
use crate::context::Context;
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::HeldIdentifier;
use crate::ids::ContactId;
use crate::join;
use crate::observation::{Conversation, NamedIdentifier, Observation, ObservedValue};
use crate::outcome::Outcome;
use crate::record::ClaimNote;
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};

/// How much newer than `last_seen_at` an event of a conversation must be to move it and the contact's place in the list: a
/// chat of fifty messages then writes once a minute, not fifty times.
pub const LAST_SEEN_STEP: SignedDuration = SignedDuration::from_secs(60);

/// What an observation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// In one word. A row of an import that was folded before has the outcome that it had then, as far as its contact
    /// still shows it.
    pub outcome: Outcome,
    /// The contact into which it was folded; `None` when it was suppressed or ignored.
    pub contact: Option<ContactId>,
    /// The contacts that it joined into that contact.
    pub joined: Vec<ContactId>,
    /// The identifiers that were left out because they belong to a contact that contradicts this one.
    pub conflicts: Vec<Conflict>,
    /// Custom fields whose values were left out because the contact would become too large.
    pub too_large: Vec<Field>,
    /// Whether joins are left over: write, read and fold once more.
    pub unfinished: bool,
}

/// Folds an observation into what was read of the book.
///
/// The snapshot must hold the claim of each of the observation's identifiers, and every record that those lead through.
///
/// # Errors
/// [`Torn`] when the reads contradict each other; nothing that was decided may then be written.
pub fn fold(book: &mut Snapshot, seen: &Observation, context: &Context) -> Result<Folded, Torn> {
    book.begin(seen.cause(context.now));
    let named = seen.named();
    let mut resolutions = Vec::with_capacity(named.len());
    for name in named {
        resolutions.push(book.resolve(&name.identifier, seen.at())?);
    }
    let by_id = seen.contact.map(|id| book.follow(id, seen.at())).transpose()?;
    let live = |resolution: &Resolution| match resolution {
        Resolution::Live(id) => Some(*id),
        Resolution::Unclaimed | Resolution::Suppressed => None,
    };
    // Ignore an identifier that a person removed from one of these contacts, even if another contact has it now:
    // joining the two contacts would bring it back.
    let met: Vec<&Contact> = by_id.iter().chain(&resolutions).filter_map(live).filter_map(|id| book.live(id)).collect();
    for (name, resolution) in named.iter().zip(&mut resolutions) {
        let removed = |contact: &&Contact| {
            let edited = name.field.as_ref().is_some_and(|field| contact.is_edited_since(field, seen.at()));
            edited && !contact.holds(&name.identifier)
        };
        if met.iter().any(removed) {
            *resolution = Resolution::Suppressed;
        }
    }
    let (primary, created) = match by_id.iter().chain(&resolutions).find_map(live) {
        Some(id) => (id, false),
        None if resolutions.contains(&Resolution::Suppressed) => return Ok(Folded::nothing(Outcome::Suppressed)),
        None if !seen.names_somebody() => return Ok(Folded::nothing(Outcome::Ignored)),
        None => {
            book.add(Contact::new(context.new_id, seen.source.clone(), context.now));
            (context.new_id, true)
        }
    };
    let mut decision = Decision {
        book,
        seen,
        context,
        primary,
        news: created,
        left_out: Vec::new(),
        folded: Folded::nothing(Outcome::Unchanged),
    };
    for (name, resolution) in named.iter().zip(resolutions) {
        match resolution {
            Resolution::Unclaimed => {}
            Resolution::Suppressed => decision.left_out.push(&name.identifier),
            Resolution::Live(other) => decision.join_or_conflict(name, other)?,
        }
    }
    for observed in seen.values() {
        decision.apply(observed)?;
    }
    decision.link_conversation()?;
    decision.move_last_seen()?;
    Ok(decision.conclude(created))
}

struct Decision<'a> {
    book: &'a mut Snapshot,
    seen: &'a Observation,
    context: &'a Context,
    primary: ContactId,
    /// Whether the observation changes anything.
    news: bool,
    /// Identifiers that belong to other contacts, and stay theirs.
    left_out: Vec<&'a Identifier>,
    folded: Folded,
}

impl<'a> Decision<'a> {
    /// Joins another contact that the observation names, unless the two contradict each other.
    fn join_or_conflict(&mut self, name: &'a NamedIdentifier, other: ContactId) -> Result<(), Torn> {
        // A join before this one may have moved it.
        let Resolution::Live(other) = self.book.follow(other, self.seen.at())? else { return Err(Torn) };
        if other == self.primary {
            return Ok(());
        }
        if self.context.is_full(self.book) {
            self.folded.unfinished = true;
            self.left_out.push(&name.identifier);
            return Ok(());
        }
        if let Some(pair) = join::join(self.book, self.primary, other, self.context.now)? {
            self.primary = pair.survivor;
            self.folded.joined.push(pair.joined);
            self.news = true;
            return Ok(());
        }
        self.left_out.push(&name.identifier);
        // A conversation's id comes first and is never left out, so there is a field.
        let Some(field) = name.field.clone() else { return Err(Torn) };
        let conflict = Conflict { field, contact: other, at: self.context.now };
        if !self.primary()?.has_conflict(&conflict.field, other) {
            self.news |= self.book.live_mut(self.primary)?.add_conflict(conflict.clone());
        }
        self.folded.conflicts.push(conflict);
        Ok(())
    }

    /// Applies one value to the contact.
    fn apply(&mut self, observed: &ObservedValue) -> Result<(), Torn> {
        let identifier = observed.identifier();
        if identifier.as_ref().is_some_and(|identifier| self.left_out.contains(&identifier)) {
            return Ok(());
        }
        let stamp = Stamp { at: self.seen.at(), source: self.seen.source.clone(), place: observed.rank };
        let verdict = if self.is_outranked(observed) {
            weigh_as_secondary(self.primary()?, observed, &stamp, identifier.as_ref())
        } else {
            weigh(self.primary()?, observed, &stamp, identifier.as_ref())
        };
        match verdict {
            Verdict::NoNews => return Ok(()),
            Verdict::TooLarge => {
                self.folded.too_large.push(observed.field.clone());
                return Ok(());
            }
            Verdict::TakesField => {
                let contact = self.book.live_mut(self.primary)?;
                let dropped = contact.set(&observed.field, observed.value.clone(), stamp);
                self.claim(identifier, dropped)?;
            }
            Verdict::Secondary(held) => {
                let identifiers = &mut self.book.live_mut(self.primary)?.identifiers;
                identifiers.add_secondary(held);
                let dropped = identifiers.trim(MAX_ALSO_KNOWN_BY);
                // The value was older than all secondary identifiers and was dropped at once. Its claim stays as it is.
                if identifier.as_ref().is_some_and(|identifier| dropped.contains(identifier)) {
                    return Ok(());
                }
                self.claim(identifier, dropped)?;
            }
        }
        self.news = true;
        Ok(())
    }

    /// Whether the same observation has a value that counts more for the same field.
    fn is_outranked(&self, observed: &ObservedValue) -> bool {
        let left_out = |other: &ObservedValue| other.identifier().is_some_and(|id| self.left_out.contains(&&id));
        let others = self.seen.values().iter();
        let mut others = others.filter(|other| other.field == observed.field && other.rank > observed.rank);
        others.any(|other| !left_out(other))
    }

    /// Claims a new identifier, and releases those that the contact dropped for it.
    fn claim(&mut self, identifier: Option<Identifier>, dropped: Vec<Identifier>) -> Result<(), Torn> {
        if let Some(identifier) = identifier
            && !matches!(self.book.resolve(&identifier, self.seen.at())?, Resolution::Live(id) if id == self.primary)
        {
            self.book.take(identifier, self.primary, ClaimNote::None, None);
        }
        for identifier in dropped {
            self.book.release(identifier);
        }
        Ok(())
    }

    fn link_conversation(&mut self) -> Result<(), Torn> {
        let Some(info) = self.seen.conversation() else { return Ok(()) };
        let identifier = Identifier::Conversation(info.id.clone());
        if self.book.resolve(&identifier, self.seen.at())? != Resolution::Unclaimed {
            return Ok(());
        }
        let conversation = Conversation { info: info.clone(), started_at: self.seen.at() };
        self.book.take(identifier, self.primary, ClaimNote::Conversation(conversation.clone()), None);
        self.book.link(self.primary, conversation);
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
            self.book.live_mut(self.primary)?.last_seen_at = Some(at);
            self.news = true;
        }
        Ok(())
    }

    fn conclude(mut self, created: bool) -> Folded {
        self.folded.contact = Some(self.primary);
        self.folded.outcome = match (created, self.news) {
            (true, _) => Outcome::Created,
            (false, true) => Outcome::Updated,
            (false, false) => Outcome::Unchanged,
        };
        self.folded
    }

    fn primary(&self) -> Result<&Contact, Torn> {
        self.book.live(self.primary).ok_or(Torn)
    }
}

impl Folded {
    /// The result of an observation that took two rounds.
    #[must_use]
    pub fn followed_by(self, next: Folded) -> Folded {
        let mut joined = self.joined;
        joined.extend(next.joined);
        Folded { outcome: self.outcome.max(next.outcome), joined, ..next }
    }

    fn nothing(outcome: Outcome) -> Folded {
        Folded {
            outcome,
            contact: None,
            joined: Vec::new(),
            conflicts: Vec::new(),
            too_large: Vec::new(),
            unfinished: false,
        }
    }
}

/// What becomes of an observed value.
enum Verdict {
    /// The contact has it, or something newer.
    NoNews,
    /// The contact would become too large.
    TooLarge,
    TakesField,
    Secondary(HeldIdentifier),
}

/// Weighs an observed value against what the contact has.
fn weigh(contact: &Contact, observed: &ObservedValue, stamp: &Stamp, identifier: Option<&Identifier>) -> Verdict {
    let ObservedValue { field, value, .. } = observed;
    let is_older = match contact.stamped(field) {
        Some((ours, _)) if ours == value => return Verdict::NoNews,
        Some((ours, since)) => (stamp, value.as_str()) <= (since, ours.as_str()),
        // A person cleared the field.
        None => contact.is_edited_since(field, stamp.at),
    };
    if is_older {
        return weigh_as_secondary(contact, observed, stamp, identifier);
    }
    if contact.has_room_for(field, value) { Verdict::TakesField } else { Verdict::TooLarge }
}

/// Weighs a value that does not take its field: it is older than the one there, or the same observation has another that
/// counts more. If the latter were weighed by its stamp, an observation with two phones would swap the two each time that
/// it is folded.
fn weigh_as_secondary(
    contact: &Contact,
    observed: &ObservedValue,
    stamp: &Stamp,
    identifier: Option<&Identifier>,
) -> Verdict {
    let (Some(identifier), Field::Channel(channel)) = (identifier, &observed.field) else { return Verdict::NoNews };
    if contact.is_edited_since(&observed.field, stamp.at) || contact.holds(identifier) {
        return Verdict::NoNews;
    }
    match HeldIdentifier::new(*channel, Value::clone(&observed.value), stamp.clone()) {
        Some(held) => Verdict::Secondary(held),
        None => Verdict::NoNews,
    }
}
