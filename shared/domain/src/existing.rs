//! What an import does with a row about somebody whom the book knows.

/// What an observation may do to a contact that exists already. A contact that it creates always takes all of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Everything: newer values replace older ones.
    #[default]
    Update,
    /// Set fields that are empty. It replaces no value and adds no second value of a field.
    FillBlanks,
    /// Nothing: the contact is left as it is, and joined with nobody.
    Skip,
}

impl Existing {
    /// All variants.
    pub const ALL: [Existing; 3] = [Existing::Update, Existing::FillBlanks, Existing::Skip];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Existing::Update => "update",
            Existing::FillBlanks => "fill_blanks",
            Existing::Skip => "skip",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<Existing> {
        Existing::ALL.into_iter().find(|choice| choice.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        assert_eq!(Existing::ALL.map(Existing::as_str), ["update", "fill_blanks", "skip"]);
        for choice in Existing::ALL {
            assert_eq!(Existing::parse(choice.as_str()), Some(choice));
        }
        assert_eq!(Existing::parse("Skip"), None);
        assert_eq!(Existing::default(), Existing::Update);
    }
}
