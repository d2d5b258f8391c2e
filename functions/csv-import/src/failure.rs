//! Why an import fails, for its owner.

use contacts::{CustomKey, MAX_CUSTOM_FIELDS};
use contacts_book::ImportFailure;
use contacts_csv::plan::PlanError;

/// Why a file cannot be imported, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    File(#[from] PlanError),
    #[error("the mapping feeds custom.{}, which is no custom field of this workspace", .0.as_str())]
    UnknownField(CustomKey),
    #[error("the custom field {} is there, but is of another type than the import is to create", .0.as_str())]
    FieldType(CustomKey),
    #[error("a workspace has at most {MAX_CUSTOM_FIELDS} custom fields, and the import would create more")]
    TooManyFields,
    #[error("the file was removed before it was imported to its end")]
    Gone,
    #[error("the file was replaced before it was imported to its end")]
    Replaced,
    #[error("the file is gone or may not be read")]
    Unreadable,
    /// Ours, not the file's: the logs have the detail.
    #[error("the import stopped because of an internal fault; importing the file again is safe")]
    Internal,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Failure::File(error) => error.code(),
            Failure::UnknownField(_) => "unknown_field",
            Failure::FieldType(_) => "field_type",
            Failure::TooManyFields => "too_many_fields",
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
