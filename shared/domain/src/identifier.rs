//! Identifiers: the values that name a person.

use crate::ids::ConversationId;

/// A value that names a person, in the form in which it is compared (its match key).
///
/// The order of the variants is only that of storage; the order in which an observation's identifiers count is
/// [`crate::Observation::identifiers`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// A phone number, for calls and WhatsApp alike: its canonical E.164, with its extension.
    Phone(String),
    /// WhatsApp's user id.
    WhatsappUserId(String),
    /// An email address: its match key.
    Email(String),
    /// An Instagram user name.
    Instagram(String),
    /// A Slack user id.
    Slack(String),
    /// A Microsoft Teams user id.
    MicrosoftTeams(String),
    /// A conversation.
    Conversation(ConversationId),
    /// A request of the HTTP API (its `Idempotency-Key`).
    Request(String),
}

impl Identifier {
    /// The kind, as used in a claim's key.
    pub fn kind(&self) -> &'static str {
        match self {
            Identifier::Phone(_) => "phone",
            Identifier::WhatsappUserId(_) => "whatsapp_user_id",
            Identifier::Email(_) => "email",
            Identifier::Instagram(_) => "instagram",
            Identifier::Slack(_) => "slack",
            Identifier::MicrosoftTeams(_) => "microsoft_teams",
            Identifier::Conversation(_) => "conversation",
            Identifier::Request(_) => "request",
        }
    }

    /// The match key.
    pub fn match_key(&self) -> &str {
        match self {
            Identifier::Phone(key)
            | Identifier::WhatsappUserId(key)
            | Identifier::Email(key)
            | Identifier::Instagram(key)
            | Identifier::Slack(key)
            | Identifier::MicrosoftTeams(key)
            | Identifier::Request(key) => key,
            Identifier::Conversation(id) => id.as_str(),
        }
    }

    /// Whether a contact lists this identifier among its values. Conversations and requests are only claimed.
    pub fn is_listed(&self) -> bool {
        !matches!(self, Identifier::Conversation(_) | Identifier::Request(_))
    }
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}(…)", self.kind())
    }
}
