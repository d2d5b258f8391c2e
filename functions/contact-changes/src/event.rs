//! The events of Lambda's stream sources, and the answer to them.

use contacts_book::{ContactChange, MalformedItem};
use serde::{Deserialize, Serialize};

use crate::image::{Image, UnknownType};

/// A batch of a DynamoDB stream's records.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamEvent {
    /// In the order of the stream.
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// A change of an item.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRecord {
    /// The item before and after.
    pub dynamodb: ItemChange,
}

/// The item before and after.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ItemChange {
    /// Absent if the item is new.
    old_image: Option<Image>,
    /// Absent if the item was removed.
    new_image: Option<Image>,
    /// The place in the stream.
    pub(crate) sequence_number: String,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableRecord {
    #[error(transparent)]
    Image(#[from] UnknownType),
    #[error(transparent)]
    Item(#[from] MalformedItem),
}

impl StreamRecord {
    /// The change of a contact; `None` if the item is not a contact.
    pub(crate) fn change(self) -> Result<Option<ContactChange>, UnreadableRecord> {
        let [before, after] = [self.dynamodb.old_image, self.dynamodb.new_image];
        let before = before.map(Image::into_item).transpose()?;
        let after = after.map(Image::into_item).transpose()?;
        Ok(ContactChange::read(before.as_ref(), after.as_ref())?)
    }
}

/// What Lambda must deliver again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The first record that failed, if any: everything from it on is delivered again.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failure>,
}

/// A record that must be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub number: String,
}

impl Answer {
    pub(crate) fn of(first_failed: Option<String>) -> Answer {
        Answer { failures: first_failed.into_iter().map(|number| Failure { number }).collect() }
    }
}
