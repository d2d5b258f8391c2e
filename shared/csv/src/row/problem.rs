//! What is wrong with a row.

use contacts::{ContactId, Field, TooManyIdentifiers, ValueError};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The column, from 0; `None` when it is the row as a whole.
    pub column: Option<usize>,
    /// What it is.
    pub reason: Reason,
}

/// What is wrong with a row. The text never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Neither an identifier nor the id of a contact.
    #[error("has no phone, email, handle or id: it names nobody")]
    NamesNobody,
    /// The id, which is all that names somebody, is of no contact here. Found out when the row meets the book.
    #[error("the id is of no contact here, and the row has nothing else to go by")]
    UnknownContact,
    /// A cell that is no value of its field.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// More identifiers than an observation may have.
    #[error(transparent)]
    TooManyIdentifiers(#[from] TooManyIdentifiers),
    /// An identifier of a contact that cannot be the row's. Found out when the row meets the book.
    #[error(
        "has a value for {field} that belongs to contact {contact}, which contradicts this row's contact in another \
         value, and was left out"
    )]
    Conflict {
        /// The field that the value was told for.
        field: Field,
        /// The contact that has it.
        contact: ContactId,
    },
}

impl Reason {
    /// The stable name of the reason.
    ///
    /// `names_nobody`, `unknown_contact`, `too_many_identifiers` and `conflict` are of the row; those of a value begin
    /// with the kind of value: `phone_`, `email_`, `handle_`, `name_`, `number_` or `text_`. `unknown_field` is a column
    /// that is mapped to a custom field that the workspace does not have.
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

/// For people, who count columns from 1.
impl std::fmt::Display for RowProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {} {}", column + 1, self.reason),
            None => self.reason.fmt(f),
        }
    }
}
