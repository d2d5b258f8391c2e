//! Removes claims that lead to a contact which does not list them.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use contacts::{ContactId, Workspace};

use crate::error::{self, Fault};
use crate::item;
use crate::keys::{CONTACT_ID, Key, VERSION};
use crate::{BookError, ContactBook};

/// A claim that leads to a live contact which does not list its identifier. No decision is made on such a claim, since it looks
/// as if it were just being written; so nothing that names the identifier succeeds until the claim is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayClaim {
    pub(super) workspace: Workspace,
    pub(super) key: Key,
    /// The contact that the claim names.
    pub(super) named: ContactId,
    /// The contact to which that leads, and its version.
    pub(super) contact: ContactId,
    pub(super) version: u64,
}

impl ContactBook {
    /// Removes a stray claim, so that its identifier is free. Returns `false` and changes nothing if the claim or the contact
    /// was written since they were read.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn release_stray(&self, stray: &StrayClaim) -> Result<bool, BookError> {
        self.retry(|| async {
            let unchanged = ConditionCheck::builder()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(Key::contact(&stray.workspace, stray.contact))))
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", item::number(stray.version));
            let release = Delete::builder()
                .table_name(&*self.table)
                .set_key(Some(item::key_of(stray.key.clone())))
                .condition_expression("#contact = :contact")
                .expression_attribute_names("#contact", CONTACT_ID)
                .expression_attribute_values(":contact", item::text(stray.named.to_string()));
            // A builder fails only if a required attribute is missing; all are set here.
            let refused = |error: aws_sdk_dynamodb::error::BuildError| Fault::Final(BookError::Refused(error.into()));
            let items = vec![
                TransactWriteItem::builder().delete(release.build().map_err(refused)?).build(),
                TransactWriteItem::builder().condition_check(unchanged.build().map_err(refused)?).build(),
            ];
            match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
                Ok(_) => Ok(true),
                Err(error) if error::is_failed_condition_of_transaction(&error) => Ok(false),
                Err(error) => error::of_transaction(error, &[]).map(|()| true),
            }
        })
        .await
    }
}
