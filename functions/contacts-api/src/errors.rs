//! Converts the errors of each layer to problems. No other file does.

use axum::extract::rejection::BytesRejection;
use contacts::{CreateRefused, EditRefused, Field, TooManyIdentifiers, UnknownField};
use contacts_book::{BookError, CursorError, SettingsRefused, TooManyPurges, TooManyWaiting};
use contacts_csv::mapping::{Mapping, MappingError};
use contacts_csv::plan::PlanError;
use contacts_files::BucketError;

use http::StatusCode;

use crate::problem::{FieldError, Problem};

const TOO_LARGE: &str = "does not fit: the custom values of a contact may have 32 KiB together";

impl From<BookError> for Problem {
    fn from(error: BookError) -> Problem {
        if let BookError::Closed = error {
            return Problem::new(StatusCode::FORBIDDEN, error.to_string()).with_code("workspace_closed");
        }
        // The table's messages are only for the log: they do not help a client, and may name data of other tenants.
        if error.is_temporary() {
            Problem::unavailable(
                "the contact book is busy; try again in a moment",
                "the book is busy or unreachable",
                &error,
            )
        } else {
            Problem::internal("the book failed", &error)
        }
    }
}

impl From<BucketError> for Problem {
    fn from(error: BucketError) -> Problem {
        match &error {
            BucketError::Unavailable(_) => Problem::unavailable(
                "the bucket with the files is busy; try again in a moment",
                "the bucket is busy or unreachable",
                &error,
            ),
            BucketError::Refused(_) => Problem::internal("the bucket failed", &error),
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
                let errors = vec![FieldError::new("Idempotency-Key", "was used for a different request")];
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_errors(errors)
            }
            CreateRefused::TooLarge(field) => Problem::refused(vec![FieldError::new(path_of(&field), TOO_LARGE)]),
            CreateRefused::Deleted => Problem::new(StatusCode::CONFLICT, detail),
        }
    }
}

/// Handlers turn [`EditRefused::Moved`] into a redirect before this conversion, and name the place of each value that is
/// [`EditRefused::NotUnconfirmed`] or [`EditRefused::NotSecondary`]: see `contact::one`.
impl From<EditRefused> for Problem {
    fn from(refused: EditRefused) -> Problem {
        let detail = refused.to_string();
        match refused {
            EditRefused::NotFound | EditRefused::Moved(_) => Problem::new(StatusCode::NOT_FOUND, detail),
            EditRefused::Deleted { restorable_until } => Problem::deleted(restorable_until),
            EditRefused::Stale(_) => Problem::new(StatusCode::PRECONDITION_FAILED, detail),
            EditRefused::Known { field, contact } => known(&field, detail).with_existing(contact),
            EditRefused::TooLarge(field) => Problem::refused(vec![FieldError::new(path_of(&field), TOO_LARGE)]),
            EditRefused::NotUnconfirmed(_) => Problem::refused(vec![FieldError::new("unconfirmed", detail)]),
            EditRefused::NotSecondary(_) => Problem::refused(vec![FieldError::new("also_known_by", detail)]),
            EditRefused::NotHeld(_) => Problem::refused(vec![FieldError::new("keep", detail)]),
            EditRefused::TooMany => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
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

impl From<TooManyPurges> for Problem {
    fn from(refused: TooManyPurges) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.to_string())
    }
}

impl From<TooManyWaiting> for Problem {
    fn from(refused: TooManyWaiting) -> Problem {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, refused.to_string());
        problem.with_code("too_many_waiting_imports").with_retry_at(refused.until)
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

/// The problem for an error in the member `sample` of a preview, or in its `mapping`.
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

/// The error of an entry of the member `mapping`.
pub(crate) fn of_mapping(entry: usize, fault: &MappingError) -> FieldError {
    let (member, reason) = match fault {
        MappingError::UnknownField { .. } => ("field", UnknownField.to_string()),
        MappingError::ColumnOutOfRange { columns, .. } => {
            ("column", format!("is beyond the last of {columns} columns"))
        }
        MappingError::FieldTwice { first, .. } => ("field", format!("is already fed by column {first}")),
    };
    FieldError::new(format!("mapping[{entry}].{member}"), reason)
}

/// The path of a field in the JSON of a contact.
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
            (BookError::Closed.into(), 403),
            (CreateRefused::Known { field: field.clone(), contact }.into(), 409),
            (CreateRefused::Nobody.into(), 422),
            (CreateRefused::KeyReused.into(), 422),
            (CreateRefused::Deleted.into(), 409),
            (EditRefused::NotFound.into(), 404),
            (EditRefused::Deleted { restorable_until: None }.into(), 410),
            (EditRefused::Stale(3).into(), 412),
            (EditRefused::Known { field: field.clone(), contact }.into(), 409),
            (CreateRefused::TooLarge(field.clone()).into(), 422),
            (EditRefused::TooLarge(field.clone()).into(), 422),
            (EditRefused::NotUnconfirmed(field.clone()).into(), 422),
            (EditRefused::NotSecondary(field.clone()).into(), 422),
            (EditRefused::NotHeld(field).into(), 422),
            (EditRefused::TooMany.into(), 422),
            (EditRefused::Nobody.into(), 422),
            (SettingsRefused::KeyTaken.into(), 409),
            (SettingsRefused::UnknownKey.into(), 404),
            (SettingsRefused::TooMany.into(), 422),
            (TooManyPurges.into(), 422),
            (TooManyWaiting { until: contacts::time::now() }.into(), 429),
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
