//! Extracts JSON bodies as raw members, so that handlers can report every invalid member.

use std::collections::HashSet;
use std::fmt;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use contacts::Raw;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::problem::{FieldError, Problem};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A JSON object with unparsed members. Refuses two members of one name, since either could be meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// Reads a whole body.
    pub(crate) fn read(body: &[u8]) -> Result<Members, Problem> {
        // Check the syntax first: invalid JSON is 400; JSON that is not an object is 422.
        let json: &RawValue = serde_json::from_slice(body).map_err(malformed)?;
        Members::of(json)?
            .ok_or_else(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the body must be a JSON object"))
    }

    /// Reads a member that is an object; `None` if it is something else.
    pub(crate) fn of(json: &RawValue) -> Result<Option<Members>, Problem> {
        if !json.get().starts_with('{') {
            return Ok(None);
        }
        parsed(json).map(Some)
    }

    /// Removes a member and returns it.
    pub(crate) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Removes a string member and returns it. Adds an error if it is something else.
    pub(crate) fn take_text(&mut self, name: &str, errors: &mut Vec<FieldError>) -> Result<Option<String>, Problem> {
        let Some(json) = self.take(name) else { return Ok(None) };
        match value(&json)? {
            Raw::Text(text) => return Ok(Some(text)),
            Raw::Null => errors.push(FieldError::new(name, "cannot be cleared")),
            Raw::Number(_) | Raw::Other => errors.push(FieldError::new(name, "must be a string")),
        }
        Ok(None)
    }

    /// The remaining members, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, json)| (name.as_str(), &**json))
    }

    /// Adds an error for each remaining member.
    pub(crate) fn refuse_rest(self, errors: &mut Vec<FieldError>) {
        errors.extend(self.0.into_iter().map(|(name, _)| FieldError::new(name, "is unknown")));
    }
}

/// Parses a member's value. Numbers keep their digits.
pub(crate) fn value(json: &RawValue) -> Result<Raw, Problem> {
    parsed(json)
}

/// Parses a member whose type is known.
pub(crate) fn parsed<T: DeserializeOwned>(json: &RawValue) -> Result<T, Problem> {
    serde_json::from_str(json.get()).map_err(malformed)
}

fn malformed(error: serde_json::Error) -> Problem {
    Problem::bad_request(format!("the body is not JSON: {error}"))
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!("the member {name:?} is given more than once")));
            }
            members.0.push((name, map.next_value()?));
        }
        Ok(members)
    }
}

/// A required body: `application/json`.
pub(crate) struct JsonBody(pub(crate) Members);

/// An optional body: `application/json`. No body means the same as `{}`.
pub(crate) struct OptionalBody(pub(crate) Members);

/// A JSON merge patch (RFC 7396): `application/merge-patch+json` or `application/json`.
pub(crate) struct PatchBody(pub(crate) Members);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<JsonBody, Problem> {
        read(request, state, &[JSON]).await.map(JsonBody)
    }
}

impl<S: Send + Sync> FromRequest<S> for OptionalBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<OptionalBody, Problem> {
        let typed = check_type(request.headers(), &[JSON]);
        let body = Bytes::from_request(request, state).await?;
        if body.is_empty() {
            return Ok(OptionalBody(Members::default()));
        }
        typed?;
        Members::read(&body).map(OptionalBody)
    }
}

impl<S: Send + Sync> FromRequest<S> for PatchBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<PatchBody, Problem> {
        read(request, state, &[MERGE_PATCH, JSON]).await.map(PatchBody)
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S, types: &[&str]) -> Result<Members, Problem> {
    check_type(request.headers(), types)?;
    Members::read(&Bytes::from_request(request, state).await?)
}

fn check_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    if has_type(headers, types) {
        return Ok(());
    }
    let detail = format!("the Content-Type must be {}", types.join(" or "));
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
}

fn has_type(headers: &HeaderMap, types: &[&str]) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    types.iter().any(|expected| essence.eq_ignore_ascii_case(expected))
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn members_are_read_once_each_with_all_their_digits() {
        let mut members = Members::read(br#" {"b": 1.50, "a": {"x": "y"}, "c": "\u00e9"} "#).unwrap();
        assert_eq!(members.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["b", "a", "c"]);
        assert_eq!(value(&members.take("b").unwrap()).unwrap(), Raw::Number("1.50".into()));
        assert!(Members::of(&members.take("a").unwrap()).unwrap().is_some());
        assert!(Members::of(&members.take("c").unwrap()).unwrap().is_none());
    }

    #[test]
    fn invalid_json_is_malformed() {
        for body in [
            "",
            " ",
            "{",
            "{\"a\":}",
            "{\"a\" 1}",
            "{\"a\":1,}",
            "{} x",
            "nul",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":1,\"a\":2}",
            "{\"\\ud800\":1}",
        ] {
            assert_eq!(Members::read(body.as_bytes()).unwrap_err().status(), 400, "{body}");
        }
        assert_eq!(Members::read(b"{\"a\":\"\xff\"}").unwrap_err().status(), 400);
        // Deep nesting does not recurse.
        assert_eq!(Members::read("[".repeat(1_000_000).as_bytes()).unwrap_err().status(), 400);
    }

    #[test]
    fn json_other_than_an_object_is_refused() {
        for body in ["[]", "null", "1", "\"{}\"", "true"] {
            assert_eq!(Members::read(body.as_bytes()).unwrap_err().status(), 422, "{body}");
        }
    }

    #[test]
    fn the_type_is_json_in_utf_8() {
        let accepts = |text: &str, types: &[&str]| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_str(text).unwrap());
            has_type(&headers, types)
        };
        for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\"; v=1"] {
            assert!(accepts(good, &[JSON]), "{good}");
        }
        for bad in ["", "text/json", "application/jsonp", "application/json; charset=latin1", MERGE_PATCH] {
            assert!(!accepts(bad, &[JSON]), "{bad}");
        }
        assert!(accepts(MERGE_PATCH, &[MERGE_PATCH, JSON]));
        assert!(!has_type(&HeaderMap::new(), &[JSON]));
    }
}
