//! The settings of a workspace.

use jiff::Timestamp;

use crate::cause::Cause;
use crate::conversation_url::ConversationUrl;
use crate::country::Country;
use crate::custom::{CustomField, CustomKey, Purge};
use crate::field::{Channel, Value};
use crate::identifier::Identifier;
use crate::ledger::Ledger;
use crate::proof::Proof;

/// The maximum number of partitions of an index: a list queries each of them. 64 support about 64,000 writes a second.
pub const MAX_INDEX_SHARDS: u32 = 64;
/// The maximum number of identifiers that a workspace blocks, and of those that it allows.
pub const MAX_LISTED_IDENTIFIERS: usize = 200;
/// The longest time for which history is kept, in days: ten years.
pub const MAX_HISTORY_DAYS: u16 = 3_650;
/// The longest time for which the ledger of erasures keeps an entry, in days: ten years.
pub const MAX_ERASURE_DAYS: u16 = 3_650;
/// How long the ledger of erasures keeps an entry if the settings do not say: two years.
const ERASURE_DAYS: u16 = 730;
/// How long history is kept if the settings do not say.
const HISTORY_DAYS: u16 = 400;

/// A workspace's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Grows with every change; 0 before the first.
    pub version: u64,
    /// Who changed the settings last; `None` before the first change, or if a build without causes made it.
    pub cause: Option<Cause>,
    /// The country that is tried first for phone numbers without a `+`.
    pub default_country: Country,
    /// What hearsay may do.
    pub identity: IdentityMode,
    /// Identifiers that name nobody here, such as the workspace's own switchboard, in addition to the built-in ones.
    pub blocked_identifiers: Vec<ListedIdentifier>,
    /// Identifiers that are built-in placeholders but name somebody here.
    pub allowed_identifiers: Vec<ListedIdentifier>,
    /// For how many days after a write the history keeps what it changed, at most [`MAX_HISTORY_DAYS`]; with 0 no history is
    /// kept. A change does not affect what was written before.
    pub history_days: u16,
    /// For how many days after an erasure the ledger keeps out what names the person, at most [`MAX_ERASURE_DAYS`]; with 0 no
    /// ledger is kept. A change does not affect earlier erasures.
    pub erasure_days: u16,
    /// The ledger of erasures; `None` before the first erasure that it noted. No interface shows it.
    pub ledger: Option<Ledger>,
    /// When a person was last erased. Files of jobs that ended before are removed.
    pub last_erasure: Option<Timestamp>,
    /// The custom fields whose values are being removed.
    pub purges: Vec<Purge>,
    /// The link to a conversation in the workspace's own system.
    pub conversation_url: Option<ConversationUrl>,
    /// The custom fields, in the order in which they were defined.
    pub custom_fields: Vec<CustomField>,
    /// The number of partitions of each index, at least 1. It never decreases.
    pub index_shards: u32,
    /// When the workspace was closed, because it leaves the system. From then on nothing is written to its book; its events
    /// are suppressed.
    pub closed_at: Option<Timestamp>,
}

/// What hearsay may do to a contact: an observation that may not speak for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdentityMode {
    /// It fills empty fields; everything else becomes an unconfirmed value.
    #[default]
    Open,
    /// It changes nothing: everything becomes an unconfirmed value. Identifiers that people entered count as proven.
    Guarded,
}

/// An identifier in a list of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedIdentifier {
    /// The field.
    pub channel: Channel,
    /// The value.
    pub value: Value,
}

impl Settings {
    /// Whether the workspace is closed.
    pub fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }

    /// The definition of a custom field.
    pub fn custom_field(&self, key: &CustomKey) -> Option<&CustomField> {
        self.custom_fields.iter().find(|field| field.key == *key)
    }

    /// Whether an identifier names nobody: it is a placeholder, or the workspace blocks it. It is shown in an empty field,
    /// but never claimed and never matched.
    pub fn blocks(&self, identifier: &Identifier) -> bool {
        let lists = |list: &[ListedIdentifier]| {
            list.iter().any(|listed| listed.value.identifier(listed.channel).as_ref() == Some(identifier))
        };
        if identifier.is_placeholder() { !lists(&self.allowed_identifiers) } else { lists(&self.blocked_identifiers) }
    }
}

impl IdentityMode {
    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            IdentityMode::Open => "open",
            IdentityMode::Guarded => "guarded",
        }
    }

    /// Parses the name.
    pub fn parse(text: &str) -> Option<IdentityMode> {
        [IdentityMode::Open, IdentityMode::Guarded].into_iter().find(|mode| mode.as_str() == text)
    }

    /// The weakest proof with which a contact counts as proven.
    pub fn proves(self) -> Proof {
        match self {
            IdentityMode::Open => Proof::Token,
            IdentityMode::Guarded => Proof::Person,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            version: 0,
            cause: None,
            default_country: Country::US,
            identity: IdentityMode::Open,
            blocked_identifiers: Vec::new(),
            allowed_identifiers: Vec::new(),
            history_days: HISTORY_DAYS,
            erasure_days: ERASURE_DAYS,
            ledger: None,
            last_erasure: None,
            purges: Vec::new(),
            conversation_url: None,
            custom_fields: Vec::new(),
            index_shards: 1,
            closed_at: None,
        }
    }
}
