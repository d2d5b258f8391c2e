//! Applying the values of an observation to the contact that it is about.

use crate::conflict::{self, Conflict, ConflictReason};
use crate::contact::FieldValue;
use crate::existing::Existing;
use crate::field::{Channel, Field, Value};
use crate::fold::Folding;
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::leads::{Course, Leads};
use crate::name::Name;
use crate::observation::ObservedValue;
use crate::outcome::Rejection;
use crate::record::ClaimNote;
use crate::snapshot::{Resolution, Torn};
use crate::unconfirmed::{self, Unconfirmed};
use crate::weigh::{Circumstances, Verdict, weigh_identifier, weigh_value};

impl Folding<'_> {
    /// Applies the values that the primary contact is given. If the observation is in conflict, what it says besides may be
    /// about either contact: it is withheld, unless the observation comes from the person of the primary contact.
    pub(crate) fn apply_values(&mut self, leads: &Leads<'_>) -> Result<(), Torn> {
        let in_conflict = self.conflicts.iter().any(|(_, _, reason, _)| *reason != ConflictReason::DifferentPerson);
        let own = leads.leads.iter().any(|lead| {
            let own = matches!(lead.course, Course::Leads(id) if id == self.primary);
            own && lead.named.channel.is_some() && lead.named.proof.is_proven()
        });
        let speaks_of_himself = own || leads.prove_a_new_one() || self.voice.attests(self.primary()?);
        let hearsay = (!self.voice.vouches(self.primary()?)).then_some(self.voice.mode());
        let mut withheld = Vec::new();
        for observed in self.seen.values() {
            let circumstances = Circumstances { hearsay, outranked: self.is_outranked(observed, leads) };
            if self.fills_blanks_only() && (circumstances.outranked || self.is_filled(&observed.field)?) {
                continue;
            }
            match &observed.field {
                Field::Channel(channel) => self.apply_identifier(*channel, observed, circumstances, leads)?,
                field => {
                    let contact = self.primary()?;
                    let withholds = in_conflict && (!speaks_of_himself || differs(contact.name(), &observed.value));
                    if withholds && !circumstances.outranked {
                        let value = (field.clone(), observed.value.clone());
                        if contact.value(field) == Some(&observed.value) {
                            continue;
                        }
                        if conflict::fits(&withheld, &value) {
                            withheld.push(value);
                        } else {
                            self.folded.rejected.push((field.clone(), Rejection::TooLarge));
                        }
                    } else if self.is_led_by_weak_ones_alone() && differs(contact.name(), &observed.value) {
                        self.folded.rejected.push((field.clone(), Rejection::OtherName));
                    } else {
                        self.apply_value(field, observed, circumstances)?;
                    }
                }
            }
        }
        self.record_conflicts(&withheld)
    }

    /// Whether the primary contact may only take values of fields that it lacks.
    fn fills_blanks_only(&self) -> bool {
        !self.created && self.seen.existing == Existing::FillBlanks
    }

    /// Whether the primary contact has a value of the field.
    fn is_filled(&self, field: &Field) -> Result<bool, Torn> {
        Ok(self.primary()?.value(field).is_some())
    }

    /// Whether it is a row that names a known contact by phones and handles alone: without an id or an email.
    fn is_led_by_weak_ones_alone(&self) -> bool {
        let is_strong =
            |identifier: &Identifier| matches!(identifier, Identifier::Email(_) | Identifier::WhatsappUserId(_));
        !self.created
            && self.seen.is_row()
            && self.seen.contact.is_none()
            && !self.seen.named().iter().any(|named| is_strong(&named.identifier))
    }

    fn apply_value(
        &mut self,
        field: &Field,
        observed: &ObservedValue,
        circumstances: Circumstances,
    ) -> Result<(), Torn> {
        let new = FieldValue::new(observed.value.clone(), self.seen.stamp(observed.rank), observed.proof);
        match weigh_value(self.primary()?, field, &new, circumstances) {
            Verdict::TakesField => {
                self.book.live_mut(self.primary)?.set(field, new);
                self.news = true;
            }
            Verdict::TooLarge => self.folded.rejected.push((field.clone(), Rejection::TooLarge)),
            Verdict::Unconfirmed => self.suggest(observed)?,
            Verdict::NoNews => self.renew_stamp(field, &new, circumstances)?,
            Verdict::Besides | Verdict::TooMany => {}
        }
        Ok(())
    }

    /// Notes that somebody vouches for a value that only a file said. That alone is no news, and is written with other news.
    fn renew_stamp(&mut self, field: &Field, new: &FieldValue, circumstances: Circumstances) -> Result<(), Torn> {
        let is_replaced = |held: &FieldValue| held.value == new.value && new.stamp.replaces(&held.stamp);
        if circumstances.hearsay.is_none()
            && !circumstances.outranked
            && self.primary()?.values.get(field).is_some_and(is_replaced)
            && let Some(held) = self.book.live_mut(self.primary)?.values.get_mut(field)
        {
            held.stamp = new.stamp.clone();
        }
        Ok(())
    }

    fn apply_identifier(
        &mut self,
        channel: Channel,
        observed: &ObservedValue,
        circumstances: Circumstances,
        leads: &Leads<'_>,
    ) -> Result<(), Torn> {
        let Some(held) = HeldIdentifier::new(channel, observed.value.clone(), self.seen.stamp(observed.rank)) else {
            return Ok(());
        };
        let course = leads.course_of(&held.identifier);
        let hold = match course {
            None => Hold::Blocked,
            Some(Course::Shown | Course::SharedWith(_)) if self.is_elsewhere(&held.identifier)? => Hold::Shared,
            Some(Course::Suppressed | Course::KeptApart | Course::StaysWith(..)) => return Ok(()),
            Some(_) => Hold::Owned,
        };
        if hold == Hold::Shared {
            self.folded.shared.push(held.identifier.clone());
        }
        // A conflict over a line that has become shared since is still a person's to settle.
        let disputes = |conflict: &Conflict| conflict.value.as_ref() == Some(&observed.value);
        if hold == Hold::Shared && self.primary()?.conflicts.iter().any(disputes) {
            return Ok(());
        }
        let held = HeldIdentifier { proof: observed.proof, hold, ..held };
        if circumstances.hearsay.is_none() && hold == Hold::Owned && self.primary()?.identifiers.shows(&held.identifier)
        {
            let contact = self.book.live_mut(self.primary)?;
            if contact.identifiers.own(&held.identifier) {
                self.news = true;
                self.claim(&held.identifier)?;
            }
            let contact = self.book.live_mut(self.primary)?;
            self.news |= contact.identifiers.prove(&held.identifier, held.proof);
            contact.identifiers.renew_stamp(&held);
        }
        let identifier = held.identifier.clone();
        match weigh_identifier(self.primary()?, &held, circumstances) {
            Verdict::NoNews | Verdict::TooLarge => return self.show(hold, &identifier),
            Verdict::TooMany => {
                self.folded.rejected.push((observed.field.clone(), Rejection::TooMany));
                return Ok(());
            }
            Verdict::Unconfirmed => return self.suggest(observed),
            Verdict::TakesField => {
                let contact = self.book.live_mut(self.primary)?;
                contact.confirm(&observed.field, &observed.value);
                contact.identifiers.promote(held);
            }
            Verdict::Besides => {
                let contact = self.book.live_mut(self.primary)?;
                contact.confirm(&observed.field, &observed.value);
                contact.identifiers.add_besides(held);
            }
        }
        self.news = true;
        match course {
            Some(Course::TakenFrom(owner)) => self.book.live_mut(owner)?.identifiers.remove(&identifier),
            Some(Course::MovesFrom(owner)) => self.book.live_mut(owner)?.identifiers.share(&identifier),
            _ => {}
        }
        if hold == Hold::Owned {
            self.claim(&identifier)?;
        }
        if let Some(Course::MovesFrom(owner)) = course {
            self.book.share(&identifier, owner)?;
        }
        self.show(hold, &identifier)
    }

    /// Whether an identifier belongs to another contact than the primary one.
    fn is_elsewhere(&self, identifier: &Identifier) -> Result<bool, Torn> {
        Ok(!self.primary()?.holds(identifier) && self.book.claim(identifier).is_some())
    }

    /// Claims an identifier for the primary contact, unless its claim leads there.
    fn claim(&mut self, identifier: &Identifier) -> Result<(), Torn> {
        if !self.leads_to_primary(identifier)? {
            self.book.take(identifier.clone(), self.primary, ClaimNote::None, None);
        }
        Ok(())
    }

    /// Whether the claim of an identifier leads to the primary contact already.
    fn leads_to_primary(&self, identifier: &Identifier) -> Result<bool, Torn> {
        let Some(claim) = self.book.claim(identifier) else { return Ok(false) };
        Ok(matches!(self.book.follow(claim.contact, self.seen.at())?, Resolution::Live(id) if id == self.primary)
            && claim.void_before.is_none_or(|deleted| self.seen.at() >= deleted))
    }

    /// Notes in the claim of a shared identifier that the primary contact shows it.
    fn show(&mut self, hold: Hold, identifier: &Identifier) -> Result<(), Torn> {
        if hold == Hold::Shared && self.primary()?.identifiers.shows(identifier) {
            self.news |= self.book.share(identifier, self.primary)?;
        }
        Ok(())
    }

    /// Keeps a value for a person to accept or dismiss.
    fn suggest(&mut self, observed: &ObservedValue) -> Result<(), Torn> {
        if !self.folded.unconfirmed.contains(&observed.field) {
            self.folded.unconfirmed.push(observed.field.clone());
        }
        let stamp = self.seen.stamp(observed.rank);
        if self.primary()?.reviewed_at.is_some_and(|reviewed| stamp.at <= reviewed) {
            return Ok(());
        }
        let entry = Unconfirmed { field: observed.field.clone(), value: observed.value.clone(), stamp };
        let mut list = self.primary()?.unconfirmed.clone();
        if unconfirmed::add(&mut list, entry) {
            self.book.live_mut(self.primary)?.unconfirmed = list;
            self.news = true;
        }
        Ok(())
    }

    /// Whether the same observation has a value that counts more for the same field.
    fn is_outranked(&self, observed: &ObservedValue, leads: &Leads<'_>) -> bool {
        let others = self.seen.values().iter();
        let mut others = others.filter(|other| other.field == observed.field && other.rank > observed.rank);
        others.any(|other| match other.identifier() {
            None => true,
            Some(identifier) => {
                matches!(
                    leads.course_of(&identifier),
                    Some(Course::Free | Course::Leads(_) | Course::TakenFrom(_) | Course::MovesFrom(_))
                ) || self.owns(&identifier)
            }
        })
    }

    /// Whether the primary contact owns an identifier, as it may although others share it.
    fn owns(&self, identifier: &Identifier) -> bool {
        self.book.live(self.primary).is_some_and(|contact| contact.holds(identifier))
    }

    /// Records the conflicts on both contacts.
    fn record_conflicts(&mut self, withheld: &[(Field, Value)]) -> Result<(), Torn> {
        for (other, channel, reason, identifier) in std::mem::take(&mut self.conflicts) {
            let Resolution::Live(other) = self.book.follow(other, self.seen.at())? else { return Err(Torn) };
            if other == self.primary {
                continue;
            }
            let values = self.seen.values().iter();
            let value = values.rev().find(|observed| observed.identifier().as_ref() == Some(&identifier));
            let is_withheld = reason != ConflictReason::DifferentPerson;
            let conflict = Conflict {
                field: Field::Channel(channel),
                value: value.map(|observed| observed.value.clone()),
                contact: other,
                reason,
                at: self.context.now,
                source: Some(self.seen.source.clone()),
                withheld: if is_withheld { withheld.to_vec() } else { Vec::new() },
            };
            for (id, other) in [(self.primary, other), (other, self.primary)] {
                let mut conflicts = self.book.live(id).ok_or(Torn)?.conflicts.clone();
                let other = self.book.live(other).ok_or(Torn)?;
                // It may be known as one with a contact that has been joined into the other.
                let ids = other.joined.iter().copied().chain([other.id]);
                let known = ids
                    .map(|id| conflict.with(id))
                    .find(|conflict| conflicts.iter().any(|known| known.is_same(conflict)));
                if conflict::add(&mut conflicts, known.unwrap_or_else(|| conflict.with(other.id))) {
                    self.book.live_mut(id)?.conflicts = conflicts;
                    self.news = true;
                }
            }
            self.folded.conflicts.push(conflict);
        }
        Ok(())
    }
}

/// Whether a value is a name that clearly differs from another one.
fn differs(name: Option<&Name>, value: &Value) -> bool {
    match (name, value) {
        (Some(name), Value::Name(observed)) => observed.clearly_differs(name),
        _ => false,
    }
}
