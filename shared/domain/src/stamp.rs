//! The source of a value, and the time since which it is known.

use std::fmt;

use jiff::Timestamp;

use crate::ids::{ConversationId, ImportId};

/// Decides between two values of one field: the value with the greater stamp wins.
///
/// Stamps compare by time, then sequence, source and rank, so that late, repeated and concurrent deliveries converge on
/// the same value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// When the source observed the value.
    pub at: Timestamp,
    /// Orders observations of one moment, for sources whose clock shows whole seconds; 0 if the source has no order.
    pub sequence: u64,
    /// The source.
    pub source: SourceRef,
    /// The value's rank in the observation: if one observation has two values, the greater rank wins.
    pub place: u32,
}

/// The source of a value. Ordered: if two sources act in the same millisecond, a person's edit wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceRef {
    /// A conversation.
    Conversation(ConversationId),
    /// A row of an import.
    Import {
        /// The import.
        id: ImportId,
        /// The physical line on which the row starts, from 1.
        line: u64,
    },
    /// The form with which a person added the contact.
    Manual,
    /// A person's later change.
    Edit,
    /// The undo of an import. It is the source of writes, not of values.
    ImportUndo(ImportId),
    /// A source that only a newer build knows, in its text form.
    Other(String),
}

impl Stamp {
    /// Whether this stamp replaces that of the same value, as the stamp of a later source does if a file said the value: who
    /// takes the file back must not take back what somebody else said, too. Files that repeat each other change nothing.
    pub(crate) fn replaces(&self, earlier: &Stamp) -> bool {
        let is_file = |stamp: &Stamp| matches!(stamp.source, SourceRef::Import { .. });
        is_file(earlier) && !is_file(self) && self > earlier
    }
}

impl SourceRef {
    /// Whether a person of the workspace typed the value, in the form or in a later edit.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, SourceRef::Manual | SourceRef::Edit)
    }

    /// Whether the workspace's own people are the source, by form, edit or file.
    pub fn is_people(&self) -> bool {
        matches!(self, SourceRef::Manual | SourceRef::Edit | SourceRef::Import { .. })
    }

    /// Whether it is a row of the import.
    pub fn is_row_of(&self, import: ImportId) -> bool {
        matches!(self, SourceRef::Import { id, .. } if *id == import)
    }

    /// Reads the text form back. A text that this build does not understand is kept as [`SourceRef::Other`].
    pub fn parse(text: &str) -> SourceRef {
        SourceRef::parse_known(text).unwrap_or_else(|| SourceRef::Other(text.to_owned()))
    }

    fn parse_known(text: &str) -> Option<SourceRef> {
        match text.split_once('/') {
            None if text == "manual" => Some(SourceRef::Manual),
            Some(("manual", "edit")) => Some(SourceRef::Edit),
            Some(("undo", id)) => ImportId::parse(id).ok().map(SourceRef::ImportUndo),
            Some(("conversation", id)) => ConversationId::parse(id).ok().map(SourceRef::Conversation),
            Some(("import", rest)) => {
                let (id, line) = rest.split_once('/')?;
                Some(SourceRef::Import { id: ImportId::parse(id).ok()?, line: line.parse().ok()? })
            }
            _ => None,
        }
    }
}

/// `conversation/<id>`, `import/<id>/<line>`, `manual`, `manual/edit` or `undo/<import id>`.
impl fmt::Display for SourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceRef::Conversation(id) => write!(f, "conversation/{id}"),
            SourceRef::Import { id, line } => write!(f, "import/{id}/{line}"),
            SourceRef::Manual => f.write_str("manual"),
            SourceRef::Edit => f.write_str("manual/edit"),
            SourceRef::ImportUndo(id) => write!(f, "undo/{id}"),
            SourceRef::Other(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_reads_back() {
        let import = ImportId::new();
        for source in [
            SourceRef::Conversation(ConversationId::parse("a:b-1").unwrap()),
            SourceRef::Import { id: import, line: 17 },
            SourceRef::Manual,
            SourceRef::Edit,
            SourceRef::ImportUndo(import),
        ] {
            assert_eq!(SourceRef::parse(&source.to_string()), source);
        }
        for text in ["", "manual/x", "import/17", "conversation/a b", "webhook/1"] {
            assert_eq!(SourceRef::parse(text), SourceRef::Other(text.to_owned()));
        }
    }

    #[test]
    fn a_later_row_of_a_file_is_greater_also_past_nine() {
        let id = ImportId::new();
        assert!(SourceRef::Import { id, line: 10 } > SourceRef::Import { id, line: 9 });
    }
}
