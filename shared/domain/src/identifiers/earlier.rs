//! Taking the identifiers of a contact back to an earlier state.

use super::{HeldIdentifier, Hold, Identifiers};
use crate::field::Channel;
use crate::identifier::Identifier;
use crate::proof::Proof;

impl Identifiers {
    /// An earlier state of an identifier, which the contact may only show by now: another one has proved that it is theirs.
    pub(crate) fn as_held_now(&self, earlier: &HeldIdentifier) -> HeldIdentifier {
        let is_lost = earlier.hold == Hold::Owned && !self.owns(&earlier.identifier);
        HeldIdentifier { hold: if is_lost { Hold::Shared } else { earlier.hold }, ..earlier.clone() }
    }

    /// Takes an identifier that the contact has back to an earlier state of it, which may be the primary one of its field.
    pub(crate) fn put_back(&mut self, earlier: HeldIdentifier, was_primary: bool) {
        let channel = earlier.channel;
        let is_primary = self.take_out(channel, &earlier.identifier);
        if was_primary && self.primary(channel).is_none() {
            self.set_primary(channel, Some(earlier));
        } else {
            self.add_besides(earlier);
            if is_primary {
                self.refill(channel);
            }
        }
    }

    /// Makes an identifier the primary one of its field again. An owned or shared one that is there stays one of the others.
    pub(crate) fn put_back_primary(&mut self, earlier: HeldIdentifier) {
        let displaced = self.remove_primary(earlier.channel);
        for list in [&mut self.secondary, &mut self.shared] {
            list.retain(|held| held.identifier != earlier.identifier);
        }
        self.set_primary(earlier.channel, Some(earlier));
        displaced.into_iter().for_each(|displaced| self.add_besides(displaced));
    }

    /// Empties a field. What was in it stays one of the others.
    pub(crate) fn clear(&mut self, channel: Channel) {
        let cleared = self.remove_primary(channel);
        cleared.into_iter().for_each(|held| self.add_besides(held));
    }

    /// Takes an identifier out of one field and its lists. The secondary one that goes first takes the field if it is empty.
    pub(crate) fn remove_from(&mut self, channel: Channel, identifier: &Identifier) {
        if self.take_out(channel, identifier) {
            self.refill(channel);
        }
    }

    /// Takes an identifier out of one field and its lists. Returns whether it was the primary one.
    pub(crate) fn take_out(&mut self, channel: Channel, identifier: &Identifier) -> bool {
        let is_it = |held: &HeldIdentifier| held.channel == channel && held.identifier == *identifier;
        let was_primary = self.primary.iter().any(is_it);
        for list in [&mut self.primary, &mut self.secondary, &mut self.shared] {
            list.retain(|held| !is_it(held));
        }
        was_primary
    }

    /// Lowers the proof of an owned identifier that was raised from `before` to `raised`, unless it was raised further since.
    pub(crate) fn lower_proof(&mut self, before: &HeldIdentifier, raised: Proof) {
        for held in self.primary.iter_mut().chain(&mut self.secondary) {
            if held.identifier == before.identifier && held.stamp == before.stamp && held.proof == raised {
                held.proof = before.proof;
            }
        }
    }

    /// Sets the secondary identifiers as a recorded change has them.
    pub(crate) fn set_secondary(&mut self, held: Vec<HeldIdentifier>) {
        self.secondary = held;
    }

    /// Sets the shared identifiers that are not primary as a recorded change has them.
    pub(crate) fn set_shared(&mut self, held: Vec<HeldIdentifier>) {
        self.shared = held;
    }
}
