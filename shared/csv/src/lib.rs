//! Contacts in CSV files.
//!
//! Reading goes from bytes to observations: [`encoding`] makes text of bytes, [`dialect`] and [`reader`] make records of
//! text, [`headers`] and [`suggest`] find out what the columns are, [`plan`] puts that together for one file, and [`row`]
//! reads a record as an observation. Everything here is pure: it is fed bytes, wherever they come from.

pub mod cell;
pub mod dialect;
pub mod encoding;
pub mod headers;
pub mod mapping;
pub mod plan;
pub mod reader;
pub mod row;
pub mod sample;
pub mod suggest;
