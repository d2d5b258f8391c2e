//! The members that an import and its preview have in common.

use contacts::{Country, Settings};

use super::mapping::ImportMapping;
use crate::Problem;
use crate::body::{Body, MemberValue};

/// How to read a file. Absent members are detected or suggested.
#[derive(Debug)]
pub(super) struct ReadOptions {
    /// Whether the first row is a header.
    pub(super) header: Option<bool>,
    pub(super) mapping: Option<ImportMapping>,
    pub(super) default_country: Option<Country>,
}

impl ReadOptions {
    /// Takes the members `header`, `mapping` and `default_country`.
    pub(super) fn take(body: &mut Body, settings: &Settings) -> Result<ReadOptions, Problem> {
        Ok(ReadOptions {
            header: body.take("header", MemberValue::flag)?,
            mapping: ImportMapping::take(body, settings)?,
            default_country: body.take("default_country", country)?,
        })
    }
}

fn country(value: MemberValue) -> Result<Country, String> {
    Country::parse(&value.text()?).map_err(|error| format!("is {error}"))
}
