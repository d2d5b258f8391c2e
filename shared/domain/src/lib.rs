//! The contact book of an AI assistant: one person is one contact.
//!
//! This crate is the domain, and it is pure: it reaches no network, no clock but through [`time::now`], and no database.
//! A source's words become an [`Observation`]; [`fold()`] decides what it does to the part of the book that was read into
//! a [`Snapshot`]; whoever keeps the book writes the decision under conditions, and reads again when it lost a race.

mod cause;
mod contact;
mod context;
mod country;
mod create;
mod custom;
mod diff;
mod edit;
mod email;
mod field;
mod fold;
mod handle;
mod identifier;
mod identifiers;
mod ids;
mod join;
pub mod memory;
mod name;
mod observation;
mod on_invalid;
mod outcome;
mod phone;
mod raw;
mod record;
mod settings;
mod snapshot;
mod stamp;
pub mod time;
mod workspace;

pub use cause::{Actor, Caller, Cause};
pub use contact::{Conflict, Contact, FieldValue, MAX_ALSO_KNOWN_BY, MAX_CONFLICTS, MAX_CUSTOM_BYTES, MAX_JOINED};
pub use context::Context;
pub use country::{Country, CountryError};
pub use create::{CreateRefused, Creation, IDEMPOTENCY_SPAN, Request, create};
pub use custom::{
    CustomError, CustomField, CustomKey, CustomType, CustomValue, DefinitionError, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS,
    MAX_TEXT_CHARS, Number, NumberError,
};
pub use diff::{Change, apply, diff};
pub use edit::{EditRefused, Patch, TOMBSTONE_SPAN, delete, edit, expect};
pub use email::{Email, EmailError};
pub use field::{Channel, Field, UnknownField, Value, ValueError};
pub use fold::{Folded, LAST_SEEN_STEP, fold};
pub use handle::{Handle, HandleError, MAX_HANDLE_CHARS};
pub use identifier::Identifier;
pub use identifiers::{HeldIdentifier, Identifiers};
pub use ids::{ContactId, ConversationId, ExportId, IdError, ImportId};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use observation::{
    Conversation, ConversationChannel, ConversationInfo, MAX_IDENTIFIERS, Observation, ObservedValue,
    TooManyIdentifiers,
};
pub use on_invalid::OnInvalid;
pub use outcome::Outcome;
pub use phone::{Phone, PhoneDetails, PhoneError};
pub use raw::{NotText, Raw};
pub use record::{Answered, Claim, ClaimNote, Join, Record, Tombstone};
pub use settings::{MAX_INDEX_SHARDS, Settings};
pub use snapshot::{MAX_CHAIN, ReadClaim, Snapshot, Torn, Write};
pub use stamp::{SourceRef, Stamp};
pub use workspace::{Workspace, WorkspaceError};
