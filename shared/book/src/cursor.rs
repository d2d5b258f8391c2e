//! Where a list goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The version of the form; a cursor of another one is refused.
const VERSION: u8 = 1;
/// The longest cursor, in characters. A longer text is none of ours.
const MAX_CHARS: usize = 2_048;
/// The longest sort value that DynamoDB takes, in bytes.
const MAX_VALUE: usize = 1_024;
/// Stands after every sort value of a prefix, so in none.
pub(crate) const GREATEST: char = '\u{10ffff}';

/// A position in a list: after the entry with this sort value and id. It holds no key of the table, so it stays good
/// when that entry is deleted or the index is spread over more shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What list it is of, with its order and filter.
    pub(crate) list: String,
    /// The sort value of the last entry.
    pub(crate) value: String,
    /// Tells entries of one sort value apart.
    pub(crate) id: String,
}

/// Why a text is no cursor for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It was not made by a list.
    #[error("is not a cursor of this API")]
    Malformed,
    /// It was made by a list of another order or filter.
    #[error("belongs to a list with another order or filter")]
    OtherList,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u8,
    l: String,
    s: String,
    i: String,
}

impl Cursor {
    /// Reads a cursor.
    ///
    /// # Errors
    /// [`CursorError::Malformed`] when the text is not a cursor of this system.
    pub fn parse(text: &str) -> Result<Cursor, CursorError> {
        if text.len() > MAX_CHARS {
            return Err(CursorError::Malformed);
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        match serde_json::from_slice(&json) {
            Ok(Form { v: VERSION, l, s, i }) => Ok(Cursor { list: l, value: s, id: i }),
            _ => Err(CursorError::Malformed),
        }
    }

    /// Checks that it belongs to the list, whose sort values all begin with `prefix`. A cursor that claims to but lies
    /// outside was made up, and DynamoDB would refuse to query from there.
    pub(crate) fn of(self, list: &str, prefix: &str) -> Result<Cursor, CursorError> {
        let lies_inside = self.value.starts_with(prefix)
            && (1..=MAX_VALUE).contains(&self.value.len())
            && !self.value.contains(GREATEST);
        match (self.list == list, lies_inside) {
            (true, true) => Ok(self),
            (true, false) => Err(CursorError::Malformed),
            (false, _) => Err(CursorError::OtherList),
        }
    }
}

/// An opaque text that is safe in a URL.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let form = Form { v: VERSION, l: self.list.clone(), s: self.value.clone(), i: self.id.clone() };
        let json = serde_json::to_vec(&form).map_err(|_| std::fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_belongs_to_its_list() {
        let cursor = Cursor { list: "phone".into(), value: "+1555".into(), id: "x".into() };
        let read = Cursor::parse(&cursor.to_string()).unwrap();
        assert_eq!(read, cursor);
        assert_eq!(read.clone().of("phone", "+"), Ok(cursor));
        assert_eq!(read.of("email", ""), Err(CursorError::OtherList));
    }

    #[test]
    fn a_made_up_position_is_refused() {
        for value in ["", "1555", "+\u{10ffff}", &"+1".repeat(600)] {
            let cursor = Cursor { list: "phone".into(), value: value.into(), id: "x".into() };
            assert_eq!(cursor.of("phone", "+"), Err(CursorError::Malformed), "{value}");
        }
    }

    #[test]
    fn what_no_list_made_is_refused() {
        let other_version = URL_SAFE_NO_PAD.encode(r#"{"v":2,"l":"","s":"","i":""}"#);
        for text in ["", "x", "!!!", "e30", &other_version, &"A".repeat(5_000)] {
            assert_eq!(Cursor::parse(text), Err(CursorError::Malformed), "{text}");
        }
    }
}
