//! The decision: what an observation does to the book.

use jiff::{SignedDuration, Timestamp};

use crate::contact::{AlsoKnown, Conflict, Contact, Entry, MAX_CUSTOM_BYTES, custom_bytes};
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::join;
use crate::observation::{Conversation, Named, Observation, Told};
use crate::record::ClaimNote;
use crate::snapshot::{Lead, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};

/// How much newer than the stored one a conversation's event must be to move `last_seen_at` and the contact's place in
/// the list: a chat of fifty messages then writes once a minute, not fifty times.
pub const LAST_SEEN_STEP: SignedDuration = SignedDuration::from_secs(60);

/// Joins stop being added to a decision beyond this many writes, so that it fits DynamoDB's 100 items a transaction:
/// 25, one more join with the claims it may release (28), 20 new identifiers and the 20 they may push out, the
/// conversation's claim and link.
pub const MAX_WRITES_BEFORE_JOIN: usize = 25;

/// What an observation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// In one word. A row of an import that was folded before did what it did then, as far as its contact still shows it.
    pub outcome: Outcome,
    /// The contact it was folded into; `None` when it was suppressed or ignored.
    pub contact: Option<ContactId>,
    /// The ids that lead to that contact since now.
    pub joined: Vec<ContactId>,
    /// The identifiers that were left out because they belong to a contact that contradicts this one.
    pub conflicts: Vec<Conflict>,
    /// Custom fields whose values were left out because the contact would become too large.
    pub too_large: Vec<Field>,
    /// Whether joins are left over: write, read and fold once more.
    pub unfinished: bool,
}

/// What an observation did, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It named nobody and belongs to no known conversation.
    Ignored,
    /// It is older than the deletion of the contact that it names.
    Suppressed,
    /// It said nothing new.
    Unchanged,
    /// Something was stored: a value, an identifier, a conversation, a join or a conflict.
    Updated,
    /// It made a contact.
    Created,
}

/// Folds an observation into what was read of the book. `fresh` is the id of the contact if one is made.
///
/// The snapshot must hold the claim of each of the observation's identifiers, and every record that those lead through.
///
/// # Errors
/// [`Torn`] when the reads contradict each other; nothing that was decided may then be written.
pub fn fold(book: &mut Snapshot, seen: &Observation, now: Timestamp, fresh: ContactId) -> Result<Folded, Torn> {
    let named = seen.named();
    let mut leads = Vec::with_capacity(named.len());
    for name in named {
        leads.push(book.lead(&name.identifier, seen.at())?);
    }
    let by_id = seen.contact.map(|id| book.follow(id, seen.at())).transpose()?;
    let live = |lead: &Lead| match lead {
        Lead::Live(id) => Some(*id),
        Lead::Free | Lead::Void => None,
    };
    // Wherever an identifier leads now that a person took out of one of these contacts: to join the two would bring it back.
    let met: Vec<&Contact> = by_id.iter().chain(&leads).filter_map(live).filter_map(|id| book.live(id)).collect();
    for (name, lead) in named.iter().zip(&mut leads) {
        let given_up = |contact: &&Contact| {
            let edited = name.field.as_ref().is_some_and(|field| contact.is_edited_since(field, seen.at()));
            edited && !contact.holds(&name.identifier)
        };
        if met.iter().any(given_up) {
            *lead = Lead::Void;
        }
    }
    let (primary, created) = match by_id.iter().chain(&leads).find_map(live) {
        Some(id) => (id, false),
        None if leads.contains(&Lead::Void) => return Ok(Folded::nothing(Outcome::Suppressed)),
        None if !seen.names_somebody() => return Ok(Folded::nothing(Outcome::Ignored)),
        None => {
            book.add(Contact::new(fresh, seen.source.clone(), now));
            (fresh, true)
        }
    };
    let mut decision = Decision {
        book,
        seen,
        now,
        primary,
        news: created,
        left_out: Vec::new(),
        folded: Folded::nothing(Outcome::Unchanged),
    };
    for (name, lead) in named.iter().zip(leads) {
        match lead {
            Lead::Free => {}
            Lead::Void => decision.left_out.push(&name.identifier),
            Lead::Live(other) => decision.meet(name, other)?,
        }
    }
    for told in seen.told() {
        decision.tell(told)?;
    }
    decision.link_conversation()?;
    decision.see()?;
    Ok(decision.conclude(created))
}

struct Decision<'a> {
    book: &'a mut Snapshot,
    seen: &'a Observation,
    now: Timestamp,
    primary: ContactId,
    news: bool,
    /// Identifiers that belong to others, and stay theirs.
    left_out: Vec<&'a Identifier>,
    folded: Folded,
}

impl<'a> Decision<'a> {
    /// Joins another contact that the observation names, unless it contradicts.
    fn meet(&mut self, name: &'a Named, other: ContactId) -> Result<(), Torn> {
        let Lead::Live(other) = self.book.follow(other, self.seen.at())? else { return Err(Torn) };
        if other == self.primary {
            return Ok(());
        }
        if self.book.write_count() > MAX_WRITES_BEFORE_JOIN {
            self.folded.unfinished = true;
            self.left_out.push(&name.identifier);
            return Ok(());
        }
        if let Some(joined) = join::join(self.book, self.primary, other, self.now)? {
            self.primary = joined.survivor;
            self.folded.joined.push(joined.loser);
            self.news = true;
            return Ok(());
        }
        self.left_out.push(&name.identifier);
        // A conversation's id comes first and is never left out, so there is a field.
        let Some(field) = name.field.clone() else { return Err(Torn) };
        let conflict = Conflict { field, contact: other, at: self.now };
        if !self.primary()?.has_conflict(&conflict.field, other) {
            self.news |= self.book.live_mut(self.primary)?.add_conflict(conflict.clone());
        }
        self.folded.conflicts.push(conflict);
        Ok(())
    }

    fn tell(&mut self, told: &Told) -> Result<(), Torn> {
        let identifier = told.identifier();
        if identifier.as_ref().is_some_and(|identifier| self.left_out.contains(&identifier)) {
            return Ok(());
        }
        let stamp = Stamp { at: self.seen.at(), source: self.seen.source.clone(), place: told.place };
        let verdict = if self.is_outranked(told) {
            weigh_further(self.primary()?, told, &stamp, identifier.as_ref())
        } else {
            weigh(self.primary()?, told, &stamp, identifier.as_ref())
        };
        match verdict {
            Verdict::NoNews => return Ok(()),
            Verdict::TooLarge => {
                self.folded.too_large.push(told.field.clone());
                return Ok(());
            }
            Verdict::TakesField => {
                let contact = self.book.live_mut(self.primary)?;
                let released = set(contact, &told.field, told.value.clone(), stamp);
                self.claim(identifier, released)?;
            }
            Verdict::AlsoKnown => {
                let Field::Channel(channel) = told.field else { return Err(Torn) };
                let contact = self.book.live_mut(self.primary)?;
                contact.also_known_by.push(AlsoKnown { channel, value: told.value.clone(), stamp });
                let released = contact.trim_also_known_by();
                // Older than all that are kept: it goes at once, and whoever has its claim keeps it.
                if identifier.as_ref().is_some_and(|identifier| released.contains(identifier)) {
                    return Ok(());
                }
                self.claim(identifier, released)?;
            }
        }
        self.news = true;
        Ok(())
    }

    /// Whether the same observation tells a value that counts more for the same field.
    fn is_outranked(&self, told: &Told) -> bool {
        let left_out = |told: &Told| told.identifier().is_some_and(|identifier| self.left_out.contains(&&identifier));
        let mut others = self.seen.told().iter().filter(|other| other.field == told.field && other.place > told.place);
        others.any(|other| !left_out(other))
    }

    /// Claims a new identifier, and gives up those that it pushed out.
    fn claim(&mut self, identifier: Option<Identifier>, released: Vec<Identifier>) -> Result<(), Torn> {
        if let Some(identifier) = identifier
            && !matches!(self.book.lead(&identifier, self.seen.at())?, Lead::Live(id) if id == self.primary)
        {
            self.book.take(identifier, self.primary, ClaimNote::None, None);
        }
        for identifier in released {
            self.book.release(identifier);
        }
        Ok(())
    }

    fn link_conversation(&mut self) -> Result<(), Torn> {
        let Some(info) = self.seen.conversation() else { return Ok(()) };
        let identifier = Identifier::Conversation(info.id.clone());
        if self.book.lead(&identifier, self.seen.at())? != Lead::Free {
            return Ok(());
        }
        let conversation = Conversation { info: info.clone(), started_at: self.seen.at() };
        self.book.take(identifier, self.primary, ClaimNote::Conversation(conversation.clone()), None);
        self.book.link(self.primary, conversation);
        self.news = true;
        Ok(())
    }

    fn see(&mut self) -> Result<(), Torn> {
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
    /// What an observation did in two rounds.
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

enum Verdict {
    NoNews,
    TooLarge,
    TakesField,
    AlsoKnown,
}

/// Weighs a told value against what the contact has.
fn weigh(contact: &Contact, told: &Told, stamp: &Stamp, identifier: Option<&Identifier>) -> Verdict {
    let Told { field, value, .. } = told;
    let entry = contact.values.get(field);
    if entry.is_some_and(|entry| entry.value.as_ref() == Some(value)) {
        return Verdict::NoNews;
    }
    if entry.is_some_and(|entry| is_older(stamp, value, entry)) {
        return weigh_further(contact, told, stamp, identifier);
    }
    if fits(contact, field, value) { Verdict::TakesField } else { Verdict::TooLarge }
}

/// Weighs a told value that does not take its field: it is older than what stands there, or the same observation tells
/// another one that counts more. Were the latter weighed by its stamp, two phones that are told again would take the
/// field from each other each time.
fn weigh_further(contact: &Contact, told: &Told, stamp: &Stamp, identifier: Option<&Identifier>) -> Verdict {
    let Some(identifier) = identifier else { return Verdict::NoNews };
    if contact.is_edited_since(&told.field, stamp.at) || contact.holds(identifier) {
        return Verdict::NoNews;
    }
    Verdict::AlsoKnown
}

fn is_older(stamp: &Stamp, value: &Value, entry: &Entry) -> bool {
    (stamp, Some(value.as_str())) <= (&entry.stamp, entry.value.as_ref().map(Value::as_str))
}

/// Whether a custom value leaves the contact within its size.
pub(crate) fn fits(contact: &Contact, field: &Field, value: &Value) -> bool {
    let (Field::Custom(key), Value::Custom(value)) = (field, value) else { return true };
    let replaced = contact.custom_values().find(|(other, _)| *other == key);
    let freed = replaced.map_or(0, |(key, value)| custom_bytes(key, value));
    contact.custom_bytes() - freed + custom_bytes(key, value) <= MAX_CUSTOM_BYTES
}

/// Puts a value into its field; what stood there stays known as a secondary identifier. Returns the identifiers that
/// were pushed out altogether.
fn set(contact: &mut Contact, field: &Field, value: Value, stamp: Stamp) -> Vec<Identifier> {
    let edited_at = contact.values.get(field).and_then(|entry| entry.edited_at);
    let replaced = contact.values.insert(field.clone(), Entry { value: Some(value), stamp, edited_at });
    let Field::Channel(channel) = *field else { return Vec::new() };
    drop_repeated(contact);
    if let Some(Entry { value: Some(old), stamp, .. }) = replaced
        && let Some(identifier) = old.identifier(channel)
        && !contact.holds(&identifier)
    {
        contact.also_known_by.push(AlsoKnown { channel, value: old, stamp });
    }
    contact.trim_also_known_by()
}

/// Takes secondary identifiers out that stand in a field, or that come twice.
pub(crate) fn drop_repeated(contact: &mut Contact) {
    let known = std::mem::take(&mut contact.also_known_by);
    for secondary in known {
        if secondary.value.identifier(secondary.channel).is_some_and(|identifier| !contact.holds(&identifier)) {
            contact.also_known_by.push(secondary);
        }
    }
}
