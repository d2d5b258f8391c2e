//! Unconfirmed values: what was said of a contact by somebody who may not speak for it.

use crate::conflict::MAX_UNSETTLED_BYTES;
use crate::field::{Field, Value};
use crate::stamp::Stamp;

/// The most unconfirmed values of a contact; the newest are kept.
pub const MAX_UNCONFIRMED: usize = 20;

/// A value that a person may accept or dismiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The field.
    pub field: Field,
    /// The value.
    pub value: Value,
    /// When and from which source it was learnt.
    pub stamp: Stamp,
}

/// Adds a value, unless the list has it or twenty newer ones. Returns whether it was added.
pub(crate) fn add(list: &mut Vec<Unconfirmed>, new: Unconfirmed) -> bool {
    if list.iter().any(|known| known.field == new.field && known.value == new.value) {
        return false;
    }
    let mut place = list.partition_point(|known| known.stamp <= new.stamp);
    list.insert(place, new);
    while list.len() > MAX_UNCONFIRMED || (list.len() > 1 && bytes(list) > MAX_UNSETTLED_BYTES) {
        list.remove(0);
        if place == 0 {
            return false;
        }
        place -= 1;
    }
    true
}

fn bytes(list: &[Unconfirmed]) -> usize {
    list.iter().map(|entry| entry.value.as_str().len()).sum()
}
