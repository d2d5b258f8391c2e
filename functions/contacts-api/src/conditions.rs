//! Conditional requests: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1).

use axum::extract::FromRequestParts;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use crate::Problem;

/// The strong entity tag of a version: `"3"`.
pub(crate) fn etag(version: u64) -> HeaderValue {
    let mut tag = HeaderValue::from(version).as_bytes().to_vec();
    tag.insert(0, b'"');
    tag.push(b'"');
    // Digits in quotes are always a valid header value.
    HeaderValue::from_bytes(&tag).unwrap_or_else(|_| HeaderValue::from(version))
}

/// The versions in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Versions {
    /// `*`: any version.
    Any,
    /// Any of the listed versions.
    Listed(Vec<Tag>),
}

/// An entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    weak: bool,
    /// `None` for a tag that this API never issues.
    version: Option<u64>,
}

impl Versions {
    /// The versions for a strong comparison, where weak tags do not match; `None` for any version.
    pub(crate) fn strong(&self) -> Option<Vec<u64>> {
        match self {
            Versions::Any => None,
            Versions::Listed(tags) => Some(tags.iter().filter(|tag| !tag.weak).filter_map(|tag| tag.version).collect()),
        }
    }

    /// Whether `version` matches, by a weak comparison.
    pub(crate) fn include(&self, version: u64) -> bool {
        match self {
            Versions::Any => true,
            Versions::Listed(tags) => tags.iter().any(|tag| tag.version == Some(version)),
        }
    }

    fn parse(text: &str) -> Option<Versions> {
        let mut rest = text.trim();
        if rest == "*" {
            return Some(Versions::Any);
        }
        let mut tags = Vec::new();
        loop {
            let weak = rest.starts_with("W/");
            let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
            let (opaque, after) = opaque.split_once('"')?;
            if opaque.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
                return None;
            }
            tags.push(Tag { weak, version: read_version(opaque) });
            rest = after.trim_start();
            if rest.is_empty() {
                return Some(Versions::Listed(tags));
            }
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
}

/// Parses only the form that [`etag`] writes: `"03"` is a different tag from `"3"`.
fn read_version(opaque: &str) -> Option<u64> {
    opaque.parse().ok().filter(|version: &u64| version.to_string() == opaque)
}

/// The header `If-Match`.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Option<Versions>);

/// The header `If-None-Match`.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(pub(crate) Option<Versions>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfMatch, Problem> {
        versions(&parts.headers, IF_MATCH, "If-Match").map(IfMatch)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfNoneMatch, Problem> {
        versions(&parts.headers, IF_NONE_MATCH, "If-None-Match").map(IfNoneMatch)
    }
}

fn versions(headers: &HeaderMap, name: HeaderName, shown: &str) -> Result<Option<Versions>, Problem> {
    let mut lines = Vec::new();
    for line in headers.get_all(name) {
        lines.push(line.to_str().unwrap_or("?"));
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let versions = Versions::parse(&lines.join(","));
    versions.map(Some).ok_or_else(|| Problem::bad_parameter(shown, "must be * or entity tags such as \"3\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_strongly_or_weakly() {
        for (text, strong, includes_3) in [
            ("\"3\"", Some(vec![3]), true),
            (" \"3\" , \"4\"", Some(vec![3, 4]), true),
            ("W/\"3\"", Some(vec![]), true),
            ("\"03\",\"x\",\"\",\"a,b\"", Some(vec![]), false),
            ("W/\"x\", \"5\"", Some(vec![5]), false),
            ("*", None, true),
        ] {
            let versions = Versions::parse(text).unwrap();
            assert_eq!((versions.strong(), versions.include(3)), (strong, includes_3), "{text}");
        }
    }

    #[test]
    fn malformed_tags_are_refused() {
        for text in ["", "3", "\"3", "3\"", "\"3\" \"4\"", "\"3\",", ",\"3\"", "w/\"3\"", "*, \"3\"", "\"a b\""] {
            assert_eq!(Versions::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_etag_is_strong() {
        assert_eq!(etag(3), "\"3\"");
        assert_eq!(etag(u64::MAX), "\"18446744073709551615\"");
    }
}
