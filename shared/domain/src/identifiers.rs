//! The identifiers of a contact: one list, in which each field has at most one primary value.

use crate::field::{Channel, Value};
use crate::identifier::Identifier;
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
}

/// All identifiers of a contact.
///
/// A primary identifier is the value of its field; one number may be primary in two fields (telephone and WhatsApp). A
/// secondary identifier only leads to the contact. It is listed once, and never if it is also primary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// In the order of the channels, one a channel.
    primary: Vec<HeldIdentifier>,
    /// In the order in which they became secondary.
    secondary: Vec<HeldIdentifier>,
}

impl HeldIdentifier {
    /// An identifier in a field; `None` when the value does not identify a person there.
    pub fn new(channel: Channel, value: Value, stamp: Stamp) -> Option<HeldIdentifier> {
        let identifier = value.identifier(channel)?;
        Some(HeldIdentifier { channel, value, identifier, stamp })
    }

    /// The order of precedence of values of one field: the greater one wins.
    fn rank(&self) -> (&Stamp, &str) {
        (&self.stamp, self.value.as_str())
    }
}

impl Identifiers {
    /// All of them, primary ones first. An identifier that is primary in two fields comes twice.
    pub fn iter(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.primary.iter().chain(&self.secondary)
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

    /// Whether the identifier is one of them.
    pub fn contains(&self, identifier: &Identifier) -> bool {
        self.iter().any(|held| held.identifier == *identifier)
    }

    /// Whether the contact has no identifier.
    pub fn is_empty(&self) -> bool {
        self.primary.is_empty() && self.secondary.is_empty()
    }

    /// Makes an identifier the primary one of its field. The one that it replaces becomes secondary.
    pub fn promote(&mut self, held: HeldIdentifier) {
        if let Some(replaced) = self.replace(held) {
            self.add_secondary(replaced);
        }
    }

    /// Makes an identifier the primary one of its field, and returns the one that it replaces.
    pub fn replace(&mut self, held: HeldIdentifier) -> Option<HeldIdentifier> {
        let replaced = self.primary(held.channel).cloned();
        self.secondary.retain(|other| other.identifier != held.identifier);
        self.set_primary(held.channel, Some(held));
        replaced
    }

    /// Takes the primary identifier out of a field.
    pub fn remove_primary(&mut self, channel: Channel) -> Option<HeldIdentifier> {
        let place = self.primary.iter().position(|held| held.channel == channel)?;
        Some(self.primary.remove(place))
    }

    /// Sets the primary identifier of a field as a recorded change has it, and nothing else.
    pub(crate) fn set_primary(&mut self, channel: Channel, held: Option<HeldIdentifier>) {
        self.remove_primary(channel);
        if let Some(held) = held {
            let place = self.primary.partition_point(|other| other.channel < channel);
            self.primary.insert(place, held);
        }
    }

    /// Sets the secondary identifiers as a recorded change has them.
    pub(crate) fn set_secondary(&mut self, held: Vec<HeldIdentifier>) {
        self.secondary = held;
    }

    /// Adds a secondary identifier, unless the contact has it.
    pub fn add_secondary(&mut self, held: HeldIdentifier) {
        if !self.contains(&held.identifier) {
            self.secondary.push(held);
        }
    }

    /// Adds the identifiers of a contact that is joined into this one. If both have a primary one in a field, the newer
    /// wins; the two have the same value, because otherwise the contacts could not be joined.
    pub(crate) fn merge(&mut self, other: &Identifiers) {
        for theirs in &other.primary {
            if self.primary(theirs.channel).is_none_or(|ours| ours.rank() < theirs.rank()) {
                self.replace(theirs.clone());
            }
        }
        for theirs in &other.secondary {
            self.add_secondary(theirs.clone());
        }
    }

    /// Removes and returns the oldest secondary identifiers beyond `most`.
    pub(crate) fn trim(&mut self, most: usize) -> Vec<Identifier> {
        let excess = self.secondary.len().saturating_sub(most);
        if excess == 0 {
            return Vec::new();
        }
        self.secondary.sort_by(|a, b| a.rank().cmp(&b.rank()));
        self.secondary.drain(..excess).map(|held| held.identifier).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Phone;
    use crate::stamp::SourceRef;
    use crate::time;

    fn held(channel: Channel, digits: &str, at: i64) -> HeldIdentifier {
        let stamp = Stamp { at: time::from_millis(at), source: SourceRef::Manual, place: 0 };
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
    fn the_oldest_secondary_identifiers_are_trimmed() {
        let mut identifiers = Identifiers::default();
        for (digits, at) in [(A, 2), (B, 1)] {
            identifiers.add_secondary(held(Channel::Telephone, digits, at));
            identifiers.add_secondary(held(Channel::Whatsapp, digits, at));
        }
        assert_eq!(listed(identifiers.secondary()), [(Channel::Telephone, A), (Channel::Telephone, B)]);
        assert_eq!(identifiers.trim(1), [held(Channel::Telephone, B, 1).identifier]);
        assert_eq!(listed(identifiers.secondary()), [(Channel::Telephone, A)]);
    }
}
