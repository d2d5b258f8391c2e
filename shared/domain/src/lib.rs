//! The contact book of an AI assistant: one person is one contact.
//!
//! This crate is the domain. It is pure: it cannot reach a network or a database, and the only clock is [`time::now`].
//!
//! A source's words become an [`Observation`]. [`fold()`] decides what it does to the part of the book that was read into a
//! [`Snapshot`]; the store writes that decision under conditions, and after a lost race reads again. [`create()`], [`edit()`]
//! and [`delete()`] are the decisions of people. [`diff()`] lists what a write changed, and its [`Cause`] says who made it.
//!
//! Two observations of one person, folded into a [book in memory](memory::MemoryBook):
//!
//! ```
//! use contacts::memory::MemoryBook;
//! use contacts::{
//!     Channel, ConversationChannel, ConversationId, ConversationInfo, Email, Field, ImportId, Name, Observation, Outcome,
//!     Value, time,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (email, now) = (Email::parse("Ada@Example.com")?, time::now());
//! let mut row = Observation::of_row(ImportId::new(), 2, now, now);
//! row.add(Field::Channel(Channel::Email), Value::Email(email.clone()))?;
//!
//! let id = ConversationId::parse("conv-1")?;
//! let info = ConversationInfo { id, channel: ConversationChannel::WebChat, assistant_id: "a-7".to_owned() };
//! let mut event = Observation::of_conversation(info, now, now);
//! event.add(Field::Channel(Channel::Email), Value::Email(email))?;
//! event.add(Field::Name, Value::Name(Name::parse("Ada Lovelace")?))?;
//!
//! let mut book = MemoryBook::default();
//! let created = book.observe(&row, now);
//! let updated = book.observe(&event, now);
//! assert_eq!((created.outcome, updated.outcome), (Outcome::Created, Outcome::Updated));
//! assert_eq!(created.contact, updated.contact, "one person is one contact");
//! let ada = book.live().next().ok_or("no contact")?;
//! assert_eq!(ada.name().map(Name::as_str), Some("Ada Lovelace"));
//! # Ok(())
//! # }
//! ```

mod ahead;
mod apply;
mod before_import;
mod blocked;
mod captured;
mod cause;
mod conflict;
mod contact;
mod context;
mod conversation_url;
mod country;
mod create;
mod custom;
mod deletion;
mod diff;
mod edit;
mod email;
mod erase;
mod existing;
mod field;
mod fold;
mod handle;
mod history;
mod identifier;
mod identifiers;
mod ids;
mod join;
mod kept_out;
mod leads;
mod ledger;
pub mod memory;
mod name;
mod observation;
mod on_invalid;
mod outcome;
mod phone;
mod proof;
mod purge;
mod quoting;
mod raw;
mod read;
mod record;
mod resolve;
mod settings;
mod settle;
mod snapshot;
mod stamp;
pub mod text;
pub mod time;
mod unconfirmed;
mod undo;
mod undo_import;
mod voice;
mod weigh;
mod workspace;
mod write;

pub use before_import::Past;
pub use captured::{Captured, Rejected};
pub use cause::{Actor, Caller, Cause};
pub use conflict::{Conflict, ConflictReason, MAX_CONFLICTS};
pub use contact::{Contact, FieldValue, MAX_ALSO_KNOWN_BY, MAX_CUSTOM_BYTES, MAX_JOINED, MAX_KEPT_APART};
pub use context::Context;
pub use conversation_url::{ConversationUrl, ConversationUrlError};
pub use country::{Country, CountryError};
pub use create::{CreateRefused, Creation, IDEMPOTENCY_SPAN, Request, create};
pub use custom::{
    CustomError, CustomField, CustomKey, CustomType, CustomValue, DefinitionError, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS,
    MAX_TEXT_CHARS, Number, NumberError, Purge,
};
pub use deletion::{TOMBSTONE_SPAN, delete, restore};
pub use diff::{Change, apply, diff, revert};
pub use edit::{EditRefused, Patch, edit, expect, unlink};
pub use email::{Email, EmailError};
pub use erase::{Traces, begin_erasure, begin_erasure_of_deleted, finish_erasure, forget};
pub use existing::Existing;
pub use field::{Channel, Field, UnknownField, Value, ValueError};
pub use fold::{LAST_SEEN_STEP, fold};
pub use handle::{Handle, HandleError, MAX_HANDLE_CHARS};
pub use history::{ContactEvent, HistoryEntry};
pub use identifier::Identifier;
pub use identifiers::{HeldIdentifier, Hold, Identifiers};
pub use ids::{ContactId, ConversationId, ExportId, IdError, ImportId};
pub use ledger::{Ledger, LedgerKey};
pub use name::{MAX_NAME_CHARS, Name, NameError};
pub use observation::{
    Conversation, ConversationChannel, ConversationInfo, MAX_IDENTIFIERS, MAX_OF_ONE_FIELD, Observation, ObservedValue,
    TooManyIdentifiers,
};
pub use on_invalid::OnInvalid;
pub use outcome::{Folded, Outcome, Rejection};
pub use phone::{Phone, PhoneDetails, PhoneError, phone_starts};
pub use proof::Proof;
pub use purge::purge;
pub use quoting::Quoting;
pub use raw::{NotText, Raw, without_lone_surrogates};
pub use record::{Answered, Claim, ClaimNote, Join, Record, Tombstone};
pub use resolve::{Match, Question, Resolved, resolve};
pub use settings::{
    IdentityMode, ListedIdentifier, MAX_ERASURE_DAYS, MAX_HISTORY_DAYS, MAX_INDEX_SHARDS, MAX_LISTED_IDENTIFIERS,
    Settings,
};
pub use settle::{Decision, Settlement, settle};
pub use snapshot::{MAX_CHAIN, MAX_SHARED_BY, MAX_TAKEN_FROM, Snapshot, Torn};
pub use stamp::{SourceRef, Stamp};
pub use unconfirmed::{MAX_UNCONFIRMED, Unconfirmed};
pub use undo::undo_join;
pub use undo_import::{Undone, undo_import};
pub use workspace::{Workspace, WorkspaceError};
pub use write::{ReadClaim, Write};
