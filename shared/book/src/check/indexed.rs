//! Checks the index attributes of a contact's item.

use contacts::{Contact, ContactId, Record};

use crate::item::{Attributes as _, Item};
use crate::keys::{self, CONFLICT_AT, INDEX_SHARD};

/// How a contact's item is indexed. The attributes themselves are as large as a small contact, so they are compared when the
/// item is read; which shards are possible is known only at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indexed {
    /// It is in no index, as it must be: only live contacts are.
    Nowhere,
    /// The sort keys are those of the contact, and it is in this shard.
    In(u32),
    /// Its attributes are wrong, whatever the number of shards.
    Wrong,
}

impl Indexed {
    pub(super) fn of(workspace: &str, record: &Record, item: &Item) -> Indexed {
        let Record::Live(contact) = record else {
            let is_indexed = keys::SORT_KEYS.into_iter().chain([INDEX_SHARD]).any(|name| item.text(name).is_ok());
            return if is_indexed { Indexed::Wrong } else { Indexed::Nowhere };
        };
        let stored = item.text(INDEX_SHARD).ok();
        let number = stored.and_then(|shard| shard.strip_prefix(workspace)?.strip_prefix('#')?.parse().ok());
        match number {
            Some(shard) if keys::SORT_KEYS.into_iter().all(|name| has_sort_key(name, contact, item)) => {
                Indexed::In(shard)
            }
            _ => Indexed::Wrong,
        }
    }

    /// Whether the contact is indexed as it must be in a workspace with that many shards. When their number grows, a contact
    /// stays in the shard of its last write.
    pub(super) fn is_right(self, contact: ContactId, shards: u32) -> bool {
        match self {
            Indexed::Nowhere => true,
            Indexed::In(shard) => (1..=shards).any(|shards| keys::shard_of(contact, shards) == shard),
            Indexed::Wrong => false,
        }
    }
}

fn has_sort_key(name: &'static str, contact: &Contact, item: &Item) -> bool {
    // A contact that was last written before there was an index of conflicts enters it when it is next written.
    let predates_index = || contact.conflicts.iter().all(|conflict| conflict.source.is_none());
    let stored = item.text(name).ok();
    (name == CONFLICT_AT && stored.is_none() && predates_index())
        || stored.map(str::to_owned) == keys::sort_key(name, contact)
}
