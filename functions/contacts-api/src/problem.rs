//! Problems: the responses to refused requests, as in RFC 9457.

use std::error::Error;
use std::fmt;

use axum::response::{IntoResponse, Response};
use contacts::{ContactId, time};
use contacts_lambda::causes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// The most errors that one problem lists, so that the response fits Lambda's 6 MB.
const MAX_ERRORS: usize = 1_000;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "the request has invalid values",
    "errors": [{"field": "channels.email", "reason": "is not of the form name@domain"}],
}))]
pub struct Problem {
    /// Always `about:blank`: the status says which kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// All invalid parameters, or all invalid values of the body.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(required = false, value_type = Vec<FieldError>)]
    errors: Box<[FieldError]>,
    /// A stable name of what is wrong. Of a limit: `too_many_waiting_imports`. Of a role: `needs_reader`, `needs_editor` or
    /// `needs_admin`. Of a workspace: `workspace_closed`. Of a file: `empty_file`, `no_record`, `not_text`, `malformed_text`,
    /// `too_many_columns`, `cell_too_long`, `record_too_long`, `unclosed_quote` or `column_out_of_range`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "not_text")]
    code: Option<&'static str>,
    /// The contact that an identifier in the request belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    existing_contact_id: Option<Box<str>>,
    /// Until when a deleted contact can be restored: see `POST /contacts/{id}/restore`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    restorable_until: Option<Box<Timestamp>>,
    /// The seconds of the header `Retry-After`.
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<u16>,
    #[serde(skip)]
    #[schema(ignore)]
    failure: Option<Box<Failure>>,
}

/// What failed on the server, for the log. It stays out of the response and of `Debug`: it may name internals.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    message: &'static str,
    causes: String,
}

/// An invalid value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The name of the parameter or header, or the path in the body: `channels.email`.
    #[schema(example = "channels.email")]
    pub field: String,
    /// What is wrong with the value.
    #[schema(example = "is not of the form name@domain")]
    pub reason: String,
}

impl FieldError {
    /// Creates an error of `field`.
    pub fn new(field: impl Into<String>, reason: impl ToString) -> FieldError {
        FieldError { field: field.into(), reason: reason.to_string() }
    }
}

impl Problem {
    /// Creates a problem with a status and a sentence.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into().into(),
            errors: Box::default(),
            code: None,
            existing_contact_id: None,
            restorable_until: None,
            retry_after: None,
            failure: None,
        }
    }

    /// 503: something that the request needs is unavailable. `error` is for the log.
    pub(crate) fn unavailable(
        detail: impl Into<String>,
        message: &'static str,
        error: &(dyn Error + 'static),
    ) -> Problem {
        Problem::failed(StatusCode::SERVICE_UNAVAILABLE, detail, message, error)
    }

    /// 500: something failed that a retry does not help. `error` is for the log.
    pub(crate) fn internal(message: &'static str, error: &(dyn Error + 'static)) -> Problem {
        Problem::failed(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side", message, error)
    }

    fn failed(
        status: StatusCode,
        detail: impl Into<String>,
        message: &'static str,
        error: &(dyn Error + 'static),
    ) -> Problem {
        let failure = Failure { message, causes: causes(error) };
        Problem { failure: Some(Box::new(failure)), ..Problem::new(status, detail) }
    }

    /// 400: the request is malformed.
    pub fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400: a parameter or header is invalid.
    pub fn bad_parameter(field: &str, reason: impl ToString) -> Problem {
        Problem::bad_parameters(vec![FieldError::new(field, reason)])
    }

    /// 400: parameters are invalid.
    pub fn bad_parameters(errors: Vec<FieldError>) -> Problem {
        Problem::bad_request("the request has invalid parameters").with_errors(errors)
    }

    /// 422: the body has invalid values.
    pub fn refused(errors: Vec<FieldError>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the request has invalid values").with_errors(errors)
    }

    /// 404: the resource does not exist in this workspace.
    pub fn not_found(what: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// 410: the contact was deleted. Until a moment, if any, it can be restored.
    pub(crate) fn deleted(restorable_until: Option<Timestamp>) -> Problem {
        Problem {
            restorable_until: restorable_until.map(Box::new),
            ..Problem::new(StatusCode::GONE, "the contact was deleted")
        }
    }

    /// 404: the API has no such path.
    pub(crate) fn no_such_path() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "the API has no such path")
    }

    /// 405: the path does not support the method.
    pub(crate) fn method_not_allowed() -> Problem {
        Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "the path does not support this method; the header Allow lists those it does",
        )
    }

    /// Adds the invalid values.
    #[must_use]
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Problem {
        let beyond = errors.len().saturating_sub(MAX_ERRORS);
        if beyond > 0 {
            errors.truncate(MAX_ERRORS);
            self.detail = format!("{}; {beyond} more are not listed", self.detail).into();
        }
        self.errors = errors.into();
        self
    }

    /// Adds a stable name of what is wrong.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Problem {
        self.code = Some(code);
        self
    }

    /// Adds when the request may succeed: the header `Retry-After`.
    #[must_use]
    pub fn with_retry_at(mut self, at: Timestamp) -> Problem {
        let seconds = at.duration_since(time::now()).as_secs().max(0) + 1;
        self.retry_after = Some(u16::try_from(seconds).unwrap_or(u16::MAX));
        self
    }

    /// Adds the contact that already has an identifier of the request.
    #[must_use]
    pub fn with_existing(mut self, contact: ContactId) -> Problem {
        self.existing_contact_id = Some(contact.to_string().into());
        self
    }

    /// Writes the log line of a failure on the server, for a problem that does not become a response.
    pub fn log(&self) {
        if let Some(failure) = &self.failure {
            failure.log(self.status());
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What is wrong, in one line.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        for (place, FieldError { field, reason }) in self.errors.iter().enumerate() {
            write!(f, "{} {field} {reason}", if place == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

impl Failure {
    /// Writes the log line of the failed request.
    pub(crate) fn log(&self, status: StatusCode) {
        let Failure { message, causes } = self;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(error = causes, "{message}");
        } else {
            tracing::error!(error = causes, "{message}");
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&self.message).finish()
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let failure = self.failure.take();
        // Serializing numbers and strings never fails. If it did, the status would still be right.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        let is_busy = self.status() == StatusCode::SERVICE_UNAVAILABLE;
        if let Some(seconds) = self.retry_after.or(is_busy.then_some(1)) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        // `trace` logs it, with the request's ids.
        if let Some(failure) = failure {
            response.extensions_mut().insert(*failure);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_members_are_left_out() {
        let problem = serde_json::to_value(Problem::not_found("contact")).unwrap();
        let expected = serde_json::json!({
            "type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no such contact"
        });
        assert_eq!(problem, expected);
    }

    #[test]
    fn a_failure_is_only_for_the_log() {
        let problem = Problem::internal("the book failed", &std::io::Error::other("secret"));
        assert!(!format!("{problem:?}").contains("secret"));
        assert!(!serde_json::to_string(&problem).unwrap().contains("secret"));
        let response = problem.into_response();
        assert_eq!(response.extensions().get::<Failure>().unwrap().causes, "secret");
    }

    #[test]
    fn the_list_of_errors_is_limited() {
        let errors = vec![FieldError::new("x", "is unknown"); MAX_ERRORS + 3];
        let problem = Problem::refused(errors);
        assert_eq!(problem.errors.len(), MAX_ERRORS);
        assert!(problem.detail.ends_with("; 3 more are not listed"), "{}", problem.detail);
    }
}
