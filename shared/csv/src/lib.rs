//! Contacts in CSV files.
//!
//! Reading goes from bytes to observations: [`encoding`] makes text of bytes, [`dialect`] and [`reader`] make records of
//! text, [`headers`] and [`suggest`] find out what the columns are, [`plan`] puts that together for one file, and [`row`]
//! reads a record as an observation. [`preview`] shows the owner of a file how it would be read, with the custom fields
//! that [`propose`] finds in it. Before rows are imported, [`cut`] reads a file through to its end and divides it.
//!
//! Writing goes the other way: [`export`] makes a file of contacts, and [`report`] one of the rows that an import could not
//! take. Everything here is pure: it is fed bytes, wherever they come from.

pub mod cell;
pub mod cut;
pub mod dialect;
pub mod encoding;
pub mod export;
pub mod file;
pub mod headers;
pub mod mapping;
pub mod plan;
pub mod preview;
pub mod propose;
pub mod reader;
mod records;
pub mod report;
pub mod row;
pub mod sample;
mod sniff;
pub mod suggest;
