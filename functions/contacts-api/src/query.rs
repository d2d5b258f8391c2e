//! Query parameters: refuses unknown and repeated ones.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::problem::{FieldError, Problem};

/// The decoded parameters of a query.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads a query. Only the parameters in `known` are allowed.
    pub(crate) fn read(query: &str, known: &[&str]) -> Result<Parameters, Problem> {
        let mut parameters = BTreeMap::new();
        let mut errors = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            if !known.contains(&name.as_str()) {
                errors.push(FieldError::new(name, "is not a known parameter"));
            } else if parameters.insert(name.clone(), value).is_some() {
                errors.push(FieldError::new(name, "is given more than once"));
            }
        }
        if errors.is_empty() { Ok(Parameters(parameters)) } else { Err(Problem::bad_parameters(errors)) }
    }

    /// Reads the query of a request.
    pub(crate) fn of(parts: &Parts, known: &[&str]) -> Result<Parameters, Problem> {
        Parameters::read(parts.uri.query().unwrap_or_default(), known)
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Decodes a form value, where `+` is a space.
fn decode(text: &str) -> String {
    // `encoding` has already refused malformed escapes.
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A query that must be empty.
pub(crate) struct NoParameters;

impl<S: Sync> FromRequestParts<S> for NoParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<NoParameters, Problem> {
        Parameters::of(parts, &[]).map(|_| NoParameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_once_each() {
        let parameters = Parameters::read("a=1+2%2B3&b&&c==", &["a", "b", "c", "d"]).unwrap();
        let values = ["a", "b", "c", "d"].map(|name| parameters.get(name));
        assert_eq!(values, [Some("1 2+3"), Some(""), Some("="), None]);
    }

    #[test]
    fn unknown_and_repeated_parameters_are_all_named() {
        let problem = Parameters::read("a=1&x=2&a=3&%79=4", &["a"]).unwrap_err();
        let expected =
            [("x", "is not a known parameter"), ("a", "is given more than once"), ("y", "is not a known parameter")];
        let errors = expected.map(|(field, reason)| FieldError::new(field, reason));
        assert_eq!(problem, Problem::bad_parameters(errors.into()));
    }
}
