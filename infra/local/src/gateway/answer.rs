//! Converts a function's response to HTTP, as API Gateway does.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

/// Why a function's response is invalid. The client gets a 500.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    #[error("the response is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("the response has no valid HTTP status")]
    Status,
    #[error("the header {0} of the response is invalid")]
    Header(String),
    #[error("the body of the response is not Base64")]
    Base64,
}

/// The HTTP response that a function's JSON describes. JSON without a status code is the body of a 200.
///
/// # Errors
/// [`AnswerError`] if the JSON does not describe a response.
pub(super) fn response(answer: &str) -> Result<Response, AnswerError> {
    let mut answer: Value = serde_json::from_str(answer)?;
    let Some(status) = answer.get("statusCode") else {
        let body = match &answer {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut response = Response::new(Body::from(body));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        return Ok(response);
    };
    let status = status.as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::new(body(&mut answer)?);
    *response.status_mut() = status.ok_or(AnswerError::Status)?;
    set_headers(&mut response, &answer)?;
    Ok(response)
}

fn body(answer: &mut Value) -> Result<Body, AnswerError> {
    let base64 = answer.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
    match answer.get_mut("body").map(Value::take) {
        Some(Value::String(text)) if base64 => Ok(Body::from(STANDARD.decode(text).map_err(|_| AnswerError::Base64)?)),
        Some(Value::String(text)) => Ok(Body::from(text)),
        _ => Ok(Body::empty()),
    }
}

fn set_headers(response: &mut Response, answer: &Value) -> Result<(), AnswerError> {
    let none = Map::new();
    let object = |name| answer.get(name).and_then(Value::as_object).unwrap_or(&none);
    for (name, value) in object("headers") {
        append(response, name, &text(value))?;
    }
    for (name, values) in object("multiValueHeaders") {
        for value in values.as_array().into_iter().flatten() {
            append(response, name, &text(value))?;
        }
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        append(response, header::SET_COOKIE.as_str(), &text(cookie))?;
    }
    Ok(())
}

fn append(response: &mut Response, name: &str, value: &str) -> Result<(), AnswerError> {
    let bad = || AnswerError::Header(name.to_owned());
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
    // The server sets the headers of the connection itself.
    if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(&header) {
        return Ok(());
    }
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
    response.headers_mut().append(header, value);
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_a_response() {
        let answer = r#"{"statusCode": 201, "headers": {"Location": "/x", "Content-Length": "99"},
            "multiValueHeaders": {"X-A": ["1", "2"]}, "cookies": ["a=1", "b=2"],
            "body": "aMOp", "isBase64Encoded": true}"#;
        let response = response(answer).unwrap();
        assert_eq!(response.status(), 201);
        let all = |name: &str| {
            let values = response.headers().get_all(name).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(all("location"), ["/x"]);
        assert_eq!(all("x-a"), ["1", "2"]);
        assert_eq!(all("set-cookie"), ["a=1", "b=2"]);
        assert!(all("content-length").is_empty());
    }

    #[test]
    fn an_invalid_answer_is_an_error() {
        for answer in [
            "",
            "{",
            r#"{"statusCode": 99999}"#,
            r#"{"statusCode": "x"}"#,
            r#"{"statusCode": 200, "headers": {"a b": "c"}}"#,
            r#"{"statusCode": 200, "headers": {"a": "b\nc"}}"#,
            r#"{"statusCode": 200, "body": "?", "isBase64Encoded": true}"#,
        ] {
            assert!(response(answer).is_err(), "{answer}");
        }
        assert_eq!(response(r#"{"other": 1}"#).unwrap().status(), 200);
    }
}
