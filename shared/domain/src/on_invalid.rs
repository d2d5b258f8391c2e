//! What an import does with an invalid value.

/// What an import does with a row that has an invalid value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnInvalid {
    /// Reject the whole row.
    RejectRow,
    /// Leave the value out and import the rest of the row.
    #[default]
    SkipCell,
}

impl OnInvalid {
    /// All variants.
    pub const ALL: [OnInvalid; 2] = [OnInvalid::RejectRow, OnInvalid::SkipCell];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            OnInvalid::RejectRow => "reject_row",
            OnInvalid::SkipCell => "skip_cell",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<OnInvalid> {
        OnInvalid::ALL.into_iter().find(|choice| choice.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        assert_eq!(OnInvalid::ALL.map(OnInvalid::as_str), ["reject_row", "skip_cell"]);
        for choice in OnInvalid::ALL {
            assert_eq!(OnInvalid::parse(choice.as_str()), Some(choice));
        }
        assert_eq!(OnInvalid::parse("Skip_Cell"), None);
        assert_eq!(OnInvalid::default(), OnInvalid::SkipCell);
    }
}
