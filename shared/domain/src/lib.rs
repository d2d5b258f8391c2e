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

mod blocked;
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
pub mod text;
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
