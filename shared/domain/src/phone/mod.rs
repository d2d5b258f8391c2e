//! Phone numbers: reading them in any human form, showing them as E.164, and telling whether two are one line.
//!
//! This module is the only one that knows how phone numbers are written, and the only one that calls the phone
//! library. A number passes through it in this order:
//!
//! 1. `text`: what was typed becomes an optional `+` and digits, or is refused.
//! 2. `order`: digits without a `+` mean one of several numbers; each field has its order of preference.
//! 3. `reading`: one such meaning is read with the library's metadata and judged by its length.
//! 4. `line`: the spellings that Mexico, Argentina and Brazil have for one line.
//!
//! [`Phone`] is the result, [`PhoneDetails`] what can be told from it, [`PhoneError`] why there is none.

mod details;
mod error;
mod line;
mod number;
mod order;
mod reading;
mod text;

pub use details::PhoneDetails;
pub use error::PhoneError;
pub use number::Phone;

#[cfg(test)]
mod tests;
