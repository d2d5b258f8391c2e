//! Reads and writes contacts as CSV files.
//!
//! Reading turns bytes into observations: [`encoding`] decodes bytes to text, [`reader`] splits text into records by its
//! [`dialect`], [`headers`] understands headers by
//! their words and [`suggest`] the columns, [`plan`] combines these for one file, and [`row`] reads
//! a record as an observation. [`preview`] shows the owner of a file how an import would read it, with the custom fields
//! that [`propose`] suggests for it, and [`people`] tells which
//! rows are about the same contact. Before an import takes any row, [`cut`] checks the whole file and splits it into
//! chunks.
//!
//! Writing: [`export`] writes contacts, and [`report`] writes the rows that an import could not fully take.
//!
//! This crate does no I/O: callers push bytes in and take bytes out.

mod also_known_by;
pub mod cell;
mod confirm;
mod country;
pub mod cut;
pub mod dialect;
pub mod encoding;
pub mod export;
pub mod file;
mod header_row;
pub mod headers;
mod look;
pub mod mapping;
mod names;
pub mod numbers;
pub mod people;
pub mod plan;
pub mod preview;
pub mod propose;
pub mod quotes;
pub mod reader;
mod records;
pub mod report;
pub mod row;
pub mod sample;
mod sample_row;
mod sniff;
pub mod suggest;
pub mod types;
mod words;
