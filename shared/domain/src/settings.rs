//! The settings of a workspace.

use crate::cause::Cause;
use crate::country::Country;
use crate::custom::{CustomField, CustomKey};

/// The maximum number of partitions of an index: a list queries each of them. 64 support about 64,000 writes a second.
pub const MAX_INDEX_SHARDS: u32 = 64;

/// A workspace's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Grows with every change; 0 before the first.
    pub version: u64,
    /// Who changed the settings last; `None` before the first change, or if a build without causes made it.
    pub cause: Option<Cause>,
    /// The country that is tried first for phone numbers without a `+`.
    pub default_country: Country,
    /// The custom fields, in the order in which they were defined.
    pub custom_fields: Vec<CustomField>,
    /// The number of partitions of each index, at least 1. It never decreases.
    pub index_shards: u32,
}

impl Settings {
    /// The definition of a custom field.
    pub fn custom_field(&self, key: &CustomKey) -> Option<&CustomField> {
        self.custom_fields.iter().find(|field| field.key == *key)
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { version: 0, cause: None, default_country: Country::US, custom_fields: Vec::new(), index_shards: 1 }
    }
}
