//! The failures of an import that its owner sees.

use contacts::{CustomKey, MAX_CUSTOM_FIELDS};
use contacts_book::ImportFailure;
use contacts_csv::plan::PlanError;

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    File(#[from] PlanError),
    #[error("the mapping feeds custom.{}, which is not a custom field of this workspace", .0.as_str())]
    UnknownField(CustomKey),
    #[error("the custom field {} already exists with another type than the one to create", .0.as_str())]
    FieldType(CustomKey),
    #[error("a workspace has at most {MAX_CUSTOM_FIELDS} custom fields, and the import would create more")]
    TooManyFields,
    #[error("the workspace is closed")]
    WorkspaceClosed,
    #[error("the file was removed before the import finished")]
    Gone,
    #[error("the file was replaced before the import finished")]
    Replaced,
    #[error("the file was removed, or the import may not read it")]
    Unreadable,
    /// The cause is on our side. The logs have the details.
    #[error("the import stopped because of an internal error; importing the file again is safe")]
    Internal,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Failure::File(error) => error.code(),
            Failure::UnknownField(_) => "unknown_field",
            Failure::FieldType(_) => "field_type",
            Failure::TooManyFields => "too_many_fields",
            Failure::WorkspaceClosed => "workspace_closed",
            Failure::Gone => "file_gone",
            Failure::Replaced => "file_replaced",
            Failure::Unreadable => "file_unreadable",
            Failure::Internal => "internal",
        }
    }
}

impl From<Failure> for ImportFailure {
    fn from(failure: Failure) -> ImportFailure {
        ImportFailure { code: failure.code().to_owned(), reason: failure.to_string() }
    }
}
