//! `Idempotency-Key`: a repeated request takes effect once.

use axum::extract::FromRequestParts;
use contacts::{Raw, Request};
use http::request::Parts;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::Problem;
use crate::json::{self, Members};

const HEADER: &str = "Idempotency-Key";
const MAX_CHARS: usize = 255;

/// The key of the request, if it has one.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, Problem> {
        let mut keys = parts.headers.get_all(HEADER).iter();
        match (keys.next(), keys.next()) {
            (None, _) => Ok(IdempotencyKey(None)),
            (Some(key), None) => match key.to_str() {
                Ok(key) if is_key(key) => Ok(IdempotencyKey(Some(key.to_owned()))),
                _ => {
                    Err(Problem::bad_parameter(HEADER, format!("must be 1 to {MAX_CHARS} printable ASCII characters")))
                }
            },
            (Some(_), Some(_)) => Err(Problem::bad_parameter(HEADER, "is given more than once")),
        }
    }
}

fn is_key(text: &str) -> bool {
    (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

impl IdempotencyKey {
    /// The key, with a fingerprint of the body.
    pub(crate) fn with(self, body: &Members) -> Result<Option<Request>, Problem> {
        let Some(key) = self.0 else { return Ok(None) };
        Ok(Some(Request { key, fingerprint: fingerprint(body)? }))
    }
}

/// A hash that does not depend on the white space, the order of members and the escapes of the JSON. Numbers are equal if
/// they have the same text.
fn fingerprint(body: &Members) -> Result<String, Problem> {
    let mut text = String::new();
    write_object(body, &mut text)?;
    Ok(Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_object(members: &Members, text: &mut String) -> Result<(), Problem> {
    text.push('{');
    for (name, json) in sorted(members) {
        write_text(name, text);
        write_value(json, text)?;
    }
    text.push('}');
    Ok(())
}

/// Handles two levels of objects: an accepted body has no deeper ones.
fn write_value(json: &RawValue, text: &mut String) -> Result<(), Problem> {
    if let Some(members) = Members::of(json)? {
        text.push('{');
        for (name, json) in sorted(&members) {
            write_text(name, text);
            write_scalar(json, text)?;
        }
        text.push('}');
        return Ok(());
    }
    write_scalar(json, text)
}

fn sorted(members: &Members) -> Vec<(&str, &RawValue)> {
    let mut all: Vec<_> = members.iter().collect();
    all.sort_by_key(|(name, _)| *name);
    all
}

fn write_scalar(json: &RawValue, text: &mut String) -> Result<(), Problem> {
    match json::value(json)? {
        Raw::Text(value) => write_text(&value, text),
        Raw::Null | Raw::Number(_) | Raw::Other => {
            text.push_str(json.get());
            text.push(',');
        }
    }
    Ok(())
}

/// Writes the length before the text, so that different bodies never give the same bytes.
fn write_text(value: &str, text: &mut String) {
    text.push_str(&format!("{}:{value}", value.len()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> String {
        fingerprint(&Members::read(body.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn equal_json_has_one_fingerprint() {
        let one = of(r#"{"name":"Adé","channels":{"email":"a@b.co","slack":"U1"},"custom_fields":{"n":1.50}}"#);
        let two = of(r#" { "custom_fields" : {"n": 1.50}, "channels": {"slack":"U1", "email":"a@b.co"},
            "name": "Ad\u00e9" }"#);
        assert_eq!(one, two);
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn other_json_has_another_fingerprint() {
        let bodies = [
            r#"{}"#,
            r#"{"name":null}"#,
            r#"{"name":"null"}"#,
            r#"{"name":1}"#,
            r#"{"name":"1"}"#,
            r#"{"name":1.0}"#,
            r#"{"name":"a","b":"c"}"#,
            r#"{"name":"a1:b1:c"}"#,
            r#"{"channels":{}}"#,
            r#"{"channels":null}"#,
            r#"{"channels":{"email":"a"}}"#,
            r#"{"email":"a"}"#,
        ];
        let mut prints: Vec<String> = bodies.iter().map(|body| of(body)).collect();
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), bodies.len());
    }

    #[test]
    fn a_key_is_printable_ascii() {
        for good in ["k", "3f1b-x", "a b~!", &"k".repeat(255)] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "é", "a\tb", "\u{7f}", &"k".repeat(256)] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
