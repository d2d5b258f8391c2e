//! The identifiers of a contact: one list, in which each field has at most one primary value.

mod earlier;

use crate::field::{Channel, Value};
use crate::identifier::Identifier;
use crate::proof::Proof;
use crate::stamp::Stamp;

/// A value that names the contact, with the field in which it was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldIdentifier {
    /// The field.
    pub channel: Channel,
    /// The value as it is shown.
    pub value: Value,
    /// The match key of the value.
    pub identifier: Identifier,
    /// When and from which source it was learnt.
    pub stamp: Stamp,
    /// The strongest proof that an observation had for it, of those that speak for the contact.
    pub proof: Proof,
    /// Whether a person typed it, or a file replaced what a person had typed. Then only people replace it, or proof.
    pub by_hand: bool,
    /// Whether it leads to the contact.
    pub hold: Hold,
}

/// How a contact has an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// It names nobody: a placeholder. It is shown, but not claimed.
    Blocked,
    /// It names several people, and another contact has the claim. It is shown.
    Shared,
    /// It leads to this contact.
    Owned,
}

/// All identifiers of a contact.
///
/// A primary identifier is the value of its field; one number may be primary in two fields (telephone and WhatsApp). A
/// secondary identifier only leads to the contact. It is listed once, and never if it is also primary. In a field an owned
/// identifier replaces one that is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// In the order of the channels, one a channel.
    primary: Vec<HeldIdentifier>,
    /// Owned, in the order in which they became secondary.
    secondary: Vec<HeldIdentifier>,
    /// Shared and not primary, in the order in which they were learnt.
    shared: Vec<HeldIdentifier>,
}

impl HeldIdentifier {
    /// An owned identifier in a field; `None` when the value does not identify a person there.
    pub fn new(channel: Channel, value: Value, stamp: Stamp) -> Option<HeldIdentifier> {
        let identifier = value.identifier(channel)?;
        let by_hand = stamp.source.is_by_hand();
        let proof = if stamp.source.is_people() { Proof::Person } else { Proof::Stated };
        Some(HeldIdentifier { channel, value, identifier, stamp, proof, by_hand, hold: Hold::Owned })
    }

    /// Whether this value goes before another one of the same field.
    fn precedes(&self, other: &HeldIdentifier) -> bool {
        let by_hand_stays = |hand: &HeldIdentifier, other: &HeldIdentifier| {
            hand.by_hand && !other.stamp.source.is_people() && !other.proof.is_proven()
        };
        if self.hold != other.hold {
            return self.hold > other.hold;
        }
        if by_hand_stays(self, other) || by_hand_stays(other, self) {
            return by_hand_stays(self, other);
        }
        (&self.stamp, self.value.as_str()) > (&other.stamp, other.value.as_str())
    }
}

impl Identifiers {
    /// The owned ones, primary ones first. An identifier that is primary in two fields comes twice.
    pub fn owned(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.iter().filter(|held| held.hold == Hold::Owned)
    }

    /// Those that lead to another contact and are only shown on this one.
    pub fn shared(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.iter().filter(|held| held.hold == Hold::Shared)
    }

    /// All of them, primary ones first. An identifier that is primary in two fields comes twice.
    pub fn iter(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.primary.iter().chain(&self.secondary).chain(&self.shared)
    }

    /// The primary identifier of a field.
    pub fn primary(&self, channel: Channel) -> Option<&HeldIdentifier> {
        self.primary.iter().find(|held| held.channel == channel)
    }

    /// The primary identifiers, in the order of the channels.
    pub fn primaries(&self) -> &[HeldIdentifier] {
        &self.primary
    }

    /// The secondary identifiers, in the order in which they became secondary.
    pub fn secondary(&self) -> &[HeldIdentifier] {
        &self.secondary
    }

    /// The shared identifiers that are not primary.
    pub fn shared_besides(&self) -> &[HeldIdentifier] {
        &self.shared
    }

    /// An owned identifier. If it is primary in two fields, the one with the stronger proof.
    pub fn find(&self, identifier: &Identifier) -> Option<&HeldIdentifier> {
        self.owned().filter(|held| held.identifier == *identifier).max_by_key(|held| held.proof)
    }

    /// Whether the identifier leads to the contact.
    pub fn owns(&self, identifier: &Identifier) -> bool {
        self.owned().any(|held| held.identifier == *identifier)
    }

    /// Whether the identifier is one of them, owned or only shown.
    pub fn shows(&self, identifier: &Identifier) -> bool {
        self.iter().any(|held| held.identifier == *identifier)
    }

    /// Whether nothing leads to the contact.
    pub fn is_empty(&self) -> bool {
        self.iter().all(|held| held.hold == Hold::Blocked)
    }

    /// Whether the contact has an owned identifier with at least this proof.
    pub fn has_proof(&self, proof: Proof) -> bool {
        self.owned().any(|held| held.proof >= proof)
    }

    /// How many owned identifiers of the kind of another one there are.
    pub(crate) fn count_of_kind(&self, kind: &str) -> usize {
        let of_kind = || self.owned().filter(|held| held.identifier.kind() == kind);
        let repeated =
            |at: usize, held: &HeldIdentifier| of_kind().take(at).any(|other| other.identifier == held.identifier);
        of_kind().enumerate().filter(|(at, held)| !repeated(*at, held)).count()
    }

    /// Whether an identifier would take its field.
    pub(crate) fn would_be_primary(&self, held: &HeldIdentifier) -> bool {
        self.primary(held.channel).is_none_or(|ours| held.precedes(ours))
    }

    pub(crate) fn stamps_mut(&mut self) -> impl Iterator<Item = &mut Stamp> {
        let all = self.primary.iter_mut().chain(&mut self.secondary).chain(&mut self.shared);
        all.map(|held| &mut held.stamp)
    }

    /// Makes an identifier the primary one of its field. An owned or shared one that it replaces stays one of the others.
    pub fn promote(&mut self, held: HeldIdentifier) {
        if let Some(replaced) = self.replace(held) {
            self.add_besides(replaced);
        }
    }

    /// Makes an identifier the primary one of its field, and returns the one that it replaces. A file that replaces what
    /// was typed by hand is protected as that was.
    pub fn replace(&mut self, mut held: HeldIdentifier) -> Option<HeldIdentifier> {
        let replaced = self.primary(held.channel).cloned();
        held.by_hand |= held.stamp.source.is_people() && replaced.as_ref().is_some_and(|replaced| replaced.by_hand);
        self.secondary.retain(|other| other.identifier != held.identifier);
        self.shared.retain(|other| other.identifier != held.identifier);
        self.set_primary(held.channel, Some(held));
        replaced
    }

    /// Takes the primary identifier out of a field.
    pub fn remove_primary(&mut self, channel: Channel) -> Option<HeldIdentifier> {
        let place = self.primary.iter().position(|held| held.channel == channel)?;
        Some(self.primary.remove(place))
    }

    /// Takes an identifier out of all fields and lists. The secondary one that goes first takes an empty field.
    pub(crate) fn remove(&mut self, identifier: &Identifier) {
        let emptied: Vec<Channel> =
            self.primary.iter().filter(|held| held.identifier == *identifier).map(|held| held.channel).collect();
        for list in [&mut self.primary, &mut self.secondary, &mut self.shared] {
            list.retain(|held| held.identifier != *identifier);
        }
        for channel in emptied {
            self.refill(channel);
        }
    }

    /// Fills an empty field with the first of the contact's other identifiers of that field.
    pub(crate) fn refill(&mut self, channel: Channel) {
        let others = self.secondary.iter().chain(&self.shared).filter(|held| held.channel == channel);
        let first = others.reduce(|first, other| if other.precedes(first) { other } else { first }).cloned();
        if let Some(first) = first {
            self.replace(first);
        }
    }

    /// Makes an owned identifier one that is only shown, because another contact has proved that it is theirs.
    pub(crate) fn share(&mut self, identifier: &Identifier) {
        let of = |held: &HeldIdentifier| held.identifier == *identifier;
        let listed = self.secondary.iter().find(|held| of(held)).cloned();
        self.secondary.retain(|held| !of(held));
        self.shared.extend(listed.map(|held| HeldIdentifier { hold: Hold::Shared, ..held }));
        let mut channels = Vec::new();
        for held in self.primary.iter_mut().filter(|held| of(held)) {
            held.hold = Hold::Shared;
            channels.push(held.channel);
        }
        // An owned identifier goes before one that is only shown.
        for channel in channels {
            if self.secondary.iter().any(|held| held.channel == channel) {
                let shown = self.remove_primary(channel);
                self.refill(channel);
                shown.into_iter().for_each(|shown| self.add_besides(shown));
            }
        }
    }

    /// Makes an identifier that is only shown an owned one. Returns whether it was one.
    pub(crate) fn own(&mut self, identifier: &Identifier) -> bool {
        let mut owned = false;
        for held in self.primary.iter_mut().filter(|held| held.identifier == *identifier && held.hold == Hold::Shared) {
            held.hold = Hold::Owned;
            owned = true;
        }
        if let Some(place) = self.shared.iter().position(|held| held.identifier == *identifier) {
            let held = HeldIdentifier { hold: Hold::Owned, ..self.shared.remove(place) };
            self.add_besides(held);
            owned = true;
        }
        owned
    }

    /// Raises the proof of an owned identifier. Returns whether that changed anything.
    pub(crate) fn prove(&mut self, identifier: &Identifier, proof: Proof) -> bool {
        let mut changed = false;
        for held in self.primary.iter_mut().chain(&mut self.secondary) {
            if held.hold == Hold::Owned && held.identifier == *identifier && held.proof < proof {
                held.proof = proof;
                changed = true;
            }
        }
        changed
    }

    /// Notes that a source other than a file has said an owned identifier that a file said, later than the file.
    pub(crate) fn renew_stamp(&mut self, observed: &HeldIdentifier) {
        let is_it =
            |held: &&mut HeldIdentifier| held.channel == observed.channel && held.identifier == observed.identifier;
        for held in self.primary.iter_mut().chain(&mut self.secondary).filter(is_it) {
            if held.hold == Hold::Owned && observed.stamp.replaces(&held.stamp) {
                held.stamp = observed.stamp.clone();
            }
        }
    }

    /// Sets the primary identifier of a field as a recorded change has it, and nothing else.
    pub(crate) fn set_primary(&mut self, channel: Channel, held: Option<HeldIdentifier>) {
        self.remove_primary(channel);
        if let Some(held) = held {
            let place = self.primary.partition_point(|other| other.channel < channel);
            self.primary.insert(place, held);
        }
    }

    /// Adds an identifier that is not primary, unless the contact has it.
    pub fn add_besides(&mut self, held: HeldIdentifier) {
        if self.shows(&held.identifier) {
            return;
        }
        match held.hold {
            Hold::Owned => self.secondary.push(held),
            Hold::Shared => self.shared.push(held),
            Hold::Blocked => {}
        }
    }

    /// Adds an identifier: as the primary one of its field if it goes before the one there.
    pub(crate) fn add(&mut self, held: HeldIdentifier) {
        if self.would_be_primary(&held) {
            self.promote(held);
        } else {
            self.add_besides(held);
        }
    }

    /// Adds the identifiers of a contact that is joined into this one. What one owns and the other only shows is owned.
    pub(crate) fn merge(&mut self, other: &Identifiers) {
        for theirs in &other.primary {
            self.merge_one(theirs, Identifiers::add);
        }
        for theirs in other.secondary.iter().chain(&other.shared) {
            self.merge_one(theirs, Identifiers::add_besides);
        }
    }

    fn merge_one(&mut self, theirs: &HeldIdentifier, add: impl FnOnce(&mut Identifiers, HeldIdentifier)) {
        if theirs.hold == Hold::Owned {
            self.own(&theirs.identifier);
            self.prove(&theirs.identifier, theirs.proof);
        }
        let mut theirs = theirs.clone();
        if let Some(ours) = self.find(&theirs.identifier) {
            theirs.proof = theirs.proof.max(ours.proof);
            theirs.hold = Hold::Owned;
        }
        add(self, theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Phone;
    use crate::stamp::SourceRef;
    use crate::time;

    fn held(channel: Channel, digits: &str, at: i64) -> HeldIdentifier {
        let stamp = Stamp { at: time::from_millis(at), sequence: 0, source: SourceRef::Manual, place: 0 };
        let phone = Phone::from_e164(digits).unwrap();
        HeldIdentifier::new(channel, Value::Phone(phone), stamp).unwrap()
    }

    fn listed(identifiers: &[HeldIdentifier]) -> Vec<(Channel, &str)> {
        identifiers.iter().map(|held| (held.channel, held.value.as_str())).collect()
    }

    const A: &str = "+12015550101";
    const B: &str = "+12015550102";

    #[test]
    fn a_replaced_identifier_becomes_secondary_unless_another_field_shows_it() {
        let mut identifiers = Identifiers::default();
        identifiers.promote(held(Channel::Telephone, A, 1));
        identifiers.promote(held(Channel::Whatsapp, A, 1));
        identifiers.promote(held(Channel::Telephone, B, 2));
        assert_eq!(listed(identifiers.primaries()), [(Channel::Telephone, B), (Channel::Whatsapp, A)]);
        assert_eq!(identifiers.secondary(), []);
        identifiers.promote(held(Channel::Whatsapp, B, 3));
        assert_eq!(listed(identifiers.secondary()), [(Channel::Whatsapp, A)]);
        identifiers.promote(held(Channel::Telephone, A, 4));
        assert_eq!(listed(identifiers.secondary()), [], "what became primary again is no longer secondary");
    }

    #[test]
    fn in_a_field_an_owned_identifier_goes_before_a_shared_one_and_that_before_a_blocked_one() {
        let hold = |hold, digits, at| HeldIdentifier { hold, ..held(Channel::Telephone, digits, at) };
        let mut identifiers = Identifiers::default();
        identifiers.add(hold(Hold::Blocked, A, 9));
        identifiers.add(hold(Hold::Shared, B, 8));
        assert_eq!(listed(identifiers.primaries()), [(Channel::Telephone, B)], "the blocked one is gone");
        identifiers.add(hold(Hold::Owned, A, 1));
        assert_eq!(listed(identifiers.primaries()), [(Channel::Telephone, A)]);
        assert_eq!(listed(identifiers.shared_besides()), [(Channel::Telephone, B)]);
        assert!(identifiers.own(&held(Channel::Telephone, B, 8).identifier));
        assert_eq!(listed(identifiers.secondary()), [(Channel::Telephone, B)]);
        identifiers.share(&held(Channel::Telephone, A, 1).identifier);
        assert_eq!(listed(identifiers.primaries()), [(Channel::Telephone, B)], "what it owns takes the field");
        assert_eq!(listed(identifiers.shared_besides()), [(Channel::Telephone, A)]);
    }
}
