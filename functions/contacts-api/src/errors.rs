//! From each layer's errors to the problem that is answered. No other file does.

use axum::extract::rejection::BytesRejection;
use contacts::{CreateRefused, EditRefused, Field, TooManyIdentifiers, UnknownField};
use contacts_book::{BookError, CursorError, SettingsRefused};
use contacts_csv::mapping::{Mapping, MappingError};
use contacts_csv::plan::PlanError;
use contacts_files::BucketError;
use contacts_lambda::causes;
use http::StatusCode;

use crate::problem::{FieldError, Problem};

impl From<BookError> for Problem {
    fn from(error: BookError) -> Problem {
        if error.is_temporary() {
            tracing::warn!(error = causes(&error), "the book is busy or out of reach");
            return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the contact book is busy; try again in a moment");
        }
        tracing::error!(error = causes(&error), "the book failed");
        // What the table says is for the log: it means nothing to a caller, and may name what is not theirs.
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side")
    }
}

impl From<BucketError> for Problem {
    fn from(error: BucketError) -> Problem {
        match &error {
            BucketError::Unavailable(_) => {
                tracing::warn!(error = causes(&error), "the bucket is busy or out of reach");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "files are out of reach; try again in a moment")
            }
            BucketError::Refused(_) => {
                tracing::error!(error = causes(&error), "the bucket failed");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side")
            }
        }
    }
}

impl From<CreateRefused> for Problem {
    fn from(refused: CreateRefused) -> Problem {
        let detail = refused.to_string();
        match refused {
            CreateRefused::Known { field, contact } => known(&field, detail).with_existing(contact),
            CreateRefused::Nobody => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            CreateRefused::KeyReused => {
                let errors = vec![FieldError::new("Idempotency-Key", "was used for another request")];
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_errors(errors)
            }
            CreateRefused::Deleted => Problem::new(StatusCode::CONFLICT, detail),
        }
    }
}

/// Not for [`EditRefused::Moved`], which is no problem but a redirection: see `contact::one`.
impl From<EditRefused> for Problem {
    fn from(refused: EditRefused) -> Problem {
        let detail = refused.to_string();
        match refused {
            EditRefused::NotFound | EditRefused::Moved(_) => Problem::new(StatusCode::NOT_FOUND, detail),
            EditRefused::Stale(_) => Problem::new(StatusCode::PRECONDITION_FAILED, detail),
            EditRefused::Known { field, contact } => known(&field, detail).with_existing(contact),
            EditRefused::TooLarge(field) => {
                Problem::refused(vec![FieldError::new(path_of(&field), "is too large together with the others")])
            }
            EditRefused::Nobody => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
        }
    }
}

impl From<SettingsRefused> for Problem {
    fn from(refused: SettingsRefused) -> Problem {
        let detail = refused.to_string();
        match refused {
            SettingsRefused::KeyTaken => {
                let errors = vec![FieldError::new("key", "is taken")];
                Problem::new(StatusCode::CONFLICT, detail).with_errors(errors)
            }
            SettingsRefused::UnknownKey => Problem::new(StatusCode::NOT_FOUND, detail),
            SettingsRefused::TooMany => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
        }
    }
}

impl From<CursorError> for Problem {
    fn from(error: CursorError) -> Problem {
        Problem::bad_parameter("cursor", error)
    }
}

impl From<TooManyIdentifiers> for Problem {
    fn from(error: TooManyIdentifiers) -> Problem {
        Problem::refused(vec![FieldError::new("channels", error)])
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Problem {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 1 MiB")
        } else {
            Problem::bad_request("the body could not be read")
        }
    }
}

fn known(field: &Field, detail: String) -> Problem {
    let errors = vec![FieldError::new(path_of(field), "belongs to another contact")];
    Problem::new(StatusCode::CONFLICT, detail).with_errors(errors)
}

/// Of a file's beginning that was sent as the member `sample`, perhaps with a `mapping`.
pub(crate) fn of_sample(error: &PlanError, mapping: Option<&Mapping>) -> Problem {
    let errors = match error {
        PlanError::Mapping(fault @ MappingError::ColumnOutOfRange { columns, .. }) => {
            let entries = mapping.map_or(&[][..], Mapping::columns).iter().enumerate();
            let beyond = entries.filter(|(_, mapped)| mapped.column >= *columns);
            beyond.map(|(entry, _)| of_mapping(entry, fault)).collect()
        }
        PlanError::Mapping(MappingError::UnknownField { .. } | MappingError::FieldTwice { .. }) => {
            vec![FieldError::new("mapping", error)]
        }
        PlanError::Empty
        | PlanError::NoRecord
        | PlanError::Encoding(_)
        | PlanError::Read(_)
        | PlanError::NoIdentifierColumn(_) => vec![FieldError::new("sample", error)],
    };
    Problem::refused(errors).with_code(error.code())
}

/// What is wrong with an entry of a member `mapping`.
pub(crate) fn of_mapping(entry: usize, fault: &MappingError) -> FieldError {
    let (member, reason) = match fault {
        MappingError::UnknownField { .. } => ("field", UnknownField.to_string()),
        MappingError::ColumnOutOfRange { columns, .. } => ("column", format!("is beyond the {columns} columns")),
        MappingError::FieldTwice { first, .. } => ("field", format!("is fed by column {first} already")),
    };
    FieldError::new(format!("mapping[{entry}].{member}"), reason)
}

/// Where a field stands in the JSON of a contact.
pub(crate) fn path_of(field: &Field) -> String {
    match field {
        Field::Name => "name".to_owned(),
        Field::Channel(channel) => format!("channels.{}", channel.as_str()),
        Field::Custom(key) => format!("custom_fields.{}", key.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use contacts::{Channel, ContactId};

    use super::*;

    #[test]
    fn each_refusal_has_its_status() {
        let contact = ContactId::new();
        let field = Field::Channel(Channel::Email);
        for (problem, status) in [
            (Problem::from(BookError::Contended), 503),
            (BookError::Unavailable("time-out".into()).into(), 503),
            (BookError::Refused("secret".into()).into(), 500),
            (CreateRefused::Known { field: field.clone(), contact }.into(), 409),
            (CreateRefused::Nobody.into(), 422),
            (CreateRefused::KeyReused.into(), 422),
            (CreateRefused::Deleted.into(), 409),
            (EditRefused::NotFound.into(), 404),
            (EditRefused::Stale(3).into(), 412),
            (EditRefused::Known { field: field.clone(), contact }.into(), 409),
            (EditRefused::TooLarge(field).into(), 422),
            (EditRefused::Nobody.into(), 422),
            (SettingsRefused::KeyTaken.into(), 409),
            (SettingsRefused::UnknownKey.into(), 404),
            (SettingsRefused::TooMany.into(), 422),
            (CursorError::Malformed.into(), 400),
            (TooManyIdentifiers.into(), 422),
            (BucketError::Unavailable("time-out".into()).into(), 503),
            (BucketError::Refused("secret".into()).into(), 500),
            (of_sample(&PlanError::Empty, None), 422),
        ] {
            assert_eq!(problem.status().as_u16(), status, "{problem:?}");
            assert!(!format!("{problem:?}").contains("secret"));
        }
    }
}
