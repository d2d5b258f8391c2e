//! The contact book of an AI assistant: one person is one contact.
//!
//! This crate is the domain, and it is pure: it reaches no network, no clock but through [`time::now`], and no database.
//! A source's words become an [`Observation`]; [`fold()`] decides what it does to the part of the book that was read into
//! a [`Snapshot`]; whoever keeps the book writes the decision under conditions, and reads again when it lost a race.

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
pub mod memory;
mod name;
mod observation;
mod on_invalid;
mod phone;
mod raw;
mod record;
mod settings;
mod snapshot;
mod stamp;
pub mod time;
mod workspace;

pub use contact::{
    AlsoKnown, Conflict, Contact, Entry, MAX_ALSO_KNOWN_BY, MAX_CONFLICTS, MAX_CUSTOM_BYTES, MAX_JOINED,
};
pub use country::{Country, CountryError};
pub use create::{CreateRefused, Creation, IDEMPOTENCY_SPAN, Request, create};
pub use custom::{
    CustomError, CustomField, CustomKey, CustomType, CustomValue, DefinitionError, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS,
    MAX_TEXT_CHARS, Number, NumberError,
};
pub use edit::{EditRefused, Patch, STUB_SPAN, delete, edit, expect};
pub use email::{Email, EmailError};
pub use field::{Channel, Field, UnknownField, Value, ValueError};
pub use fold::{Folded, LAST_SEEN_STEP, MAX_WRITES_BEFORE_JOIN, Outcome, fold};
pub use handle::{Handle, HandleError, MAX_HANDLE_CHARS};
pub use identifier::Identifier;
pub use ids::{ContactId, ConversationId, ExportId, IdError, ImportId};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use observation::{
    Conversation, ConversationChannel, ConversationInfo, MAX_IDENTIFIERS, Observation, Told, TooManyIdentifiers,
};
pub use on_invalid::OnInvalid;
pub use phone::{Phone, PhoneDetails, PhoneError};
pub use raw::{NotText, Raw};
pub use record::{Answered, Claim, ClaimNote, Join, Record, Stub};
pub use settings::{MAX_INDEX_SHARDS, Settings};
pub use snapshot::{Change, MAX_CHAIN, ReadClaim, Snapshot, Torn};
pub use stamp::{SourceRef, Stamp};
pub use workspace::{Workspace, WorkspaceError};
