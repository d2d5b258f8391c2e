//! Reading, cutting and writing CSV files. A book in memory takes the place of a database.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod accounting;
mod any_input;
mod cases;
mod cutting;
mod headers;
mod matrix;
mod one_person;
mod outcomes;
mod preview;
mod reading;
mod round_trip;
mod row_problems;
mod suggested_mapping;
mod support;
