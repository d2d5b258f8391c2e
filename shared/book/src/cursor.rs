//! Cursors: the positions at which lists continue.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::keys::{GREATEST, MAX_SORT_KEY};

/// The version of the cursor format; cursors of other versions are rejected.
const VERSION: u8 = 1;
/// The maximum length of a cursor, in characters. No list creates a longer one.
const MAX_CHARS: usize = 4_096;

/// A position in a list: after the entry with this sort value and id. It does not contain a key of the table, so it
/// stays valid when that entry is deleted or the index gets more shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The list to which it belongs, with its order and filter.
    pub(crate) list: String,
    /// The sort value of the last entry.
    pub(crate) value: String,
    /// Distinguishes entries with the same sort value.
    pub(crate) id: String,
}

/// Why a text is not a cursor for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// No list created it.
    #[error("is not a cursor of this API")]
    Malformed,
    /// A list with another order or filter created it.
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
    /// Parses a cursor.
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

    /// Checks that the cursor belongs to the list, whose sort values all start with one of `prefixes`. A cursor of this
    /// list with another sort value is forged, and DynamoDB would reject a query that starts there.
    pub(crate) fn of<'a>(self, list: &str, prefixes: impl IntoIterator<Item = &'a str>) -> Result<Cursor, CursorError> {
        let lies_inside = prefixes.into_iter().any(|prefix| self.value.starts_with(prefix))
            && (1..=MAX_SORT_KEY).contains(&self.value.len())
            && !self.value.contains(GREATEST);
        match (self.list == list, lies_inside) {
            (true, true) => Ok(self),
            (true, false) => Err(CursorError::Malformed),
            (false, _) => Err(CursorError::OtherList),
        }
    }
}

impl std::str::FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Cursor, CursorError> {
        Cursor::parse(text)
    }
}

/// The cursor as an opaque text that is safe in a URL.
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
        assert_eq!(read.clone().of("phone", ["+"]), Ok(cursor));
        assert_eq!(read.of("email", [""]), Err(CursorError::OtherList));
    }

    #[test]
    fn a_made_up_position_is_refused() {
        for value in ["", "1555", "+\u{10ffff}", &"+1".repeat(600)] {
            let cursor = Cursor { list: "phone".into(), value: value.into(), id: "x".into() };
            assert_eq!(cursor.of("phone", ["+"]), Err(CursorError::Malformed), "{value}");
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
