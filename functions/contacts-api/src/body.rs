//! Bodies of orders, read member by member into what they mean. Members that are null, or absent, are not said.

use serde_json::value::RawValue;

use crate::json::{self, Members};
use crate::problem::{FieldError, Problem};

/// What a member says, by the kind of its JSON.
#[derive(Debug)]
pub(crate) enum Said {
    Flag(bool),
    /// With all its digits.
    Number(String),
    Text(String),
    List(Vec<Box<RawValue>>),
    Object(Members),
}

impl Said {
    /// Reads a value; `None` when it is null.
    pub(crate) fn of(json: &RawValue) -> Result<Option<Said>, Problem> {
        let text = json.get();
        Ok(Some(match text.as_bytes().first() {
            Some(b'n') => return Ok(None),
            Some(b't') => Said::Flag(true),
            Some(b'f') => Said::Flag(false),
            Some(b'"') => Said::Text(json::parsed(json)?),
            Some(b'[') => Said::List(json::parsed(json)?),
            Some(b'{') => Said::Object(json::parsed(json)?),
            _ => Said::Number(text.to_owned()),
        }))
    }

    /// Expects a truth value.
    pub(crate) fn flag(self) -> Result<bool, &'static str> {
        match self {
            Said::Flag(flag) => Ok(flag),
            _ => Err("must be true or false"),
        }
    }

    /// Expects a string.
    pub(crate) fn text(self) -> Result<String, &'static str> {
        match self {
            Said::Text(text) => Ok(text),
            _ => Err("must be a string"),
        }
    }

    /// Expects a whole number without a fraction or an exponent; `None` for anything else.
    pub(crate) fn whole(&self) -> Option<u64> {
        match self {
            Said::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

/// An object that is being read. What is wrong with it is gathered, so that all of it is told at once.
#[derive(Debug)]
pub(crate) struct Body {
    /// Where it stands, with a dot behind; nothing for a whole body.
    path: String,
    members: Members,
    errors: Vec<FieldError>,
}

impl Body {
    /// A whole body.
    pub(crate) fn new(members: Members) -> Body {
        Body { path: String::new(), members, errors: Vec::new() }
    }

    /// An object that stands at `path` in a body.
    pub(crate) fn at(path: &str, members: Members) -> Body {
        Body { path: format!("{path}."), ..Body::new(members) }
    }

    /// The value of a member; `None` when it is not said, or refused.
    pub(crate) fn take<T, E: ToString>(
        &mut self,
        name: &str,
        read: impl FnOnce(Said) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let Some(said) = self.take_said(name)? else { return Ok(None) };
        Ok(read(said).map_err(|reason| self.refuse(name, reason)).ok())
    }

    /// The same for a member that must be there.
    pub(crate) fn require<T, E: ToString>(
        &mut self,
        name: &str,
        read: impl FnOnce(Said) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let Some(said) = self.take_said(name)? else {
            self.refuse(name, "is missing");
            return Ok(None);
        };
        Ok(read(said).map_err(|reason| self.refuse(name, reason)).ok())
    }

    /// What a member says, not yet judged.
    pub(crate) fn take_said(&mut self, name: &str) -> Result<Option<Said>, Problem> {
        self.members.take(name).map_or(Ok(None), |json| Said::of(&json))
    }

    /// Notes what is wrong with a member.
    pub(crate) fn refuse(&mut self, name: &str, reason: impl ToString) {
        self.errors.push(FieldError::new(format!("{}{name}", self.path), reason));
    }

    /// Notes what is wrong with parts of a member.
    pub(crate) fn refuse_all(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// Whether nothing that was taken is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    /// All that is wrong with it, unknown members included.
    pub(crate) fn finish(self) -> Vec<FieldError> {
        let mut errors = self.errors;
        let unknown =
            self.members.iter().map(|(name, _)| FieldError::new(format!("{}{name}", self.path), "is unknown"));
        errors.extend(unknown);
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(json: &str) -> Body {
        Body::new(Members::read(json.as_bytes()).unwrap())
    }

    #[test]
    fn members_are_read_by_their_kind() {
        let mut body = body(r#"{"a": true, "b": 1.50, "c": "x\u0041", "d": [1, null], "e": {"f": false}, "g": null}"#);
        assert_eq!(body.take("a", Said::flag).unwrap(), Some(true));
        assert!(matches!(body.take_said("b").unwrap(), Some(Said::Number(digits)) if digits == "1.50"));
        assert_eq!(body.take("c", Said::text).unwrap(), Some("xA".to_owned()));
        assert!(matches!(body.take_said("d").unwrap(), Some(Said::List(list)) if list.len() == 2));
        let Some(Said::Object(members)) = body.take_said("e").unwrap() else { panic!("an object") };
        assert_eq!(Body::at("e", members).take("f", Said::flag).unwrap(), Some(false));
        assert_eq!(body.take("g", Said::text).unwrap(), None);
        assert_eq!(body.take("h", Said::text).unwrap(), None);
        assert_eq!(body.finish(), []);
    }

    #[test]
    fn all_that_is_wrong_is_told_by_its_path() {
        let members = Members::read(br#"{"a": 1, "b": "x", "c": null, "e": 0}"#).unwrap();
        let mut body = Body::at("mapping[3]", members);
        assert_eq!(body.take("a", Said::text).unwrap(), None);
        assert_eq!(body.take("b", Said::flag).unwrap(), None);
        assert_eq!(body.require("c", Said::text).unwrap(), None);
        assert_eq!(body.require("d", Said::text).unwrap(), None);
        let expected = [
            ("mapping[3].a", "must be a string"),
            ("mapping[3].b", "must be true or false"),
            ("mapping[3].c", "is missing"),
            ("mapping[3].d", "is missing"),
            ("mapping[3].e", "is unknown"),
        ];
        assert_eq!(body.finish(), expected.map(|(field, reason)| FieldError::new(field, reason)));
    }

    #[test]
    fn a_whole_number_has_neither_fraction_nor_sign() {
        let whole = |json: &str| body(&format!("{{\"n\": {json}}}")).take_said("n").unwrap().unwrap().whole();
        assert_eq!(["0", "5368709120"].map(whole), [Some(0), Some(5_368_709_120)]);
        for json in ["-1", "1.0", "1e3", "\"1\"", "true", "[1]", "18446744073709551616"] {
            assert_eq!(whole(json), None, "{json}");
        }
    }
}
