//! Reads the members of a JSON body one by one. A null member counts as absent.

use serde_json::value::RawValue;

use crate::json::{self, Members};
use crate::problem::{FieldError, Problem};

/// The value of a member, by its JSON type.
#[derive(Debug)]
pub(crate) enum MemberValue {
    Flag(bool),
    /// As written, with all its digits.
    Number(String),
    Text(String),
    List(Vec<Box<RawValue>>),
    Object(Members),
}

impl MemberValue {
    /// Reads a value; `None` if it is null.
    ///
    /// # Errors
    /// 400 if a nested object has two members of one name.
    pub(crate) fn of(json: &RawValue) -> Result<Option<MemberValue>, Problem> {
        let text = json.get();
        Ok(Some(match text.as_bytes().first() {
            Some(b'n') => return Ok(None),
            Some(b't') => MemberValue::Flag(true),
            Some(b'f') => MemberValue::Flag(false),
            Some(b'"') => MemberValue::Text(json::parsed(json)?),
            Some(b'[') => MemberValue::List(json::parsed(json)?),
            Some(b'{') => MemberValue::Object(json::parsed(json)?),
            _ => MemberValue::Number(text.to_owned()),
        }))
    }

    /// Expects `true` or `false`.
    pub(crate) fn flag(self) -> Result<bool, &'static str> {
        match self {
            MemberValue::Flag(flag) => Ok(flag),
            _ => Err("must be true or false"),
        }
    }

    /// Expects a string.
    pub(crate) fn text(self) -> Result<String, &'static str> {
        match self {
            MemberValue::Text(text) => Ok(text),
            _ => Err("must be a string"),
        }
    }

    /// A whole number, written without a fraction or an exponent; `None` for anything else.
    pub(crate) fn whole(&self) -> Option<u64> {
        match self {
            MemberValue::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

/// An object that is being read. Collects all errors, so that one response reports them all.
#[derive(Debug)]
pub(crate) struct Body {
    /// The path of the object in the body, with a dot after it; empty for the whole body.
    path: String,
    members: Members,
    errors: Vec<FieldError>,
}

impl Body {
    /// Starts to read a whole body.
    pub(crate) fn new(members: Members) -> Body {
        Body { path: String::new(), members, errors: Vec::new() }
    }

    /// Starts to read an object at `path` in a body.
    pub(crate) fn at(path: &str, members: Members) -> Body {
        Body { path: format!("{path}."), ..Body::new(members) }
    }

    /// The value of a member; `None` if it is absent or invalid.
    pub(crate) fn take<T, E: ToString>(
        &mut self,
        name: &str,
        read: impl FnOnce(MemberValue) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.take_value(name)? else { return Ok(None) };
        Ok(read(value).map_err(|reason| self.refuse(name, reason)).ok())
    }

    /// The value of a required member; `None` if it is absent or invalid.
    pub(crate) fn require<T, E: ToString>(
        &mut self,
        name: &str,
        read: impl FnOnce(MemberValue) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.take_value(name)? else {
            self.refuse(name, "is missing");
            return Ok(None);
        };
        Ok(read(value).map_err(|reason| self.refuse(name, reason)).ok())
    }

    /// The JSON of a member; `None` if it is absent.
    pub(crate) fn take_json(&mut self, name: &str) -> Option<Box<RawValue>> {
        self.members.take(name)
    }

    /// The value of a member, unchecked.
    pub(crate) fn take_value(&mut self, name: &str) -> Result<Option<MemberValue>, Problem> {
        self.members.take(name).map_or(Ok(None), |json| MemberValue::of(&json))
    }

    /// Adds an error of a member.
    pub(crate) fn refuse(&mut self, name: &str, reason: impl ToString) {
        self.errors.push(FieldError::new(format!("{}{name}", self.path), reason));
    }

    /// Adds errors of parts of a member.
    pub(crate) fn refuse_all(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// Whether there are no errors so far.
    pub(crate) fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// All errors, including those of unknown members.
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
        assert_eq!(body.take("a", MemberValue::flag).unwrap(), Some(true));
        assert!(matches!(body.take_value("b").unwrap(), Some(MemberValue::Number(digits)) if digits == "1.50"));
        assert_eq!(body.take("c", MemberValue::text).unwrap(), Some("xA".to_owned()));
        assert!(matches!(body.take_value("d").unwrap(), Some(MemberValue::List(list)) if list.len() == 2));
        let Some(MemberValue::Object(members)) = body.take_value("e").unwrap() else { panic!("an object") };
        assert_eq!(Body::at("e", members).take("f", MemberValue::flag).unwrap(), Some(false));
        assert_eq!(body.take("g", MemberValue::text).unwrap(), None);
        assert_eq!(body.take("h", MemberValue::text).unwrap(), None);
        assert_eq!(body.finish(), []);
    }

    #[test]
    fn every_error_has_its_path() {
        let members = Members::read(br#"{"a": 1, "b": "x", "c": null, "e": 0}"#).unwrap();
        let mut body = Body::at("mapping[3]", members);
        assert_eq!(body.take("a", MemberValue::text).unwrap(), None);
        assert_eq!(body.take("b", MemberValue::flag).unwrap(), None);
        assert_eq!(body.require("c", MemberValue::text).unwrap(), None);
        assert_eq!(body.require("d", MemberValue::text).unwrap(), None);
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
        let whole = |json: &str| body(&format!("{{\"n\": {json}}}")).take_value("n").unwrap().unwrap().whole();
        assert_eq!(["0", "5368709120"].map(whole), [Some(0), Some(5_368_709_120)]);
        for json in ["-1", "1.0", "1e3", "\"1\"", "true", "[1]", "18446744073709551616"] {
            assert_eq!(whole(json), None, "{json}");
        }
    }
}
