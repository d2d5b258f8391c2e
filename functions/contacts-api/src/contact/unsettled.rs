//! The JSON of what a person has to decide about a contact: unconfirmed values and conflicts.

use contacts::{Conflict, ConflictReason, Field, Settings, Unconfirmed, Value};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::value::{ValueView, is_shown};

/// A value that was given by somebody who may not be this person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unconfirmed)]
pub(super) struct UnconfirmedView {
    /// The field: `name`, `telephone`, `custom.plan`.
    #[schema(example = "email")]
    field: String,
    value: ValueView,
    /// When the value was observed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// As in `provenance`.
    #[schema(example = "conversation/conv-2")]
    source: String,
}

/// A contact that was observed together with this one but may not be joined with it. It has the same conflict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conflict)]
pub(super) struct ConflictView {
    /// Names the conflict, on both contacts alike: see `POST /contacts/{id}/conflicts/{conflict_id}/settle`.
    #[schema(example = "9f86d081884c7d65")]
    id: String,
    /// The field of the identifier that led to both contacts.
    #[schema(example = "email")]
    field: String,
    /// The identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "person@example.com")]
    value: Option<String>,
    /// The other contact.
    #[schema(format = "uuid")]
    contact_id: String,
    reason: ReasonView,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The source that named both contacts, as in `provenance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "conversation/conv-2")]
    source: Option<String>,
    /// What this source said that neither contact was given, since it may be about either.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    withheld: Vec<WithheldView>,
}

/// Why two contacts were not joined: the source did not prove that the identifier is the person's own (`unproven`), it
/// named somebody else than the contact that has the identifier (`different_person`), the contacts have different values
/// in a field (`contradiction`), or they would have too many values together (`too_many`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConflictReason)]
#[serde(rename_all = "snake_case")]
enum ReasonView {
    Unproven,
    DifferentPerson,
    Contradiction,
    TooMany,
}

/// A value that a conflict withholds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Withheld)]
struct WithheldView {
    /// The field: `name`, `telephone`, `custom.plan`.
    #[schema(example = "name")]
    field: String,
    value: ValueView,
}

impl UnconfirmedView {
    pub(super) fn new(entry: &Unconfirmed) -> UnconfirmedView {
        UnconfirmedView {
            field: entry.field.to_string(),
            value: ValueView::new(&entry.value),
            at: entry.stamp.at,
            source: entry.stamp.source.to_string(),
        }
    }
}

impl ConflictView {
    pub(super) fn new(conflict: &Conflict, settings: &Settings) -> ConflictView {
        let withheld = conflict.withheld.iter().filter(|(field, value)| is_shown(field, value, settings));
        ConflictView {
            id: conflict.id(),
            field: conflict.field.to_string(),
            value: conflict.value.as_ref().map(|value| value.as_str().to_owned()),
            contact_id: conflict.contact.to_string(),
            reason: conflict.reason.into(),
            at: conflict.at,
            source: conflict.source.as_ref().map(ToString::to_string),
            withheld: withheld.map(|(field, value)| WithheldView::new(field, value)).collect(),
        }
    }
}

impl WithheldView {
    fn new(field: &Field, value: &Value) -> WithheldView {
        WithheldView { field: field.to_string(), value: ValueView::new(value) }
    }
}

impl From<ConflictReason> for ReasonView {
    fn from(reason: ConflictReason) -> ReasonView {
        match reason {
            ConflictReason::Unproven => ReasonView::Unproven,
            ConflictReason::DifferentPerson => ReasonView::DifferentPerson,
            ConflictReason::Contradiction => ReasonView::Contradiction,
            ConflictReason::TooMany => ReasonView::TooMany,
        }
    }
}
