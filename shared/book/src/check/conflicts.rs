//! Checks that a conflict stands on both of its contacts.

use contacts::{Conflict, Contact, ContactId, Record};

use super::book::Book;

/// The bytes of withheld values up to which a contact keeps all of its conflicts.
const MAX_WITHHELD_BYTES: usize = 32 * 1024;

impl Book {
    pub(super) fn check_conflicts(&self, contact: &Contact, say: &mut impl FnMut(String)) {
        for conflict in &contact.conflicts {
            let Some(Record::Live(other)) = self.end_of(conflict.contact) else { continue };
            let is_from_older_build = conflict.source.is_none();
            if other.id == contact.id || is_from_older_build || self.may_have_forgotten(other, conflict) {
                continue;
            }
            if !other.conflicts.iter().any(|mirror| self.mirrors(mirror, conflict, contact.id)) {
                say(format!("contact {} has a conflict that contact {} does not have", contact.id, other.id));
            }
        }
    }

    /// Whether a contact, or one that was joined into it, has had so many conflicts since this one that it forgot the oldest.
    fn may_have_forgotten(&self, contact: &Contact, conflict: &Conflict) -> bool {
        let mut ids = std::iter::once(contact.id).chain(contact.joined.iter().copied());
        let was_full = ids.any(|id| self.full_at.get(&id).is_some_and(|full_at| conflict.at <= *full_at));
        let withheld = contact.conflicts.iter().chain([conflict]).flat_map(|conflict| &conflict.withheld);
        let bytes: usize = withheld.map(|(_, value)| value.as_str().len()).sum();
        was_full || bytes > MAX_WITHHELD_BYTES
    }

    /// Whether a conflict of another contact is the counterpart of one of `contact`.
    fn mirrors(&self, mirror: &Conflict, conflict: &Conflict, contact: ContactId) -> bool {
        let same_value = mirror.value.is_none() || conflict.value.is_none() || mirror.value == conflict.value;
        let leads_here = self.end_of(mirror.contact).map(Record::id) == Some(contact);
        mirror.field == conflict.field && same_value && leads_here
    }
}
