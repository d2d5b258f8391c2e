//! What quotes mean in an imported file.

/// What a double quote means in a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quoting {
    /// A quote at the start of a cell encloses the cell, which may then contain delimiters and line ends (RFC 4180).
    #[default]
    Standard,
    /// A quote is a character like any other: the files of systems that never quote contain inches and nicknames.
    None,
}

impl Quoting {
    /// All variants.
    pub const ALL: [Quoting; 2] = [Quoting::Standard, Quoting::None];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Quoting::Standard => "standard",
            Quoting::None => "none",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<Quoting> {
        Quoting::ALL.into_iter().find(|choice| choice.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for choice in Quoting::ALL {
            assert_eq!(Quoting::parse(choice.as_str()), Some(choice));
        }
        assert_eq!(Quoting::parse("double"), None);
        assert_eq!(Quoting::default(), Quoting::Standard);
    }
}
