//! Custom fields: data about a contact that a workspace defines in addition to the built-in fields.

mod definition;
mod number;
mod value;

pub use definition::{CustomField, CustomKey, CustomType, DefinitionError, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS, Purge};
pub use number::{Number, NumberError};
pub use value::{CustomError, CustomValue, MAX_TEXT_CHARS};
