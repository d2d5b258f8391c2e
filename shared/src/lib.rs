//! The contact book of an AI assistant: one person is one contact.
//!
//! The domain is pure. A source's words become an [`Observation`]; [`fold()`] decides what it does to the part of the book
//! that was read into a [`Snapshot`]; [`ContactBook`] reads, writes the decision under conditions, and on a lost race
//! reads again.

pub mod aws;
mod beside;
mod book;
mod causes;
mod contact;
mod country;
mod create;
mod custom;
mod edit;
mod email;
mod field;
mod fold;
mod handle;
mod identifier;
mod ids;
mod join;
mod name;
mod observation;
mod on_invalid;
mod phone;
mod raw;
mod record;
pub mod schema;
mod settings;
mod snapshot;
mod stamp;
pub mod time;
mod workspace;

/// The target of events of `tracing` that are metrics: each field is one.
pub const METRICS: &str = "metrics";

pub use beside::beside;
pub use book::*;
pub use causes::causes;
pub use contact::*;
pub use country::*;
pub use create::{CreateRefused, Creation, IDEMPOTENCY_SPAN, Request, create};
pub use custom::*;
pub use edit::{EditRefused, Patch, STUB_SPAN, delete, edit};
pub use email::{Email, EmailError};
pub use field::{Channel, Field, UnknownField, Value, ValueError};
pub use fold::{Folded, LAST_SEEN_STEP, Outcome, fold};
pub use handle::{Handle, HandleError, MAX_HANDLE_CHARS};
pub use identifier::Identifier;
pub use ids::{ContactId, ConversationId, ExportId, IdError, ImportId};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use observation::{
    Conversation, ConversationChannel, ConversationInfo, MAX_IDENTIFIERS, Observation, Told, TooManyIdentifiers,
};
pub use on_invalid::OnInvalid;
pub use phone::*;
pub use raw::{NotText, Raw};
pub use record::{Answered, Claim, ClaimNote, Join, Record, Stub};
pub use settings::{MAX_INDEX_SHARDS, Settings};
pub use snapshot::{Change, ReadClaim, Snapshot, Torn};
pub use stamp::{SourceRef, Stamp};
pub use workspace::{Workspace, WorkspaceError};
