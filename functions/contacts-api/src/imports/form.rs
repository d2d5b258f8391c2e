//! The members that an import and its preview have in common.

use contacts::{Country, Quoting, Settings};
use contacts_csv::encoding::Encoding;

use super::mapping::ImportMapping;
use crate::Problem;
use crate::body::{Body, MemberValue};

/// How to read a file. Absent members are detected or suggested.
#[derive(Debug)]
pub(super) struct ReadOptions {
    pub(super) encoding: Option<Encoding>,
    pub(super) quoting: Option<Quoting>,
    /// Whether the file has a header row.
    pub(super) header: Option<bool>,
    pub(super) mapping: Option<ImportMapping>,
    pub(super) default_country: Option<Country>,
}

impl ReadOptions {
    /// Takes the members `encoding`, `quoting`, `header`, `mapping` and `default_country`.
    pub(super) fn take(body: &mut Body, settings: &Settings) -> Result<ReadOptions, Problem> {
        Ok(ReadOptions {
            encoding: body.take("encoding", encoding)?,
            quoting: body.take("quoting", quoting)?,
            header: body.take("header", MemberValue::flag)?,
            mapping: ImportMapping::take(body, settings)?,
            default_country: body.take("default_country", country)?,
        })
    }
}

fn encoding(value: MemberValue) -> Result<Encoding, String> {
    Encoding::parse(&value.text()?).map_err(|error| error.to_string())
}

fn quoting(value: MemberValue) -> Result<Quoting, String> {
    Quoting::parse(&value.text()?).ok_or_else(|| super::one_of(Quoting::ALL.map(Quoting::as_str)))
}

fn country(value: MemberValue) -> Result<Country, String> {
    Country::parse(&value.text()?).map_err(|error| format!("is {error}"))
}
