//! What is answered when a request is refused: RFC 9457.

use axum::response::{IntoResponse, Response};
use contacts::ContactId;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// The most errors that one problem lists: the answer to a body full of nonsense must fit Lambda's 6 MB.
const MAX_ERRORS: usize = 1_000;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "the request has values that cannot be taken",
    "errors": [{"field": "channels.email", "reason": "is not of the form name@domain"}],
}))]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// Everything that is wrong with its parameters or its body, when that is what is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// What is wrong with a file, for programs: `empty_file`, `no_record`, `not_text`, `malformed_text`,
    /// `too_many_columns`, `cell_too_long`, `record_too_long`, `unclosed_quote` or `column_out_of_range`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "not_text")]
    code: Option<&'static str>,
    /// The contact to which an identifier in the request belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    existing_contact_id: Option<Box<str>>,
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The name of the parameter or header, or the path in the body: `channels.email`.
    #[schema(example = "channels.email")]
    pub field: String,
    /// What is wrong with it.
    #[schema(example = "is not of the form name@domain")]
    pub reason: String,
}

impl FieldError {
    /// An error of `field`.
    pub fn new(field: impl Into<String>, reason: impl ToString) -> FieldError {
        FieldError { field: field.into(), reason: reason.to_string() }
    }
}

impl Problem {
    /// A problem that its status and a sentence describe.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            code: None,
            existing_contact_id: None,
        }
    }

    /// The request makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A parameter or header makes no sense.
    pub fn bad_parameter(field: &str, reason: impl ToString) -> Problem {
        Problem::bad_parameters(vec![FieldError::new(field, reason)])
    }

    /// Parameters make no sense.
    pub fn bad_parameters(errors: Vec<FieldError>) -> Problem {
        Problem::bad_request("the request has parameters that cannot be taken").with_errors(errors)
    }

    /// The body is well-formed, but values in it cannot be taken.
    pub fn refused(errors: Vec<FieldError>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the request has values that cannot be taken")
            .with_errors(errors)
    }

    /// There is no such thing in this workspace.
    pub fn not_found(what: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// The API has no such path.
    pub(crate) fn no_such_path() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "the API has no such path")
    }

    /// The path does not know the method.
    pub(crate) fn method_not_allowed() -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the path does not know this method; see the header Allow")
    }

    /// Adds what is wrong with which value.
    #[must_use]
    pub fn with_errors(mut self, mut errors: Vec<FieldError>) -> Problem {
        let beyond = errors.len().saturating_sub(MAX_ERRORS);
        if beyond > 0 {
            errors.truncate(MAX_ERRORS);
            self.detail = format!("{}; {beyond} more are not listed", self.detail);
        }
        self.errors = errors;
        self
    }

    /// Adds the stable name of what is wrong.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Problem {
        self.code = Some(code);
        self
    }

    /// Adds the contact that stands in the way.
    #[must_use]
    pub fn with_existing(mut self, contact: ContactId) -> Problem {
        self.existing_contact_id = Some(contact.to_string().into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Numbers and texts: this cannot fail, and if it could the status would still say what matters.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_no_more_than_there_is_to_say() {
        let problem = serde_json::to_value(Problem::not_found("contact")).unwrap();
        let expected = serde_json::json!({
            "type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no such contact"
        });
        assert_eq!(problem, expected);
    }

    #[test]
    fn a_flood_of_errors_is_cut() {
        let errors = vec![FieldError::new("x", "is unknown"); MAX_ERRORS + 3];
        let problem = Problem::refused(errors);
        assert_eq!(problem.errors.len(), MAX_ERRORS);
        assert!(problem.detail.ends_with("; 3 more are not listed"), "{}", problem.detail);
    }
}
