//! How a value was learnt.

use std::fmt;

/// How a value was learnt, from the weakest to the strongest.
///
/// Anybody can type anybody's email address into a chat. So what an observation may change depends on what it proves: see
/// the rules in [`crate::fold()`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Proof {
    /// The other side of the conversation said it.
    #[default]
    Stated,
    /// A person of the workspace entered it, in a form or a file.
    Person,
    /// The pipeline verified it, by a signed claim or a one-time code.
    Token,
    /// The channel attests it: the caller id, the sender's number or address.
    Channel,
}

impl Proof {
    /// All variants.
    pub const ALL: [Proof; 4] = [Proof::Stated, Proof::Person, Proof::Token, Proof::Channel];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::Stated => "stated",
            Proof::Person => "person",
            Proof::Token => "token",
            Proof::Channel => "channel",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<Proof> {
        Proof::ALL.into_iter().find(|proof| proof.as_str() == text)
    }

    /// Whether it shows that the observed person is who the identifier names.
    pub fn is_proven(self) -> bool {
        self >= Proof::Token
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
