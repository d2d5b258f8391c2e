//! Settings as the API shows them.

use contacts::{Country, IdentityMode, ListedIdentifier, Settings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::contact::IdentifierView;

/// The settings of a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings, example = json!({
    "default_country": "US",
    "identity": "open",
    "blocked_identifiers": [{"field": "telephone", "value": "+15551230000"}],
    "allowed_identifiers": [],
    "history_days": 400,
    "erasure_days": 730,
    "conversation_url": "https://example.com/calls/{conversation_id}"
}))]
pub(crate) struct SettingsView {
    /// The country of phone numbers without a plus, ISO 3166-1 alpha-2. A change does not affect stored numbers.
    #[schema(value_type = String)]
    default_country: Country,
    identity: IdentityModeView,
    /// Identifiers that name nobody in this workspace, such as its own switchboard, in addition to the built-in
    /// placeholders. Contacts show them, but they lead to none, not even to one that has had them before.
    blocked_identifiers: Vec<IdentifierView>,
    /// Built-in placeholders that name somebody in this workspace.
    allowed_identifiers: Vec<IdentifierView>,
    /// For how many days the history of contacts is kept. 0 keeps none. A change does not affect earlier history.
    #[schema(maximum = 3650)]
    history_days: u16,
    /// For how many days after an erasure files and late events that name the person are left out. 0 keeps no hashes of
    /// identifiers. A change does not affect earlier erasures.
    #[schema(maximum = 3650)]
    erasure_days: u16,
    /// The link to a conversation in another system. `{conversation_id}` stands for the id of the conversation.
    #[schema(required)]
    conversation_url: Option<String>,
}

/// What a conversation may change on a proven contact if it does not prove that it is with this person. `open`: it fills
/// empty fields, and everything else becomes an unconfirmed value. `guarded`: everything becomes an unconfirmed value, and
/// identifiers that people entered count as proven.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityMode)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdentityModeView {
    Open,
    Guarded,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> SettingsView {
        let shown = |list: &[ListedIdentifier]| {
            list.iter().map(|listed| IdentifierView::new(listed.channel, &listed.value)).collect()
        };
        SettingsView {
            default_country: settings.default_country,
            identity: match settings.identity {
                IdentityMode::Open => IdentityModeView::Open,
                IdentityMode::Guarded => IdentityModeView::Guarded,
            },
            blocked_identifiers: shown(&settings.blocked_identifiers),
            allowed_identifiers: shown(&settings.allowed_identifiers),
            history_days: settings.history_days,
            erasure_days: settings.erasure_days,
            conversation_url: settings.conversation_url.as_ref().map(ToString::to_string),
        }
    }
}
