//! The problems that a row can have.

use contacts::{ConflictReason, ContactId, Field, Rejection, TooManyIdentifiers, ValueError};

use crate::numbers::AmbiguousNumber;

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
    /// The row names somebody whose data were erased. Only folding the row detects this.
    #[error("names somebody whose data were erased; the row is not repeated here")]
    Erased,
    /// A cell is not a valid value of its field.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A cell does not name a country, so the row's phone numbers are read in the workspace's.
    #[error("names no country; phone numbers without a country code were read in the default country")]
    UnknownCountry,
    /// An entry of the column `also_known_by` does not start with a field of identifiers.
    #[error("is not of the form field:value; field:value, such as telephone:+15550001111; email:ada@x.example")]
    NotAnIdentifier,
    /// A cell may be one of two numbers.
    #[error(transparent)]
    AmbiguousNumber(#[from] AmbiguousNumber),
    /// Text follows a closing quote, so where the cell ends is a guess.
    #[error(
        "has text after a closing quote; double the quotes inside a cell, or import the file with quoting \"none\""
    )]
    MalformedQuote,
    /// The row has more identifiers than an observation may have.
    #[error(transparent)]
    TooManyIdentifiers(#[from] TooManyIdentifiers),
    /// A valid value was left out. Only folding the row detects this.
    #[error("was left out: {0}")]
    LeftOut(Rejection),
    /// An identifier belongs to another contact, which may not be joined with this row's contact. Only folding the row
    /// detects this.
    #[error(
        "has a value for {field} that belongs to contact {contact}, which was not joined with this row's contact ({}): {}; \
         the conflict keeps what the row says of them",
        .reason.as_str(),
        explain(*.reason)
    )]
    Conflict {
        /// The field of the value.
        field: Field,
        /// The contact that the value belongs to.
        contact: ContactId,
        /// Why the contacts were not joined.
        reason: ConflictReason,
    },
}

fn explain(reason: ConflictReason) -> &'static str {
    match reason {
        ConflictReason::Unproven => "the row does not prove that they are one person",
        ConflictReason::DifferentPerson => "the row names somebody else",
        ConflictReason::Contradiction => "they differ in another value",
        ConflictReason::TooMany => "together they would have too many values",
    }
}

impl Reason {
    /// Whether a cell is not a valid value of its field.
    pub(crate) fn is_invalid_value(&self) -> bool {
        matches!(self, Reason::Value(_) | Reason::NotAnIdentifier)
    }

    /// The stable name of the reason.
    ///
    /// `names_nobody`, `unknown_contact`, `erased`, `malformed_quote`, `too_many_identifiers` and `conflict` concern the row.
    /// Those of a value start with the kind of value: `phone_`, `email_`, `handle_`, `name_`, `number_` or `text_`. `too_many_values`,
    /// `too_large` and `other_name` concern a valid value that its contact did not take. `unknown_field` concerns a column
    /// that is mapped to a custom field that the workspace does not have.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::NamesNobody => "names_nobody",
            Reason::UnknownContact => "unknown_contact",
            Reason::Erased => "erased",
            Reason::Value(error) => error.code(),
            Reason::UnknownCountry => "country_unknown",
            Reason::NotAnIdentifier => "identifier_malformed",
            Reason::AmbiguousNumber(AmbiguousNumber) => "number_ambiguous",
            Reason::MalformedQuote => "malformed_quote",
            Reason::TooManyIdentifiers(TooManyIdentifiers) => "too_many_identifiers",
            Reason::LeftOut(Rejection::TooMany) => "too_many_values",
            Reason::LeftOut(Rejection::TooLarge) => "too_large",
            Reason::LeftOut(Rejection::OtherName) => "other_name",
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
