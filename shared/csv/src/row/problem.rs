//! The problems that a row can have.

use contacts::{ContactId, Field, TooManyIdentifiers, ValueError};

/// A problem of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The column, from 0; `None` if it concerns the whole row.
    pub column: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a row. The text never contains a value of the row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The row has neither an identifier nor the id of a contact.
    #[error("has no phone, email, handle or id to identify a contact")]
    NamesNobody,
    /// The row has no identifier, and no contact has its id. Only folding the row detects this.
    #[error("has an id that no contact of this workspace has, and no other identifier")]
    UnknownContact,
    /// A cell is not a valid value of its field.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The row has more identifiers than an observation may have.
    #[error(transparent)]
    TooManyIdentifiers(#[from] TooManyIdentifiers),
    /// An identifier belongs to another contact that contradicts this row's contact. Only folding the row detects this.
    #[error(
        "has a value for {field} that belongs to contact {contact}; it was left out, because that contact and this \
         row's contact differ in another value"
    )]
    Conflict {
        /// The field of the value.
        field: Field,
        /// The contact that the value belongs to.
        contact: ContactId,
    },
}

impl Reason {
    /// The stable name of the reason.
    ///
    /// `names_nobody`, `unknown_contact`, `too_many_identifiers` and `conflict` concern the row. Those of a value start
    /// with the kind of value: `phone_`, `email_`, `handle_`, `name_`, `number_` or `text_`. `unknown_field` concerns a
    /// column that is mapped to a custom field that the workspace does not have.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::NamesNobody => "names_nobody",
            Reason::UnknownContact => "unknown_contact",
            Reason::Value(error) => error.code(),
            Reason::TooManyIdentifiers(TooManyIdentifiers) => "too_many_identifiers",
            Reason::Conflict { .. } => "conflict",
        }
    }
}

/// A text for people, with columns counted from 1.
impl std::fmt::Display for RowProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {} {}", column + 1, self.reason),
            None => self.reason.fmt(f),
        }
    }
}
