//! What there is of a workspace.

use std::collections::BTreeMap;
use std::fmt;

use contacts_book::ItemKind;

/// How many items of each kind the table has of a workspace, and how many objects each folder of the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The items of the table.
    pub items: BTreeMap<ItemKind, u64>,
    /// The objects of the bucket, by their folder.
    pub objects: BTreeMap<&'static str, u64>,
}

impl Inventory {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.objects.is_empty()
    }

    /// Adds other items and objects.
    pub(crate) fn add(&mut self, other: Inventory) {
        for (kind, count) in other.items {
            *self.items.entry(kind).or_default() += count;
        }
        for (folder, count) in other.objects {
            *self.objects.entry(folder).or_default() += count;
        }
    }
}

/// A line for each kind and each folder.
impl fmt::Display for Inventory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, count) in &self.items {
            writeln!(f, "{count:>12}  items of kind {}", kind.as_str())?;
        }
        for (folder, count) in &self.objects {
            writeln!(f, "{count:>12}  objects in {folder}")?;
        }
        Ok(())
    }
}
