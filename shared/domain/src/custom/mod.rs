//! Custom fields: what a workspace wants to know of a contact beyond the fields everyone has.

mod definition;
mod number;
mod value;

pub use definition::{CustomField, CustomKey, CustomType, DefinitionError, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS};
pub use number::{Number, NumberError};
pub use value::{CustomError, CustomValue, MAX_TEXT_CHARS};
