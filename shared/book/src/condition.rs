//! The conditions under which claims are written.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::builders::{DeleteBuilder, PutBuilder};
use contacts::ReadClaim;

use crate::item::{self, Item};
use crate::keys::{CONTACT_ID, PK, SHARED_BY, UNLINKED};

/// The condition that the item does not exist. It has no placeholders, because most of what an import sends are such
/// conditions.
pub(crate) fn absent() -> String {
    format!("attribute_not_exists({PK})")
}

/// The condition that a claim is as it was read, with its placeholders.
#[derive(Debug, Default)]
pub(crate) struct ClaimCondition {
    expression: Option<String>,
    names: HashMap<String, String>,
    values: Item,
}

/// Whether a conversation's claim says that a person has unlinked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkState {
    Linked,
    Unlinked,
}

impl ClaimCondition {
    /// The claim leads to the contact that was read, and as many others share it. While it leads to one contact, others
    /// are only added, so their number says whether they are the same.
    pub(crate) fn of(read: ReadClaim) -> ClaimCondition {
        let mut condition = ClaimCondition::default();
        let (contact, shared_by) = match read {
            ReadClaim::Unread => return condition,
            ReadClaim::Absent => return ClaimCondition { expression: Some(absent()), ..condition },
            ReadClaim::Of { contact, shared_by } => (contact, shared_by),
        };
        condition.names.insert("#contact".to_owned(), CONTACT_ID.to_owned());
        condition.names.insert("#shared".to_owned(), SHARED_BY.to_owned());
        condition.values.insert(":read".to_owned(), item::text(contact.to_string()));
        let same_number = if shared_by == 0 {
            "attribute_not_exists(#shared)"
        } else {
            condition.values.insert(":shared".to_owned(), item::number(shared_by));
            "size(#shared) = :shared"
        };
        condition.expression = Some(format!("#contact = :read AND {same_number}"));
        condition
    }

    /// And the conversation is linked or unlinked, as it was read.
    pub(crate) fn of_conversation(read: ReadClaim, state: LinkState) -> ClaimCondition {
        let mut condition = ClaimCondition::of(read);
        if let (ReadClaim::Of { .. }, Some(expression)) = (read, &mut condition.expression) {
            expression.push_str(match state {
                LinkState::Linked => " AND attribute_not_exists(#unlinked)",
                LinkState::Unlinked => " AND attribute_exists(#unlinked)",
            });
            condition.names.insert("#unlinked".to_owned(), UNLINKED.to_owned());
        }
        condition
    }

    pub(crate) fn of_put(self, put: PutBuilder) -> PutBuilder {
        put.set_condition_expression(self.expression)
            .set_expression_attribute_names(Some(self.names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(self.values).filter(|values| !values.is_empty()))
    }

    pub(crate) fn of_delete(self, delete: DeleteBuilder) -> DeleteBuilder {
        delete
            .set_condition_expression(self.expression)
            .set_expression_attribute_names(Some(self.names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(self.values).filter(|values| !values.is_empty()))
    }
}
